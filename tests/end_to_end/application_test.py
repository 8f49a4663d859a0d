#!/usr/bin/env python3
"""Applications: the one that listens for keywords hears every clip and loses nothing; two models share an arena and are
right; the shell answers; a wrong app.json is refused."""

import json
import re
import shutil
import struct
import sys
import unittest

sys.dont_write_bytecode = True
from harness import PYTHON_TOOLS, ROOT, EndToEnd, call

CARD = json.loads((ROOT / "zoo/keyword-dscnn/card.json").read_text())
KEYWORD = "keyword"
TWO_MODELS = ROOT / "tests/applications/two_models"
ROUNDS = 20
REFERENCE = """
import sys
import numpy as np
from zoo.common.reference import Reference
model = Reference(sys.argv[1])
shape = [int(size) for size in model.input["shape"][1:]]
for line in sys.stdin:
    print(model(np.frombuffer(bytes.fromhex(line), np.int8).reshape(shape)).tobytes().hex())
"""


def made_input(count, seed):
    """As the application makes inputs from a number."""
    made = bytearray()
    for _ in range(count):
        seed = (seed * 1664525 + 1013904223) % 2**32
        made.append(seed >> 24)
    return bytes(made)


def reference_outputs(model, inputs):
    """What LiteRT's reference kernels make of them, in hexadecimal."""
    done = call(PYTHON_TOOLS / "python", "-B", "-c", REFERENCE, ROOT / f"zoo/{model}/{model}.tflite", folder=ROOT,
                text="".join(value.hex() + "\n" for value in inputs))
    assert done.code == 0, done
    return done.out.split()


class Keyword(EndToEnd):
    def test_every_clip_is_heard_and_nothing_is_lost(self):
        said = self.json_of("run", KEYWORD)
        console = said["console"]
        heard = dict(re.findall(r"^(\w+) +heard (\w+) +[\d.]+ %, +[\d.]+ ms", console, re.M))
        labels = {clip["label"] for clip in CARD["clips"]}
        self.assertEqual(heard, {label: label for label in labels}, console)
        summary = re.search(r"(\d+) of (\d+) clips recognised, (\d+) samples played, (\d+) lost", console)
        self.assertEqual([int(number) for number in summary.groups()],
                         [len(labels), len(labels), 16000 * len(labels), 0])
        worst = {name: int(time) for name, time in re.findall(r"^  (.*?) +(\d+)(?: of \d+)?$", console, re.M)}
        self.assertLess(worst["a block came late by"], 10_000)
        self.assertLess(worst["features of a frame"], 20_000)
        self.assertLess(worst["inference"], 1_000_000)
        self.assertLess(worst["inference"], worst["last sample to answer"])
        need = re.search(r"at (\d+) million .* busy ([\d.]+) % .* takes ([\d.]+) million", console)
        speed, busy, need = need.groups()
        self.assertEqual(speed, "125")
        self.assertAlmostEqual(float(need), 125 * float(busy) / 100, delta=0.2)
        for task in ("features", "recognizer", "shell"):
            self.assertRegex(console, rf"(?m)^{task} +\d+  (runs|waits|ready) .* of 4096$")
        self.assertEqual((said["application"], said["board"]), ("keyword", "qemu-virt"))
        self.assertGreater(said["memory"]["rodata"], 12 * 32000, "the clips are in the image")

    def test_a_slow_core_loses_samples_and_says_so(self):
        done = self.thimble("run", KEYWORD, "--mips", 3, "--command", "quit")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.thimble("run", KEYWORD, "--mips", 4).code, 2)
        console = self.json_of("run", KEYWORD, "--mips", 1, "--command", "play yes", "--command", "quit")["console"]
        self.assertRegex(console, r"0 of 1 clips recognised, 16000 samples played, [1-9]\d* lost")

    def test_the_shell_answers(self):
        lines = ["help", "nonsense", "models", "mem", "run", "run keyword_dscnn 3", "run keyword_dscnn 3",
                 "run keyword_dscnn x", "play nobody", "  ", "quit"]
        console = self.json_of("run", KEYWORD, *(word for line in lines for word in ("--command", line)))["console"]
        answers = dict(zip(lines, console.split("\n> ")[1:]))
        for name in ("play", "ps", "mem", "models", "run", "reboot", "quit"):
            self.assertRegex(answers["help"], rf"(?m)^{name} ")
        self.assertIn("nonsense: no such command", answers["nonsense"])
        self.assertRegex(answers["models"], r"(?m)^keyword_dscnn +\d+ +\d+$")
        for what in ("code", "constants", "data", "bss", "stacks", "main stack", "trap stack"):
            self.assertRegex(answers["mem"], rf"(?m)^{what} ")
        self.assertIn("run MODEL", answers["run"])
        self.assertIn("run MODEL", answers["run keyword_dscnn x"])
        crcs = re.findall(r"crc ([0-9a-f]{8})", console)
        self.assertEqual(len(crcs), 2)
        self.assertEqual(crcs[0], crcs[1])
        self.assertIn("silence", answers["play nobody"])

    def test_a_reboot_begins_anew(self):
        console = self.json_of("run", KEYWORD, "--command", "reboot", "--command", "quit")["console"]
        self.assertEqual(console.count("Thimble listens"), 2, console)

    def test_it_runs_from_flash(self):
        said = self.json_of("run", KEYWORD, "--board", "qemu-virt-xip", "--command", "play left", "--command", "quit")
        self.assertIn("1 of 1 clips recognised, 16000 samples played, 0 lost", said["console"])


