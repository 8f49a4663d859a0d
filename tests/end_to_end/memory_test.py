#!/usr/bin/env python3
"""Memory: what the report says is what the ELF holds, weights lie where they were asked to, and what does not fit is
refused with by how much."""

import re
import sys
import unittest

sys.dont_write_bytecode = True
from harness import BOARDS, EndToEnd, add_tests, call, contents, full_model, small_model

TOO_BIG = r"exceeded by (\d+) bytes \((\d+) needed(?: at least)?, \d+ there;"
TINY = 64  # bytes of initialized variables that a firmware may have; the model has none


def sections(elf):
    """Size and address of each section, by name."""
    listing = call("riscv64-unknown-elf-size", "-A", elf).out
    return {name: (int(size), int(address))
            for name, size, address in re.findall(r"^(\.\w+) +(\d+) +(\d+)$", listing, re.M)}


def berkeley(elf):
    words = call("riscv64-unknown-elf-size", elf).out.splitlines()[1].split()
    return {"text": int(words[0]), "data": int(words[1]), "bss": int(words[2])}


def segments(elf):
    """(virtual address, physical address, bytes in the file, bytes in memory) of what is loaded."""
    listing = call("riscv64-unknown-elf-readelf", "-lW", elf).out
    return [tuple(int(word, 16) for word in words[1:])
            for words in re.findall(r"^ +(LOAD) +\S+ (\S+) (\S+) (\S+) (\S+) ", listing, re.M)]


