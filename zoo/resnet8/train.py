"""Trains resnet8: three pairs of 3x3 convolutions with shortcuts, for pictures of 32x32."""

from zoo.common import pictures
from zoo.common.recipe import Recipe, make, tf

SIZE = 32
EACH = {"train": 2000, "test": 100}  # Pictures of each class.
WIDTHS = [16, 32, 64]


def convolution(x, channels, size, stride=1, relu=True):
    layers = tf.keras.layers
    x = layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.95)(x)
    return layers.ReLU()(x) if relu else x


def network():
    layers = tf.keras.layers
    picture = layers.Input((SIZE, SIZE, 3))
    x = convolution(picture, WIDTHS[0], 3)
    for width in WIDTHS:
        stride = width // x.shape[-1]
        y = convolution(x, width, 3, stride)
        y = convolution(y, width, 3, relu=False)
        shortcut = x if stride == 1 else convolution(x, width, 1, stride, relu=False)
        x = layers.ReLU()(layers.Add()([y, shortcut]))
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Dense(len(pictures.LABELS))(layers.Flatten()(x))
    return tf.keras.Model(picture, layers.Softmax()(x))


def load(split):
    return pictures.load(split, pictures.LABELS, EACH[split], SIZE)


if __name__ == "__main__":
    make(Recipe(
        name="resnet8",
        description="A residual network of eight layers that tells ten kinds of clothes apart in a small colour "
                    "picture.",
        task="image classification",
        network=network,
        weights=77360,
        load=load,
        epochs=6,
        batch=64,
        rate=2e-3,
        span=pictures.SPAN,
        labels=pictures.LABELS,
        input=pictures.MEANING,
        output="probability of each label",
        data=f"{pictures.DATA} {EACH['train']} pictures of each class train.",
        test_set=f"{EACH['test'] * len(pictures.LABELS)} pictures, {EACH['test']} of each class, {pictures.TEST_SET}",
        limits=pictures.LIMITS,
    ))