class TwoModels(EndToEnd):
    def test_they_share_an_arena_and_are_right(self):
        console = self.json_of("run", TWO_MODELS, "--command", f"infer {ROUNDS}", "--command", "quit")["console"]
        told = re.findall(r"^output (\w+) (\d+) ([0-9a-f]+)$", console, re.M)
        order = [model for model, _, _ in told]
        self.assertEqual(len(told), 2 * ROUNDS)
        self.assertGreater(sum(a != b for a, b in zip(order, order[1:])), ROUNDS, "they take turns")
        self.assertGreater(int(re.search(r"preempted (\d+) times", console)[1]), 1000)
        for index, (model, count) in enumerate((("keyword-dscnn", 490), ("autoencoder", 640))):
            found = {int(seed): output for name, seed, output in told if name == model.replace("-", "_")}
            seeds = [2 * round + index for round in range(ROUNDS)]
            self.assertEqual(sorted(found), seeds)
            wanted = reference_outputs(model, [made_input(count, seed) for seed in seeds])
            self.assertEqual([found[seed] for seed in seeds], wanted, model)
            self.assertGreater(len(set(wanted)), 1, "the inputs matter")


class Description(EndToEnd):
    def application(self, **changes):
        """A copy of the one with two models, with other values in its app.json; None takes a key out."""
        folder = self.folder / "app"
        shutil.copytree(TWO_MODELS, folder, dirs_exist_ok=True)
        description = json.loads((folder / "app.json").read_text()) | changes
        description = {key: value for key, value in description.items() if value is not None}
        (folder / "app.json").write_text(json.dumps(description))
        return folder

    def test_an_application_may_stand_anywhere(self):
        folder = self.application(name="moved", models=[{"model": "keyword-dscnn"}, {"model": "autoencoder"}])
        made = self.json_of("compile", folder, "--out", self.folder / "out")
        self.assertEqual(made["application"], "moved")
        for file in ("firmware.elf", "firmware.bin", "firmware.map"):
            self.assertTrue((self.folder / "out" / file).exists())

    def test_what_is_wrong_is_named(self):
        for told, changes in {
            '"name"': {"name": None},
            '"models[0].model"': {"models": [{}]},
            '"models[0].optimize"': {"models": [{"model": "sine", "optimize": "well"}]},
            '"modules[0]"': {"modules": ["no/such/folder"]},
            '"kernel.SAFE"': {"kernel": {"SAFE": 1}},
            '"assets.clips"': {"assets": {"clips": "nowhere"}},
            '"simulator.mips"': {"simulator": {"mips": 300}},
            '"model"': {"model": "sine"},
        }.items():
            with self.subTest(told):
                folder = self.application(**changes)
                self.refuses(2, ["app.json", told], "compile", folder, "--out", self.folder / "out")

    def test_models_must_differ_and_exist(self):
        self.refuses(2, ["two models are called sine"], "compile",
                     self.application(models=[{"model": "sine"}, {"model": "sine"}]), "--out", self.folder / "out")
        self.refuses(2, ["no such file"], "compile", self.application(models=[{"model": "nothing"}]), "--out",
                     self.folder / "out")

    def test_it_must_fit(self):
        done = self.thimble("compile", KEYWORD, "--flash", 100000, "--out", self.folder / "out")
        self.assert_refusal(done, 4, ["flash"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
