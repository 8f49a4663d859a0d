"""Post-training quantization of a Keras model to int8; how much there is to store and to compute."""

import numpy as np
import tensorflow as tf


def to_tflite(model, examples, span=(-128.0, 127.0), input_type=tf.int8, output_type=tf.int8):
    """TFLite bytes of `model` with batch 1, int8 inside. `examples` calibrate the activations; the input is calibrated
    to exactly `span` (lowest, highest): by default, an int8 example is its own quantized form, scale 1, zero point
    0."""
    shape = (1, *examples.shape[1:])

    def representative():
        extremes = examples[:1].astype(np.float32)
        extremes.flat[:2] = span
        yield [extremes]
        for example in examples:
            yield [example.reshape(shape).astype(np.float32)]

    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(
        tf.TensorSpec(shape, tf.float32, name="input"))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = input_type
    converter.inference_output_type = output_type
    return converter.convert()


def _kernel(layer):
    """Of a convolution or a fully connected layer; None of another layer."""
    return getattr(layer, "depthwise_kernel", getattr(layer, "kernel", None))


def kernel_weights(model):
    """Number of weights of convolutions and fully connected layers, without biases."""
    return sum(int(np.prod(kernel.shape)) for kernel in map(_kernel, model.layers) if kernel is not None)


def macs(model):
    """Multiply-accumulates of one inference, taps on padding counted."""
    total = 0
    for layer in model.layers:
        kernel = _kernel(layer)
        if kernel is not None:
            positions = np.prod(layer.output_shape[1:-1]) if len(layer.output_shape) == 4 else 1
            total += int(positions * np.prod(kernel.shape))
    return total
