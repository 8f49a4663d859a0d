"""Trains efficientnet-lc: an EfficientNet of width 0.45 with squeeze and excitation, uint8 in, float32 out."""

from zoo.common import pictures
from zoo.common.layers import convolution, depthwise
from zoo.common.recipe import Recipe, make, tf

SIZE = 128
LABELS = ["trousers", "dress", "sneaker", "bag", "boot"]
EACH = {"train": 1600, "test": 100}  # Pictures of each class.
STEM = 16
TOP = 576
EXPANSION = 3
SQUEEZE = 0.25  # Of the block's input.
# Kernel, stride and output channels of every block. Where both fit, the input is added.
BLOCKS = [(3, 1, 8), (3, 2, 16), (3, 1, 16), (5, 2, 24), (5, 1, 24), (3, 2, 40), (3, 1, 40), (3, 1, 40),
          (5, 1, 48), (5, 1, 48), (5, 1, 48), (5, 2, 88), (5, 1, 88), (5, 1, 88), (5, 1, 88), (3, 1, 144)]


def relu6(x):
    return tf.keras.layers.ReLU(6.0)(x)


def gate(x, channels):
    """Squeeze and excitation: what the whole picture says about each channel. Squeezed channels begin well above
    zero: there are few, and if all of them died, nothing could be quantized."""
    layers = tf.keras.layers
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = relu6(layers.Conv2D(channels, 1, bias_initializer="ones")(y))
    y = layers.Conv2D(x.shape[-1], 1)(y)
    y = layers.Lambda(lambda z: tf.sigmoid(tf.clip_by_value(z, -4.0, 4.0)))(y)
    return layers.Multiply()([x, y])


def block(x, size, stride, channels, expansion):
    arriving = x.shape[-1]
    y = x if expansion == 1 else relu6(convolution(x, arriving * expansion))
    y = relu6(depthwise(y, size, stride))
    y = gate(y, int(arriving * SQUEEZE))
    y = convolution(y, channels)
    return tf.keras.layers.Add()([x, y]) if (stride, channels) == (1, arriving) and expansion > 1 else y


def network():
    layers = tf.keras.layers
    picture = layers.Input((SIZE, SIZE, 3))
    x = relu6(convolution(picture, STEM, 3, 2))
    for number, (size, stride, channels) in enumerate(BLOCKS):
        x = block(x, size, stride, channels, EXPANSION if number else 1)
    x = relu6(convolution(x, TOP))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return tf.keras.Model(picture, layers.Softmax()(layers.Dense(len(LABELS))(x)))


if __name__ == "__main__":
    make(Recipe(
        name="efficientnet-lc",
        description="A narrow EfficientNet that tells five kinds of clothes apart in a colour picture.",
        network=network,
        weights=485440,
        **pictures.recipe(LABELS, EACH, SIZE),
        epochs=6,
        input_type=tf.uint8,
        output_type=tf.float32,
        test_inputs=10,
        clips=2,
    ))
