"""The C++ log-mel front end for training and checks: the very code the host tool and the firmware run."""

import ctypes
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (64, 50, 1)
SOURCES = ["zoo/common/log_mel_c.cc", "frontend/log_mel.cc", "frontend/fft.cc"]


def _build():
    """Compiles into a folder that the caller removes once the library is loaded."""
    folder = tempfile.TemporaryDirectory()
    library = Path(folder.name) / "liblog_mel.so"
    subprocess.run(
        [os.environ.get("CXX", "c++"), "-std=c++2b", "-O2", "-fPIC", "-shared", "-I", ROOT,
         *(ROOT / source for source in SOURCES), "-o", library], check=True)
    return folder, library


def _load():
    folder, library = _build()
    with folder:
        function = ctypes.CDLL(str(library)).thimble_log_mel_patch
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    function.restype = None
    return function


_patch = _load()


def log_mel(samples):
    """int16 samples at 16 kHz -> int8 patch of shape (64 bands, 50 frames, 1)."""
    samples = np.ascontiguousarray(samples, dtype=np.int16)
    patch = np.empty(SHAPE, dtype=np.int8)
    _patch(samples.ctypes.data, samples.size, patch.ctypes.data)
    return patch
