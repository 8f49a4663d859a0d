"""Tests of the set-up's eyes: what is missing is seen and named, what is there is not asked for again.

They run against a small tree of their own, whose packages are files that can be made and removed.
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent


class SetupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        scripts = self.root / "scripts"
        scripts.mkdir()
        for name in ("state.sh", "setup.sh", "doctor.sh"):
            shutil.copy(SCRIPTS / name, scripts)
        shutil.copy(SCRIPTS.parent / "thimble", self.root)
        (scripts / "packages.txt").write_text(f"# why\nrun alpha {self.root}/alpha for runs\n"
                                              f"test beta {self.root}/beta for tests\n")
        (scripts / "requirements.txt").write_text("one==1\n")
        self.make("alpha")
        python = self.make("build/python/bin/python")
        python.chmod(0o755)
        self.make("build/python/requirements.txt", "one==1\n")
        tool = self.make("build/host/compiler/cli/thimble", '#!/bin/sh\necho "tool:$*"\n')
        tool.chmod(0o755)
        self.make("build/host/built")

    def make(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def call(self, *arguments, **variables):
        environment = {name: value for name, value in os.environ.items() if name != "THIMBLE_ROOT"}
        return subprocess.run([self.root / "thimble", *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=environment | variables)

    def doctor(self):
        report = self.root / "build" / "doctor.json"
        result = self.call("doctor", "--json", report)
        return result.returncode, json.loads(report.read_text())

    def ready(self, group):
        command = f'THIMBLE_ROOT={self.root}; source "$THIMBLE_ROOT/scripts/state.sh"; is_ready {group}'
        return subprocess.run(["bash", "-c", command]).returncode == 0

    def test_all_there(self):
        result = self.call("run", "--yes", "two words")
        self.assertEqual((result.returncode, result.stdout), (0, "tool:run two words\n"))
        code, report = self.doctor()
        self.assertEqual((code, report["ok"]), (0, True))

    def test_missing_package(self):
        (self.root / "alpha").unlink()
        self.assertFalse(self.ready("run"))
        code, report = self.doctor()
        self.assertEqual((code, report["ok"]), (1, False))
        alpha = next(check for check in report["checks"] if check["name"] == "alpha")
        self.assertFalse(alpha["present"])
        self.assertIn("apt-get install --no-install-recommends alpha", alpha["remedy"])

    def test_test_packages_wait_for_the_test(self):
        self.assertTrue(self.ready("run"))
        self.assertFalse(self.ready("test"))
        self.make("beta")
        self.make("build/host/built")
        self.assertTrue(self.ready("test"))

    def test_changed_requirements(self):
        self.make("scripts/requirements.txt", "one==2\n")
        self.make("build/host/built")
        self.assertFalse(self.ready("run"))

    def test_edited_source(self):
        self.assertTrue(self.ready("run"))
        stamp = (self.root / "build/host/built").stat().st_mtime
        os.utime(self.make("compiler/cli/main.cc"), (stamp + 5, stamp + 5))
        self.assertFalse(self.ready("run"))

    def test_doctor_usage(self):
        self.assertEqual(self.call("doctor", "--help").returncode, 0)
        self.assertEqual(self.call("doctor", "--nonsense").returncode, 2)


if __name__ == "__main__":
    unittest.main()
