#!/usr/bin/env python3
"""--feed: an input that comes row by row. Bit-exact, in less memory than the whole input needs, bounded and reported; what
cannot be fed is refused; a foreign firmware feeds the library."""

import sys
import unittest

sys.dont_write_bytecode = True
from harness import EndToEnd, add_tests, call, full_model, small_model

MOST_COST = 1.03  # instructions, of those of the model that is not fed, where neither has to fit

FIRMWARE = r"""
#include <stdint.h>
#include "resnet8.h"

static _Alignas(RESNET8_ARENA_ALIGNMENT) uint8_t arena[RESNET8_ARENA_BYTES];
extern const int8_t frames[][RESNET8_INPUT_0_COUNT];
int classify(int frame, int8_t* scores);

int classify(int frame, int8_t* scores) {
  if (resnet8_begin(arena) != 0) return 1;
  uint32_t row = 0;
  for (uint32_t most = 1; row < RESNET8_INPUT_0_ROWS; most = most % 5 + 1) {
    uint32_t count = RESNET8_INPUT_0_ROWS - row < most ? RESNET8_INPUT_0_ROWS - row : most;
    if (resnet8_feed_rows(arena, frames[frame] + row * RESNET8_INPUT_0_ROW_BYTES, count) != 0) return 2;
    row += count;
  }
  if (resnet8_finish(arena) != 0) return 3;
  for (uint32_t i = 0; i < RESNET8_OUTPUT_0_COUNT; ++i) scores[i] = resnet8_output_0(arena)[i];
  return 0;
}
"""


class Feed(EndToEnd):
    def checked(self, model, arena, *options):
        """Validates the fed model, against itself not fed, too; the arena is at most `arena`."""
        whole = self.json_of("run", model, "--input", "random:3", *options)
        fed = self.json_of("run", model, "--input", "random:3", "--feed", *options)
        self.assertEqual(fed["outputs"], whole["outputs"])
        report = self.json_of("validate", model, "--samples", 6, "--feed", *options)
        self.assertEqual(report["validation"]["mismatches"], 0)
        feed, memory = report["feed"], report["memory"]
        self.assertNotIn("feed", whole)
        self.assertLess(feed["window_rows"], feed["rows"], "the whole input is in memory")
        self.assertLessEqual(memory["arena"], arena)
        self.assertLess(memory["arena"], whole["memory"]["arena"])
        if "--ram" not in options:
            self.assertLess(fed["inference"]["instructions"], MOST_COST * whole["inference"]["instructions"])

    def test_profiles_and_plans_tell_of_rows(self):
        report = self.json_of("profile", "miniresnet", "--feed")
        self.assertGreater(min(layer["instructions"] for layer in report["layers"] if layer["macs"] > 1000), 1000)
        self.assertEqual(sum(layer["instructions"] for layer in report["layers"]),
                         report["inference"]["instructions"])
        plan = self.json_of("plan", "miniresnet", "--feed")["plan"]
        bound, peak = plan["stack"]["bytes"], report["memory"]["stack_peak"]
        self.assertLessEqual(peak, bound)
        self.assertGreater(peak, bound * 3 / 4, "the deepest calls are those of a fed stream")
        inputs = [tensor for tensor in plan["tensors"] if tensor["use"] == "input"]
        self.assertEqual(len(inputs), 1)
        self.assertLess(inputs[0]["bytes"], inputs[0]["whole"])
        self.assertIn("state of feeding", [tensor["name"] for tensor in plan["tensors"]])

    def test_a_trace_of_rows_has_all_steps(self):
        report = self.json_of("trace", "miniresnet", "--feed", "--out", self.folder / "trace.json")
        self.assertEqual(report["trace"]["lost"], 0)

    def test_ram_is_kept_to(self):
        most = self.json_of("compile", "miniresnet", "--feed", "--board", "qemu-virt-xip")["memory"]["ram"]
        allowed = most - 1000
        report = self.json_of("validate", "miniresnet", "--samples", 2, "--feed", "--board", "qemu-virt-xip", "--ram",
                              allowed)
        self.assertLessEqual(report["memory"]["ram"], allowed)
        self.assertEqual(report["validation"]["mismatches"], 0)

    def test_the_library_links_into_other_firmware(self):
        out = self.folder / "out"
        self.succeeds("compile", "resnet8", "--feed", "--out", out)
        (self.folder / "uses.c").write_text(FIRMWARE)
        done = call("riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror",
                    "-O2", "-c", f"-I{out}", self.folder / "uses.c", "-o", self.folder / "uses.o")
        self.assertEqual(done.code, 0, done)
        done = call("riscv64-unknown-elf-ld", "-melf32lriscv", "-r", "--gc-sections", "-u", "classify", self.folder / "uses.o",
                    out / "libresnet8.a", "-o", self.folder / "linked.o")
        self.assertEqual(done.code, 0, done)
        symbols = call("riscv64-unknown-elf-nm", self.folder / "linked.o").out
        self.assertIn(" T resnet8_feed_rows\n", symbols)
        self.assertNotIn(" U thimble_", symbols)

    def test_what_cannot_be_fed_is_refused(self):
        for model, options, told in (("autoencoder", (), "as a whole"),
                                     ("miniresnet", ("--offload", "none"), "does not read the input")):
            self.refuses_to("compile", 3, ["cannot be fed by rows", told, "without --feed"], model, "--feed", *options)


add_tests(Feed, "fed", {
    "resnet8": ("resnet8", 13_500),
    "miniresnet_size": ("miniresnet", 22_000, "-O", "size"),
    "mobilenet": ("mobilenet-v1-025", 15_700),
}, Feed.checked)
add_tests(Feed, "full_size", {
    name: (full_model(name), arena, *options)
    for name, arena, options in (("ic", 13_500, ()), ("vww", 15_700, ()),
                                 ("kws", 6_300, ("--board", "qemu-virt-xip", "--ram", "9400")))
    if full_model(name)
}, Feed.checked)

if __name__ == "__main__":
    unittest.main()
