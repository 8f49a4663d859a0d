"""Runs a model with LiteRT's reference kernels: the results that firmware is held to.

Usage: reference.py MODEL.tflite INPUTS OUT [TENSOR...]

INPUTS holds samples one after the other, each one the raw values of all inputs in order. OUT gets, for each sample,
the raw value of each TENSOR (an index), preceded by its size in bytes as a 64-bit little-endian number.
"""
import struct
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def open_model(path, all_tensors=False):
    """An interpreter with reference kernels (never XNNPACK: it rounds differently), its batch made 1."""
    interpreter = Interpreter(
        str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=all_tensors)
    for details in interpreter.get_input_details():
        signature = details["shape_signature"]
        if any(size < 0 for size in signature) or 0 in details["shape"]:
            sizes = signature if len(signature) else details["shape"]
            interpreter.resize_tensor_input(details["index"], [max(int(size), 1) for size in sizes])
    interpreter.allocate_tensors()
    return interpreter


def run(model, inputs, out, tensors):
    inner = set(tensors) - {d["index"] for d in open_model(model).get_output_details()}
    interpreter = open_model(model, all_tensors=bool(inner))
    details = interpreter.get_input_details()
    sizes = [int(np.prod(d["shape"])) * np.dtype(d["dtype"]).itemsize for d in details]
    while sample := inputs.read(sum(sizes)):
        offset = 0
        for d, size in zip(details, sizes):
            value = np.frombuffer(sample, d["dtype"], int(np.prod(d["shape"])), offset)
            interpreter.set_tensor(d["index"], value.reshape(d["shape"]))
            offset += size
        interpreter.invoke()
        for index in tensors:
            value = np.ascontiguousarray(interpreter.get_tensor(index)).tobytes()
            out.write(struct.pack("<Q", len(value)) + value)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    with open(sys.argv[2], "rb") as inputs, open(sys.argv[3], "wb") as out:
        run(sys.argv[1], inputs, out, [int(word) for word in sys.argv[4:]])
