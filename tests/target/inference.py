"""Talks to apps/inference on the target, with the sample model: right answers, exact counts, and a line that damages,
cuts and pollutes what goes over it. Speaks the wire format of apps/inference/protocol.h by itself."""

import functools
import random
import select
import struct
import time
import zlib

from firmware import ROOT

INFO, RUN, STATISTICS, PROFILE, QUIT, NAK = 1, 2, 3, 4, 5, 0x7F
MAGIC = b"\xd7\x8e"
ANSWER_SECONDS = 30
APPLICATION = "apps/inference"
SAMPLE = "tests/target/sample"
WEIGHTS = [(i + 1) * (-1) ** i for i in range(16)]


def frame(kind, sequence, payload=b""):
    body = struct.pack("<BBI", kind, sequence, len(payload)) + payload
    return MAGIC + body + struct.pack("<I", zlib.crc32(body))


def expected(inputs):
    """What the sample model makes of 16 signed bytes."""
    values = struct.unpack("16b", inputs)
    scaled = bytes(2 * value & 0xFF for value in values)
    sums = [107 + sum(values[4 * row + i] * WEIGHTS[4 * row + i] for i in range(4)) for row in range(4)]
    return scaled + struct.pack("<4i", *sums)


class Target:
    """The application under QEMU."""

    def __init__(self, board, elf):
        self.qemu = board.start(elf)
        self.seen = b""
        self.text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.qemu.kill()
        self.qemu.wait()
        self.qemu.stdin.close()
        self.qemu.stdout.close()

    def send(self, data):
        self.qemu.stdin.write(data)

    def need(self, count, seconds=ANSWER_SECONDS):
        deadline = time.monotonic() + seconds
        while len(self.seen) < count:
            ready, _, _ = select.select([self.qemu.stdout], [], [], max(0, deadline - time.monotonic()))
            data = self.qemu.stdout.read(4096) if ready else b""
            if not data:
                raise TimeoutError(f"no answer; it said {self.text + self.seen!r}")
            self.seen += data

    def take(self, count):
        self.need(count)
        data, self.seen = self.seen[:count], self.seen[count:]
        return data

    def open(self):
        """The answer to the first request, repeated until the target listens."""
        for sequence in range(ANSWER_SECONDS):
            self.send(frame(INFO, sequence))
            try:
                while True:
                    answer = self.receive(1)
                    if answer[:2] == (INFO, sequence):
                        return answer[2]
            except TimeoutError:
                pass
        raise TimeoutError(f"no answer; it said {self.text!r}")

    def receive(self, seconds=ANSWER_SECONDS):
        """(type, sequence, payload) of the next frame."""
        self.need(2, seconds)
        while not self.seen.startswith(MAGIC):
            self.text += self.take(1)
            self.need(2, seconds)
        header = self.take(8)
        kind, sequence, length = struct.unpack("<BBI", header[2:])
        payload = self.take(length)
        assert struct.unpack("<I", self.take(4))[0] == zlib.crc32(header[2:] + payload), "the answer's CRC"
        return kind, sequence, payload

    def ask(self, kind, payload=b"", sequence=1):
        self.send(frame(kind, sequence, payload))
        answer = self.receive()
        assert answer[:2] == (kind, sequence), f"{answer} answers {kind}, {sequence}"
        return answer[2]

    def infer(self, inputs):
        """Instructions of one run, whose outputs must be right."""
        answer = self.ask(RUN, inputs)
        status, instructions = struct.unpack("<IQ", answer[:12])
        assert status == 0, f"status {status:#x}"
        assert answer[12:] == expected(inputs), f"outputs {answer[12:].hex()}"
        return instructions

    def quit(self):
        assert self.ask(QUIT) == b""
        assert self.qemu.wait(ANSWER_SECONDS) == 0, "exit code"


def test_answers(board, elf):
    noise = random.Random(1)
    counts = set()
    for _ in range(2):
        with Target(board, elf) as target:
            info = target.open()
            version, arena, steps, inputs, outputs = struct.unpack("<5I", info[:20])
            assert (version, arena, steps, inputs, outputs) == (1, 192, 4, 1, 2)
            assert struct.unpack("<3I", info[20:32]) == (16, 16, 16) and info[32:] == b"sample"
            assert b"Thimble runs sample\n" in target.text
            counts |= {target.infer(noise.randbytes(16)) for _ in range(20)}
            size, peak, trap_size, trap_peak = struct.unpack("<4I", target.ask(STATISTICS))
            assert size == 1024 and 0 < peak < size and trap_size == 384 and trap_peak == 0
            assert target.ask(PROFILE) == b"", "a profile that was not compiled in"
            target.quit()
    assert len(counts) == 1 and 0 < counts.pop() < 5000, f"instruction counts {counts}"


def test_bad_line(board, elf):
    inputs = bytes(range(16))
    good = frame(RUN, 9, inputs)
    with Target(board, elf) as target:
        target.open()
        for position in range(len(MAGIC), len(good)):  # every byte damaged, the length's included
            target.send(good[:position] + bytes([good[position] ^ 0x10]) + good[position + 1:])
            assert target.receive()[0] == NAK, f"byte {position} damaged"
        for length in (3, 8, len(good) - 1):
            target.send(good[:length])
            assert target.receive()[0] == NAK, f"cut off after {length} bytes"
        target.send(b"text\r\n\xd7\xd7" + random.Random(2).randbytes(50).replace(MAGIC[:1], b"") + MAGIC[:1] + good)
        assert target.receive()[:2] == (RUN, 9), "garbage before a frame"
        for wrong in (b"", inputs[:-1], inputs + b"x"):
            assert struct.unpack("<IQ", target.ask(RUN, wrong)) == (0xFF, 0), "inputs of the wrong size"
        target.send(frame(0x42, 7))
        assert target.receive() == (NAK, 7, b""), "an unknown type"
        target.infer(inputs)
        target.quit()


def test_profile(board, elf):
    inputs = bytes(16)
    with Target(board, elf) as target:
        target.open()
        total = target.infer(inputs)
        steps = struct.unpack("<4I", target.ask(PROFILE, inputs))
        assert all(step > 10 for step in steps), f"steps {steps}"
        assert sum(steps) < total < sum(steps) + 4 * 120, f"steps {steps} of {total}: the rest is the walk"
        assert struct.unpack("<4I", target.ask(PROFILE, inputs)) == steps, "the profile repeats"
        assert target.ask(PROFILE, inputs[1:]) == b"", "inputs of the wrong size"
        assert target.infer(inputs) == total, "a profile leaves nothing behind"
        target.quit()


def tests(board, system):
    """The tests of this file by name."""

    @functools.cache
    def application(name, *extra):
        sources = [path.relative_to(ROOT) for folder in (APPLICATION, SAMPLE)
                   for path in sorted((ROOT / folder).glob("*.cc"))]
        return board.link(name, system + board.compile(sources, f"-I{SAMPLE}", *extra))

    return {
        "inference_answers": lambda: test_answers(board, application("inference")),
        "inference_bad_line": lambda: test_bad_line(board, application("inference")),
        "inference_profile": lambda: test_profile(board, application("profile", "-DTHIMBLE_PROFILE")),
    }
