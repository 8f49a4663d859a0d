"""Wrong configuration of the kernel does not compile, and the compiler says why; the right one beside it does."""

import subprocess

from firmware import CXX_FLAGS, FLAGS, ROOT

PRELUDE = """
#include "kernel/pool.h"
#include "kernel/queue.h"
#include "kernel/task.h"
using namespace thimble::kernel;
THIMBLE_STACK Stack<512> stack;
void entry(void*) {}
"""
# name: (right, wrong, what the compiler must say of the wrong one)
CASES = {
    "priority": ('constexpr TaskConfig kTask{.name = "t", .entry = entry, .priority = 31, .stack = stack};',
                 'constexpr TaskConfig kTask{.name = "t", .entry = entry, .priority = 32, .stack = stack};',
                 "out_of_range"),
    "negative_priority": ("Priority level(0);", "Priority level(-1);", "out_of_range"),
    "small_stack": ("Stack<kLeastStack> least;", "Stack<kLeastStack - 16> least;", "kLeastStack"),
    "odd_stack": ("Stack<1040> other;", "Stack<1030> other;", "a multiple of 16"),
    "no_stack": ('constexpr TaskConfig kTask{.name = "t", .entry = entry, .priority = 3, .stack = stack};',
                 'constexpr TaskConfig kTask{.name = "t", .entry = entry, .priority = 3};', "stack"),
    "empty_queue": ("Queue<int, 1> queue;", "Queue<int, 0> queue;", "room for some messages"),
    "odd_message": ("struct M { int a; }; Queue<M, 2> queue;", "struct M { char a[3]; }; Queue<M, 2> queue;",
                    "whole words"),
    "message_with_copy": ("struct M { int a; }; Queue<M, 2> queue;",
                          "struct M { int a; M(const M&); }; Queue<M, 2> queue;", "copied as bytes"),
    "empty_pool": ("Pool<8, 1> pool;", "Pool<8, 0> pool;", "a pool has blocks"),
}


def compile_text(board, text, *flags):
    command = ["clang++-19", *FLAGS, f"-march={board.isa}", *CXX_FLAGS, "-Wno-unused-const-variable", "-I.",
               f"-I{board.folder}", "-x", "c++", "-fsyntax-only", *flags, "-"]
    return subprocess.run(command, input=PRELUDE + text, text=True, capture_output=True, cwd=ROOT)


def test(board, right, wrong, message, *flags):
    done = compile_text(board, right)
    if done.returncode != 0:
        return f"what is right does not compile:\n{done.stderr}"
    done = compile_text(board, wrong, *flags)
    if done.returncode == 0:
        return "what is wrong compiles"
    return None if message in done.stderr else f"it does not say {message!r}:\n{done.stderr}"


def tests(board):
    """The tests of this file by name."""
    if board.name != "qemu-virt-rv32imac":
        return {}
    found = {f"compile_fail: {name}": lambda case=case: test(board, *case) for name, case in CASES.items()}
    found["compile_fail: user_mode_of_the_lean_kernel"] = lambda: test(
        board, "", '#include "kernel/user.h"', "user mode needs the safe kernel")
    found["compile_fail: interrupt_stack"] = lambda: test(board, "", "", "THIMBLE_INTERRUPT_STACK_BYTES",
                                                          "-DTHIMBLE_INTERRUPT_STACK_BYTES=250")
    return found
