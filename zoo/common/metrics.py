"""How good a model is, as one number of at most 1. Each takes real inputs, real outputs and what is expected."""

import numpy as np


def accuracy(_inputs, outputs, classes):
    """The share of examples whose greatest output is that of their class."""
    return float(np.mean(outputs.argmax(axis=1) == classes))


def confusion(outputs, classes):
    """Counts: rows the true classes, columns the answers."""
    matrix = np.zeros((outputs.shape[1],) * 2, dtype=int)
    np.add.at(matrix, (classes, outputs.argmax(axis=1)), 1)
    return matrix


def auc(inputs, outputs, anomalous):
    """How often an anomaly (1) is reproduced worse than something normal (0), by the mean squared error: the area
    under the receiver operating characteristic."""
    errors = np.mean((outputs - inputs) ** 2, axis=1)
    normal, strange = errors[anomalous == 0], errors[anomalous == 1]
    difference = strange[:, None] - normal[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def r2(_inputs, outputs, values):
    """The share of the values' variance that the outputs explain."""
    return float(1 - np.mean((outputs.reshape(values.shape) - values) ** 2) / np.var(values))
