"""Drivers whose other end is the host, or which not every board has: the UART by interrupts, the controller of
interrupts, the flash."""

import array
import random
import re
import subprocess
import threading

import stress

SECONDS = 60
ECHO_BYTES = 20_000
LATE_BYTES = 512


def read_line(qemu):
    line = qemu.stdout.readline()
    if not line:
        raise RuntimeError("it ended")
    return line


def read_exactly(qemu, count):
    data = b""
    while len(data) < count:
        more = qemu.stdout.read(count - len(data))
        if not more:
            raise RuntimeError(f"it ended after {data[-200:]!r}")
        data += more
    return data


def complement_comes_back(qemu, data):
    sender = threading.Thread(target=qemu.stdin.write, args=(data,))
    sender.start()
    back = read_exactly(qemu, len(data))
    sender.join()
    assert back == bytes(255 - byte for byte in data), "what came back is not what was sent"


def test_console(board, elf):
    noise = random.Random(3)
    with board.start(elf) as qemu:
        watchdog = threading.Timer(SECONDS, qemu.kill)
        watchdog.start()
        try:
            line = read_line(qemu)
            assert line == b"echo\n", line + qemu.stdout.read(500)
            complement_comes_back(qemu, noise.randbytes(ECHO_BYTES))
            assert read_line(qemu) == b"late\n"
            complement_comes_back(qemu, noise.randbytes(LATE_BYTES))
            rest = qemu.stdout.read().decode(errors="replace")
            lines = rest.splitlines()
            assert lines[-1:] == ["TEST PASSED"] and qemu.wait() == 0, rest
            assert len(lines) == 17 and all(re.fullmatch("a{516}|b{516}", line) for line in lines[:-1]), "lines mix"
            assert sum(line[0] == "a" for line in lines) == 8, "lines of each"
        finally:
            watchdog.cancel()
            qemu.kill()


# What QEMU's virt machine has; sizes are of both devices of a bank.
FLASH = {"bytes": 32 << 20, "erase_block_bytes": 256 << 10, "erase_blocks": 128, "erase_regions": 1, "command_set": 1}
FLASH_FACTOR = 0x9E3779B1
TO_RAM = 0x800002B7, 0x00028067  # lui t0, 0x80000; jr t0: with an image of the flash, QEMU starts there


def test_flash(board, elf):
    image = board.build / "cfi_flash.img"
    words = array.array("I", (i * FLASH_FACTOR & 0xFFFFFFFF for i in range(FLASH["bytes"] // 4)))
    words[0], words[1] = TO_RAM
    image.write_bytes(words.tobytes())
    with board.start(elf, "-drive", f"if=pflash,format=raw,unit=0,file={image},readonly=on") as qemu:
        try:
            output, _ = qemu.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            qemu.kill()
            return f"silent for {SECONDS} s"
    expected = [f"{name} {value}" for name, value in FLASH.items()] + ["TEST PASSED"]
    assert output.decode(errors="replace").splitlines() == expected and qemu.returncode == 0, output
    return None


def tests(board, system, run_elf):
    """The tests of this file by name."""
    def build(name):
        return stress.build(board, system, folder=f"tests/target/{name}")
    found = {"console": lambda: test_console(board, build("console")),
             "plic": lambda: run_elf(board, "plic", build("plic"))}
    if "cfi_flash" in board.description["drivers"] and board.description["layout"] == "ram":
        found["cfi_flash"] = lambda: test_flash(board, build("cfi_flash"))
    return found
