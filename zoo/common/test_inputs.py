"""Labelled inputs that are kept with a model, so that its score can be measured anywhere, on a board too."""

import numpy as np

from zoo.common import metrics
from zoo.common.reference import real

FILE = "test_inputs.npy"


def write(folder, stored, expected, score):
    """Writes the quantized inputs; returns what the card says of them. `score` is the reference kernels' on these."""
    np.save(folder / FILE, stored)
    numbers = expected.tolist() if expected.dtype.kind in "iu" else np.round(expected.astype(float), 6).tolist()
    return {"file": FILE, "expected": numbers, "int8": round(score, 4)}


def _real(tensor, stored):
    """`tensor` as the card describes it."""
    return real({"quantization": (tensor.get("scale", 0), tensor.get("zero_point", 0))}, stored)


def score(folder, card, run):
    """The card's metric on the test inputs; `run` makes the output of an input, both as they are stored."""
    kept = card["test_inputs"]
    stored = np.load(folder / kept["file"])
    outputs = np.stack([run(value) for value in stored])
    metric = getattr(metrics, card["accuracy"]["metric"])
    return round(metric(_real(card["input"], stored), _real(card["output"], outputs), np.array(kept["expected"])), 4)
