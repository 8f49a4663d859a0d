#!/usr/bin/env python3
"""The zoo: what its cards say holds with the reference kernels, and on the board every model equals the reference and
names its first clip right."""

import json
import sys
import unittest

sys.dont_write_bytecode = True
from harness import PYTHON_TOOLS, ROOT, EndToEnd, add_tests, call

CARDS = {path.parent.name: json.loads(path.read_text()) for path in sorted((ROOT / "zoo").glob("*/card.json"))}
SAMPLES = 3


class Zoo(EndToEnd):
    def card(self, name):
        """Clips and test inputs, run by the reference kernels."""
        done = call(PYTHON_TOOLS / "python", "-B", "-m", "zoo.common.check", f"zoo/{name}", folder=ROOT,
                    environment={"CXX": "clang++-19"})
        self.assertEqual(done.code, 0, done)

    def board(self, name):
        card = CARDS[name]
        found = self.json_of("validate", name, "--samples", SAMPLES)["validation"]
        self.assertEqual((found["samples"], found["mismatches"]), (SAMPLES, 0))
        [output] = self.json_of("run", name)["outputs"]
        self.assertEqual(len(output), card["output"]["shape"][-1])
        if "labels" in card:
            self.assertEqual(card["labels"][output.index(max(output))], card["clips"][0]["label"])


add_tests(Zoo, "card_of", {name.replace("-", "_"): (name,) for name in CARDS}, Zoo.card)
add_tests(Zoo, "on_the_board", {name.replace("-", "_"): (name,) for name in CARDS}, Zoo.board)

if __name__ == "__main__":
    unittest.main(verbosity=2)
