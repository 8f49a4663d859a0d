"""Writes the small models of the tests: some that compile, and one for each way in which a model can be unfit.

Usage: make_models.py FOLDER
"""
import pathlib
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from builder import Graph, Op, Type, write

RELU = schema.ActivationFunctionType.RELU
RELU6 = schema.ActivationFunctionType.RELU6


def fully_connected(g, x, units, scale_in, scale_out, activation=0, type=Type.INT8):
    depth = g.graph.tensors[x].shape[-1]
    w = g.tensor([units, depth], Type.INT8, 0.01, data=g.random.integers(-127, 128, [units, depth]))
    y = g.tensor([1, units], type, scale_out, 0, signature=g.graph.tensors[x].shapeSignature and [-1, units])
    return g.op(Op.FULLY_CONNECTED, [x, w, g.bias(w, scale_in)], [y],
                schema.FullyConnectedOptionsT(fusedActivationFunction=activation))


def convolution(g, x, channels, scale_in, out_shape, stride=1, padding=schema.Padding.SAME):
    """3x3, ReLU."""
    w = g.weights([channels, 3, 3, g.graph.tensors[x].shape[-1]])
    y = g.tensor(out_shape, Type.INT8, 0.05, -128)
    return g.op(Op.CONV_2D, [x, w, g.bias(w, scale_in)], [y], schema.Conv2DOptionsT(
        padding=padding, strideH=stride, strideW=stride, fusedActivationFunction=RELU))


# --- models that compile ---

def dense(path):
    """Fully connected layers only."""
    g = Graph(1)
    x = g.tensor([1, 16], Type.INT8, 0.05, 3)
    h = fully_connected(g, x, 24, 0.05, 0.1, RELU)
    y = fully_connected(g, h, 5, 0.1, 0.2)
    g.write(path, [x], [y])


def dynamic_batch(path):
    """A batch of any size."""
    g = Graph(2)
    x = g.tensor([1, 16], Type.INT8, 0.05, 3, signature=[-1, 16])
    g.write(path, [x], [fully_connected(g, x, 7, 0.05, 0.1)])


def float_ends(path):
    """Float input and output around a quantized convolution and mean."""
    g = Graph(3)
    x = g.tensor([1, 8, 8, 3], Type.FLOAT32)
    q = g.op(Op.QUANTIZE, [x], [g.tensor([1, 8, 8, 3], Type.INT8, 0.02, -5)], schema.QuantizeOptionsT())
    c = convolution(g, q, 8, 0.02, [1, 4, 4, 8], stride=2)
    axes = g.tensor([2], Type.INT32, data=[1, 2])
    m = g.op(Op.MEAN, [c, axes], [g.tensor([1, 8], Type.INT8, 0.05, -128)], schema.ReducerOptionsT())
    y = g.op(Op.DEQUANTIZE, [m], [g.tensor([1, 8], Type.FLOAT32)], schema.DequantizeOptionsT())
    g.write(path, [x], [y])


def two_ends(path):
    """Two uint8 inputs of different size, two uint8 outputs of different size."""
    g = Graph(4)
    a = g.tensor([1, 4, 4, 2], Type.UINT8, 0.05, 128)
    b = g.tensor([1, 1, 1, 2], Type.UINT8, 0.03, 100)
    qa = g.op(Op.QUANTIZE, [a], [g.tensor([1, 4, 4, 2], Type.INT8, 0.05, 0)], schema.QuantizeOptionsT())
    qb = g.op(Op.QUANTIZE, [b], [g.tensor([1, 1, 1, 2], Type.INT8, 0.03, -28)], schema.QuantizeOptionsT())
    s = g.op(Op.ADD, [qa, qb], [g.tensor([1, 4, 4, 2], Type.INT8, 0.07, 2)], schema.AddOptionsT())
    p = g.op(Op.MAX_POOL_2D, [s], [g.tensor([1, 2, 2, 2], Type.INT8, 0.07, 2)], schema.Pool2DOptionsT(
        padding=schema.Padding.VALID, strideH=2, strideW=2, filterHeight=2, filterWidth=2))
    y = g.op(Op.QUANTIZE, [s], [g.tensor([1, 4, 4, 2], Type.UINT8, 0.07, 130)], schema.QuantizeOptionsT())
    z = g.op(Op.QUANTIZE, [p], [g.tensor([1, 2, 2, 2], Type.UINT8, 0.07, 130)], schema.QuantizeOptionsT())
    g.write(path, [a, b], [y, z])


