"""Words spoken by espeak-ng. Languages, voices and words of the three splits are disjoint."""

import numpy as np

from zoo.common.espeak import RATE, say

LANGUAGES = {
    "train": ["en-us", "en-gb-scotland", "en-029", "de", "es", "pl", "sv", "it"],
    "validation": ["nl", "pt"],
    "test": ["en-gb-x-rp", "fr", "fi", "cs"],
}
VARIANTS = {
    "train": ["m1", "m2", "m3", "m4", "f1", "f2", "f3", "Alex", "Andrea", "Lee", "Michael", "boris", "linda"],
    "validation": ["m5", "f4", "Denis"],
    "test": ["m6", "m7", "f5", "Annie", "Mario", "steph", "victor"],
}
WORDS = {
    "train": """water garden window silver orange paper mountain river yellow seven monday kitchen table winter
        pocket flower bottle market doctor letter music summer travel simple number coffee engineer holiday
        people village machine candle morning airport history picture butter station children forest
        red book tree house green light road fish bread wheel king stone glass cloud heart left right up""".split(),
    "validation": """ladder captain harbour ticket pencil sugar hello evening bridge stop go
        computer apple friday door chair""".split(),
    "test": """elephant guitar weather thousand purple island hospital teacher question family yes no nine
        world milk dance sleep honey breakfast december tomorrow leather shoulder voice""".split(),
}


def utterance(rng, split):
    """A word or a few; float samples at 16 kHz without the silence around them."""
    words = rng.choice(WORDS[split], rng.integers(1, 4))
    voice = f"{rng.choice(LANGUAGES[split])}+{rng.choice(VARIANTS[split])}"
    return say(" ".join(words), voice, rng.integers(110, 230), rng.integers(15, 90))


def speech(rng, split):
    """One second with speech in it: a short utterance is placed at random, of a long one a part is taken."""
    spoken = utterance(rng, split)
    signal = np.zeros(RATE)
    if spoken.size >= RATE:
        start = rng.integers(0, spoken.size - RATE + 1)
        signal[:] = spoken[start : start + RATE]
    else:
        start = rng.integers(0, RATE - spoken.size + 1)
        signal[start : start + spoken.size] = spoken
    return signal
