"""Trains resnet8: three pairs of 3x3 convolutions with shortcuts, for pictures of 32x32."""

from zoo.common import pictures
from zoo.common.layers import classified, convolution, relu
from zoo.common.recipe import Recipe, make, tf

SIZE = 32
EACH = {"train": 2000, "test": 100}  # Pictures of each class.
WIDTHS = [16, 32, 64]


def network():
    layers = tf.keras.layers
    picture = layers.Input((SIZE, SIZE, 3))
    x = relu(convolution(picture, WIDTHS[0], 3))
    for width in WIDTHS:
        stride = width // x.shape[-1]
        y = relu(convolution(x, width, 3, stride))
        y = convolution(y, width, 3)
        shortcut = x if stride == 1 else convolution(x, width, 1, stride)
        x = relu(layers.Add()([y, shortcut]))
    return tf.keras.Model(picture, classified(x, len(pictures.LABELS)))


if __name__ == "__main__":
    make(Recipe(
        name="resnet8",
        description="A residual network of eight layers that tells ten kinds of clothes apart in a small colour "
                    "picture.",
        network=network,
        weights=77360,
        **pictures.recipe(pictures.LABELS, EACH, SIZE),
        epochs=6,
        batch=64,
        rate=2e-3,
    ))
