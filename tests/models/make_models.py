"""Writes the small models of the tests: some that compile, and one for each way in which a model can be unfit.

Usage: make_models.py FOLDER
"""
import pathlib
import sys

from ai_edge_litert import schema_py_generated as schema
from builder import Graph, Op, Type, write

RELU = schema.ActivationFunctionType.RELU


def fully_connected(g, x, units, scale_in, scale_out, activation=0, type=Type.INT8):
    depth = g.graph.tensors[x].shape[-1]
    w = g.tensor([units, depth], Type.INT8, 0.01, data=g.random.integers(-127, 128, [units, depth]))
    y = g.tensor([1, units], type, scale_out, 0, signature=g.graph.tensors[x].shapeSignature and [-1, units])
    return g.op(Op.FULLY_CONNECTED, [x, w, g.bias(w, scale_in)], [y],
                schema.FullyConnectedOptionsT(fusedActivationFunction=activation))


def convolution(g, x, channels, scale_in, out_shape, stride=1):
    """3x3, same padding, ReLU."""
    w = g.weights([channels, 3, 3, g.graph.tensors[x].shape[-1]])
    y = g.tensor(out_shape, Type.INT8, 0.05, -128)
    return g.op(Op.CONV_2D, [x, w, g.bias(w, scale_in)], [y], schema.Conv2DOptionsT(
        padding=schema.Padding.SAME, strideH=stride, strideW=stride, fusedActivationFunction=RELU))


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


GOOD = [dense, dynamic_batch, float_ends, two_ends, argmax]
BAD = [float_only, hybrid, dynamic_shape, custom, flex, unsupported, elu, control_flow, variable, string, bad_index]

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in GOOD + BAD:
        make(folder / f"{make.__name__}.tflite")
