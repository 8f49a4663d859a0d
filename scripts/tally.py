"""How many tests passed, failed and were skipped, read from what a test program said last.

Understood: a line `N passed, N failed[, N skipped]`, ctest's summary, and unittest's. A program that says none of them
is one test, judged by its exit code.
"""

import re
from dataclasses import dataclass

OWN = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CTEST = re.compile(r"^\d+% tests passed, (\d+) tests failed out of (\d+)$", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.M)


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")

    def total(self):
        return self.passed + self.failed + self.skipped


def counted(output):
    """The tally the output states, or None."""
    if found := OWN.findall(output):
        return Tally(*(int(number or 0) for number in found[-1]))
    if found := CTEST.findall(output):
        failed, total = map(int, found[-1])
        skipped = len(re.findall(r"\*\*\*Skipped", output))
        return Tally(total - failed - skipped, failed, skipped)
    if "No tests were found" in output:  # ctest, which calls that a success
        return Tally()
    if found := UNITTEST.findall(output):
        total, details = found[-1]
        counts = dict(re.findall(r"(\w+)=(\d+)", details))
        failed = int(counts.get("failures", 0)) + int(counts.get("errors", 0))
        skipped = int(counts.get("skipped", 0))
        return Tally(int(total) - failed - skipped, failed, skipped)
    return None


def tally_of(exit_code, output):
    """The tally of a program that ended with exit_code: if that is not 0 something failed, whatever was counted."""
    tally = counted(output) or Tally(passed=int(exit_code == 0))
    if exit_code != 0 and tally.failed == 0:
        tally.failed = 1
    return tally
