#!/usr/bin/env python3
"""Tests that run on the target, in QEMU: each .cc file beside this one is a firmware. A firmware passes if it ends with
TEST PASSED and exit code 0 and reports no fault; where a fault is what is tested, its report is checked instead."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import c_firmware
import compile_fail
import drivers
import inference
import safe_kernel
import stress
from firmware import ROOT, Board, number, symbol

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 60
EXTENSIONS = "extensions"  # the names of tests for floating point and vectors

# What the report must say, line by line in this order. In braces: what check_fault() knows.
S2 = r"FAULT: .*\bs2 12345678\b"
END = r"FAULT: end"
FAULTS = {
    "illegal_instruction": [r"FAULT: illegal instruction", r"FAULT: mcause 00000002 mepc {mepc} mtval 00000000", S2,
                            r"FAULT: .*\bt6 0badcafe$", r"FAULT: main stack \d+ of 1024 bytes used$", END],
    "unmapped_load": [r"FAULT: load access fault", r"FAULT: mcause 00000005 mepc {mepc} mtval f0000014",
                      r"FAULT: .*\ba0 f0000010\b", S2, END],
    "misaligned_load": [r"FAULT: load address misaligned", r"FAULT: mcause 00000004 mepc {mepc} mtval {start_2}", S2,
                        END],
    "stack_overflow": [r"FAULT: store access fault", r"FAULT: mcause 00000007 mepc {mepc} mtval 0000004c",
                       r"FAULT: .*\bsp 00000040\b", S2, r"FAULT: main stack \d+ of 1024 bytes used, overflow$", END],
    "panic": [r"FAULT: tests/target/panic\.cc:{line}: there is no stack$", END],
}

# What tests of microkernels are linked with besides the system.
MICROKERNELS = {
    "conv2d": ["microkernels/conv2d.cc", "microkernels/conv2d_whole.cc", "microkernels/conv2d_line.cc",
               "microkernels/conv2d_unpacked.cc", "microkernels/tile_windows.cc", "microkernels/gather.cc",
               "microkernels/rv32im/pack_words.S", "microkernels/rv32im/packed_tile.S",
               "microkernels/rv32im/whole_tile.S", "microkernels/rv32im/whole_tile_unsigned.S",
               "microkernels/rv32im/packed_line.S", "microkernels/rv32im/unpacked_sums.S"],
    "depthwise_conv2d": ["microkernels/depthwise_conv2d_3x3.cc", "microkernels/rv32im/depthwise_3x3_stride1.S",
                         "microkernels/rv32im/depthwise_3x3_stride1_rectified.S",
                         "microkernels/rv32im/depthwise_3x3_stride2_rectified.S",
                         "microkernels/rv32im/depthwise_3x3_stride2.S",
                         "microkernels/rv32im/depthwise_3x3_small.S"],
}

STACKS = {"conv2d": 2560}  # where the usual one is too small

# Tests that a board with less RAM is spared.
RAM_BYTES = {"conv2d": 64 << 10}


def check_passed(output, code):
    if re.search(r"^FAULT:", output, re.M):
        return "a fault"
    if not output.endswith("TEST PASSED\n"):
        return "no end mark"
    return None if code == 0 else f"exit code {code}"


def check_fault(name, elf, output, code):
    if code == 0:
        return "exit code 0 after a fault"
    known = {"start_2": f"{symbol(elf, '_start') + 2:08x}"}
    if name == "panic":
        source = (HERE / "panic.cc").read_text()
        known["line"] = str(source[:source.index("there is no stack")].count("\n") + 1)
    else:
        known["mepc"] = f"{symbol(elf, 'faulting_instruction'):08x}"
    lines = iter(output.splitlines())
    for pattern in FAULTS[name]:
        pattern = re.sub(r"\{(\w+)\}", lambda match: known[match[1]], pattern)
        if not any(re.match(pattern, line) for line in lines):
            return f"no line {pattern!r} in its place"
    return "an end mark after a fault" if "TEST PASSED" in output else None


def run_firmware(board, system, source, *flags):
    """What is wrong with this test, or None."""
    sources = [source.relative_to(ROOT), *MICROKERNELS.get(source.stem, [])]
    elf = board.link(source.stem + "".join(flags), system + board.compile(sources, *flags),
                     STACKS.get(source.stem, 1024))
    return run_elf(board, source.stem, elf)


def run_elf(board, name, elf):
    """Likewise, of a test that is linked."""
    with board.start(elf) as qemu:
        try:
            output, _ = qemu.communicate(timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            qemu.kill()
            return f"silent for {TIMEOUT_SECONDS} s"
    output = output.decode(errors="replace")
    wrong = (check_fault(name, elf, output, qemu.returncode) if name in FAULTS
             else check_passed(output, qemu.returncode))
    return wrong and f"{wrong}; it said:\n{output}"


def tests_of(board):
    """Every test for a board and its ISA, by name."""
    system = board.system()
    has_extensions = set("fv") & set(board.isa.removeprefix("rv32"))
    firmware = {source.stem: lambda source=source: run_firmware(board, system, source)
                for source in sorted(HERE.glob("*.cc")) if has_extensions or not source.stem.startswith(EXTENSIONS)}
    firmware["inference_task"] = lambda: run_elf(
        board, "inference_task", stress.build(board, system, folder="tests/target/inference_task"))
    tests = (firmware | inference.tests(board, system) | stress.tests(board, system)
             | drivers.tests(board, system, run_elf)
             | safe_kernel.tests(board, run_firmware, run_elf) | compile_fail.tests(board) | c_firmware.tests(board))
    ram = next(number(region["length"]) for region in board.description["regions"] if region["kind"] == "ram")
    return {name: test for name, test in tests.items() if RAM_BYTES.get(name, 0) <= ram}


def selected_tests(folder, all_isas):
    """(board, name, test) of what is to run: without `all_isas`, all for the default ISA, and of the last two, if they
    have floating point in registers of their own or vectors, only what is about them."""
    description = Board(folder).description
    extended = [isa for isa in description["isas"][-2:] if set("fv") & set(isa.removeprefix("rv32"))]
    for isa in description["isas"] if all_isas else dict.fromkeys([description["isa"], *extended]):
        board = Board(folder, isa)
        for name, test in tests_of(board).items():
            if all_isas or isa == description["isa"] or name.startswith(EXTENSIONS):
                yield board, name, test


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", action="append", help="a folder; all of boards/ if absent")
    parser.add_argument("--all-isas", action="store_true", help="every ISA of the boards, not only their default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (default: cores)")
    arguments = parser.parse_args()
    folders = arguments.board or sorted(path.parent for path in (ROOT / "boards").glob("*/board.json"))

    def run(board, name, test):
        start = time.monotonic()
        try:
            wrong = test()
        except (AssertionError, RuntimeError, TimeoutError, OSError) as error:
            wrong = f"{type(error).__name__}: {error}"
        return wrong, (f"{'FAILED' if wrong else 'passed'}  {board.name}  {name}  {time.monotonic() - start:.1f} s"
                       + (f": {wrong}" if wrong else ""))

    passed = failed = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        tests = [pool.submit(run, *selected) for folder in map(pathlib.Path, folders)
                 for selected in selected_tests(folder, arguments.all_isas)]
        for done in as_completed(tests):
            wrong, line = done.result()
            print(line, flush=True)
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
