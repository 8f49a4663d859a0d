"""Writes a copy of a model that is easier to compile: every tensor is named t<index>, so that what the converter
makes of it can be traced back, and every shape is static, with a batch of 1. Metadata and signatures are dropped.

Usage: canonical.py MODEL.tflite OUT.tflite
"""
import pathlib
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "reference"))


def settled_shapes(path, graph):
    """The shapes of all tensors once the inputs have a batch of 1."""
    from reference import open_model  # slow to load, and seldom needed

    interpreter = open_model(path, all_tensors=True)
    # A size that was unknown to the exporter and is not the batch may settle only while the operators run.
    if any(d < 0 for t in graph.tensors if t.shapeSignature is not None for d in t.shapeSignature[1:]):
        interpreter.invoke()
    shapes = {d["index"]: d["shape"] for d in interpreter.get_tensor_details()}
    return [shapes.get(i, t.shape) for i, t in enumerate(graph.tensors)]


def canonical(path):
    with open(path, "rb") as file:
        model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    graph = model.subgraphs[0]
    dynamic = any(d < 0 for t in graph.tensors if t.shapeSignature is not None for d in t.shapeSignature)
    shapes = settled_shapes(path, graph) if dynamic else [t.shape for t in graph.tensors]
    for index, (tensor, shape) in enumerate(zip(graph.tensors, shapes)):
        tensor.name = f"t{index}"
        tensor.shape = np.array([] if shape is None else shape, np.int32)  # writable
        if index in graph.inputs and len(tensor.shape) > 0:
            tensor.shape[0] = max(tensor.shape[0], 1)
        tensor.shapeSignature = None
    graph.name = "main"
    model.description = None
    model.metadata = model.metadataBuffer = model.signatureDefs = None
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return builder.Output()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    content = canonical(sys.argv[1])
    with open(sys.argv[2], "wb") as out:
        out.write(content)
