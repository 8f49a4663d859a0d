"""The C++ front ends for training and checks: the very code the host tool and the firmware run."""

import ctypes
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {"log-mel": (64, 50, 1), "mfcc": (49, 10, 1)}  # Of the patches, by what cards call the front end.
SOURCES = ["zoo/common/front_end_c.cc", "frontend/log_mel.cc", "frontend/mfcc.cc", "frontend/mel.cc",
           "frontend/fft.cc"]


def _build():
    """Compiles into a folder that the caller removes once the library is loaded."""
    folder = tempfile.TemporaryDirectory()
    library = Path(folder.name) / "libfront_end.so"
    subprocess.run(
        [os.environ.get("CXX", "c++"), "-std=c++2b", "-O2", "-fPIC", "-shared", "-I", ROOT,
         *(ROOT / source for source in SOURCES), "-o", library], check=True)
    return folder, library


def _load():
    folder, library = _build()
    with folder:
        loaded = ctypes.CDLL(str(library))
    functions = {kind: getattr(loaded, f"thimble_{kind.replace('-', '_')}_patch") for kind in SHAPES}
    for function in functions.values():
        function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
        function.restype = None
    return functions


_functions = _load()


def patch(kind, samples):
    """int16 samples at 16 kHz -> int8 patch of SHAPES[kind]."""
    samples = np.ascontiguousarray(samples, dtype=np.int16)
    made = np.empty(SHAPES[kind], dtype=np.int8)
    _functions[kind](samples.ctypes.data, samples.size, made.ctypes.data)
    return made
