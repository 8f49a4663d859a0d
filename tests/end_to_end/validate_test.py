#!/usr/bin/env python3
"""`thimble validate`: every model equals the reference bit for bit, on each board, and a wrong byte is found."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
from harness import BOARDS, EndToEnd, add_tests, full_model, small_model
from wrong_reference import wrong_reference

# Elements of the outputs of one sample.
SMALL = {"dense": 5, "dynamic_batch": 7, "float_ends": 8, "two_ends": 40, "argmax": 36, "movement": 294,
         "pools": 721, "means": 99, "softmaxes": 477, "elementwise": 630, "dead_channels": 5}
# What IREE's own code meets in all of them: maxima, moves, sums.
GENERATED = ["two_ends", "pools", "movement", "dense"]
# Samples and options: so that all of them together take minutes, not more.
FULL = {"kws": (4, ["--layers"]), "ic": (2, ["--layers"]), "vww": (1, [])}


class Validate(EndToEnd):
    def exact(self, model, samples, outputs, *options):
        report = self.json_of("validate", model, "--samples", samples, *options)
        found = report["validation"]
        self.assertEqual((found["samples"], found["mismatches"], found["max_difference"]), (samples, 0, 0))
        if "--layers" in options:
            self.assertGreater(found["outputs"], samples * outputs)
            self.assertEqual(found["outputs"] % samples, 0)
        else:
            self.assertEqual(found["outputs"], samples * outputs)
        self.assertGreater(report["inference"]["instructions"], 0)

    def zoo_model(self, board):
        self.exact("miniresnet", 6, 5, "--board", board, "--layers")

    def small_model(self, name, outputs, board):
        # The code is the same on every board, so each has its own options.
        options = ["--layers"] if board == BOARDS[0] else ["-O", "size"]
        self.exact(small_model(name), 6, outputs, "--board", board, *options)

    def generated(self, name, optimize):
        self.exact(small_model(name), 4, SMALL[name], "--offload", "none", "-O", optimize)

    def full_model(self, name, samples, options):
        model = full_model(name)
        if model is None:
            self.skipTest(f"no {name}.tflite in the folder THIMBLE_MODELS")
        self.exact(model, samples, {"kws": 12, "ic": 10, "vww": 2}[name], *options)

    def test_another_seed_gives_other_samples(self):
        def outputs(seed):
            report = self.json_of("validate", small_model("dense"), "--samples", 1, "--seed", seed)
            return report["inference"], report["validation"]

        self.assertEqual(outputs(5), outputs(5))
        self.assertNotEqual(outputs(5), outputs(6))

    def wrong_reference(self, told, *options):
        """Validates against a reference of which one bit is wrong."""
        file = self.folder / "report.json"
        done = self.thimble("validate", small_model("dense"), "--samples", 3, "--json", file, *options,
                            environment={"THIMBLE_PYTHON_BIN": str(wrong_reference(self.folder))})
        self.assert_refusal(done, 5, ["dense.tflite", "sample 2", "FULLY_CONNECTED", "on the target",
                                      "in the reference", *told])
        found = json.loads(file.read_text())["validation"]
        return found["mismatches"], found["max_difference"]

    def test_one_wrong_bit_of_an_output_is_found(self):
        self.assertEqual(self.wrong_reference(["element [0, 4]"]), (1, 1))

    def test_one_wrong_bit_is_found_with_layers(self):
        # Of two firmwares each meets one: inside, the hidden layer comes last.
        self.assertEqual(self.wrong_reference(["element [0, 23]"], "--layers"), (2, 1))


def board_name(board):
    return board.replace("-", "_")


add_tests(Validate, "miniresnet_on", {board_name(board): (board,) for board in BOARDS}, Validate.zoo_model)
add_tests(Validate, "small", {f"{name}_on_{board_name(board)}": (name, outputs, board)
                              for name, outputs in SMALL.items() for board in BOARDS}, Validate.small_model)
add_tests(Validate, "generated", {f"{name}_for_{optimize}": (name, optimize)
                                  for name in GENERATED for optimize in ("size", "speed")}, Validate.generated)
add_tests(Validate, "full", {name: (name, *how) for name, how in FULL.items()}, Validate.full_model)

if __name__ == "__main__":
    if "THIMBLE_MODELS" not in os.environ:
        print("THIMBLE_MODELS is not set: the full-size models are skipped")
    unittest.main()
