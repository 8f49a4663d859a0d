"""Mono 16-bit WAV files as int16 arrays."""

import wave

import numpy as np


def read(path, rate=16000):
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (rate, 1, 2):
            raise ValueError(f"{path}: {rate} Hz 16-bit mono is needed")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def write(path, samples, rate=16000):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(np.asarray(samples, dtype="<i2").tobytes())
