#!/usr/bin/env python3
"""A compiled model in user mode: confined to its arena and stack, it answers what the tool's own firmware answers, with
microkernels and with generated code."""

import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from harness import ROOT, EndToEnd, add_tests

sys.path.insert(0, str(ROOT / "tests/target"))
from firmware import Board

FLAG = "-DTHIMBLE_SAFE=1"


class UserMode(EndToEnd):
    def same_answer(self, model, offload):
        ramp = self.folder / "ramp.bin"
        ramp.write_bytes(bytes(i % 256 for i in range(3200)))
        out = self.folder / "out"
        expected = self.json_of("run", model, "--input", ramp, "--offload", offload, "--out", out)["outputs"][0]
        board = Board(ROOT / "boards/qemu-virt", build=self.folder)
        objects = board.system(FLAG) + board.compile(
            ["tests/end_to_end/user_mode/main.cc"], FLAG, f"-I{out}", f"-DMODEL={model}",
            f'-DMODEL_HEADER="{model}.hpp"')
        elf = board.link("user-mode", [*objects, out / f"lib{model}.a"])
        with board.start(elf) as qemu:
            try:
                said, _ = qemu.communicate(timeout=120)
            except subprocess.TimeoutExpired:
                qemu.kill()
                raise
        self.assertEqual(said.decode(), f"output {' '.join(map(str, expected))}\n")
        self.assertEqual(qemu.returncode, 0)


add_tests(UserMode, "of", {"microkernels": ("miniresnet", "all"), "generated_code": ("miniresnet", "none")},
          UserMode.same_answer)

if __name__ == "__main__":
    unittest.main()
