#!/usr/bin/env python3
"""Runs the end-to-end tests, as many at a time as there are cores: all of them, or those whose name contains one of the
words given. Each program beside this one still runs alone."""

import argparse
import io
import os
import sys
import time
import unittest
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

sys.dont_write_bytecode = True
import harness

HERE = Path(__file__).resolve().parent
SLOWEST = 15  # are listed at the end


def tests_in(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_in(test)
        else:
            yield test


def units(suite):
    """Names of what runs by itself: a test, or a class whose tests share what the class makes. These go first: they
    take longest."""
    shared, single = {}, []
    for test in tests_in(suite):
        kind = type(test)
        if isinstance(test, unittest.loader._FailedTest):  # a program that cannot be imported
            raise SystemExit(f"{test.id()}: {test._exception}")
        own = [name for name in ("setUpClass", "tearDownClass") if name in vars(kind)]
        if own:
            shared[f"{kind.__module__}.{kind.__qualname__}"] = None
        else:
            single.append(test.id())
    return [*shared, *single]


def run_unit(name):
    """What came of it: passed, failed, skipped, seconds, and what unittest said."""
    said = io.StringIO()
    start = time.monotonic()
    result = unittest.TextTestRunner(said, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromName(name))
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    return passed, failed, skipped, time.monotonic() - start, said.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="*", help="run what has one of these in its name (default: all)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (default: cores)")
    arguments = parser.parse_args()
    if "THIMBLE_MODELS" not in os.environ:
        print("THIMBLE_MODELS is not set: the full-size models are skipped")
    sys.path.insert(0, str(HERE))
    names = [name for name in units(unittest.defaultTestLoader.discover(str(HERE), "*_test.py"))
             if not arguments.word or any(word in name for word in arguments.word)]
    if not names:
        parser.error("no test has that in its name")
    harness.small_models()  # once, for all

    totals, times = [0, 0, 0], []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(run_unit, name): name for name in names}
        for done in as_completed(running):
            name = running[done]
            try:
                *counts, seconds, said = done.result()
            except BrokenProcessPool as error:
                counts, seconds, said = [0, 1, 0], 0, f"{error}\n"
            totals = [one + more for one, more in zip(totals, counts)]
            times.append((seconds, name))
            verdict = "FAILED" if counts[1] else "passed" if counts[0] else "skipped"
            print(f"{verdict:8}{seconds:6.1f} s  {name}" + (f"\n{said}" if counts[1] else ""), flush=True)
    print("the slowest:")
    for seconds, name in sorted(times, reverse=True)[:SLOWEST]:
        print(f"{seconds:14.1f} s  {name}")
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
