"""Trains autoencoder: it learns to reproduce the sound of a sound machine; what it reproduces badly is an anomaly."""

import numpy as np

from zoo.autoencoder import machine
from zoo.common import metrics
from zoo.common.layers import normalised, relu
from zoo.common.recipe import Recipe, make, tf

SIZE = machine.FRAMES * machine.BANDS
WIDTH = 128
NECK = 8
SOUNDS = 2500  # To train with, of FROM_EACH stretches each.
FROM_EACH = 10
TESTS = 500  # Of each kind, normal and with a fault; a sound each.
KINDS = ["normal", "anomaly"]


def network():
    layers = tf.keras.layers
    sound = layers.Input((SIZE,))
    x = sound
    for width in [WIDTH] * 4 + [NECK] + [WIDTH] * 4:
        x = layers.Dense(width, use_bias=False)(x)
        x = relu(normalised(x))
    return tf.keras.Model(sound, layers.Dense(SIZE)(x))


def load(split):
    if split == "train":
        rng = np.random.default_rng(1)
        sounds = np.concatenate([machine.patches(rng, FROM_EACH) for _ in range(SOUNDS)])
        return sounds.astype(np.float32), np.zeros(len(sounds), int)
    rng = np.random.default_rng(2)
    kinds = rng.permutation(np.repeat([0, 1], TESTS))
    sounds = [machine.patches(rng, 1, rng.choice(machine.FAULTS) if kind else None) for kind in kinds]
    return np.concatenate(sounds).astype(np.float32), kinds


if __name__ == "__main__":
    make(Recipe(
        name="autoencoder",
        description="Reproduces the sound of a machine that runs as it should. What comes out unlike what went in is "
                    "an anomaly: the score is the mean squared difference.",
        task="anomaly detection",
        network=network,
        weights=2 * (SIZE * WIDTH + 3 * WIDTH * WIDTH + WIDTH * NECK),
        load=load,
        epochs=25,
        batch=128,
        loss="mse",
        targets=lambda inputs, _: inputs,
        metric=metrics.auc,
        input=f"{machine.FRAMES} frames after one another, each the power in {machine.BANDS} mel bands, eight steps "
              "an octave",
        output="the same, as a sound machine would have it",
        data=f"The sound of a motor with a fan, synthesised by machine.py: {SOUNDS} seconds of it, each with a speed, "
             "background and level of its own. Anomalies, only in the test set: a worn bearing, imbalance, squealing, "
             "something loose, weak blades; all of random strength.",
        test_set=f"{TESTS} normal stretches and {TESTS} with a fault, each of 0.2 s; the figures are areas under the "
                 "receiver operating characteristic",
        limits="One synthesised machine: the figures say nothing about real ones.",
        clips=2,
        clip_name=lambda kind: KINDS[kind],
    ))
