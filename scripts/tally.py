"""How many tests passed, failed and were skipped, read from what a test program said last.

Understood: a line `N passed, N failed[, N skipped]`, ctest's summary, and unittest's. A program that says none of them
is one test, judged by its exit code.
"""

import re
from dataclasses import dataclass


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


def own(match, output):
    return Tally(*(int(number or 0) for number in match.groups()))


def ctest(match, output):
    failed, total = map(int, match.groups())
    skipped = len(re.findall(r"\*\*\*Skipped", output))
    return Tally(total - failed - skipped, failed, skipped)


def ctest_without_tests(match, output):  # ctest calls that a success
    return Tally()


def unittest(match, output):
    counts = dict(re.findall(r"(\w+)=(\d+)", match[2] or ""))
    failed = int(counts.get("failures", 0)) + int(counts.get("errors", 0))
    skipped = int(counts.get("skipped", 0))
    return Tally(int(match[1]) - failed - skipped, failed, skipped)


SUMMARIES = (
    (r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", own),
    (r"^\d+% tests passed, (\d+) tests failed out of (\d+)$", ctest),
    (r"^No tests were found", ctest_without_tests),
    (r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", unittest),
)


def counted(output):
    """The tally the output states, or None. The last summary counts: those before it are of tests inside tests."""
    found = [(match.start(), match, read) for pattern, read in SUMMARIES
             for match in re.finditer(pattern, output, re.M)]
    if not found:
        return None
    _, match, read = max(found, key=lambda item: item[0])
    return read(match, output)


def tally_of(exit_code, output):
    """The tally of a program that ended with exit_code: if that is not 0 something failed, whatever was counted."""
    tally = counted(output) or Tally(passed=int(exit_code == 0))
    if exit_code != 0 and tally.failed == 0:
        tally.failed = 1
    return tally
