#!/usr/bin/env python3
"""`thimble profile`: its lines add up to what the whole takes, and say who computes each layer."""

import sys
import unittest

sys.dont_write_bytecode = True
from harness import BOARDS, EndToEnd, add_tests, small_model

SHARED = {"runtime", "microkernel", "support", "plan"}


class Profile(EndToEnd):
    def adds_up(self, model, *options):
        """Its report, whose sums are right."""
        report = self.json_of("profile", model, *options)
        layers = report["layers"]
        whole = {"instructions": report["inference"]["instructions"], "macs": report["inference"]["macs"],
                 "code": report["memory"]["model_code"], "constants": report["memory"]["weights"]}
        self.assertEqual({key: sum(layer[key] for layer in layers) for key in whole}, whole)
        for layer in layers:
            self.assertEqual(layer["offloaded"], layer["reason"] == "", layer)
        runtime = [layer["instructions"] for layer in layers if layer["op"] == "runtime"]
        self.assertEqual(len(runtime), 1)
        self.assertGreater(runtime[0], 0)
        return report

    def zoo_model(self, board):
        report = self.adds_up("miniresnet", "--board", board)
        layers = [layer for layer in report["layers"] if layer["op"] not in SHARED]
        self.assertEqual([layer["op"] for layer in layers],
                         ["CONV_2D", "MAX_POOL_2D", "CONV_2D", "CONV_2D", "CONV_2D", "ADD", "FULLY_CONNECTED",
                          "SOFTMAX"])
        self.assertEqual(layers[0]["shape"], [1, 32, 25, 64])
        self.assertEqual(layers[0]["macs"], 32 * 25 * 64 * 7 * 7)
        self.assertTrue(all(layer["offloaded"] for layer in layers if layer["macs"] > 0), layers)
        self.assertTrue(all(layer["instructions"] > 0 and layer["code"] > 0 for layer in layers), layers)

    def test_the_whole_is_that_of_run(self):
        profile = self.adds_up("miniresnet")
        run = self.json_of("run", "miniresnet")
        self.assertEqual(profile["inference"], run["inference"])
        self.assertEqual(profile["memory"], run["memory"])

    def test_without_microkernels(self):
        report = self.adds_up(small_model("dense"), "--offload", "none")
        reasons = {layer["reason"] for layer in report["layers"] if layer["op"] not in SHARED}
        self.assertEqual(reasons, {"--offload none"})

    def small_model(self, name):
        self.adds_up(small_model(name))

    def test_dead_channels(self):
        layers = self.adds_up(small_model("dead_channels"))["layers"]
        dead = [(layer["op"], layer["dead_channels"]) for layer in layers if layer.get("dead_channels")]
        self.assertEqual(dead, [("CONV_2D", 4), ("DEPTHWISE_CONV_2D", 4), ("CONV_2D", 1), ("CONV_2D", 1), ("ADD", 1),
                                ("AVERAGE_POOL_2D", 1), ("MAX_POOL_2D", 1)])

    def test_explain(self):
        done = self.succeeds("profile", "miniresnet", "--explain")
        self.assertRegex(done.out, r"\nCONV_2D model/re_lu/Relu\S*\n  microkernel thimble_\w+\n")
        self.assertRegex(done.out, r"\d+ of 8 layers by microkernels, 5049856 of 5049856 MACs\n")
        self.assertIn("dead channels removed: ", done.out)
        self.assertRegex(done.out, r"\nsum +5049856 ")

    def test_wrong_usage(self):
        self.refuses_to("profile", 2, ["no-such-board"], "miniresnet", "--board", "no-such-board")


add_tests(Profile, "zoo_model_on", {board.replace("-", "_"): (board,) for board in BOARDS}, Profile.zoo_model)
add_tests(Profile, "small", {name: (name,) for name in ("dense", "two_ends", "float_ends", "argmax")},
          Profile.small_model)

if __name__ == "__main__":
    unittest.main()
