"""Puts the trained model into the zoo: int8 accuracy with the reference kernels, test clips, card."""

import json
import shutil
from pathlib import Path

import numpy as np

from zoo.common import card, metrics, test_inputs, wav
from zoo.common.reference import Reference, describe
from zoo.miniresnet import data
from zoo.miniresnet.train import BUILD

FOLDER = Path("zoo/miniresnet")
MODEL = "miniresnet.tflite"
KEPT = slice(0, None, 40)  # Which examples of the test set, sorted by class, are kept with the model.
# Which example of the test set stands for its class: clear ones, loud enough to be heard.
CLIPS = {"speech": 1, "alarm": 10, "knock": 10, "engine": 8, "background": 0}


def write_clips():
    (FOLDER / "clips").mkdir(exist_ok=True)
    clips = []
    for label, number in CLIPS.items():
        file = f"clips/{label}.wav"
        wav.write(FOLDER / file, data.clip("test", label, number))
        clips.append({"file": file, "label": label})
    return clips


def main():
    arrays = np.load(BUILD / "data.npz")
    trained = json.loads((BUILD / "float.json").read_text())
    model = Reference(BUILD / MODEL)
    model.require_identity_input()
    patches, classes = arrays["test"], arrays["test_classes"]
    outputs = np.stack([model(patch) for patch in patches])
    matrix = metrics.confusion(outputs, classes)
    shutil.copyfile(BUILD / MODEL, FOLDER / MODEL)
    card.write(FOLDER, {
        "name": "miniresnet",
        "description": "A small residual network that tells what kind of sound a second of audio holds.",
        "task": "audio event classification",
        "model": MODEL,
        "front_end": {
            "kind": "log-mel", "sample_rate": 16000, "window": 512, "hop": 320, "bands": 64, "frames": 50,
            "lowest_hertz": 125, "highest_hertz": 7500, "steps_per_octave_of_power": 8,
        },
        "input": describe(model.input, "log-mel patch, mel bands by frames, as the front end makes it"),
        "output": describe(model.output, "probability of each label"),
        "labels": data.LABELS,
        "weights": trained["weights"],
        "macs": trained["macs"],
        "accuracy": {
            "metric": "accuracy",
            "float": round(trained["accuracy"], 4),
            "int8": round(float(np.trace(matrix) / matrix.sum()), 4),
            "test_set": f"{matrix.sum()} synthesised clips, {data.SPLITS['test']} of each class; int8 figures by "
                        "LiteRT's reference kernels",
            "confusion": matrix.tolist(),
        },
        "licence": "Apache-2.0",
        "data": "All sounds are synthesised by the recipe: speech by espeak-ng, the rest by the formulas in sounds.py, "
                "with random parameters, reverberation, loudness (3 to 45 dB below full scale) and a background 0 to "
                f"30 dB below the event. {data.SPLITS['train']} clips of each class train, "
                f"{data.SPLITS['validation']} validate. Languages, voices and words of speech are disjoint between "
                "training, validation and test; other sounds differ by seed only.",
        "limits": "The test set is synthesised too, so the accuracy says little about recordings of the real world: "
                  "the model is for testing and measuring, not for products.",
        "clips": write_clips(),
        "test_inputs": test_inputs.write(FOLDER, patches[KEPT], classes[KEPT],
                                         metrics.accuracy(None, outputs[KEPT], classes[KEPT])),
        "retrain": "zoo/miniresnet/train.sh",
    })


if __name__ == "__main__":
    main()