def argmax(path):
    """An int32 output."""
    g = Graph(5)
    x = g.tensor([1, 6, 6, 2], Type.INT8, 0.05, 3)
    c = convolution(g, x, 4, 0.05, [1, 6, 6, 4])
    axis = g.tensor([1], Type.INT32, data=[3])
    y = g.op(Op.ARG_MAX, [c, axis], [g.tensor([1, 6, 6], Type.INT32)],
             schema.ArgMaxOptionsT(outputType=Type.INT32))
    g.write(path, [x], [y])


def ad_like(path, per_channel=False):
    """A fully connected autoencoder of the size that detects anomalies in sound; ReLU between its layers."""
    g = Graph(16)
    values = g.random.normal(0, 1, [200, 640])  # what random inputs become, layer by layer, to choose scales by
    scale = 8 / 255
    x = first = g.tensor([1, 640], Type.INT8, scale, 0)
    widths = [128] * 4 + [8] + [128] * 4 + [640]
    for i, units in enumerate(widths):
        depth = values.shape[1]
        weights = np.clip(np.rint(g.random.normal(0, 0.3 * 127, [units, depth])), -127, 127)
        steps = np.sqrt(2 / depth) / weights.std() * np.ones(units if per_channel else 1)
        if per_channel:
            steps *= g.random.uniform(0.5, 1.5, units)
        biases = np.rint(g.random.normal(0, 0.3, units) / (scale * steps))
        values = values @ (weights * steps[:, None]).T + biases * scale * steps
        w = g.tensor(weights.shape, Type.INT8, steps, data=weights)
        b = g.tensor([units], Type.INT32, scale * steps, data=biases)
        last = i == len(widths) - 1
        if not last:
            values = np.maximum(values, 0)
        low, high = min(values.min(), 0), values.max()
        scale = (high - low) / 255
        y = g.tensor([1, units], Type.INT8, scale, round(-128 - low / scale))
        x = g.op(Op.FULLY_CONNECTED, [x, w, b], [y], schema.FullyConnectedOptionsT(
            fusedActivationFunction=0 if last else RELU))
    g.write(path, [first], [x])


def ad_like_per_channel(path):
    """The same with a scale for each row of weights."""
    ad_like(path, per_channel=True)


def movement(path):
    """Padding before a convolution, and alone; slices, transpositions, concatenations."""
    g = Graph(16)

    def moved(code, inputs, shape, options=None, numbers=()):
        like = g.graph.tensors[inputs[0]].quantization
        constants = [g.tensor(np.shape(n), Type.INT32, data=n) for n in numbers]
        return g.op(code, [*inputs, *constants], [g.tensor(shape, Type.INT8, like.scale, like.zeroPoint[0])], options)

    x = g.tensor([1, 8, 8, 4], Type.INT8, 0.05, 3)
    p = moved(Op.PAD, [x], [1, 11, 11, 4], schema.PadOptionsT(), [[[0, 0], [1, 2], [2, 1], [0, 0]]])
    c = convolution(g, p, 6, 0.05, [1, 9, 9, 6], padding=schema.Padding.VALID)
    a = moved(Op.SLICE, [c], [1, 5, 6, 3], schema.SliceOptionsT(), [[0, 1, 2, 1], [1, 5, 6, 3]])
    t = moved(Op.TRANSPOSE, [a], [1, 6, 5, 3], schema.TransposeOptionsT(), [[0, 2, 1, 3]])
    b = moved(Op.SLICE, [c], [1, 6, 5, 4], schema.SliceOptionsT(), [[0, 0, 0, 0], [1, 6, 5, 4]])
    both = moved(Op.CONCATENATION, [t, b], [1, 6, 5, 7], schema.ConcatenationOptionsT(axis=3))
    q = moved(Op.PAD, [both], [1, 8, 7, 7], schema.PadOptionsT(), [[[0, 0], [1, 1], [0, 2], [0, 0]]])
    m = g.op(Op.MAX_POOL_2D, [q], [g.tensor([1, 4, 3, 7], Type.INT8, 0.05, -128)], schema.Pool2DOptionsT(
        padding=schema.Padding.VALID, strideH=2, strideW=2, filterHeight=2, filterWidth=2))
    y = moved(Op.TRANSPOSE, [m], [1, 7, 4, 3], schema.TransposeOptionsT(), [[0, 3, 1, 2]])
    z = moved(Op.PAD, [b], [1, 6, 5, 7], schema.PadOptionsT(), [[[0, 0], [0, 0], [0, 0], [2, 1]]])
    g.write(path, [x], [y, z])


