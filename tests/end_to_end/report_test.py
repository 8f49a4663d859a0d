#!/usr/bin/env python3
"""`thimble zoo`: what it measures is what the verbs say, its JSON is as the schema has it, the page shows the JSON's
figures in a browser, nothing is done twice, and what fails is told. Without Chromium the page's test is skipped."""

import csv
import json
import shutil
import subprocess
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path

sys.dont_write_bytecode = True
import json_schema
from harness import ROOT, EndToEnd, small_model

CHROMIUM = shutil.which("chromium")
SCHEMA = json_schema.read(ROOT / "compiler/zoo/schema.json")
WRITTEN = ("zoo.html", "zoo.md", "zoo.csv", "zoo.json")


def at(results, pointer):
    for key in pointer.split("/")[1:]:
        results = results[int(key) if isinstance(results, list) else key]
    return results


class Figures(HTMLParser):
    """Numbers of the page with where they come from, and everything it would load from elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.segments, self.loads, self.open = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("script", "link", "img", "iframe") or "src" in attributes:
            self.loads.append((tag, attributes))
        if tag == "td" and "data-figure" in attributes:
            self.open = [attributes["data-figure"], attributes.get("data-unit", ""), ""]
            self.cells.append(self.open)
        if tag == "rect" and "data-figure" in attributes:
            self.segments.append((attributes["data-figure"], int(attributes["data-value"]), float(attributes["width"])))

    def handle_data(self, data):
        if self.open:
            self.open[2] += data

    def handle_endtag(self, tag):
        if tag == "td":
            self.open = None


def shown(value, unit):
    if unit == "KB":
        return f"{value / 1024:.1f}"
    return f"{value:.{unit.split()[0]}f}" if unit.endswith("digits") else f"{value:,}"


class Zoo(EndToEnd):
    """Two calls, one after the other, about one small model on one board."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls("report")
        test.setUp()
        cls.addClassCleanup(test.doCleanups)
        cls.out = test.folder / "report"
        cls.first = test.report()
        cls.results = json.loads((cls.out / "zoo.json").read_text())
        cls.second = test.report()

    def report(self):
        return self.thimble("zoo", small_model("dense"), "--boards", "qemu-virt", "--samples", 2, "--out", self.out,
                            "--json", self.folder / "told.json")

    def test_everything_is_measured_and_exact(self):
        self.assertEqual(self.first.code, 0, self.first)
        asked = [(one["optimize"], one["offload"], one["weights"], one["signedness"], one["isa"])
                 for one in self.results]
        self.assertEqual(len(set(asked)), len(asked))
        for wanted in [("size", "all", "rodata", "strip", "rv32imac"), ("speed", "none", "rodata", "strip", "rv32imac"),
                       ("size", "all", "data", "strip", "rv32imac"), ("size", "none", "rodata", "keep", "rv32imac"),
                       ("speed", "all", "rodata", "strip", "rv32imafc"),
                       ("speed", "none", "rodata", "strip", "rv32imacv")]:
            self.assertIn(wanted, asked)
        for one in self.results:
            self.assertNotIn("failures", one)
            self.assertEqual((one["validation"]["samples"], one["validation"]["mismatches"]), (2, 0))
            self.assertEqual(sum(one["flash_parts"].values()), one["memory"]["flash"])
            self.assertEqual(sum(one["ram_parts"].values()), one["memory"]["ram"])
            self.assertEqual(sum(section["size"] for section in one["sections"]),
                             one["memory"]["flash"] + one["memory"]["bss"] + one["memory"]["stacks"])
        in_data = next(one for one in self.results if one["weights"] == "data")
        self.assertEqual(in_data["memory"]["data"], in_data["memory"]["weights"])
        for one in self.results[:4]:
            whole = one["inference"]["instructions"]  # for another input: nearly the same
            self.assertAlmostEqual(sum(layer["instructions"] for layer in one["layers"]), whole, delta=whole / 50)

    def test_figures_are_those_of_the_verb(self):
        alone = self.json_of("validate", small_model("dense"), "--samples", 2, "-O", "size")
        for key in ("memory", "inference", "validation"):
            self.assertEqual(self.results[0][key], alone[key])

    def test_json_is_as_the_schema_says(self):
        self.assertEqual(json_schema.problems(self.results, SCHEMA), [])
        wrong = json.loads(json.dumps(self.results))
        wrong[0]["memory"]["flash"] = "much"
        del wrong[1]["board"]
        self.assertEqual(len(json_schema.problems(wrong, SCHEMA)), 2)

    def test_nothing_is_done_twice(self):
        self.assertIn("no work to do", self.second.err)
        self.assertEqual(json.loads((self.out / "zoo.json").read_text()), self.results)

    def test_csv_and_markdown_hold_the_same(self):
        rows = list(csv.DictReader((self.out / "zoo.csv").read_text().splitlines()))
        self.assertEqual([int(row["memory.flash"]) for row in rows], [one["memory"]["flash"] for one in self.results])
        markdown = (self.out / "zoo.md").read_text()
        for one in self.results:
            self.assertIn(f" {one['inference']['instructions']:,} | ", markdown)

    @unittest.skipUnless(CHROMIUM, "no chromium")
    def test_page_in_a_browser(self):
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                   f"--user-data-dir={self.folder}/browser", "--window-size=1240,2600"]
        page = (self.out / "zoo.html").as_uri()
        text = subprocess.run([*command, "--dump-dom", page], check=True, capture_output=True, text=True,
                              timeout=120).stdout
        figures = Figures(text)
        self.assertEqual(figures.loads, [])
        self.assertGreater(len(figures.cells), 50)
        for pointer, unit, told in figures.cells:
            self.assertEqual(told, shown(at(self.results, pointer), unit), pointer)
        for pointer, value, width in figures.segments:
            self.assertEqual(value, at(self.results, pointer), pointer)
            self.assertGreater(width, 0, pointer)
        for index, one in enumerate(self.results):
            pointers = {pointer for pointer, _, _ in figures.segments}
            for name, value in one["flash_parts"].items():
                self.assertEqual(f"/{index}/flash_parts/{name}" in pointers, value > 0, name)
        picture = self.folder / "page.png"
        subprocess.run([*command, f"--screenshot={picture}", page], check=True, capture_output=True, timeout=120)
        self.assertGreater(picture.stat().st_size, 20_000)


class Failing(EndToEnd):
    def test_a_failure_is_told_and_tried_again(self):
        out = self.folder / "report"
        for _ in range(2):
            done = self.thimble("zoo", small_model("float_only"), "--boards", "qemu-virt", "--out", out)
            self.assertEqual(done.code, 3, done)
            self.assertIn("float_only.tflite", done.err.splitlines()[-1])
            self.assertNotIn("no work to do", done.err)
        results = json.loads((out / "zoo.json").read_text())
        self.assertEqual(json_schema.problems(results, SCHEMA), [])
        self.assertEqual({one["failures"][0]["code"] for one in results}, {3})
        self.assertIn("What failed", (out / "zoo.html").read_text())

    def test_an_unknown_board_is_refused(self):
        self.refuses(2, ["nowhere"], "zoo", small_model("dense"), "--boards", "nowhere", "--out", self.folder / "out")


if __name__ == "__main__":
    unittest.main()