class Memory(EndToEnd):
    def compiled(self, model, *options):
        report = self.json_of("compile", model, "--out", self.folder / "out", *options)
        self.assertNotIn("inference", report)
        self.assertNotIn("validation", report)
        self.assertNotIn("stack_peak", report["memory"])
        return self.folder / "out/firmware.elf", report["memory"]

    def sums(self, board, weights):
        """Every figure of the report against the ELF, and the report against itself."""
        elf, memory = self.compiled("miniresnet", "--board", board, "--weights", weights)
        found = {name: size for name, (size, _) in sections(elf).items()}
        for name in ("text", "rodata", "data", "bss", "stacks"):
            self.assertEqual(memory[name], found[f".{name}"], name)
        self.assertEqual(memory["berkeley"], berkeley(elf))
        self.assertEqual(memory["flash"], memory["text"] + memory["rodata"] + memory["data"])
        self.assertEqual(memory["ram"], memory["data"] + memory["bss"] + memory["stacks"])
        self.assertLessEqual(memory["arena"], memory["bss"])
        parts = memory["weights"] + memory["model_code"] + memory["system_code"]
        self.assertLessEqual(parts, memory["flash"])
        self.assertLess(memory["flash"] - parts, 256, "only padding is nobody's")
        image = (self.folder / "out/firmware.bin").stat().st_size
        self.assertLessEqual(memory["flash"], image)
        self.assertLess(image - memory["flash"], 256, "only padding comes on top")
        if weights == "rodata":
            self.assertLess(memory["data"], TINY, ".data holds weights")
            self.assertGreaterEqual(memory["rodata"], memory["weights"])
        else:
            # Tables that generated code refers to by itself stay where the code is.
            self.assertGreater(memory["data"], 0.9 * memory["weights"])
            self.assertLess(memory["rodata"], 0.1 * memory["weights"])

    def test_execution_in_place_loads_from_flash_and_runs_in_ram(self):
        elf, memory = self.compiled(small_model("dense"), "--board", "qemu-virt-xip", "--weights", "data")
        flash, ram = range(0x20000000, 0x22000000), range(0x80000000, 0x88000000)
        in_flash = [s for s in segments(elf) if s[0] in flash]
        in_ram = [s for s in segments(elf) if s[0] in ram]
        self.assertEqual(len(in_flash) + len(in_ram), len(segments(elf)))
        for virtual, physical, in_file, in_memory in in_flash:
            self.assertEqual((virtual, in_file), (physical, in_memory))
        self.assertEqual(sum(s[2] for s in in_ram), memory["data"])
        for _, physical, in_file, _ in in_ram:
            if in_file:
                self.assertIn(physical, flash)
        places = sections(elf)
        self.assertIn(places[".text"][1], flash)
        self.assertIn(places[".rodata"][1], flash)
        for name in (".data", ".bss", ".stacks"):
            self.assertIn(places[name][1], ram)

    def test_weights_in_data_work(self):
        outputs = [self.json_of("run", small_model("dense"), "--board", board, "--weights", weights)["outputs"]
                   for board in BOARDS for weights in ("rodata", "data")]
        self.assertEqual(outputs, outputs[:1] * 4)

    def too_big(self, board, memory, holders):
        arguments = ["compile", small_model("dense"), "--board", board, "--out", self.folder / "out"]
        done = self.thimble(*arguments, f"--{memory}", 500)
        name = {"flash": "flash", "ram": "RAM"}[memory]
        self.assert_refusal(done, 4, [f"{name} of {board} is exceeded by", *holders])
        excess, needed = map(int, re.search(TOO_BIG, done.err).groups())
        self.assertEqual(excess, needed - 500)
        self.assertEqual(list(self.folder.iterdir()), [])

        # Exactly so much is enough, one byte less is not, and leaves what was there.
        report = self.json_of(*arguments, f"--{memory}", needed)
        if board == "qemu-virt-xip" or memory == "flash":
            self.assertEqual(needed, report["memory"][memory])
        before = contents(self.folder)
        self.assert_refusal(self.thimble(*arguments, f"--{memory}", needed - 1), 4, ["exceeded by 1 byte"])
        self.assertEqual(contents(self.folder), before)

    def least_ram(self, arguments, budget):
        """What the refusal of so little says is the least."""
        done = self.thimble("compile", *arguments, "--ram", budget)
        self.assert_refusal(done, 4, ["RAM of qemu-virt-xip", "needed at least", "arena"])
        excess, needed = map(int, re.search(TOO_BIG, done.err).groups())
        self.assertEqual(excess, needed - budget)
        return needed

    def sweep(self, model, optimize):
        """Less and less RAM: the firmware fits and computes the same, or the least possible figure is named."""
        if model is None:
            self.skipTest("no such model in the folder THIMBLE_MODELS")
        arguments = [model, "--board", "qemu-virt-xip", "-O", optimize, "--out", self.folder / "out"]
        least = self.least_ram(arguments, 500)
        self.assertEqual(self.least_ram(arguments, least - 1), least)
        self.assertEqual(self.least_ram(arguments, 2 * least // 3), least)
        usual = self.json_of("compile", *arguments)["memory"]["ram"]
        self.assertGreaterEqual(usual, least)
        instructions = []
        for budget in sorted({least, least + (usual - least) // 2, usual, usual + 4096, 1 << 20}):
            report = self.json_of("validate", *arguments, "--samples", 1, "--ram", budget)
            self.assertEqual(report["validation"]["mismatches"], 0)
            self.assertLessEqual(report["memory"]["ram"], budget)
            ends = [address + size for name, (size, address) in sections(self.folder / "out/firmware.elf").items()
                    if name in (".data", ".bss", ".stacks")]
            self.assertLessEqual(max(ends) - 0x80000000, budget, "it is where the RAM is")
            instructions.append(report["inference"]["instructions"])
        self.assertEqual(instructions, sorted(instructions, reverse=True), "more RAM must not make it slower")

    def test_too_big_replaces_nothing(self):
        """Another model into a folder of good results, but it does not fit."""
        self.compiled(small_model("dense"))
        before = contents(self.folder)
        self.refuses(4, ["exceeded by"], "compile", small_model("argmax"), "--flash", 1000, "--out",
                     self.folder / "out")
        self.assertEqual(contents(self.folder), before)

    def test_too_big_for_run_and_validate(self):
        for verb in ("run", "validate"):
            self.refuses_to(verb, 4, ["exceeded by"], small_model("dense"), "--ram", 500)


add_tests(Memory, "report_is_true_on", {f"{board.replace('-', '_')}_weights_in_{weights}": (board, weights)
                                        for board in BOARDS for weights in ("rodata", "data")}, Memory.sums)
add_tests(Memory, "too_big_for", {f"{memory}_of_{board.replace('-', '_')}": (board, memory, holders)
                                  for board, in_ram in (("qemu-virt", "microkernels"), ("qemu-virt-xip", "stacks"))
                                  for memory, holders in (("flash", ["microkernels"]), ("ram", [in_ram]))},
          Memory.too_big)

add_tests(Memory, "ram_sweep_of", {
    "miniresnet_for_speed": ("miniresnet", "speed"), "kws_for_size": (full_model("kws"), "size")}, Memory.sweep)

if __name__ == "__main__":
    unittest.main()
