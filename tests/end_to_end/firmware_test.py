#!/usr/bin/env python3
"""What `compile` leaves behind, used as its users use it: the library from C and C++ firmware of their own, every
instruction set, the same bytes each time; and the verbs that look at it."""

import json
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from harness import COMMAND, PYTHON_TOOLS, ROOT, EndToEnd, add_tests, call, full_model, small_model

ISAS = ("rv32im", "rv32imc", "rv32imafc", "rv32imafdc", "rv32imacv")
SYSTEM_HEADERS = ["-nostdinc++", "-isystem", "/usr/lib/llvm-19/include/c++/v1", "-isystem",
                  "/usr/lib/picolibc/riscv64-unknown-elf/include", "-D_LIBCPP_HAS_NO_THREADS",
                  "-D_LIBCPP_HAS_NO_LOCALIZATION", "-D_LIBCPP_HAS_NO_WIDE_CHARACTERS",
                  "-D_LIBCPP_HAS_NO_MONOTONIC_CLOCK"]
CPP_USER = """#include <{model}.hpp>
namespace model = thimble::model::{model};
static_assert(model::kArenaBytes == {arena});
static_assert(model::Input0::kCount == {inputs});
static_assert(model::Output0::kCount == {outputs});
alignas(model::kArenaAlignment) static std::array<std::byte, model::kArenaBytes> arena;
int use(std::int8_t value) {{
  model::input_0(arena)[0] = value;
  return model::run(arena) != 0 ? -1 : model::output_0(arena).back();
}}
"""


class Firmware(EndToEnd):
    def c_firmware(self, model, path, inputs):
        """The example's firmware feeds a ramp; the tool's own must answer the same."""
        ramp = self.folder / "ramp.bin"
        ramp.write_bytes(bytes(i % 256 for i in range(inputs)))
        out = self.folder / "out"
        expected = self.json_of("run", path, "--input", ramp, "--out", out)["outputs"][0]
        elf = self.folder / "c-firmware.elf"
        made = call("make", "-B", "-C", ROOT / "examples/c-firmware", f"MODEL={model}", f"OUT={out}", f"FIRMWARE={elf}")
        self.assertEqual(made.code, 0, made)
        ran = subprocess.run(["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-display", "none", "-monitor",
                              "none", "-serial", "stdio", "-kernel", elf], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, timeout=300)
        self.assertEqual(ran.stdout, f"{model}: status 0, output {' '.join(map(str, expected))}\n")
        self.assertEqual(ran.returncode, 0)

    def test_c_firmware_of_miniresnet(self):
        self.c_firmware("miniresnet", "miniresnet", 3200)

    def test_c_firmware_of_kws(self):
        if full_model("kws") is None:
            self.skipTest("no kws.tflite in the folder THIMBLE_MODELS")
        self.c_firmware("kws", full_model("kws"), 490)

    def cpp_header(self, arena_error):
        """Compiles a C++20 file that uses the header, its arena off by arena_error."""
        out = self.folder / "out"
        arena = self.json_of("compile", small_model("dense"), "--out", out)["memory"]["arena"]
        user = self.folder / "user.cc"
        user.write_text(CPP_USER.format(model="dense", arena=arena + arena_error, inputs=16, outputs=5))
        return call("clang++-19", "--target=riscv32-unknown-elf", "-march=rv32imac", "-mabi=ilp32", "-std=c++20",
                    "-Wall", "-Wextra", "-Wconversion", "-Werror", *SYSTEM_HEADERS, f"-I{out}", "-c", user, "-o",
                    self.folder / "user.o")

    def test_cpp20_header_needs_only_its_folder(self):
        done = self.cpp_header(0)
        self.assertEqual(done.code, 0, done)
        self.assertIn("static assertion failed", self.cpp_header(1).err)

    def test_what_compile_leaves(self):
        out = self.folder / "out"
        report = self.json_of("compile", small_model("dense"), "--out", out)
        self.assertEqual({path.name for path in out.iterdir() if not path.name.startswith(".")},
                         {"firmware.elf", "firmware.bin", "firmware.map", "libdense.a", "dense.hpp", "dense.h",
                          "report.json"})
        self.assertEqual(json.loads((out / "report.json").read_text()), report)

    def isa(self, isa):
        def run(isa):
            return self.json_of("run", small_model("dense"), "--isa", isa, "--out", self.folder / isa)

        report = run(isa)
        self.assertEqual(report["isa"], isa)
        self.assertEqual(report["outputs"], run("rv32imac")["outputs"])
        flags = re.search(r"Flags: +(.*)", call("riscv64-unknown-elf-readelf", "-h", report["elf"]).out)[1]
        self.assertEqual("RVC" in flags, "c" in isa, flags)
        self.assertEqual("single-float" in flags, isa == "rv32imafc", flags)
        self.assertEqual("double-float" in flags, isa == "rv32imafdc", flags)


