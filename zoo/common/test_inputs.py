"""Labelled inputs that are kept with a model, so that its score can be measured anywhere, on a board too."""

import numpy as np

FILE = "test_inputs.npy"


def write(folder, stored, expected, score):
    """Writes the quantized inputs; returns what the card says of them. `score` is the reference kernels' on these."""
    np.save(folder / FILE, stored)
    numbers = expected.tolist() if expected.dtype.kind in "iu" else np.round(expected.astype(float), 6).tolist()
    return {"file": FILE, "expected": numbers, "int8": round(score, 4)}