def pool(g, x, code, shape, kernel, stride, padding=schema.Padding.SAME, activation=0):
    like = g.graph.tensors[x].quantization
    return g.op(code, [x], [g.tensor(shape, Type.INT8, like.scale, like.zeroPoint[0])], schema.Pool2DOptionsT(
        padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=kernel[0], filterWidth=kernel[1],
        fusedActivationFunction=activation))


def pools(path):
    """Pools with windows of every kind, with and without activations."""
    g = Graph(17)
    x = g.tensor([1, 9, 11, 7], Type.INT8, 0.05, -20)
    ends = [
        pool(g, x, Op.AVERAGE_POOL_2D, [1, 5, 4, 7], (2, 5), (2, 3)),
        pool(g, x, Op.AVERAGE_POOL_2D, [1, 7, 4, 7], (3, 4), (1, 2), schema.Padding.VALID, RELU),
        pool(g, x, Op.AVERAGE_POOL_2D, [1, 1, 1, 7], (9, 11), (1, 1), schema.Padding.VALID, RELU6),
        pool(g, x, Op.MAX_POOL_2D, [1, 3, 11, 7], (4, 3), (3, 1)),
        pool(g, x, Op.MAX_POOL_2D, [1, 4, 5, 7], (2, 2), (2, 2), schema.Padding.VALID, RELU6),
        pool(g, x, Op.MAX_POOL_2D, [1, 1, 1, 7], (9, 11), (1, 1), schema.Padding.VALID),
    ]
    g.write(path, [x], ends)


def means(path):
    """Means over pictures, over other dimensions, and from one scale to another."""
    g = Graph(18)
    x = g.tensor([1, 5, 6, 9], Type.INT8, 0.04, -20)

    def mean(axes, shape, scale, zero):
        numbers = g.tensor([len(axes)], Type.INT32, data=axes)
        return g.op(Op.MEAN, [x, numbers], [g.tensor(shape, Type.INT8, scale, zero)],
                    schema.ReducerOptionsT(keepDims=len(shape) == 4))

    ends = [mean([1, 2], [1, 9], 0.02, 5), mean([1, 2], [1, 1, 1, 9], 0.04, -20), mean([2], [1, 5, 9], 0.05, 0),
            mean([3], [1, 5, 6], 0.01, -128), mean([1, 3], [1, 6], 0.04, -20)]
    g.write(path, [x], ends)


def softmaxes(path):
    """Softmaxes of several sizes and scales."""
    g = Graph(19)
    ends = [(g.tensor(shape, Type.INT8, scale, zero), shape)
            for shape, scale, zero in [([1, 3], 0.3, 12), ([4, 20], 0.02, -128), ([2, 3, 2, 7], 0.1, 0),
                                       ([1, 300], 1.7, 127), ([5, 2], 0.1, 3)]]
    inputs = [x for x, _ in ends]
    outputs = [g.op(Op.SOFTMAX, [x], [g.tensor(shape, Type.INT8, 1 / 256, -128)], schema.SoftmaxOptionsT(beta=1))
               for x, shape in ends]
    g.write(path, inputs, outputs)


def elementwise(path):
    """Sums, products and functions of one tensor: gates, scalars, a residual, a hard swish step by step."""
    g = Graph(20)

    def made(code, inputs, shape, scale, zero, options=None):
        return g.op(code, inputs, [g.tensor(shape, Type.INT8, scale, zero)], options)

    def number(value, scale):
        return g.tensor([], Type.INT8, scale, 0, data=value)

    shape = [1, 5, 6, 7]
    x = g.tensor(shape, Type.INT8, 0.04, -20)
    gate = g.tensor([1, 1, 1, 7], Type.INT8, 0.0491, 11)
    c = convolution(g, x, 7, 0.04, shape)
    residual = made(Op.ADD, [x, c], shape, 0.0713, -128, schema.AddOptionsT(fusedActivationFunction=RELU))
    difference = made(Op.SUB, [gate, residual], shape, 0.0637, 9, schema.SubOptionsT())
    sigmoid = made(Op.LOGISTIC, [gate], [1, 1, 1, 7], 1 / 256, -128)
    gated = made(Op.MUL, [residual, sigmoid], shape, 0.0713, -128, schema.MulOptionsT())
    signed = made(Op.MUL, [x, difference], shape, 0.03, 2, schema.MulOptionsT())
    column = g.tensor([1, 5, 1, 1], Type.INT8, 0.0527, 3, data=[[[[7]], [[-9]], [[90]], [[0]], [[-128]]]])
    columns = made(Op.ADD, [column, gated], shape, 0.0811, 1, schema.AddOptionsT())
    above = made(Op.ADD, [x, number(100, 0.03)], shape, 0.05, -30, schema.AddOptionsT())
    six = made(Op.RELU6, [above], shape, 0.0235, -128)
    product = made(Op.MUL, [x, six], shape, 0.1, -100, schema.MulOptionsT())
    swish = made(Op.MUL, [product, number(127, 1 / 6 / 127)], shape, 0.02, -100, schema.MulOptionsT())
    leaky = made(Op.LEAKY_RELU, [signed], shape, 0.025, -40, schema.LeakyReluOptionsT(alpha=0.1))
    end = made(Op.QUANTIZE, [made(Op.TANH, [leaky], shape, 1 / 128, 0)], shape, 0.01, 20, schema.QuantizeOptionsT())
    g.write(path, [x, gate], [columns, swish, end])


