"""What the networks are built of."""

from zoo.common.recipe import tf


def normalised(x):
    """Batch normalization for short trainings: its averages follow the last few dozen batches."""
    return tf.keras.layers.BatchNormalization(momentum=0.95)(x)


def convolution(x, channels, size=1, stride=1):
    return normalised(tf.keras.layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x))


def depthwise(x, size=3, stride=1):
    return normalised(tf.keras.layers.DepthwiseConv2D(size, stride, padding="same", use_bias=False)(x))


def relu(x):
    return tf.keras.layers.ReLU()(x)


def separable(x, channels, stride=1):
    """A depthwise 3x3 and a pointwise convolution, MobileNet's block."""
    return relu(convolution(relu(depthwise(x, stride=stride)), channels))


def classified(x, classes):
    """The mean of each channel over the picture, and a probability for each class."""
    layers = tf.keras.layers
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    return layers.Softmax()(layers.Dense(classes)(layers.Flatten()(x)))
