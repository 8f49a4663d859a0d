"""Trains mobilenet-v1-025: depthwise separable convolutions at a quarter of MobileNet's width, for 96x96 pixels."""

from zoo.common import pictures
from zoo.common.layers import classified, convolution, relu, separable
from zoo.common.recipe import Recipe, make, tf

SIZE = 96
EACH = {"train": 2500, "test": 100}  # Pictures of each class.
STEM = 8
# Stride of the depthwise and output channels of the pointwise convolution.
BLOCKS = [(1, 16), (2, 32), (1, 32), (2, 64), (1, 64), (2, 128), *[(1, 128)] * 5, (2, 256), (1, 256)]


def network():
    picture = tf.keras.layers.Input((SIZE, SIZE, 3))
    x = relu(convolution(picture, STEM, 3, 2))
    for stride, channels in BLOCKS:
        x = separable(x, channels, stride)
    return tf.keras.Model(picture, classified(x, len(pictures.LABELS)))


if __name__ == "__main__":
    make(Recipe(
        name="mobilenet-v1-025",
        description="A MobileNet of a quarter of the usual width that tells ten kinds of clothes apart in a colour "
                    "picture.",
        network=network,
        weights=210160,
        **pictures.recipe(pictures.LABELS, EACH, SIZE),
        epochs=12,
        rate=2e-3,
        test_inputs=10,
        clips=3,
    ))