def dead_channels(path):
    """Channels that never change or that nothing uses, through layers of most kinds."""
    g = Graph(21)
    x = g.tensor([1, 8, 8, 3], Type.INT8, 0.05, 3)

    def sums(code, x, shape, out_shape, zero, dead, options, unused=()):
        """A layer. Output channels of `dead` are only their bias; input channels of `unused` do nothing."""
        axis = 3 if code == Op.DEPTHWISE_CONV_2D else 0
        weights = np.clip(np.rint(g.random.normal(0, 40, shape)), -127, 127)
        np.moveaxis(weights, axis, 0)[list(dead)] = 0
        weights[..., list(unused)] = 0
        biases = g.random.integers(-2000, 2000, shape[axis])
        biases[list(dead)] = list(dead.values())
        scales = 0.01 * (1 + np.arange(shape[axis]) % 5 / 8)
        w = g.tensor(shape, Type.INT8, scales, data=weights, axis=axis)
        b = g.tensor(biases.shape, Type.INT32, scales * 0.05, data=biases)
        return g.op(code, [x, w, b], [g.tensor(out_shape, Type.INT8, 0.05, zero)], options)

    pointwise = schema.Conv2DOptionsT(padding=schema.Padding.VALID, strideH=1, strideW=1)
    # Channel 0 is the zero point, 1 is clamped to it; 2 is something else, and so matters where padding is.
    a = sums(Op.CONV_2D, x, [10, 3, 3, 3], [1, 8, 8, 10], -128, {0: 0, 1: -10**6, 2: 9000}, schema.Conv2DOptionsT(
        padding=schema.Padding.SAME, strideH=1, strideW=1, fusedActivationFunction=RELU))
    d = sums(Op.DEPTHWISE_CONV_2D, a, [1, 3, 3, 10], [1, 8, 8, 10], -128, {3: 5000}, schema.DepthwiseConv2DOptionsT(
        padding=schema.Padding.SAME, strideH=1, strideW=1, depthMultiplier=1, fusedActivationFunction=RELU))
    left = sums(Op.CONV_2D, d, [6, 1, 1, 10], [1, 8, 8, 6], -10, {5: 7000}, pointwise, unused=[4])
    right = sums(Op.CONV_2D, d, [6, 1, 1, 10], [1, 8, 8, 6], 4, {5: -7000, 1: 300}, pointwise, unused=[4, 6])
    both = g.op(Op.ADD, [left, right], [g.tensor([1, 8, 8, 6], Type.INT8, 0.07, 2)], schema.AddOptionsT())
    means = pool(g, both, Op.AVERAGE_POOL_2D, [1, 4, 4, 6], (2, 2), (2, 2), schema.Padding.VALID)
    most = pool(g, means, Op.MAX_POOL_2D, [1, 2, 2, 6], (2, 2), (2, 2), schema.Padding.VALID)
    shape = g.tensor([2], Type.INT32, data=[1, 24])
    flat = g.op(Op.RESHAPE, [most, shape], [g.tensor([1, 24], Type.INT8, 0.07, 2)],
                schema.ReshapeOptionsT(newShape=[1, 24]))
    g.write(path, [x], [fully_connected(g, flat, 5, 0.07, 0.2)])


# --- models that cannot be compiled ---

def float_only(path):
    g = Graph(6)
    x = g.tensor([1, 16], Type.FLOAT32)
    w = g.tensor([4, 16], Type.FLOAT32, data=g.random.normal(0, 1, [4, 16]))
    y = g.op(Op.FULLY_CONNECTED, [x, w, -1], [g.tensor([1, 4], Type.FLOAT32)], schema.FullyConnectedOptionsT())
    g.write(path, [x], [y])


