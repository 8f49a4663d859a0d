"""A reference that is wrong, to see that it is noticed."""

from harness import PYTHON_TOOLS

# Stands in for the Python of the pinned environment: the reference's last output bit is wrong.
WRONG_REFERENCE = """#!/bin/sh
'{python}' "$@" || exit
case " $* " in
*/reference.py*) '{python}' -c 'import sys
with open(sys.argv[1], "r+b") as file:
    value = bytearray(file.read())
    value[-1] ^= 1
    file.seek(0)
    file.write(value)' "$5" ;;
esac
"""


def wrong_reference(folder):
    """Makes it in `folder`; returns the folder of tools for THIMBLE_PYTHON_BIN."""
    tools = folder / "tools"
    tools.mkdir()
    for tool in PYTHON_TOOLS.iterdir():
        if tool.name != "python":
            (tools / tool.name).symlink_to(tool)
    (tools / "python").write_text(WRONG_REFERENCE.format(python=PYTHON_TOOLS / "python"))
    (tools / "python").chmod(0o755)
    return tools
