"""What the end-to-end tests share: the tool called as a user calls it, the small models, boards. Standard library only.

A test program is a unittest; THIMBLE_COMMAND names another build of the tool than ./thimble starts.
"""

import atexit
import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("THIMBLE_COMMAND", str(ROOT / "thimble"))
PYTHON_TOOLS = ROOT / "build" / "python" / "bin"
BOARDS = ("qemu-virt", "qemu-virt-xip")
CALL_SECONDS = 15 * 60  # a call that takes longer hangs
STAGE = re.compile(r"  \S.* \d+\.\d s")  # the progress of a stage, on standard error


@dataclass
class Call:
    """What one call of a program did."""

    code: int
    out: str
    err: str
    seconds: float

    def __str__(self):
        return f"exit code {self.code}\n--- standard output:\n{self.out}--- standard error:\n{self.err}"


def call(*command, folder=None, environment=None, text=""):
    start = time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", cwd=folder,
                          input=text, env=os.environ | {"THIMBLE_ROOT": str(ROOT)} | (environment or {}),
                          timeout=CALL_SECONDS)
    return Call(done.returncode, done.stdout, done.stderr, time.monotonic() - start)


@functools.cache
def small_models():
    """The folder of the small models, made when it is first asked for and gone with the program."""
    folder = tempfile.mkdtemp(prefix="small-models-")
    atexit.register(shutil.rmtree, folder)
    made = call(PYTHON_TOOLS / "python", "-B", ROOT / "tests/models/make_models.py", folder)
    if made.code != 0:
        raise RuntimeError(f"make_models.py: {made}")
    return Path(folder)


def small_model(name):
    return small_models() / f"{name}.tflite"


def full_model(name):
    """Path of a full-size model in the folder $THIMBLE_MODELS, or None."""
    path = Path(os.environ.get("THIMBLE_MODELS", "/nonexistent")) / f"{name}.tflite"
    return path if path.exists() else None


def contents(folder):
    """Name and bytes of every file below a folder; {} if there is none."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


class EndToEnd(unittest.TestCase):
    """A test with a folder of its own, in which the tool is started."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="end-to-end-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def thimble(self, *arguments, environment=None):
        return call(COMMAND, *arguments, folder=self.folder, environment=environment)

    def succeeds(self, *arguments, environment=None):
        done = self.thimble(*arguments, environment=environment)
        self.assertEqual(done.code, 0, done)
        return done

    def json_of(self, *arguments, environment=None):
        """Its JSON, after a call that must succeed."""
        file = self.folder / "call.json"
        self.succeeds(*arguments, "--json", file, environment=environment)
        return json.loads(file.read_text())

    def assert_refusal(self, done, code, told):
        """`code`, and besides stages one line that starts with `thimble: ` and holds each text of `told`."""
        self.assertEqual(done.code, code, done)
        lines = [line for line in done.err.splitlines() if not STAGE.fullmatch(line)]
        self.assertEqual(len(lines), 1, f"one line is wanted: {done}")
        self.assertTrue(lines[0].startswith("thimble: "), done)
        for text in told:
            self.assertIn(text, lines[0])

    def refuses(self, code, told, *arguments):
        """assert_refusal, and that the call left no file behind, anywhere it was told to write."""
        before = contents(self.folder)
        self.assert_refusal(self.thimble(*arguments), code, told)
        self.assertEqual(contents(self.folder), before, "a failing call must not leave or change files")

    def refuses_to(self, verb, code, told, *arguments):
        """The same for a verb that builds, told where to write."""
        self.refuses(code, told, verb, *arguments, "--out", self.folder / "out", "--json", self.folder / "out.json")


def add_tests(test_case, prefix, cases, function):
    """Gives `test_case` a test for each of `cases`, a dict from names to the arguments of `function`."""
    for name, arguments in cases.items():
        def test(self, arguments=arguments):
            function(self, *arguments)
        setattr(test_case, f"test_{prefix}_{name}", test)
