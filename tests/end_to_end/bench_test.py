#!/usr/bin/env python3
"""`thimble bench`: every configuration of a model is measured and validated, a wrong byte is found, and what it writes
into the repository is what it measured and names no machine."""

import json
import re
import shutil
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from harness import COMMAND, PYTHON_TOOLS, ROOT, EndToEnd, call, small_model
from wrong_reference import wrong_reference

CONFIGURATIONS = [("speed", "all"), ("speed", "none"), ("size", "all"), ("size", "none")]
KERNEL_GOALS = {"yield": 70, "give_take": 130, "mutex_lock": 25, "mutex_unlock": 25, "queue_send": 35, "queue_receive": 35,
                "queue_send_wake": 150, "irq_task": 180, "tick": 80, "text": 6000, "tcb": 64, "semaphore": 8, "mutex": 16}
OUTPUTS = 5  # of the model "dense"
WRITTEN = ("benchmarks/results.json", "docs/benchmarks.md")


class Bench(EndToEnd):
    def test_every_configuration_is_measured_and_validated(self):
        file = self.folder / "bench.json"
        done = self.succeeds("bench", small_model("dense"), "--samples", 2, "--json", file)
        results = json.loads(file.read_text())
        self.assertEqual([(one["optimize"], one["offload"]) for one in results], CONFIGURATIONS)
        for one, (optimize, offload) in zip(results, CONFIGURATIONS):
            self.assertEqual((one["model"], one["board"]), ("dense", "qemu-virt"))
            self.assertEqual((one["validation"]["samples"], one["validation"]["outputs"]), (2, 2 * OUTPUTS))
            self.assertEqual(one["validation"]["mismatches"], 0)
            cells = rf"{one['inference']['instructions']:,} .* {one['memory']['flash']:,} .*exact \(2\)"
            self.assertRegex(done.out, rf"Thimble -O {optimize} --offload {offload} +{cells}")
        for step in range(1, 5):
            self.assertIn(f"{step} of 4: dense ", done.err)

        # The figures are those of the verb that looks at one configuration.
        alone = self.json_of("validate", small_model("dense"), "--samples", 2, "-O", "size")
        self.assertEqual(results[2], alone)

    def test_a_model_is_found_by_its_name_in_the_folder(self):
        results = self.json_of("bench", "dense", "--models", small_model("dense").parent, "--samples", 1)
        self.assertEqual({one["model"] for one in results}, {"dense"})

    def test_a_difference_is_told(self):
        file = self.folder / "bench.json"
        done = self.thimble("bench", small_model("dense"), "--samples", 1, "--json", file,
                            environment={"THIMBLE_PYTHON_BIN": str(wrong_reference(self.folder))})
        self.assertEqual(done.code, 5, done)
        self.assertEqual([one["validation"]["mismatches"] for one in json.loads(file.read_text())], [1] * 4)
        self.assertEqual(done.out.count("1 of 5 differ"), 4, done)
        self.assertRegex(done.err.splitlines()[-1], r"^thimble: .*dense\.tflite: -O speed --offload all: .*sample 0")

    def test_a_model_that_cannot_be_compiled_does_not_stop_the_others(self):
        file = self.folder / "bench.json"
        done = self.thimble("bench", small_model("float_only"), small_model("dense"), "--samples", 1, "--json", file)
        self.assertEqual(done.code, 3, done)
        self.assertIn("float_only.tflite", done.err.splitlines()[-1])
        self.assertEqual([one["model"] for one in json.loads(file.read_text())], ["dense"] * 4)

    def test_a_part_is_not_written(self):
        self.assert_refusal(self.thimble("bench", "miniresnet", "--write"), 2, ["--write"])

    def test_the_kernel_reaches_its_goals(self):
        done = self.succeeds("bench", "kernel", "--json", self.folder / "kernel.json")
        kernel = json.loads((self.folder / "kernel.json").read_text())["kernel"]
        self.assertEqual(list(kernel), ["lean", "safe"])
        for name, figures in kernel.items():
            self.assertLessEqual(set(KERNEL_GOALS), set(figures), name)
            self.assertNotIn("least", figures, "every figure is always the same")
            for workload, instructions in figures["thread_metric"].items():
                self.assertGreater(instructions, 10, workload)
        for key, goal in KERNEL_GOALS.items():
            self.assertLessEqual(kernel["lean"][key], goal, key)
            self.assertGreaterEqual(kernel["safe"][key], kernel["lean"][key], key)
            self.assertTrue(kernel["lean"][key] > 0 or key == "tick", key)
        self.assertRegex(done.out, rf"yield, one way +{kernel['lean']['yield']} +{kernel['safe']['yield']} +142 ")


class Written(EndToEnd):
    """In a tree of its own, whose zoo is one small model."""

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree"
        shutil.copytree(ROOT, self.tree, symlinks=True, ignore=shutil.ignore_patterns(
            "build", ".git", "__pycache__", "docs", "zoo", "results.json"))
        (self.tree / "zoo/dense").mkdir(parents=True)
        shutil.copy(small_model("dense"), self.tree / "zoo/dense")

    def bench(self, *arguments, tools=PYTHON_TOOLS):
        tool = COMMAND if Path(COMMAND) != ROOT / "thimble" else ROOT / "build/host/compiler/cli/thimble"
        return call(tool, "bench", "--samples", 2, "--json", self.folder / "bench.json", *arguments, folder=self.folder,
                    environment={"THIMBLE_ROOT": str(self.tree), "THIMBLE_PYTHON_BIN": str(tools),
                                 "THIMBLE_MODELS": ""})

    def test_results_and_page(self):
        done = self.bench("--write")
        self.assertEqual(done.code, 0, done)
        self.assertIn("no folder of models", done.err)
        results, page = ((self.tree / name).read_text() for name in WRITTEN)
        told = json.loads((self.folder / "bench.json").read_text())
        for one in told:
            del one["elf"]
        self.assertEqual(json.loads(results), told)
        self.assertIn("\n    ./thimble bench --samples 2 --write\n", page)
        for one in told:
            cells = rf"{one['inference']['instructions']:,} .*\| {one['memory']['arena']:,} .*\| exact \(2\) \|"
            self.assertRegex(page, re.escape(f"| Thimble -O {one['optimize']} --offload {one['offload']} | ") + cells)
        for text in (results, page):
            for machine in (str(ROOT), str(self.folder), "/tmp/"):
                self.assertNotIn(machine, text)

    def test_nothing_without_being_asked(self):
        self.assertEqual(self.bench().code, 0)
        self.assertEqual([name for name in WRITTEN if (self.tree / name).exists()], [])

    def test_nothing_when_results_differ(self):
        self.assertEqual(self.bench("--write", tools=wrong_reference(self.folder)).code, 5)
        self.assertEqual([name for name in WRITTEN if (self.tree / name).exists()], [])


if __name__ == "__main__":
    unittest.main()
