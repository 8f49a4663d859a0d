"""The data set: a second of sound with a command in it, another word, or none, as 49 frames of 10 coefficients."""

import numpy as np

from zoo.common.espeak import RATE, say
from zoo.common.mel import filters, octaves_of_power

COMMANDS = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
LABELS = [*COMMANDS, "unknown", "silence"]
OTHERS = {
    "train": """water garden window orange paper mountain river seven kitchen table winter flower bottle market doctor
        music summer coffee village morning picture forest red book tree house green light bread wheel king stone
        glass cloud heart one three five six eight bird cat happy wow bed follow learn visual forward""".split(),
    "test": """ladder captain ticket pencil sugar hello bridge computer door chair elephant guitar island teacher
        family milk dance sleep honey marvin sheila dog zero nine""".split(),
}
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-029", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd"]
VARIANTS = {
    "train": ["m1", "m2", "m3", "m4", "f1", "f2", "f3", "Alex", "Andrea", "Lee", "Michael", "boris", "linda"],
    "test": ["m5", "m6", "f4", "f5", "Annie", "Mario"],
}
SPOKEN = {"train": 250, "test": 50}  # Utterances of each command; of other words three times as many.
HEARD = {"train": 4, "test": 1}  # Each is heard so many times, at another place in another noise.
SEEDS = {"train": 1, "test": 2}
WINDOW, HOP, FRAMES = 480, 320, 49  # Samples, samples, windows.
BANDS, COEFFICIENTS = 40, 10
_TRIANGLES = filters(BANDS, 512, 20, 4000)
_COSINES = np.cos(np.pi * np.outer(np.arange(BANDS) + 0.5, np.arange(COEFFICIENTS)) / BANDS) * (2 / BANDS) ** 0.5


def features(samples):
    """int8, frames x coefficients x 1: the cosine transform of log2 of the power in mel bands, less each coefficient's
    mean over the second, so that neither loudness nor the microphone's tone matters; four steps a unit."""
    cepstrum = octaves_of_power(samples, WINDOW, HOP, _TRIANGLES)[:FRAMES] @ _COSINES
    steps = np.round(4 * (cepstrum - cepstrum.mean(axis=0)))
    return np.clip(steps, -128, 127).astype(np.int8)[..., None]


def _noise(rng):
    """Of random colour; its standard deviation is 1."""
    spectrum = np.fft.rfft(rng.standard_normal(RATE))
    hertz = np.maximum(np.fft.rfftfreq(RATE, 1 / RATE), 40)
    noise = np.fft.irfft(spectrum * hertz ** -rng.uniform(0, 1), RATE)
    return noise / np.std(noise)


def _heard(rng, speech):
    """A second with all of the speech at a random place (its middle if it is longer), 5 to 30 dB above noise."""
    second = np.zeros(RATE)
    speech = speech[max(0, (speech.size - RATE) // 2) :][:RATE]
    start = rng.integers(0, RATE - speech.size + 1)
    second[start : start + speech.size] = speech / np.std(speech)
    return 0.1 * (second + _noise(rng) * 10 ** (-rng.uniform(5, 30) / 20))


def _utterance(rng, label, split):
    word = rng.choice(OTHERS[split]) if label == "unknown" else label
    return say(word, f"{rng.choice(ACCENTS)}+{rng.choice(VARIANTS[split])}", rng.integers(110, 200),
               rng.integers(20, 85))


def recorded(samples):
    """As a WAV file holds it."""
    return np.clip(np.round(32768 * samples), -32768, 32767).astype(np.int16)


def _examples(split, made):
    """What `made` makes of all sounds of a split, and their classes, mixed."""
    rng = np.random.default_rng(SEEDS[split])
    examples, classes = [], []
    for class_, label in enumerate(LABELS):
        for _ in range(SPOKEN[split] * (3 if label == "unknown" else 1)):
            speech = None if label == "silence" else _utterance(rng, label, split)
            for _ in range(HEARD[split]):
                examples.append(made(0.1 * _noise(rng) if speech is None else _heard(rng, speech)))
                classes.append(class_)
    mixed = rng.permutation(len(classes))
    return np.stack(examples)[mixed], np.array(classes)[mixed]


def load(split):
    """All features (real numbers) and classes of a split, mixed."""
    examples, classes = _examples(split, features)
    return examples.astype(np.float32), classes


def recordings(split):
    """The sounds that load() makes features of, in its order."""
    return _examples(split, recorded)[0]
