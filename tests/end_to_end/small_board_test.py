#!/usr/bin/env python3
"""The board sifive-e, 16 KB of RAM, no test finisher: small models are exact on it, a fault is an exit code, and what
is too large is told by how much."""

import json
import re
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from harness import ROOT, EndToEnd, add_tests, full_model, small_model

BOARD = "sifive-e"
RAM = 16 << 10
# Elements of the outputs of one sample.
ZOO = {"sine": 1, "autoencoder": 640, "keyword-dscnn": 12}
SMALL = {"dense": 5, "two_ends": 40, "pools": 721, "softmaxes": 477}
# A timer whose first use is a fault: the application asks for the time once a frame has begun.
BROKEN_TIMER = """
#include "drivers/timer.h"
namespace thimble::timer {
namespace {
constinit std::uint64_t calls = 0;
}
std::uint64_t now() {
  if (calls++ == 0) asm volatile(".word 0");
  return calls * 1000;
}
void set_deadline(std::uint64_t) {}
}
"""


class SmallBoard(EndToEnd):
    def exact(self, model, outputs, *options):
        report = self.json_of("validate", model, "--board", BOARD, "--samples", 3, *options)
        self.assertEqual(report["board"], BOARD)
        found = report["validation"]
        self.assertEqual((found["samples"], found["outputs"], found["mismatches"]), (3, 3 * outputs, 0))
        memory = report["memory"]
        self.assertLessEqual(memory["ram"], RAM)
        self.assertLess(memory["stack_peak"], memory["stacks"])
        return report

    def of_the_zoo(self, name, outputs):
        self.exact(name, outputs, "-O", "size")

    def small(self, name, outputs):
        self.exact(small_model(name), outputs)

    def test_kws(self):
        if full_model("kws") is None:
            self.skipTest("no kws.tflite in the folder THIMBLE_MODELS")
        self.exact(full_model("kws"), 12, "-O", "size")

    def test_answers_are_those_of_other_boards(self):
        """And so are the instructions: the code is the same."""
        reports = [self.json_of("run", "sine", "--board", board, "--input", "random:5")
                   for board in ("qemu-virt-xip", BOARD)]
        self.assertEqual(reports[0]["outputs"], reports[1]["outputs"])
        self.assertEqual(reports[0]["inference"], reports[1]["inference"])

    def test_profile(self):
        layers = self.json_of("profile", "sine", "--board", BOARD)["layers"]
        computing = [layer["instructions"] for layer in layers if layer["macs"] > 0]
        self.assertTrue(computing and min(computing) > 0, layers)

    def test_every_isa(self):
        isas = json.loads((ROOT / "boards" / BOARD / "board.json").read_text())["isas"]
        for isa in isas:
            self.exact("sine", 1, "--isa", isa)

    def test_too_large(self):
        done = self.thimble("run", "mobilenet-v1-025", "--board", BOARD, "--out", self.folder / "out")
        self.assert_refusal(done, 4, [f"RAM of {BOARD} is exceeded by", f"{RAM} there", "arena"])
        excess, needed = map(int, re.search(r"by (\d+) bytes \((\d+) needed", done.err).groups())
        self.assertEqual(excess, needed - RAM)
        self.assertFalse((self.folder / "out").exists())

    def test_a_fault_is_an_exit_code(self):
        board = self.folder / "faulty"
        shutil.copytree(ROOT / "boards" / BOARD, board)
        description = json.loads((board / "board.json").read_text())
        description["name"] = "faulty"
        description["drivers"].remove("clint")
        (board / "board.json").write_text(json.dumps(description))
        (board / "timer.cc").write_text(BROKEN_TIMER)
        done = self.thimble("run", "sine", "--board", board, "--out", self.folder / "out")
        self.assert_refusal(done, 1, ["the target faulted: FAULT: illegal instruction | FAULT: mcause 00000002"])

    @classmethod
    def tearDownClass(cls):
        for objects in (ROOT / "build/system").glob("faulty-*"):  # of a folder that is gone
            shutil.rmtree(objects)


add_tests(SmallBoard, "exact", {name.replace("-", "_"): (name, outputs) for name, outputs in ZOO.items()},
          SmallBoard.of_the_zoo)
add_tests(SmallBoard, "exact", {name: (name, outputs) for name, outputs in SMALL.items()}, SmallBoard.small)

if __name__ == "__main__":
    unittest.main()
