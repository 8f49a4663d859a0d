"""Runs a quantized model with LiteRT's reference kernels, the ones that define the right answer."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


class Reference:
    """One int8 input, one int8 output."""

    def __init__(self, path):
        self._interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        self._interpreter.allocate_tensors()
        [self.input] = self._interpreter.get_input_details()
        [self.output] = self._interpreter.get_output_details()

    def __call__(self, value):
        """`value` is int8 of the input's shape without the batch."""
        self._interpreter.set_tensor(self.input["index"], value[np.newaxis])
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self.output["index"])[0].copy()

    def require_identity_input(self):
        """Fails unless the quantized input is the front end's output as it is."""
        found = (self.input["dtype"], *self.input["quantization"])
        if found != (np.int8, 1.0, 0):
            raise SystemExit(f"the input must be int8 with scale 1 and zero point 0, it is {found}")
