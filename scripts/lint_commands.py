"""The compile commands that the linter works from: the host tool's, as CMake wrote them, and the target's, which no
CMake builds (what goes into firmware depends on model and board): each target source as for a plain rv32imac
board. Applications with an app.json are left out: they include what the tool makes for them. Nothing is precompiled
here, so that a missing include is found."""

import json
import re
import sys
from pathlib import Path

TARGET_FOLDERS = ("kernel", "drivers", "runtime", "microkernels", "apps", "boards", "shell")
BOARD = "boards/qemu-virt"
PRECOMPILED = re.compile(r"-Winvalid-pch |-Xclang -include(-pch)? -Xclang \S+cmake_pch\S* ")


def write_lint_commands(root, folder, names):
    """Writes folder/compile_commands.json for the sources among `names` (paths relative to root)."""
    sys.path.insert(0, str(root / "tests" / "target"))
    from firmware import CXX_FLAGS, FLAGS

    host = json.loads((root / "build" / "host" / "compile_commands.json").read_text())
    known = {str(Path(command["file"]).relative_to(root)): command for command in host}
    commands = [{**known[name], "command": PRECOMPILED.sub("", known[name]["command"])}
                for name in names if name in known]
    target = ["clang++-19", *FLAGS, "-march=rv32imac", "-mabi=ilp32", *CXX_FLAGS, "-I.", f"-I{BOARD}", "-c"]
    for name in names:
        source = name.endswith(".cc") and not name.endswith("_test.cc")
        described = (root / name).parent.joinpath("app.json").exists()
        if source and not described and name.split("/")[0] in TARGET_FOLDERS and name not in known:
            commands.append({"directory": str(root), "file": str(root / name), "arguments": [*target, name]})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(commands, indent=1))
