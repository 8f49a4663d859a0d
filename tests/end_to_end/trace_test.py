#!/usr/bin/env python3
"""thimble trace: the file is what viewers open, slices nest, and durations add up to what other verbs measure."""

import json
import sys
import unittest

sys.dont_write_bytecode = True
from harness import EndToEnd

MODEL = "keyword-dscnn"
EVENT = 200  # instructions, at most, to record an event and go on to the next step


class Trace(EndToEnd):
    def trace(self, *arguments):
        """What it said, and what it wrote."""
        file = self.folder / "trace.json"
        said = self.json_of("trace", *arguments, "--out", file)
        self.assertEqual(said["file"], str(file))
        return said, json.loads(file.read_text())

    def assert_well_formed(self, written):
        """As the trace event format has it; on each track slices nest. Returns the slices by track."""
        names = {event["tid"]: event["args"]["name"] for event in written["traceEvents"]
                 if event["name"] == "thread_name"}
        tracks = {name: [] for name in names.values()}
        for event in written["traceEvents"]:
            self.assertIn(event["ph"], "MXi")
            if event["ph"] == "X":
                self.assertGreaterEqual(event["ts"], 0)
                self.assertGreaterEqual(event["dur"], 0)
                tracks[names[event["tid"]]].append(event)
        for slices in tracks.values():
            ends = []
            for event in slices:  # by their begin, outer ones first
                begin, end = event["ts"], event["ts"] + event["dur"]
                while ends and ends[-1] <= begin + 1e-6:
                    ends.pop()
                self.assertTrue(not ends or end <= ends[-1] + 1e-6, f"{event} leaves the slice it is in")
                ends.append(end)
        return tracks

    def test_a_model_step_by_step(self):
        said, written = self.trace(MODEL)
        tracks = self.assert_well_formed(written)
        [run] = said["trace"]["runs"]
        self.assertEqual((run["model"], said["model"]), ("keyword_dscnn", "keyword_dscnn"))
        layers = {layer["name"]: layer["instructions"] for layer in self.json_of("profile", MODEL)["layers"]}
        for step in run["steps"]:
            self.assertIn(step["name"], layers, "steps are called after tensors")
            more = step["cycles"] - layers[step["name"]]
            self.assertGreater(more, 0, step)
            self.assertLess(more, EVENT * step["calls"], "what the profile says of the layer, and an event a call")
        steps = sum(step["cycles"] for step in run["steps"])
        calls = sum(step["calls"] for step in run["steps"])
        self.assertLessEqual(steps, run["cycles"])
        self.assertLess(run["cycles"] - steps, EVENT)
        slices = tracks["core"]
        self.assertEqual(len(slices), 1 + calls)
        self.assertEqual(sum(event["args"]["cycles"] for event in slices[1:]), steps)
        self.assertAlmostEqual(slices[0]["dur"], run["cycles"] / 1000, msg="a cycle is a nanosecond there")
        self.assertEqual(said["trace"]["lost"], 0)

    def test_the_same_again(self):
        self.assertEqual(self.trace(MODEL)[1], self.trace(MODEL)[1])

    def test_an_application(self):
        said, written = self.trace("keyword")
        tracks = self.assert_well_formed(written)
        self.assertLessEqual({"core", "interrupts", "features", "recognizer", "shell"}, set(tracks))
        self.assertEqual(said["trace"]["lost"], 0)
        running = [event for event in tracks["core"] if event["cat"] == "running"]
        for before, after in zip(running, running[1:]):
            self.assertAlmostEqual(before["ts"] + before["dur"], after["ts"], places=2, msg="one task runs at a time")
        self.assertGreater(sum(event["name"] == "timer interrupt" for event in tracks["interrupts"]), 99)
        self.assertEqual(sum(event["name"] == "frame" for event in tracks["features"]), 49)
        [run] = said["trace"]["runs"]
        self.assertEqual((run["model"], run["track"]), ("keyword_dscnn", "recognizer"))
        [inference] = [event for event in tracks["recognizer"] if event["cat"] == "run"]
        inside = [event for event in running if event["name"] != "recognizer" and event["name"] != "idle"
                  and inference["ts"] < event["ts"] < inference["ts"] + inference["dur"]]
        self.assertTrue(inside, "the inference is preempted")
        # The time of the tasks and of nobody is all the time from the first switch on.
        total = sum(event["args"]["cycles"] for event in running)
        self.assertAlmostEqual(total, said["trace"]["cycles"], delta=said["trace"]["cycles"] / 10)

    def test_an_elf(self):
        said, _ = self.trace(MODEL)
        again, written = self.trace(said["elf"])
        self.assert_well_formed(written)
        [run] = again["trace"]["runs"]
        self.assertEqual(run["model"], "keyword_dscnn")
        self.assertIn("average", " ".join(step["name"] for step in run["steps"]), "steps are called after functions")

    def test_an_elf_without_a_trace(self):
        elf = self.json_of("compile", "sine")["elf"]
        self.refuses(2, ["THIMBLE_TRACE_EVENTS"], "trace", elf, "--out", self.folder / "trace.json")

    def test_nothing_of_it_is_in_other_firmware(self):
        symbols = self.json_of("size", self.json_of("compile", "sine", "-O", "size")["elf"])["symbols"]
        self.assertEqual([symbol["name"] for symbol in symbols if "trace" in symbol["name"]], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
