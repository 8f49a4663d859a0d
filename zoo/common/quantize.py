"""Post-training quantization of a Keras model to int8, inputs and outputs included."""

import numpy as np
import tensorflow as tf


def to_int8(model, examples):
    """TFLite bytes of `model` with batch 1. `examples` (int8) calibrate the activations; the input is calibrated
    to exactly -128..127, so that an int8 example is its own quantized form: scale 1, zero point 0."""
    shape = (1, *examples.shape[1:])

    def representative():
        extremes = examples[:1].astype(np.float32)
        extremes.flat[:2] = -128.0, 127.0
        yield [extremes]
        for example in examples:
            yield [example.reshape(shape).astype(np.float32)]

    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(
        tf.TensorSpec(shape, tf.float32, name="input"))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def kernel_weights(model):
    """Number of weights of convolutions and fully connected layers, without biases."""
    return sum(int(np.prod(layer.kernel.shape)) for layer in model.layers if hasattr(layer, "kernel"))


def macs(model):
    """Multiply-accumulates of one inference, taps on padding counted."""
    total = 0
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            positions = np.prod(layer.output_shape[1:-1]) if len(layer.output_shape) == 4 else 1
            total += int(positions * np.prod(layer.kernel.shape))
    return total