class Repeatable(EndToEnd):
    def made_in_a_copy(self, name):
        """What compile makes of miniresnet from scratch in a copy of the tree; not report and map: they name paths."""
        copy = self.folder / name
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
        tool = COMMAND if Path(COMMAND) != ROOT / "thimble" else ROOT / "build/host/compiler/cli/thimble"
        out = self.folder / f"results-of-{name}"
        done = call(tool, "compile", "miniresnet", "--out", out, folder=self.folder,
                    environment={"THIMBLE_ROOT": str(copy), "THIMBLE_PYTHON_BIN": str(PYTHON_TOOLS)})
        self.assertEqual(done.code, 0, done)
        self.assertIn("compiling", done.err, "from scratch")
        return {path.name: path.read_bytes() for path in out.iterdir()
                if not path.name.startswith(".") and path.name not in ("report.json", "firmware.map")}

    def test_same_bytes_anywhere_and_no_path_in_them(self):
        first, second = self.made_in_a_copy("one"), self.made_in_a_copy("my tree")  # a space in its path
        self.assertEqual(set(first), set(second))
        self.assertIn("firmware.elf", first)
        self.assertEqual([name for name in first if first[name] != second[name]], [], "differ between two builds")
        machine = [str(ROOT), str(self.folder), str(Path.home()) + "/", "/tmp/", "results-of"]
        self.assertEqual([(name, path) for name in first for path in machine if path.encode() in first[name]], [])


class Listings(EndToEnd):
    def test_json_alone_on_standard_output(self):
        file = self.folder / "report.json"
        done = self.succeeds("compile", small_model("dense"), "--json", "-")
        self.succeeds("compile", small_model("dense"), "--json", file)
        self.assertEqual(json.loads(done.out), json.loads(file.read_text()))
        self.assertIn("dense on qemu-virt", done.err)
        self.assertEqual(json.loads(self.succeeds("boards", "--json", "-").out), self.json_of("boards"))

    def test_boards(self):
        boards = self.json_of("boards")["boards"]
        folders = sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.json"))
        self.assertEqual([board["name"] for board in boards], folders)
        for name in folders:
            self.assertRegex(self.succeeds("boards").out, rf"(?m)^{name} ")

    def test_models(self):
        zoo = sorted(path.parent.name for path in (ROOT / "zoo").glob("*/card.json"))
        self.assertEqual([model["name"] for model in self.json_of(
            "models", environment={"THIMBLE_MODELS": ""})["models"]], zoo)
        names = [model["name"] for model in self.json_of("models", "--models", small_model("dense").parent)["models"]]
        self.assertEqual(names[:len(zoo)], zoo)
        self.assertLessEqual({"dense", "argmax", "two_ends", "float_ends", "dynamic_batch"}, set(names))
        self.assertNotIn("float_only", names)

    def test_size_of_one_and_of_two(self):
        for name in ("dense", "argmax"):
            self.succeeds("compile", small_model(name), "--out", self.folder / name)
        one, other = (str(self.folder / name / "firmware.elf") for name in ("dense", "argmax"))
        report = self.json_of("size", one)
        self.assertEqual(report["elf"], one)
        compiled = json.loads((self.folder / "dense/report.json").read_text())
        self.assertEqual(report["memory"], compiled["memory"])
        self.assertIn("weights", self.succeeds("size", one).out)

        # Without its map an ELF still has the same totals.
        shutil.copy(one, self.folder / "alone.elf")
        alone = self.json_of("size", self.folder / "alone.elf")["memory"]
        for key in ("text", "rodata", "data", "bss", "stacks", "flash", "ram", "berkeley"):
            self.assertEqual(alone[key], compiled["memory"][key], key)

        self.assertNotEqual(self.json_of("size", one, other), self.json_of("size", one, one))
        self.assertIn("weights", self.succeeds("size", one, other).out)


add_tests(Firmware, "isa", {isa: (isa,) for isa in ISAS}, Firmware.isa)

if __name__ == "__main__":
    unittest.main()
