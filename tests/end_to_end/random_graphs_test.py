#!/usr/bin/env python3
"""Models of random structure, whole: what is planned for their branches, residuals and concatenations computes what the
reference does, in every tensor."""

import functools
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from harness import BOARDS, PYTHON_TOOLS, ROOT, EndToEnd, add_tests, call

GRAPHS = 6


@functools.cache
def folder():
    made = tempfile.TemporaryDirectory(prefix="random-graphs-")
    done = call(PYTHON_TOOLS / "python", "-B", ROOT / "tests/models/random_graphs.py", made.name, 1, GRAPHS)
    if done.code != 0:
        raise RuntimeError(f"random_graphs.py: {done}")
    return made  # which is gone with the program


class RandomGraphs(EndToEnd):
    def exact(self, seed, optimize, offload, *options):
        model = Path(folder().name) / f"random_{seed}.tflite"
        report = self.json_of("validate", model, "--samples", 6, "-O", optimize, "--offload", offload, *options)
        found = report["validation"]
        self.assertEqual((found["mismatches"], found["max_difference"]), (0, 0))
        self.assertGreater(found["outputs"], 6)
        self.assertLessEqual(report["memory"]["stack_peak"], report["memory"]["stacks"])

    def graph(self, seed):
        board = BOARDS[seed % len(BOARDS)]
        self.exact(seed, ("size", "speed")[seed % 2], "all", "--board", board, "--layers")
        self.exact(seed, ("speed", "size")[seed % 2], "all", "--board", board)
        if seed <= 2:
            self.exact(seed, "speed", "none")


add_tests(RandomGraphs, "graph", {str(seed): (seed,) for seed in range(1, GRAPHS + 1)}, RandomGraphs.graph)

if __name__ == "__main__":
    unittest.main()