def hybrid(path):
    g = Graph(7)
    x = g.tensor([1, 16], Type.FLOAT32)
    w = g.tensor([4, 16], Type.INT8, 0.01, data=g.random.integers(-127, 128, [4, 16]))
    y = g.op(Op.FULLY_CONNECTED, [x, w, -1], [g.tensor([1, 4], Type.FLOAT32)], schema.FullyConnectedOptionsT())
    g.write(path, [x], [y])


def dynamic_shape(path):
    g = Graph(8)
    x = g.tensor([1, 1, 4], Type.INT8, 0.05, signature=[1, -1, 4])
    y = g.op(Op.ADD, [x, x], [g.tensor([1, 1, 4], Type.INT8, 0.1, signature=[1, -1, 4])], schema.AddOptionsT())
    g.write(path, [x], [y])


def custom(path, names=("Frobnicate", "Whiten", "Frobnicate")):
    g = Graph(9)
    x = y = g.tensor([1, 4], Type.INT8, 0.05)
    for name in names:
        y = g.op(Op.CUSTOM, [y], [g.tensor([1, 4], Type.INT8, 0.05)], custom=name)
    g.write(path, [x], [y])


def flex(path):
    custom(path, ("FlexErf", "FlexRoll"))


def unsupported(path):
    """A builtin operator that LiteRT runs and the converter does not know, in the middle of a graph."""
    g = Graph(10)
    x = g.tensor([1, 16], Type.INT8, 0.05, 3)
    h = fully_connected(g, x, 8, 0.05, 0.1)
    k = g.tensor([], Type.INT32, data=2)
    values, places = g.tensor([1, 2], Type.INT8, 0.1), g.tensor([1, 2], Type.INT32)
    g.op(Op.TOPK_V2, [h, k], [values, places], schema.TopKV2OptionsT())
    g.write(path, [x], [values, places])


def elu(path):
    """An operator that LiteRT runs and on which the converter fails."""
    g = Graph(15)
    x = g.tensor([1, 16], Type.INT8, 0.05, 3)
    h = fully_connected(g, x, 8, 0.05, 0.1)
    g.write(path, [x], [g.op(Op.ELU, [h], [g.tensor([1, 8], Type.INT8, 0.1)])])


def control_flow(path):
    """A while loop, whose condition and body are graphs of their own."""
    g = Graph(11)
    x = g.tensor([1, 4], Type.INT8, 0.05)
    y = g.op(Op.WHILE, [x], [g.tensor([1, 4], Type.INT8, 0.05)],
             schema.WhileOptionsT(condSubgraphIndex=1, bodySubgraphIndex=2))
    model = g.model([x], [y])
    for name, type, shape in [("condition", Type.BOOL, []), ("body", Type.INT8, [1, 4])]:
        inner = Graph()
        a = inner.tensor([1, 4], Type.INT8, 0.05)
        inner.graph.name, inner.graph.inputs = name, [a]
        inner.graph.outputs = [inner.tensor(shape, type)]
        model.subgraphs.append(inner.graph)
    write(model, path)


def variable(path):
    g = Graph(12)
    x = g.tensor([1, 4], Type.INT8, 0.05)
    state = g.tensor([1, 4], Type.INT8, 0.05, variable=True, name="memory")
    y = g.op(Op.ADD, [x, state], [g.tensor([1, 4], Type.INT8, 0.05)], schema.AddOptionsT())
    g.write(path, [x], [y])


def string(path):
    g = Graph(13)
    x = g.tensor([1], Type.STRING, name="sentence")
    y = g.op(Op.RESHAPE, [x], [g.tensor([1], Type.STRING)], schema.ReshapeOptionsT(newShape=[1]))
    g.write(path, [x], [y])


def bad_index(path):
    g = Graph(14)
    x = g.tensor([1, 4], Type.INT8, 0.05)
    g.op(Op.ADD, [x, 77], [g.tensor([1, 4], Type.INT8, 0.05)], schema.AddOptionsT())
    g.write(path, [x], [1])


GOOD = [dense, dynamic_batch, float_ends, two_ends, argmax, ad_like, ad_like_per_channel, movement, pools,
        means, softmaxes, elementwise, dead_channels]
BAD = [float_only, hybrid, dynamic_shape, custom, flex, unsupported, elu, control_flow, variable, string, bad_index]

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in GOOD + BAD:
        make(folder / f"{make.__name__}.tflite")
