"""Checks a zoo folder with the reference kernels: of a model with labels, that every clip is named right; that the test
inputs give the score of the card.

    python -m zoo.common.check zoo/miniresnet
"""

import json
import sys
from pathlib import Path

import numpy as np

from zoo.common import test_inputs, wav
from zoo.common.reference import Reference


def reader(card, model):
    """What makes an input from a file."""
    if "front_end" not in card:
        return np.load
    from zoo.common.front_end import patch  # Builds the C++, which other models don't need.

    model.require_identity_input()
    return lambda path: patch(card["front_end"]["kind"], wav.read(path))


def wrong_clips(folder, card, model):
    """One line for each clip whose answer is not its label."""
    if "labels" not in card:
        return []
    read = reader(card, model)
    answers = {clip["file"]: card["labels"][int(model(read(folder / clip["file"])).argmax())] for clip in card["clips"]}
    return [f"{folder / clip['file']} is taken for {answers[clip['file']]}" for clip in card["clips"]
            if answers[clip["file"]] != clip["label"]]


def wrong_score(folder, card, model):
    """A line if the test inputs give another score than the card says."""
    kept = card["test_inputs"]
    score = test_inputs.score(folder, card, model)
    print(f"{card['name']}: {card['accuracy']['metric']} {score}")
    return [] if score == kept["int8"] else [f"{folder / kept['file']}: {score}, but the card says {kept['int8']}"]


def main(folder):
    card = json.loads((folder / "card.json").read_text())
    model = Reference(folder / card["model"])
    wrong = wrong_clips(folder, card, model) + wrong_score(folder, card, model)
    return "\n".join(wrong) or None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
