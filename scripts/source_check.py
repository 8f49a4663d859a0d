"""The light check of what clang-format does not see: Python and shell scripts parse, their lines are clean and of
bearable length, and a Python file opens by saying what it is for."""

import ast
import subprocess
import warnings

LINE = 120


def check_sources(root, names):
    """Checks the files (paths relative to root); returns one line for each thing that is wrong."""
    failures = []
    for name in names:
        path = root / name
        head = path.open("rb").read(32)
        python = name.endswith(".py")
        shell = name.endswith(".sh") or (head.startswith(b"#!") and b"bash" in head)
        if not (python or shell):
            continue
        text = path.read_text()
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip() or "\t" in line:
                failures.append(f"{name}:{number}: white space at the end, or a tab")
            if len(line) > LINE:
                failures.append(f"{name}:{number}: {len(line)} characters, more than {LINE}")
        if text and not text.endswith("\n") or text.endswith("\n\n"):
            failures.append(f"{name}: end with one newline")
        failures += check_python(name, text) if python else check_shell(root, name)
    return failures


def check_python(name, text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(text, name)
            compile(tree, name, "exec")
    except (SyntaxError, SyntaxWarning) as error:
        return [f"{name}: {error}"]
    if text and ast.get_docstring(tree) is None:
        return [f"{name}: say in a docstring what this file is for"]
    return []


def check_shell(root, name):
    result = subprocess.run(["bash", "-n", root / name], capture_output=True, text=True)
    return [result.stderr.strip()] if result.returncode else []
