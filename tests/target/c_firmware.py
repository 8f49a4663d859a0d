"""Builds examples/c-firmware, gcc and no kernel of ours, against a library of the sample model, and runs it."""

import subprocess

from firmware import ROOT, run

SAMPLE = ["tests/target/sample/sample_plan.cc", "tests/target/sample/sample_kernels.cc", "runtime/runtime.cc"]
EXAMPLE = ROOT / "examples/c-firmware"


def model_library(board):
    """libsample.a as the compiler makes it: without the attributes that older linkers do not know."""
    library = board.build / "libsample.a"
    library.unlink(missing_ok=True)
    objects = board.compile(SAMPLE, "-Itests/target/sample")
    stripped = [path.with_suffix(".stripped.o") for path in objects]
    for source, target in zip(objects, stripped):
        run(["llvm-objcopy-19", "--remove-section=.riscv.attributes", source, target])
    run(["llvm-ar-19", "rcs", library, *stripped])
    return library


def test(board):
    library = model_library(board)
    run(["make", "-B", "-C", EXAMPLE, "MODEL=sample", f"LIBRARY={library}",
         f"HEADERS={ROOT}/tests/target/sample", f"FIRMWARE={board.build}/c-firmware.elf"])
    with board.start(board.build / "c-firmware.elf") as qemu:
        try:
            output, _ = qemu.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            qemu.kill()
            return "silent"
    scaled = " ".join(str(2 * value) for value in range(16))
    assert qemu.returncode == 0, f"exit code {qemu.returncode}: {output}"
    assert output.decode() == f"sample: status 0, output {scaled}\n", output
    return None


def tests(board):
    """The example's linker script and addresses are those of one board."""
    return {"c_firmware": lambda: test(board)} if board.name == "qemu-virt-rv32imac" else {}
