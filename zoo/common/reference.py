"""Runs a quantized model with LiteRT's reference kernels, the ones that define the right answer."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


class Reference:
    """One input, one output."""

    def __init__(self, path):
        self._interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        self._interpreter.allocate_tensors()
        [self.input] = self._interpreter.get_input_details()
        [self.output] = self._interpreter.get_output_details()

    def __call__(self, value):
        """`value` is of the input's type and shape without the batch."""
        self._interpreter.set_tensor(self.input["index"], value[np.newaxis])
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self.output["index"])[0].copy()

    def require_identity_input(self):
        """Fails unless the quantized input is the front end's output as it is."""
        found = (self.input["dtype"], *self.input["quantization"])
        if found != (np.int8, 1.0, 0):
            raise SystemExit(f"the input must be int8 with scale 1 and zero point 0, it is {found}")


def quantized(details, values):
    """Real values as the tensor stores them."""
    scale, zero_point = details["quantization"]
    limits = np.iinfo(details["dtype"])
    stored = np.round(np.asarray(values, np.float64) / scale) + zero_point
    return np.clip(stored, limits.min, limits.max).astype(details["dtype"])


def real(details, stored):
    """What the tensor's values stand for."""
    scale, zero_point = details["quantization"]
    return stored.astype(np.float64) if scale == 0 else (stored.astype(np.float64) - zero_point) * scale


def describe(details, meaning):
    """A tensor for a card."""
    scale, zero_point = details["quantization"]
    tensor = {"type": np.dtype(details["dtype"]).name, "shape": details["shape"].tolist()}
    if scale:
        tensor |= {"scale": float(scale), "zero_point": int(zero_point)}
    return tensor | {"meaning": meaning}
