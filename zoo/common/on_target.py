"""Runs a model's test inputs on the default board, in the simulator, and notes the score in its card.

    python -m zoo.common.on_target zoo/miniresnet

THIMBLE_COMMAND names another build of the tool than ./thimble starts.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from zoo.common import card, test_inputs


def main(folder):
    page = json.loads((folder / "card.json").read_text())
    boards = set()
    with tempfile.TemporaryDirectory() as scratch:
        raw, report = Path(scratch) / "input", Path(scratch) / "report.json"

        def run(value):
            raw.write_bytes(value.tobytes())
            subprocess.run([os.environ.get("THIMBLE_COMMAND", "./thimble"), "run", folder / page["model"],
                            "--input", raw, "--json", report], check=True, capture_output=True)
            said = json.loads(report.read_text())
            boards.add(said["board"])
            return np.array(said["outputs"][0]).reshape(page["output"]["shape"][1:])

        score = test_inputs.score(folder, page, run)
    page["test_inputs"] |= {"target": score, "board": boards.pop()}
    card.write(folder, page)
    print(f"{page['name']}: {score} on the target")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
