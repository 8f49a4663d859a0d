#!/usr/bin/env python3
"""The stress test of the kernel: a firmware of tasks that do random things (tests/target/stress), run with seeds. The
tests on the target run a few; this program, as many as fit into the time it is given."""

import argparse
import random
import subprocess
import sys
import time

from firmware import ROOT, Board

TIMEOUT_SECONDS = 120
SAMPLE = "tests/target/sample"
SEEDS = (0x1, 0xCAFE)


def build(board, system, *flags, folder="tests/target/stress"):
    sources = [path.relative_to(ROOT) for folder in (folder, SAMPLE) for path in sorted((ROOT / folder).glob("*.cc"))]
    name = folder.split("/")[-1] + "".join(flags)
    return board.link(name, system + board.compile(sources, f"-I{SAMPLE}", *flags))


def run(board, elf, seed):
    """What is wrong with this seed, or None; and what the target said."""
    with board.start(elf) as qemu:
        try:
            qemu.stdout.readline()  # it listens now
            output, _ = qemu.communicate(b"%08x" % seed, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            qemu.kill()
            return f"seed {seed:08x}: silent for {TIMEOUT_SECONDS} s", ""
    output = output.decode(errors="replace")
    good = qemu.returncode == 0 and output.endswith("TEST PASSED\n") and "FAULT" not in output
    return None if good else f"seed {seed:08x}: exit code {qemu.returncode}; it said:\n{output}", output


def tests(board, system):
    """The tests of this file by name."""
    def test():
        elf = build(board, system)
        return next((wrong for wrong, _ in (run(board, elf, seed) for seed in SEEDS) if wrong), None)
    return {"stress": test}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--isa", default="rv32imac")
    parser.add_argument("--safe", action="store_true", help="with the safe kernel")
    parser.add_argument("--seed", type=lambda text: int(text, 16), help="only this one (hexadecimal)")
    arguments = parser.parse_args()
    board = Board(ROOT / "boards/qemu-virt", arguments.isa)
    flags = ["-DTHIMBLE_SAFE=1"] if arguments.safe else []
    elf = build(board, board.system(*flags), *flags)
    end = time.monotonic() + 60 * arguments.minutes
    count = 0
    while time.monotonic() < end:
        seed = random.getrandbits(32) if arguments.seed is None else arguments.seed
        wrong, output = run(board, elf, seed)
        if wrong:
            print(wrong)
            return 1
        count += 1
        print(f"seed {seed:08x}: {output.splitlines()[0]}", flush=True)
        if arguments.seed is not None:
            break
    print(f"{count} seeds passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
