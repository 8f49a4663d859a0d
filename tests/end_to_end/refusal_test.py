#!/usr/bin/env python3
"""What the tool refuses: each with the contract's exit code and one line that names it, and nothing written."""

import json
import random
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from harness import ROOT, EndToEnd, add_tests, contents, small_model

# Small models that cannot be compiled, and what the line must name.
UNFIT = {
    "float_only": ["FULLY_CONNECTED", "float32", "representative_dataset"],
    "hybrid": ["FULLY_CONNECTED", "float32 activations"],
    "dynamic_shape": ["tensor_0", "dynamic shape"],
    "custom": ["Frobnicate", "Whiten"],
    "flex": ["FlexErf", "FlexRoll"],
    "unsupported": ["TOPK_V2"],
    "elu": ["ELU"],
    "control_flow": ["WHILE"],
    "variable": ["memory"],
    "string": ["sentence", "STRING"],
    "bad_index": ["damaged", "77"],
}
BUILDING_VERBS = ("compile", "run", "validate")

# Wrong arguments of `run dense`, and what the line must name.
WRONG_ARGUMENTS = {
    "unknown_board": (["--board", "breadboard"], ["breadboard", "qemu-virt", "qemu-virt-xip"]),
    "unknown_isa": (["--isa", "rv32xyz"], ["rv32xyz", "rv32imac"]),
    "isa_of_64_bits": (["--isa", "rv64gc"], ["rv64gc"]),
    "unknown_optimization": (["-O", "fast"], ["-O", "fast", "size", "speed"]),
    "unknown_offload": (["--offload", "some"], ["--offload", "some", "all", "none"]),
    "unknown_place_of_weights": (["--weights", "bss"], ["--weights", "bss", "rodata", "data"]),
    "negative_flash": (["--flash", "-1"], ["--flash", "-1"]),
    "ram_that_is_no_number": (["--ram", "64K"], ["--ram", "64K", "no number of bytes"]),
    "ram_beyond_the_address_space": (["--ram", "5000000000"], ["--ram", "5000000000", "4294967296"]),
    "ram_without_a_number": (["--ram"], ["--ram", "no number of bytes"]),
    "unknown_option": (["--frobnicate"], ["--frobnicate"]),
    "second_model": (["another"], ["another"]),
    "seed_that_is_no_number": (["--input", "random:x"], ["random:x"]),
    "missing_input": (["--input", "missing.bin"], ["missing.bin"]),
    "folder_as_input": (["--input", "."], ["folder"]),
    "short_input": (["--input", "short.bin"], ["short.bin", "15", "16"]),
    "long_input": (["--input", "long.bin"], ["long.bin", "17", "16"]),
    "empty_input": (["--input", "empty.bin"], ["empty.bin", "0", "16"]),
    "damaged_npy": (["--input", "damaged.npy"], ["damaged.npy"]),
    "cut_off_npy": (["--input", "short.npy"], ["short.npy"]),
    "npy_of_another_type": (["--input", "float.npy"], ["float.npy", "int8"]),
    "npy_of_another_shape": (["--input", "shape.npy"], ["shape.npy"]),
}


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


