"""The safe kernel: each kind of fault is caught and reported, and the report outlives the reset; and the tests of tasks
pass with it, too."""

import re
import threading

import stress
from firmware import ROOT, run

TIMEOUT_SECONDS = 20
MOST_BYTES = 10000
HERE = ROOT / "tests/target"
# Tests of the lean kernel that must pass with the safe one.
BOTH = ("mutex", "queues", "synchronisation", "waits", "nested_interrupts")

TASK = r"FAULT: task culprit, \d+ of 768 bytes of stack used$"
USER = r"FAULT: in user mode, \d+ of 256 bytes of its stack used$"
# letter: what it is, lines of the report in their order; in braces: a function in the backtrace.
FAULTS = {
    "o": ("stack overflow", [r"FAULT: store access fault", r"FAULT: task culprit, \d+ of 768 .* used, overflow$",
                             r"FAULT: backtrace.*{overflow}.*{overflow}"]),
    "n": ("null store", [r"FAULT: store access fault", r"FAULT: .* mtval 00000010", TASK,
                         r"FAULT: backtrace {faulting_function} {fault}"]),
    "l": ("null load", [r"FAULT: load access fault", r"FAULT: .* mtval 00000000", TASK]),
    "r": ("store to constants", [r"FAULT: store access fault", TASK]),
    "t": ("store to code", [r"FAULT: store access fault", TASK]),
    "i": ("illegal instruction", [r"FAULT: illegal instruction", TASK,
                                  r"FAULT: backtrace {faulting_function} {fault}"]),
    "h": ("fault in an interrupt", [r"FAULT: store access fault", TASK, r"FAULT: in an interrupt, which came at ",
                                    r"FAULT: backtrace"]),
    "I": ("fault in a nested interrupt", [r"FAULT: store access fault", r"FAULT: .* mtval 00000010", TASK,
                                          r"FAULT: in an interrupt, which came at {raise}",
                                          r"FAULT: backtrace \S+ {timer_interrupt}"]),
    "U": ("user mode: store to a task's memory", [r"FAULT: store access fault", r"FAULT: .* mtval {culprit} ", TASK,
                                                  USER, r"FAULT: backtrace {faulting_user}"]),
    "L": ("user mode: load from others' memory", [r"FAULT: load access fault", r"FAULT: .* mtval {bystander} ", TASK,
                                                  USER]),
    "R": ("user mode: store to what it may read", [r"FAULT: store access fault", r"FAULT: .* mtval {shown} ", TASK,
                                                   USER]),
    "D": ("user mode: a device", [r"FAULT: store access fault", r"FAULT: .* mtval 10000000 ", TASK, USER]),
    "C": ("user mode: a register of machine mode", [r"FAULT: illegal instruction", TASK, USER,
                                                    r"FAULT: backtrace {faulting_user}"]),
    "O": ("user mode: stack overflow", [r"FAULT: store access fault", TASK,
                                        r"FAULT: in user mode, \d+ of 256 bytes of its stack used, overflow$",
                                        r"FAULT: backtrace.*{overflow}.*{overflow}"]),
    "S": ("user mode: a service it has not", [r"FAULT: .*: user mode calls what it was not given", TASK]),
    "P": ("user mode: text it must not read", [r"FAULT: .*: user mode prints what it must not read", TASK]),
    "H": ("fault in an interrupt of user mode", [r"FAULT: store access fault", r"FAULT: .* mtval 00000010", TASK,
                                                 r"FAULT: in an interrupt, which came at {faulting_user}",
                                                 r"FAULT: backtrace {handle_with_fault}"]),
    "w": ("stuck task", [r"FAULT: no heartbeat of culprit", r"FAULT: kernel/supervisor.cc:\d+: a task is stuck", TASK,
                         r"FAULT: in an interrupt, which came at {faulting_function}$"]),
    "b": ("watchdog", [r"FAULT: .*watchdog.cc:\d+: the watchdog was not fed", TASK,
                       r"FAULT: in an interrupt, which came at {faulting_function}$"]),
    "p": ("panic", [r"FAULT: .*faults.cc:\d+: found a bug", TASK, r"FAULT: backtrace {faulting_function}"]),
}


def symbols(elf):
    """(start, end, name without scope and parameters) of the functions and variables of an ELF."""
    for line in run(["llvm-nm-19", "--print-size", "--demangle", elf]).splitlines():
        match = re.match(r"(\w+) (\w+) [tTbBdD] (.*)", line)
        name = match and re.search(r"(\w+)(\([^()]*\))?$", match[3])
        if name:
            yield int(match[1], 16), int(match[1], 16) + int(match[2], 16), name[1]


def symbolized(output, elf):
    """The lines of a report; addresses in the lines that tell where it was become {function}."""
    known = list(symbols(elf))

    def name_of(match):
        address = int(match[0], 16)
        return next(("{" + name + "}" for start, end, name in known if start <= address <= end), match[0])
    return [re.sub(r"(?<!mcause )\b[0-9a-f]{8}\b", name_of, line) if re.search("backtrace|came at|mtval", line)
            else line for line in output.splitlines()]


def check_report(lines, patterns, prefix):
    """What is missing of `patterns` among lines that begin with `prefix`, or None."""
    rest = iter(lines)
    for pattern in patterns:
        pattern = prefix + pattern.replace("{", r"\{").replace("}", r"\}")
        if not any(re.match(pattern, line) for line in rest):
            return f"no line {pattern!r} in its place"
    return None


def test_fault(board, elf, letter):
    _, patterns = FAULTS[letter]
    patterns = patterns + ["FAULT: end"]
    with board.start(elf) as qemu:
        watchdog = threading.Timer(TIMEOUT_SECONDS, qemu.kill)
        watchdog.start()
        try:
            qemu.stdout.readline()  # it listens now
            qemu.stdin.write(letter.encode())
            first = b""
            while not first.endswith(b"fault?\n") and len(first) < MOST_BYTES:
                byte = qemu.stdout.read(1)
                if not byte:
                    return f"it ended: {first.decode(errors='replace')}"
                first += byte
            qemu.stdin.write(b"q")
            qemu.wait(TIMEOUT_SECONDS)
        finally:
            watchdog.cancel()
            qemu.kill()
    lines = symbolized(first.decode(errors="replace"), elf)
    wrong = (check_report(lines, patterns, "") or check_report(lines, patterns, "LAST ")
             or ("exit code" if qemu.returncode else None))
    return wrong and wrong + "; it said:\n" + "\n".join(lines)


def tests(board, run_firmware, run_elf):
    """The tests of this file by name."""
    include = "-Itests/target/safe"
    flag = "-DTHIMBLE_SAFE=1"
    extensions = "extensions_" if set("fv") & set(board.isa.removeprefix("rv32")) else ""

    def user_mode():
        elf = stress.build(board, board.system(flag), flag, folder="tests/target/user_mode")
        return run_elf(board, "user_mode", elf)
    found = {f"{extensions}user_mode": user_mode}
    if board.isa == board.description["isa"]:
        safe = board.system(flag)
        for name in BOTH:
            found[f"safe_{name}"] = lambda name=name: run_firmware(board, safe, HERE / f"{name}.cc", flag)
        elf = board.link("safe_faults", board.system(include) + board.compile(["tests/target/safe/faults.cc"], include))
        for letter, (title, _) in FAULTS.items():
            found[f"safe: {title}"] = lambda letter=letter: test_fault(board, elf, letter)
    return found
