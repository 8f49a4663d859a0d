"""Writes small .tflite files by hand: tensors and operators one by one, with LiteRT's own schema."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

Op = schema.BuiltinOperator
Type = schema.TensorType

NUMPY = {Type.FLOAT32: np.float32, Type.INT8: np.int8, Type.UINT8: np.uint8, Type.INT16: np.int16,
         Type.INT32: np.int32, Type.INT64: np.int64, Type.BOOL: np.bool_}


class Graph:
    def __init__(self, seed=1):
        self.random = np.random.default_rng(seed)
        self.buffers = [schema.BufferT()]  # buffer 0 is empty by convention
        self.codes = []
        self.graph = schema.SubGraphT(tensors=[], operators=[], name="main")

    def tensor(self, shape, type=Type.INT8, scale=None, zero=0, data=None, axis=0, signature=None, name=None,
               variable=False):
        """A tensor; constant when data is given; quantized when a scale (or one for each index of axis) is."""
        index = len(self.graph.tensors)
        t = schema.TensorT(shape=list(shape), type=type, name=name or f"tensor_{index}", buffer=0)
        t.shapeSignature = signature
        t.isVariable = variable
        if scale is not None:
            scales = np.atleast_1d(np.asarray(scale, np.float32))
            t.quantization = schema.QuantizationParametersT(
                scale=scales, zeroPoint=np.full(len(scales), zero, np.int64), quantizedDimension=axis)
        if data is not None:
            raw = np.ascontiguousarray(data, NUMPY[type])
            t.buffer = len(self.buffers)
            self.buffers.append(schema.BufferT(data=np.frombuffer(raw.tobytes(), np.uint8)))
        self.graph.tensors.append(t)
        return index

    def weights(self, shape, scale=0.01, axis=0):
        """Constant int8 weights, bell-shaped as trained ones are, with a scale for each index of axis."""
        data = np.clip(np.rint(self.random.normal(0, 40, shape)), -127, 127)
        return self.tensor(shape, Type.INT8, scale * (1 + np.arange(shape[axis]) % 5 / 8), data=data, axis=axis)

    def bias(self, weights, input_scale, axis=0):
        """Constant int32 biases for weights, in the scale of the products."""
        scale = self.graph.tensors[weights].quantization.scale * input_scale
        data = self.random.integers(-2000, 2000, self.graph.tensors[weights].shape[axis])
        return self.tensor([len(data)], Type.INT32, scale, data=data)

    def op(self, code, inputs, outputs, options=None, custom=None):
        key = (code, custom)
        if key not in self.codes:
            self.codes.append(key)
        o = schema.OperatorT(opcodeIndex=self.codes.index(key), inputs=inputs, outputs=outputs)
        if options is not None:
            o.builtinOptions = options
            o.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self.graph.operators.append(o)
        return outputs[0]

    def model(self, inputs, outputs):
        self.graph.inputs = inputs
        self.graph.outputs = outputs
        codes = [schema.OperatorCodeT(deprecatedBuiltinCode=min(code, 127), builtinCode=code, customCode=custom,
                                      version=1 if code in (Op.CUSTOM, Op.RESHAPE) else 2)
                 for code, custom in self.codes]
        return schema.ModelT(version=3, operatorCodes=codes, subgraphs=[self.graph], buffers=self.buffers)

    def write(self, path, inputs, outputs):
        write(self.model(inputs, outputs), path)


def write(model, path):
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(path, "wb") as file:
        file.write(builder.Output())
