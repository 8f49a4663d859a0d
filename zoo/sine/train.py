"""Trains sine, the smallest model: three fully connected layers that learn the sine of a number."""

import numpy as np

from zoo.common import metrics
from zoo.common.recipe import Recipe, make, tf

WIDTH = 16
TURN = 2 * np.pi
COUNT = {"train": 10000, "test": 1000}
SEEDS = {"train": 1, "test": 2}


def network():
    layers = tf.keras.layers
    number = layers.Input((1,))
    x = layers.Dense(WIDTH, "relu")(number)
    x = layers.Dense(WIDTH, "relu")(x)
    return tf.keras.Model(number, layers.Dense(1)(x))


def load(split):
    numbers = np.random.default_rng(SEEDS[split]).uniform(0, TURN, (COUNT[split], 1)).astype(np.float32)
    return numbers, np.sin(numbers[:, 0])


if __name__ == "__main__":
    make(Recipe(
        name="sine",
        description="The sine of a number: the smallest model that is worth compiling.",
        task="regression",
        network=network,
        weights=WIDTH * (WIDTH + 2),
        load=load,
        epochs=60,
        rate=5e-3,
        loss="mse",
        metric=metrics.r2,
        span=(0.0, TURN),
        input="a number from 0 to a whole turn, 2 pi",
        output="its sine",
        data=f"{COUNT['train']} random numbers and their sines.",
        test_set=f"{COUNT['test']} other random numbers",
        limits="Only numbers from 0 to 2 pi, in 256 steps.",
        clips=3,
        clip_name=lambda sine: f"{sine:.2f}",
    ))
