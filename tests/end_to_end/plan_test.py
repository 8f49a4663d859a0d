#!/usr/bin/env python3
"""`thimble plan`: its table and its picture tell what is in the arena at every step, and the figures are true."""

import sys
import unittest
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
from harness import EndToEnd, add_tests, small_model

SVG = "{http://www.w3.org/2000/svg}"


def covered(ranges):
    """Bytes in at least one of the ranges."""
    total = end = 0
    for first, last in sorted(ranges):
        total += max(0, last - max(first, end))
        end = max(end, last)
    return total


class Plan(EndToEnd):
    def planned(self, model, *options):
        """Its report, whose figures follow from where the tensors are."""
        report = self.json_of("plan", model, "--out", self.folder / "out", *options)
        plan = report["plan"]
        self.assertEqual(plan["arena"], report["memory"]["arena"])
        ends = [place["offset"] + tensor["bytes"] for tensor in plan["tensors"] for place in tensor["places"]]
        self.assertEqual(-(-max(ends) // 4) * 4, plan["arena"])
        self.assertLessEqual(plan["lower_bound"], plan["arena"])
        self.assertLessEqual(plan["arena"], plan["apart"])
        self.assertLessEqual(plan["arena"], plan["unstreamed"])
        for number, step in enumerate(plan["steps"]):
            there = {index: [(place["offset"], place["offset"] + tensor["bytes"]) for place in tensor["places"]
                             if place["first_step"] <= number <= place["last_step"]]
                     for index, tensor in enumerate(plan["tensors"])}
            there = {index: ranges for index, ranges in there.items() if ranges}
            self.assertEqual(step["live"], list(there))
            self.assertEqual(step["live_bytes"], sum(plan["tensors"][index]["bytes"] for index in there))
            ranges = [one for several in there.values() for one in several]
            self.assertEqual(step["high"], max((end for _, end in ranges), default=0))
            if step["by"] != "move":
                self.assertEqual(step["overlap"], sum(b - a for a, b in ranges) - covered(ranges))
        peak = plan["peak"]["step"]
        if peak >= 0:
            self.assertEqual(-(-plan["steps"][peak]["high"] // 4) * 4, plan["arena"])
            self.assertEqual(plan["steps"][peak]["live"], plan["peak"]["tensors"])
        self.picture(self.folder / "out/plan.svg", plan)
        return report

    def picture(self, file, plan):
        root = xml.parse(file).getroot()
        self.assertEqual(root.tag, f"{SVG}svg")
        titles = " ".join(title.text for title in root.iter(f"{SVG}title"))
        for tensor in plan["tensors"]:
            self.assertIn(tensor["name"], titles)
        texts = [text.text for text in root.iter(f"{SVG}text")]
        self.assertTrue(any(text.startswith(f"peak: {plan['arena']:,} bytes") for text in texts), texts)
        _, _, width, height = map(float, root.get("viewBox").split())
        for text in root.iter(f"{SVG}text"):
            self.assertTrue(0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height, text.attrib)
        for step in range(len(plan["steps"])):
            self.assertTrue(any(text.startswith(f"{step} ") for text in texts), f"step {step} has no label")

    def test_zoo_model(self):
        plan = self.planned("miniresnet")["plan"]
        self.assertLess(plan["arena"], plan["apart"])
        self.assertLess(plan["arena"], plan["iree"])
        layers = [step for step in plan["steps"] if step["by"] == "microkernel"]
        self.assertEqual(layers[0]["op"], "CONV_2D")
        self.assertTrue(any(step["overlap"] > 0 for step in layers))

    def small(self, name, offload):
        self.planned(small_model(name), "--offload", offload)

    def test_table(self):
        done = self.succeeds("plan", small_model("two_ends"), "--picture", self.folder / "picture.svg")
        self.assertRegex(done.out, r"\n +0 \S.* (microkernel|stream) +\d+ +\d+ +\d+  [\d ]+")
        self.assertRegex(done.out, r"peak: [\d,]+ bytes, at step \d+; who holds it:\n  \S+ [\d,]+\n")
        for line in ("IREE's own buffers", "every tensor apart", "as planned", "lower bound", "main stack"):
            self.assertIn(line, done.out)
        self.assertIn("picture.svg", done.out)
        self.assertTrue((self.folder / "picture.svg").exists())

    def test_picture_where_nothing_can_be_written(self):
        done = self.thimble("plan", small_model("dense"), "--picture", "/proc/none/plan.svg")
        self.assert_refusal(done, 2, ["/proc/none/plan.svg"])


add_tests(Plan, "small", {f"{name}_offload_{offload}": (name, offload)
                          for name in ("dense", "two_ends", "float_ends", "argmax", "dead_channels")
                          for offload in ("all", "none")}, Plan.small)

if __name__ == "__main__":
    unittest.main()
