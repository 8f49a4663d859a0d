"""Checks a zoo folder: its model, through the C++ front end and the reference kernels, names every clip right.

    python -m zoo.common.check_clips zoo/miniresnet
"""

import json
import sys
from pathlib import Path

from zoo.common import wav
from zoo.common.log_mel import log_mel
from zoo.common.reference import Reference


def main(folder):
    card = json.loads((folder / "card.json").read_text())
    model = Reference(folder / card["model"])
    model.require_identity_input()
    wrong = 0
    for clip in card["clips"]:
        scores = model(log_mel(wav.read(folder / clip["file"])))
        answer = card["labels"][int(scores.argmax())]
        wrong += answer != clip["label"]
        score = (int(scores.max()) - card["output"]["zero_point"]) * card["output"]["scale"]
        print(f"{clip['file']}: {answer} {score:.3f}")
    return f"{wrong} clips are named wrong" if wrong else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
