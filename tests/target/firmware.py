"""Builds target code for a board and runs it in QEMU, from the board's board.json alone: the little that the tests on
the target need of what the host tool does for models."""

import json
import os
import pathlib
import subprocess
import threading
from concurrent.futures import Future, ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
GCC = "/usr/lib/gcc/riscv64-unknown-elf"
CXX_LIBRARY = "/usr/lib/llvm-19/include/c++/v1"
C_LIBRARY = "/usr/lib/picolibc/riscv64-unknown-elf/include"
SYSTEM = ["kernel", "kernel/arch/riscv", "runtime"]
FLAGS = (
    "--target=riscv32-unknown-elf -Os -ffunction-sections -fdata-sections -fno-unwind-tables"
    " -fno-asynchronous-unwind-tables -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror"
).split()
CXX_FLAGS = (
    f"-std=c++23 -fno-exceptions -fno-rtti -fno-threadsafe-statics -Wglobal-constructors -nostdinc++"
    f" -isystem {CXX_LIBRARY} -isystem {C_LIBRARY} -D_LIBCPP_HAS_NO_THREADS -D_LIBCPP_HAS_NO_LOCALIZATION"
    f" -D_LIBCPP_HAS_NO_WIDE_CHARACTERS -D_LIBCPP_HAS_NO_MONOTONIC_CLOCK"
).split()
# libgcc comes in fewer variants than there are ISAs.
ABIS = {"rv32imafc": "ilp32f", "rv32imafdc": "ilp32d"}
LIBGCC = {"rv32im": "rv32im/ilp32", "rv32imc": "rv32im/ilp32", "rv32imac": "rv32imac/ilp32",
          "rv32imafc": "rv32imafc/ilp32f", "rv32imafdc": "rv32imafdc/ilp32d", "rv32imacv": "rv32imac/ilp32"}


def number(value):
    """Addresses and sizes stand in board.json as numbers or as strings such as 0x80000000."""
    return value if isinstance(value, int) else int(value, 0)


def run(command, **options):
    """Runs a tool; its failure is ours, with what it said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


class Once:
    """Makes what several tests need when the first of them asks; the others wait for it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._made = {}

    def __call__(self, key, make):
        with self._lock:
            is_first = key not in self._made
            future = self._made.setdefault(key, Future())
        if is_first:
            try:
                future.set_result(make())
            except Exception as error:  # noqa: every test that needs it fails, and says why
                future.set_exception(error)
        return future.result()


class Board:
    once = Once()

    def __init__(self, folder, isa=None, build=None):
        self.folder = pathlib.Path(folder)
        self.description = json.loads((self.folder / "board.json").read_text())
        self.isa = isa or self.description["isa"]
        self.name = f"{self.description['name']}-{self.isa}"
        self.build = pathlib.Path(build or ROOT / "build" / "target-tests" / self.name)
        self.build.mkdir(parents=True, exist_ok=True)
        (self.build / "memory.ld").write_text(self.memory_ld())

    def memory_ld(self):
        regions = {region["kind"]: region for region in self.description["regions"]}
        code = "FLASH" if self.description["layout"] == "xip" else "RAM"
        lines = ["MEMORY", "{"]
        for kind, region in regions.items():
            lines.append(f"  {kind.upper()} : ORIGIN = {number(region['origin']):#x},"
                         f" LENGTH = {number(region['length']):#x}")
        lines += ["}", f'REGION_ALIAS("CODE", {code})', f'REGION_ALIAS("CONSTANTS", {code})',
                  'REGION_ALIAS("DATA", RAM)']
        return "\n".join(lines) + "\n"

    def compile(self, sources, *extra):
        """Objects of `sources`, compiled side by side, each once."""
        machine = [f"-march={self.isa}", f"-mabi={ABIS.get(self.isa, 'ilp32')}"]

        def one(source):
            source = pathlib.Path(source)
            flags = "".join(extra).replace("/", "_").replace(" ", "")
            target = self.build / (str(source).replace("/", "_") + flags + ".o")
            language = [] if source.suffix == ".S" else CXX_FLAGS
            self.once(target, lambda: run(["clang++-19", *FLAGS, *machine, *language, "-I.", f"-I{self.folder}", *extra,
                                           "-c", source, "-o", target], cwd=ROOT))
            return target

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(one, sources))

    def system(self, *extra):
        """Objects of kernel, runtime, drivers and board: every source in their folders."""
        folders = SYSTEM + [f"drivers/{driver}" for driver in self.description["drivers"]] + [self.folder]
        sources = [source.relative_to(ROOT) for folder in folders
                   for suffix in ("*.cc", "*.S") for source in sorted((ROOT / folder).glob(suffix))
                   if not source.name.endswith("_test.cc")]
        return self.compile(sources, *extra)

    def link(self, name, objects, stack=1024):
        """The firmware of that name, linked once."""
        elf = self.build / f"{name}.elf"
        version = sorted(os.listdir(GCC))[-1]
        command = ["ld.lld-19", "-T", "kernel/arch/riscv/sections.ld", "-L", self.build, "--gc-sections", "--relax-gp",
                   "-n", "-X", "-z", "nognustack", "--fatal-warnings", f"--defsym=__main_stack_size={stack}", *objects,
                   f"{GCC}/{version}/{LIBGCC[self.isa]}/libgcc.a", "-o", elf]
        self.once(tuple(command), lambda: run(command, cwd=ROOT))
        return elf

    def flash_image(self, elf, size):
        """The flash that holds `elf`, as QEMU takes it: raw, of its full size."""
        image = elf.with_suffix(".img")

        def make():
            run(["llvm-objcopy-19", "-O", "binary", elf, image])
            os.truncate(image, size)
        self.once((image, elf.stat().st_mtime_ns), make)
        return image

    def start(self, elf, *options):
        """QEMU running `elf`, its UART on pipes, with more of QEMU's options."""
        simulator = self.description["simulator"]
        command = ["qemu-system-riscv32", "-M", simulator["machine"],
                   *(["-cpu", simulator["cpu"]] if "cpu" in simulator else []),
                   *simulator["arguments"], "-icount", "shift=0,sleep=off", *options]
        if simulator["boot"] == "kernel":
            command += ["-kernel", elf]
        else:
            image = self.flash_image(elf, number(simulator["pflash_bytes"]))
            command += ["-drive", f"if=pflash,format=raw,unit=0,file={image},readonly=on"]
        return subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, bufsize=0)


def symbol(elf, name):
    """Address of a symbol."""
    for line in run(["llvm-nm-19", elf]).splitlines():
        fields = line.split()
        if fields[-1] == name:
            return int(fields[0], 16)
    raise RuntimeError(f"{elf}: no symbol {name}")
