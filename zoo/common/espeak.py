"""Speech by espeak-ng."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from zoo.common import wav

RATE = 16000
_ESPEAK_RATE = 22050


def _resample(samples, source, target):
    """Band-limited, by cutting the spectrum off."""
    length = int(samples.size * target / source)
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    return np.fft.irfft(spectrum, length) * length / samples.size


def say(text, voice, speed, pitch):
    """Float samples at 16 kHz without the silence around them. Speed in words a minute; pitch 0 to 99."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", path, text], check=True)
        samples = _resample(wav.read(path, _ESPEAK_RATE).astype(float), _ESPEAK_RATE, RATE)
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.max(np.abs(samples)))
    return samples[loud[0] : loud[-1] + 1]
