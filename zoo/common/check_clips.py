"""Checks a zoo folder: its model, through the front end and the reference kernels, names every clip right. What has no
labels is not checked.

    python -m zoo.common.check_clips zoo/miniresnet
"""

import json
import sys
from pathlib import Path

import numpy as np

from zoo.common import wav
from zoo.common.reference import Reference, real


def reader(card, model):
    """What makes an input from a file."""
    if "front_end" not in card:
        return np.load
    from zoo.common.log_mel import log_mel  # Builds the C++, which other models don't need.

    model.require_identity_input()
    return lambda path: log_mel(wav.read(path))


def main(folder):
    card = json.loads((folder / "card.json").read_text())
    model = Reference(folder / card["model"])
    read = reader(card, model)
    wrong = 0
    for clip in card["clips"] if "labels" in card else []:
        scores = real(model.output, model(read(folder / clip["file"])))
        answer = card["labels"][int(scores.argmax())]
        wrong += answer != clip["label"]
        print(f"{clip['file']}: {answer} {scores.max():.3f}")
    return f"{wrong} clips are named wrong" if wrong else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
