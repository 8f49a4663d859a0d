#!/usr/bin/env python3
"""`thimble run`: answers, JSON, the forms of input, and that a second call has nothing left to do."""

import json
import re
import struct
import sys
import unittest
import wave

sys.dont_write_bytecode = True
from harness import BOARDS, ROOT, EndToEnd, add_tests, small_model

CARD = json.loads((ROOT / "zoo/miniresnet/card.json").read_text())
MEMORY = {"text", "rodata", "data", "bss", "stacks", "flash", "ram", "weights", "arena", "model_code", "system_code",
          "stack_peak", "berkeley"}


def label_of(outputs):
    """The label of the largest element of the first output."""
    return CARD["labels"][outputs[0].index(max(outputs[0]))]


def printed_label(text):
    """The label that stands first in the table for people."""
    return re.search(r"^    (\w+) +[\d.]+ %$", text, re.M)[1]


class Run(EndToEnd):
    def first_clip(self, board):
        file = self.folder / "run.json"
        done = self.succeeds("run", "miniresnet", "--board", board, "--json", file)
        report = json.loads(file.read_text())
        self.assertEqual(printed_label(done.out), CARD["clips"][0]["label"])
        self.assertEqual(label_of(report["outputs"]), CARD["clips"][0]["label"])

        texts = {"model": "miniresnet", "board": board, "isa": "rv32imac", "optimize": "speed", "offload": "all"}
        self.assertEqual({key: report.get(key) for key in texts}, texts)
        self.assertEqual(set(report), set(texts) | {"elf", "memory", "inference", "outputs"})
        self.assertTrue(report["elf"].endswith("/firmware.elf"))
        self.assertEqual(set(report["memory"]), MEMORY)
        self.assertEqual(set(report["memory"]["berkeley"]), {"text", "data", "bss"})
        sizes = [value for key, value in report["memory"].items() if key != "berkeley"]
        for size in sizes + list(report["memory"]["berkeley"].values()):
            self.assertIs(type(size), int)
        self.assertEqual(set(report["inference"]), {"instructions", "macs", "instructions_per_mac"})
        self.assertIs(type(report["inference"]["instructions"]), int)
        self.assertEqual(report["inference"]["macs"], CARD["macs"])
        self.assertAlmostEqual(report["inference"]["instructions_per_mac"],
                               report["inference"]["instructions"] / CARD["macs"], places=6)
        self.assertEqual([len(output) for output in report["outputs"]], [len(CARD["labels"])])
        self.assertTrue(all(type(value) is int and -128 <= value <= 127 for value in report["outputs"][0]))

    def clip(self, clip):
        done = self.succeeds("run", "miniresnet", "--input", ROOT / "zoo/miniresnet" / clip["file"])
        self.assertEqual(printed_label(done.out), clip["label"])

    def test_second_call_compiles_nothing(self):
        arguments = ("run", "miniresnet", "--out", self.folder / "out", "--json", self.folder / "run.json")
        self.succeeds(*arguments)
        first = (self.folder / "run.json").read_text()
        made = (self.folder / "out/firmware.elf").stat().st_mtime_ns
        done = self.succeeds(*arguments)
        for stage in ("importing", "compiling", "building"):
            self.assertNotIn(stage, done.err)
        self.assertEqual((self.folder / "out/firmware.elf").stat().st_mtime_ns, made)
        self.assertLess(done.seconds, 20)  # a loaded machine; alone it takes less than one
        self.assertEqual((self.folder / "run.json").read_text(), first, "the same call, the same counts")

    def test_default_folder_is_named_after_the_options(self):
        report = self.json_of("compile", small_model("dense"), "-O", "size", "--offload", "none")
        self.assertEqual(report["elf"], str(ROOT / "build/out/dense-qemu-virt-rv32imac-size-none/firmware.elf"))

    def test_saved_input_gives_the_same_outputs(self):
        saved = self.folder / "saved.bin"
        first = self.json_of("run", "miniresnet", "--input", "random:7", "--save-input", saved)
        self.assertEqual(saved.stat().st_size, 64 * 50)
        self.assertEqual(self.json_of("run", "miniresnet", "--input", saved), first)

        header = b"{'descr': '|i1', 'fortran_order': False, 'shape': (1, 64, 50, 1), }\n"
        npy = self.folder / "saved.npy"
        npy.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + saved.read_bytes())
        self.assertEqual(self.json_of("run", "miniresnet", "--input", npy), first)

    def test_random_input_repeats_by_seed(self):
        def saved(seed):
            file = self.folder / f"{seed}.bin"
            report = self.json_of("run", small_model("dense"), "--input", f"random:{seed}", "--save-input", file)
            return file.read_bytes(), report["outputs"]

        first = saved(7)
        self.assertEqual(saved(7), first)
        self.assertNotEqual(saved(8), first)

    def test_several_inputs_and_outputs(self):
        file = self.folder / "both.bin"
        file.write_bytes(bytes(range(100, 134)))  # 4 x 4 x 2 values, then 2
        report = self.json_of("run", small_model("two_ends"), "--input", file)
        self.assertEqual([len(output) for output in report["outputs"]], [32, 8])
        planes = [report["outputs"][0][channel::2] for channel in (0, 1)]
        pooled = [max(plane[y * 4 + x + d] for d in (0, 1, 4, 5)) for y in (0, 2) for x in (0, 2) for plane in planes]
        self.assertEqual(report["outputs"][1], pooled)

    def test_float_outputs_are_floats(self):
        report = self.json_of("run", small_model("float_ends"))
        self.assertEqual(len(report["outputs"][0]), 8)
        self.assertTrue(all(type(value) is float for value in report["outputs"][0]))

    def wav(self, name, rate, channels, seconds):
        with wave.open(str(self.folder / name), "wb") as file:
            file.setparams((channels, 2, rate, 0, "NONE", ""))
            file.writeframes(bytes(2 * channels * rate * seconds))
        return name

    def test_wrong_recordings(self):
        (self.folder / "noise.wav").write_bytes(bytes(range(256)) * 20)
        self.refuses_to("run", 2, ["noise.wav"], "miniresnet", "--input", "noise.wav")
        slow = self.wav("slow.wav", 8000, 1, 1)
        self.refuses_to("run", 2, ["slow.wav", "16"], "miniresnet", "--input", slow)
        self.refuses_to("run", 2, ["missing.wav"], "miniresnet", "--input", "missing.wav")
        good = self.wav("good.wav", 16000, 1, 1)
        self.refuses_to("run", 2, ["good.wav", "front end"], small_model("dense"), "--input", good)


add_tests(Run, "first_clip_on", {board.replace("-", "_"): (board,) for board in BOARDS}, Run.first_clip)
add_tests(Run, "clip", {clip["label"]: (clip,) for clip in CARD["clips"]}, Run.clip)

if __name__ == "__main__":
    unittest.main()