class Refusal(EndToEnd):
    def setUp(self):
        super().setUp()
        files = {"short.bin": bytes(15), "long.bin": bytes(17), "empty.bin": b"", "damaged.npy": b"\x93NUMPY\x01",
                 "short.npy": npy("|i1", "(1, 16)", bytes(12)), "float.npy": npy("<f4", "(1, 16)", bytes(64)),
                 "shape.npy": npy("|i1", "(4, 4)", bytes(16))}
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    def unfit(self, name, told):
        self.refuses_to("compile", 3, [f"{name}.tflite", *told], small_model(name))

    def wrong_arguments(self, arguments, told):
        self.refuses_to("run", 2, told, small_model("dense"), *arguments)

    def damaged_model(self, name, content):
        (self.folder / name).write_bytes(content)
        for verb in BUILDING_VERBS:
            self.refuses_to(verb, 3, [name, "not a TFLite model"], name)

    def test_damaged_models(self):
        self.damaged_model("empty.tflite", b"")
        self.damaged_model("truncated.tflite", (ROOT / "zoo/miniresnet/miniresnet.tflite").read_bytes()[:40000])
        self.damaged_model("random.tflite", random.Random(1).randbytes(5000))
        self.damaged_model("text.tflite", b"This is a text, and no model at all.\n" * 100)

    def test_flipped_bits_are_harmless_or_refused(self):
        good = small_model("dense").read_bytes()
        source = random.Random(2)
        for i in range(10):
            bit = source.randrange(8 * len(good))
            content = bytearray(good)
            content[bit // 8] ^= 1 << bit % 8
            (self.folder / "flipped.tflite").write_bytes(content)
            done = self.thimble("compile", "flipped.tflite", "--out", f"out{i}")
            if done.code != 0:
                self.assert_refusal(done, 3, ["flipped.tflite"])
                self.assertFalse((self.folder / f"out{i}").exists())

    def test_missing_model(self):
        for verb in BUILDING_VERBS:
            self.refuses_to(verb, 2, ["missing.tflite", "miniresnet"], "missing.tflite")

    def test_folder_as_model(self):
        for verb in BUILDING_VERBS:
            self.refuses_to(verb, 2, ["folder"], self.folder)

    def test_file_as_out_folder(self):
        self.refuses(2, ["short.bin", "--out"], "compile", small_model("dense"), "--out", "short.bin")

    def test_places_where_nothing_can_be_written(self):
        for place in ("/proc/none/place", "short.bin/place"):
            for option in ("--out", "--json"):
                self.refuses(2, [option, place], "compile", small_model("dense"), option, place)
        self.refuses(2, ["--json", "folder"], "compile", small_model("dense"), "--json", ".")

    def test_empty_words(self):
        self.refuses(2, ["MODEL", "empty"], "compile", "")
        self.refuses(2, ["--out", "empty"], "compile", small_model("dense"), "--out", "")

    def test_two_verbs(self):
        self.refuses(2, ["compile run", "two verbs"], "compile", "run", "miniresnet")
        self.refuses(2, ["run validate", "two verbs"], "run", "miniresnet", "validate")

    def test_missing_arguments(self):
        for verb in BUILDING_VERBS:
            self.refuses(2, ["MODEL", f"thimble {verb} --help"], verb)
        self.refuses(2, ["ELF"], "size")
        self.refuses(2, ["verb"])

    def test_unknown_verb(self):
        self.refuses(2, ["frobnicate", "no such verb"], "frobnicate", "miniresnet")

    def test_samples(self):
        for samples in ("0", "-1", "many"):
            self.refuses_to("validate", 2, ["--samples", samples], small_model("dense"), "--samples", samples)

    def test_size_of_what_is_no_firmware(self):
        self.refuses(2, ["short.bin", "ELF"], "size", "short.bin")
        self.refuses(2, ["missing.elf"], "size", "missing.elf")
        self.refuses(2, ["ELF"], "size", "a", "b", "c")

    def test_models_of_a_missing_folder(self):
        self.refuses(2, ["nowhere"], "models", "--models", "nowhere")

    def test_help_for_every_verb(self):
        for verb in ("compile", "run", "validate", "profile", "plan", "size", "boards", "models"):
            done = self.succeeds(verb, "--help")
            self.assertIn(f"thimble {verb}", done.out)
            self.assertIn("--json", done.out)
            self.assertEqual(done.err, "")
            self.assertIn(f"  {verb} ", self.succeeds("--help").out)


class OtherBoards(EndToEnd):
    @classmethod
    def tearDownClass(cls):
        for objects in (ROOT / "build/system").glob("elsewhere-*"):  # of folders that are gone
            shutil.rmtree(objects)

    def board(self, folder="boards", **changes):
        """A copy of a board, outside of the tree, with other values for some keys."""
        folder = self.folder / folder / "elsewhere"
        shutil.copytree(ROOT / "boards/qemu-virt", folder)
        file = folder / "board.json"
        description = json.loads(file.read_text()) | {"name": "elsewhere"} | changes
        file.write_text(json.dumps({key: value for key, value in description.items() if value is not None}))
        return folder

    def outside(self, folder):
        there = self.json_of("run", small_model("dense"), "--out", self.folder / "out", "--board", self.board(folder))
        self.assertEqual(there["board"], "elsewhere")
        self.assertEqual(there["outputs"], self.json_of("run", small_model("dense"))["outputs"])
        self.succeeds("compile", small_model("dense"), "--out", "out", "--board", f"{folder}/elsewhere/")

    def test_isa_that_the_board_lacks(self):
        board = self.board(isas=["rv32imac"])
        self.refuses_to("compile", 2, ["rv32imc", "elsewhere", "rv32imac"], small_model("dense"), "--board", board,
                        "--isa", "rv32imc")

    def test_board_without_a_simulator(self):
        board = self.board(simulator=None)
        self.succeeds("compile", small_model("dense"), "--board", board, "--out", self.folder / "built")
        before = contents(self.folder)
        done = self.thimble("run", small_model("dense"), "--board", board, "--out", self.folder / "built")
        self.assert_refusal(done, 2, ["elsewhere", "no simulator"])
        self.assertEqual(contents(self.folder), before)

    def damaged(self, told, **changes):
        board = self.board(**changes)
        self.refuses_to("compile", 2, ["board.json", *told], small_model("dense"), "--board", board)

    def test_board_that_is_no_json(self):
        board = self.board()
        (board / "board.json").write_text('{"name": "elsewhere",')
        self.refuses_to("compile", 2, ["board.json"], small_model("dense"), "--board", board)

    def test_small_board(self):
        region = {"name": "RAM", "kind": "ram", "origin": "0x80000000", "length": "0x1000"}
        board = self.board(regions=[region])
        self.refuses_to("compile", 4, ["RAM of elsewhere is exceeded by", "4096 there"], small_model("dense"),
                        "--board", board)


def long_region(length):
    return {"regions": [{"name": "RAM", "kind": "ram", "origin": "0x80000000", "length": length}]}


add_tests(Refusal, "unfit_model", {name: (name, told) for name, told in UNFIT.items()}, Refusal.unfit)
add_tests(Refusal, "run_with", WRONG_ARGUMENTS, Refusal.wrong_arguments)
add_tests(OtherBoards, "folder_outside_of_the_tree", {
    "plain": ("boards",), "with_a_space_in_its_path": ("boards of mine",)}, OtherBoards.outside)
add_tests(OtherBoards, "board_with", {
    "no_regions": (["regions"], {"regions": None}),
    "a_region_beyond_memory": (["length"], long_region("0x90000000")),
    "a_length_that_is_no_number": (["length"], long_region("much")),
    "an_unknown_layout": (["layout"], {"layout": "upside-down"}),
    "an_unknown_simulator": (["simulator.kind"], {"simulator": {"kind": "imagination"}}),
}, lambda self, told, changes: self.damaged(told, **changes))

if __name__ == "__main__":
    unittest.main()
