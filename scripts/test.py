#!/usr/bin/env python3
"""`./thimble test`: every check of the repository, part after part, with one tally at the end.

The launcher starts it when everything it needs is installed and the tool is built. A part is a function below and a
line in PARTS; what a part runs says for itself how many tests passed (see tally.py), and its output goes to
build/log/test-<part>.log, whose end is shown when something failed. A failing part does not hide those after it.
"""

import argparse
import fcntl
import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from lint_commands import write_lint_commands
from source_check import check_sources
from tally import Tally, tally_of

ROOT = Path(os.environ.get("THIMBLE_ROOT", Path(__file__).resolve().parent.parent))
LOGS = ROOT / "build" / "log"
JOBS = str(os.cpu_count() or 1)
# The static analyzer explores a quarter of its default: half the time, and the same findings here.
ANALYZER = ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=50000")
PART_SECONDS = 40 * 60  # A part that takes longer hangs.


class Part:
    """One part while it runs: its log, and programs that write into it."""

    def __init__(self, name):
        self.log_path = LOGS / f"test-{name}.log"
        self.log = open(self.log_path, "w+b")
        self.deadline = time.monotonic() + PART_SECONDS

    def run(self, *command):
        """Runs a program to its end; returns its exit code and what it said."""
        self.say("$ " + textwrap.shorten(" ".join(map(str, command)), 300))
        start = self.log.tell()
        process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = process.wait(timeout=max(1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = 124
            self.say(f"stopped: the part took more than {PART_SECONDS} s")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        self.log.seek(start)
        output = self.log.read().decode(errors="replace")
        return code, output

    def say(self, text):
        self.log.write(text.encode() + b"\n")
        self.log.flush()

    def tests(self, *command):
        """A program that runs many tests and counts them."""
        return tally_of(*self.run(*command))


def tracked(*patterns):
    listing = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True)
    return [name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def unit_tests(part, preset, folder, *options):
    with open(ROOT / "build" / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # The launcher builds in the same folder.
        steps = (["cmake", "--preset", preset, "-D", "THIMBLE_TESTS=ON", *options], ["ninja", "-C", f"build/{folder}"])
        for step in steps:
            if part.run(*step)[0] != 0:
                return Tally(failed=1)
    return part.tests("ctest", "--preset", preset, "-j", JOBS)


def host(part):
    return unit_tests(part, "release", "host")


def sanitizers(part):
    return unit_tests(part, "sanitize", "sanitize")


def formatting(part):
    code, output = part.run("clang-format-19", "--dry-run", "-Werror", *tracked("*.cc", "*.h", "*.c", "*.hpp"))
    if code != 0:
        wrong = sorted({line.split(":")[0] for line in output.splitlines() if ": error: code should" in line})
        part.say("to mend it: clang-format-19 -i " + " ".join(wrong))
    return Tally(passed=int(code == 0), failed=int(code != 0))


def lint(part):
    write_lint_commands(ROOT, ROOT / "build" / "lint", tracked())  # after the host part: CMake has configured
    tidy = ("run-clang-tidy-19", "-p", "build/lint", "-quiet", "-j", JOBS)
    runs = [part.run(*tidy, *(f"-extra-arg={word}" for word in ANALYZER), r"^(?!.*_test\.cc$).*"),
            # The sanitizers run these, so the analyzer need not.
            part.run(*tidy, "-checks=-clang-analyzer-*", r"_test\.cc$")]
    findings = {line for _, output in runs for line in output.splitlines() if ": error: " in line}
    for finding in sorted(findings):
        part.say(finding)  # again at the end of the log, which is what is shown
    passed = sum(code == 0 for code, _ in runs)
    return Tally(passed=passed, failed=len(runs) - passed)


def scripts(part):
    failures = check_sources(ROOT, tracked())
    for failure in failures:
        part.say(failure)
    return Tally(passed=int(not failures), failed=len(failures)) + programs("scripts/*_test.py")(part)


def programs(pattern):
    """A part that runs each Python test program that matches; other files beside them are helpers."""
    def run(part):
        return sum((part.tests(sys.executable, path) for path in sorted(ROOT.glob(pattern))), Tally())
    return run


# name, what it is, function, left out by --fast
PARTS = (
    ("host", "unit tests of the host tool, and damaged models through its importer", host, False),
    ("sanitizers", "the same under the address and undefined-behaviour sanitizers", sanitizers, True),
    ("format", "clang-format of the C++ sources", formatting, False),
    ("lint", "clang-tidy of host tool and target code", lint, True),
    ("scripts", "syntax and form of Python and shell, tests of the set-up", scripts, False),
    ("target", "kernel, drivers, runtime and microkernels in QEMU", programs("tests/target/run.py"), False),
    ("end-to-end", "models through the whole tool, firmware in QEMU", programs("tests/end_to_end/run.py"), False),
)


def run_part(name, title, function):
    print(f"== {name}: {title}", flush=True)
    start = time.monotonic()
    part = Part(name)
    try:
        tally = function(part)
    except Exception as error:  # noqa: the parts after it must run
        part.say(f"{type(error).__name__}: {error}")
        tally = Tally(failed=1)
    if tally.total() == 0:
        part.say("this part ran no test")
        tally = Tally(failed=1)
    part.log.close()
    seconds = time.monotonic() - start
    if tally.failed:
        lines = part.log_path.read_text(errors="replace").splitlines()[-40:]
        print(f"   the end of {part.log_path.relative_to(ROOT)}:")
        print("\n".join("   | " + line for line in lines))
    print(f"   {tally} in {seconds:.0f} s", flush=True)
    return tally, seconds


def main():
    parser = argparse.ArgumentParser(
        prog="./thimble test", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__.split("\n")[0],
        epilog="parts:\n" + "\n".join(f"  {name:12}{title}" for name, title, *_ in PARTS)
        + "\n\nThe last line is `N passed, N failed[, N skipped]`. Exit code 0 if nothing failed, else 1.")
    parser.add_argument("part", nargs="*", help="run these parts only (default: all)")
    parser.add_argument("--models", metavar="DIR", help="a folder of more models (or THIMBLE_MODELS); without it the "
                        "tests that need them are skipped")
    parser.add_argument("--fast", action="store_true", help="leave out lint and sanitizers")
    parser.add_argument("--json", metavar="FILE", help="write the tallies as JSON")
    parser.add_argument("--yes", action="store_true", help="install what is missing without asking")
    arguments = parser.parse_args()
    unknown = set(arguments.part) - {name for name, *_ in PARTS}
    if unknown:
        parser.error("no such part: " + ", ".join(sorted(unknown)))
    if arguments.models:
        os.environ["THIMBLE_MODELS"] = str(Path(arguments.models).resolve())
    models = os.environ.get("THIMBLE_MODELS")
    if models and not Path(models).is_dir():
        parser.error(f"{models}: no such folder of models")
    if not models:
        print("no folder of models (--models DIR or THIMBLE_MODELS): the tests that need it are skipped")

    LOGS.mkdir(parents=True, exist_ok=True)
    results = {}
    for name, title, function, slow in PARTS:
        wanted = name in arguments.part if arguments.part else not (slow and arguments.fast)
        if wanted:
            results[name] = run_part(name, title, function)
    total = sum((tally for tally, _ in results.values()), Tally())
    if arguments.json:
        parts = [{"name": name, **vars(tally), "seconds": round(seconds, 1)}
                 for name, (tally, seconds) in results.items()]
        Path(arguments.json).write_text(json.dumps({**vars(total), "parts": parts}, indent=2) + "\n")
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
