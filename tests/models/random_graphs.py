"""Writes models of random structure: branches, residuals, concatenations, several ends.

Usage: random_graphs.py FOLDER FIRST COUNT
"""
import pathlib
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from builder import Graph, Op, Type

RELU = schema.ActivationFunctionType.RELU
SAME = schema.Padding.SAME


class RandomGraph:
    """Grows a graph by layers on tensors that it has, recent ones above all. All are pictures."""

    def __init__(self, seed):
        self.g = Graph(seed)
        self.random = self.g.random
        self.used = set()
        self.pictures = []
        self.add(self.g.tensor(self.first_shape(), Type.INT8, 0.04, self.zero()), 3.0)
        self.inputs = list(self.pictures)

    def pick(self, low, high):
        return int(self.random.integers(low, high + 1))

    def zero(self):
        return self.pick(-128, 100)

    def first_shape(self):
        return [1, self.pick(5, 20), self.pick(5, 20), self.pick(1, 6)]

    def add(self, index, deviation):
        """A tensor, and about how far its real values spread."""
        self.pictures.append((index, deviation))

    def shape(self, index):
        return list(self.g.graph.tensors[index].shape)

    def recent(self, fits=lambda shape: True):
        """A picture, rather a late one."""
        found = [one for one in self.pictures if fits(self.shape(one[0]))]
        return found[max(0, len(found) - self.pick(1, 4))] if found else None

    def made(self, code, inputs, shape, deviation, options, like=None):
        """A layer whose output spreads over its type, or has the scale of `like`."""
        if like is None:
            scale, zero = deviation / 45, self.zero()
        else:
            quantization = self.g.graph.tensors[like].quantization
            scale, zero = quantization.scale, quantization.zeroPoint[0]
        self.used.update(inputs)
        self.add(self.g.op(code, inputs, [self.g.tensor(shape, Type.INT8, scale, zero)], options), deviation)

    def window(self, x):
        """Kernel, stride and the shape that they leave of a picture, padded."""
        kernel, stride = self.pick(0, 2) * 2 + 1, 1 if self.pick(0, 3) else 2
        _, height, width, _ = self.shape(x)
        return kernel, stride, -(-height // stride), -(-width // stride)

    def convolution(self):
        x, deviation = self.recent()
        kernel, stride, height, width = self.window(x)
        depth, channels = self.shape(x)[3], self.pick(1, 14)
        w = self.g.weights([channels, kernel, kernel, depth])
        bias = self.g.bias(w, self.g.graph.tensors[x].quantization.scale[0])
        self.made(Op.CONV_2D, [x, w, bias], [1, height, width, channels], deviation * 0.5 * kernel * np.sqrt(depth),
                  schema.Conv2DOptionsT(padding=SAME, strideH=stride, strideW=stride,
                                        fusedActivationFunction=RELU * self.pick(0, 1)))

    def depthwise(self):
        x, deviation = self.recent()
        kernel, stride, height, width = self.window(x)
        depth = self.shape(x)[3]
        w = self.g.weights([1, kernel, kernel, depth], axis=3)
        bias = self.g.bias(w, self.g.graph.tensors[x].quantization.scale[0], axis=3)
        self.made(Op.DEPTHWISE_CONV_2D, [x, w, bias], [1, height, width, depth], deviation * 0.5 * kernel,
                  schema.DepthwiseConv2DOptionsT(padding=SAME, strideH=stride, strideW=stride, depthMultiplier=1,
                                                 fusedActivationFunction=RELU * self.pick(0, 1)))

    def pool(self):
        x, deviation = self.recent()
        _, height, width, depth = self.shape(x)
        if min(height, width) < 2:
            return
        code = (Op.MAX_POOL_2D, Op.AVERAGE_POOL_2D)[self.pick(0, 1)]
        self.made(code, [x], [1, -(-height // 2), -(-width // 2), depth], deviation,
                  schema.Pool2DOptionsT(padding=SAME, strideH=2, strideW=2, filterHeight=2, filterWidth=2), like=x)

    def residual(self):
        """The sum or product of two pictures of one shape."""
        a, first = self.recent()
        other = self.recent(lambda shape: shape == self.shape(a))
        code, options = [(Op.ADD, schema.AddOptionsT()), (Op.MUL, schema.MulOptionsT())][self.pick(0, 4) == 0]
        deviation = first * other[1] if code == Op.MUL else np.hypot(first, other[1])
        self.made(code, [a, other[0]], self.shape(a), deviation, options)

    def concatenation(self):
        """Two pictures of one size, one behind the other; of one scale, as the operator wants it."""
        a, first = self.recent()
        _, height, width, depth = self.shape(a)
        other = self.recent(lambda shape: shape[1:3] == [height, width] and shape[3] + depth <= 30)
        if other is None:
            return
        parts = []
        for x, deviation in ((a, first), other):
            self.made(Op.QUANTIZE, [x], self.shape(x), deviation, schema.QuantizeOptionsT(),
                      like=parts[0] if parts else None)
            parts.append(self.pictures[-1][0])
        self.made(Op.CONCATENATION, parts, [1, height, width, depth + self.shape(other[0])[3]], first,
                  schema.ConcatenationOptionsT(axis=3), like=parts[0])

    def grow(self, layers):
        kinds = [self.convolution, self.convolution, self.depthwise, self.pool, self.residual, self.concatenation]
        for _ in range(layers):
            kinds[self.pick(0, len(kinds) - 1)]()

    def write(self, path):
        """What no layer uses is an output."""
        ends = [index for index, _ in self.pictures if index not in self.used and (index,) != self.inputs[0][:1]]
        self.g.write(path, [self.inputs[0][0]], ends)


def make(path, seed):
    graph = RandomGraph(seed)
    graph.convolution()
    graph.grow(graph.pick(4, 12))
    graph.write(path)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        make(folder / f"random_{seed}.tflite", seed)
