"""The data set: one-second clips of five audio events, each the function of (split, class, number) alone."""

import numpy as np

from zoo.common.front_end import SHAPES, patch
from zoo.miniresnet import sounds
from zoo.miniresnet.speech import speech

LABELS = ["speech", "alarm", "knock", "engine", "background"]
SPLITS = {"train": 2000, "validation": 200, "test": 400}  # Clips of each class.
_SEEDS = {"train": 1, "validation": 2, "test": 3}


def _room(rng, signal):
    """A little reverberation and a random tilt of the spectrum."""
    tail = rng.standard_normal(4000) * np.exp(-sounds.TIME[:4000] / rng.uniform(0.005, 0.06))
    response = np.concatenate([[1.0], tail * rng.uniform(0, 0.15)])
    length = signal.size + response.size - 1
    wet = np.fft.irfft(np.fft.rfft(signal, length) * np.fft.rfft(response, length), length)
    spectrum = np.fft.rfft(wet[: signal.size])
    hertz = np.maximum(np.fft.rfftfreq(signal.size, 1 / sounds.RATE), 50.0)
    return np.fft.irfft(spectrum * (hertz / 1000.0) ** rng.uniform(-0.3, 0.3), signal.size)


def clip(split, label, number):
    """int16 samples. Events lie 0 to 30 dB above a background; the whole is 3 to 45 dB below full scale."""
    rng = np.random.default_rng([_SEEDS[split], LABELS.index(label), number])
    noise = sounds.background(rng)
    if label == "background":
        signal = noise
    else:
        if label == "speech":
            event = speech(rng, split)
        else:
            kinds = sounds.EVENTS[label]
            event = kinds[number % len(kinds)](rng)
        event = _room(rng, event)
        active = np.abs(event) > 0.05 * np.max(np.abs(event))
        event /= np.sqrt(np.mean(event[active] ** 2))
        signal = event + noise * 10 ** (-rng.uniform(0, 30) / 20)
    peak = 32767 * 10 ** (-rng.uniform(3, 45) / 20)
    return np.round(signal * peak / np.max(np.abs(signal))).astype(np.int16)


def load(split):
    """All patches (int8) and classes of a split."""
    count = SPLITS[split]
    patches = np.empty((count * len(LABELS), *SHAPES["log-mel"]), dtype=np.int8)
    classes = np.repeat(np.arange(len(LABELS)), count)
    for i, class_ in enumerate(classes):
        patches[i] = patch("log-mel", clip(split, LABELS[class_], i % count))
    return patches, classes
