#!/usr/bin/env python3
"""--feed: an input that comes row by row. Bit-exact, in less memory than the whole input needs, bounded and reported;
what cannot be fed is refused; a foreign firmware feeds the library."""

import sys
import unittest

sys.dont_write_bytecode = True
from harness import ROOT, EndToEnd, add_tests, call, full_model

MOST_COST = 1.03  # instructions, of those of the model that is not fed, where neither has to fit


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

    def test_other_firmware_feeds_the_library(self):
        out, elf = self.folder / "out", self.folder / "c-firmware.elf"
        self.succeeds("compile", "resnet8", "--feed", "--out", out)
        made = call("make", "-B", "-C", ROOT / "examples/c-firmware", "MODEL=resnet8", "FED=1", f"OUT={out}",
                    f"FIRMWARE={elf}")
        self.assertEqual(made.code, 0, made)
        ramp = self.folder / "ramp.bin"
        ramp.write_bytes(bytes(i % 256 for i in range(32 * 32 * 3)))
        wanted = self.json_of("run", "resnet8", "--input", ramp)["outputs"][0]
        done = call("qemu-system-riscv32", "-M", "virt", "-bios", "none", "-display", "none", "-monitor", "none",
                    "-serial", "stdio", "-kernel", elf)
        self.assertEqual(done.out, f"resnet8: status 0, output {' '.join(map(str, wanted))}\n", done)

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
