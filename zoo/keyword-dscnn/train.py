"""Trains keyword-dscnn: depthwise separable convolutions that pick a command out of a second of sound."""

from zoo.common.layers import classified, convolution, relu, separable
from zoo.common.recipe import Recipe, make, tf

from . import data

WIDTH = 64
BLOCKS = 4
FIRST = (10, 4)  # Frames by coefficients that the first convolution sees.


def network():
    layers = tf.keras.layers
    second = layers.Input((data.FRAMES, data.COEFFICIENTS, 1))
    x = relu(convolution(second, WIDTH, FIRST, 2))
    x = layers.Dropout(0.2)(x)
    for _ in range(BLOCKS):
        x = separable(x, WIDTH)
    x = layers.Dropout(0.3)(x)
    return tf.keras.Model(second, classified(x, len(data.LABELS)))


if __name__ == "__main__":
    spoken, others = data.SPOKEN["train"], len(data.OTHERS["train"])
    make(Recipe(
        name="keyword-dscnn",
        description="Hears which of ten commands was said, if any.",
        task="keyword spotting",
        network=network,
        weights=FIRST[0] * FIRST[1] * WIDTH + BLOCKS * (9 * WIDTH + WIDTH ** 2) + WIDTH * len(data.LABELS),
        load=data.load,
        epochs=25,
        batch=64,
        rate=2e-3,
        labels=data.LABELS,
        input=f"{data.FRAMES} frames of {data.COEFFICIENTS} mel-frequency cepstral coefficients, each less its mean "
              "over the second (data.py)",
        output="probability of each label",
        data=f"Speech by espeak-ng: {spoken} utterances of each command and {3 * spoken} of {others} other words, each "
             f"heard {data.HEARD['train']} times at a random place, 5 to 30 dB above random noise; as often, noise "
             "alone.",
        test_set=f"{data.SPOKEN['test']} utterances of each command, {3 * data.SPOKEN['test']} of "
                 f"{len(data.OTHERS['test'])} other words and {data.SPOKEN['test']} noises; voices and other words are "
                 "not those of training",
        limits="Synthesised speech and noise: the figures say little about people who speak.",
        clips=12,
        front_end={"kind": "mfcc", "sample_rate": data.RATE, "window": data.WINDOW, "hop": data.HOP,
                   "bands": data.BANDS, "coefficients": data.COEFFICIENTS, "frames": data.FRAMES, "lowest_hertz": 20,
                   "highest_hertz": 4000},
        recordings=data.recordings,
        test_inputs=100,
    ))
