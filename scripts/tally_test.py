"""Tests of tally.py: what test programs say is counted, and a failure is never lost."""

import unittest

from tally import Tally, counted, tally_of

CTEST = """2/3 Test #2: slow ....***Skipped   0.01 sec
67% tests passed, 1 tests failed out of 3
"""
UNITTEST = """.F.s
----------------------------------------------------------------------
Ran 4 tests in 0.001s

FAILED (failures=1, skipped=1)
"""


class TallyTest(unittest.TestCase):
    def test_own_line(self):
        self.assertEqual(counted("1 passed, 9 failed\nsum: 5 passed, 2 failed, 1 skipped\n"), Tally(5, 2, 1))

    def test_ctest(self):
        self.assertEqual(counted(CTEST), Tally(1, 1, 1))

    def test_the_last_summary_counts(self):
        self.assertEqual(counted("9999 passed, 1 failed\n" + CTEST), Tally(1, 1, 1))

    def test_unittest(self):
        self.assertEqual(counted(UNITTEST), Tally(2, 1, 1))
        self.assertEqual(counted("Ran 1 test in 0.1s\n\nOK\n"), Tally(1, 0, 0))

    def test_ctest_without_tests_counts_nothing(self):
        self.assertEqual(tally_of(0, "No tests were found!!!\n").total(), 0)

    def test_exit_code_overrules(self):
        self.assertEqual(tally_of(1, "5 passed, 0 failed\n"), Tally(5, 1, 0))
        self.assertEqual(tally_of(-11, ""), Tally(0, 1, 0))
        self.assertEqual(tally_of(0, "all is well"), Tally(1, 0, 0))


if __name__ == "__main__":
    unittest.main()
