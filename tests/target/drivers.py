"""Drivers whose other end is the host: the UART by interrupts."""

import random
import re
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


def tests(board, system):
    """The tests of this file by name."""
    return {"console": lambda: test_console(board, stress.build(board, system, folder="tests/target/console"))}
