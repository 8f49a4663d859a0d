"""The sound of a machine, synthesised: a motor that drives a fan in a housing, and what can go wrong with it."""

import numpy as np

from zoo.common.mel import RATE, filters, octaves_of_power

BANDS = 128
FRAMES = 5
WINDOW = 1024
HOP = 512
SECONDS = 1.0
LENGTH = int(RATE * SECONDS)
TIME = np.arange(LENGTH) / RATE
FAULTS = ["bearing", "imbalance", "squeal", "loose", "weak"]
_TRIANGLES = filters(BANDS, WINDOW, 20, 8000)
_HOUSING = [(180, 6), (420, 9), (1150, 12), (2700, 15), (5200, 18)]  # Resonances: Hz and quality.


def _housed(signal):
    """What is heard outside the housing."""
    spectrum = np.fft.rfft(signal)
    hertz = np.fft.rfftfreq(LENGTH, 1 / RATE) + 1e-3
    response = 0.15 + sum(1 / np.abs(1 + 1j * quality * (hertz / centre - centre / hertz))
                          for centre, quality in _HOUSING)
    return np.fft.irfft(spectrum * response, LENGTH)


def _noise(rng, exponent):
    spectrum = np.fft.rfft(rng.standard_normal(LENGTH))
    hertz = np.maximum(np.fft.rfftfreq(LENGTH, 1 / RATE), 30)
    noise = np.fft.irfft(spectrum * hertz ** -exponent, LENGTH)
    return noise / np.std(noise)


def _pulses(rng, rate, ring):
    """Knocks at a steady rate that make something ring at `ring` Hz."""
    at = np.zeros(LENGTH)
    places = (np.arange(rng.uniform(0, 1) / rate, SECONDS, 1 / rate) * RATE).astype(int)
    at[places[places < LENGTH]] = rng.uniform(0.6, 1, np.count_nonzero(places < LENGTH))
    tail = np.sin(2 * np.pi * ring * TIME[:400]) * np.exp(-TIME[:400] * 400)
    return np.convolve(at, tail)[:LENGTH]


def sound(rng, fault=None):
    """A second, within -1 to 1."""
    speed = rng.uniform(23, 27)  # Turns a second.
    phase = 2 * np.pi * speed * TIME + rng.uniform(0, 6.28)
    turning = sum(rng.uniform(0.8, 1.2) * n ** -0.8 * np.sin(n * phase + rng.uniform(0, 6.28)) for n in range(1, 30))
    blades = sum(n ** -0.7 * np.sin(7 * n * phase + rng.uniform(0, 6.28)) for n in range(1, 8))
    air = _noise(rng, 0.6) * (1 + 0.3 * np.sin(7 * phase))
    strength = rng.uniform(0.1, 0.6)
    if fault == "bearing":
        air = air + 10 * strength * _pulses(rng, speed * 3.6, rng.uniform(2500, 4500))
    elif fault == "imbalance":
        turning = turning * (1 + 4 * strength * np.sin(phase)) + 12 * strength * np.sin(phase)
    elif fault == "squeal":
        turning = turning + 1.5 * strength * np.sin(2 * np.pi * rng.uniform(1500, 6500) * TIME)
    elif fault == "loose":
        air = air + 20 * strength * _pulses(rng, speed / 2, rng.uniform(300, 900))
    elif fault == "weak":
        blades = blades * (1 - 1.4 * strength)
    machine = _housed(0.5 * turning + 0.6 * blades + 0.7 * air)
    background = _noise(rng, rng.uniform(0.2, 0.8))
    whole = machine / np.std(machine) + background * 10 ** (-rng.uniform(8, 20) / 20)
    return whole * 10 ** (-rng.uniform(-1.5, 1.5) / 20) / 16


def patches(rng, count, fault=None):
    """`count` stretches of one sound: FRAMES frames of BANDS bands, eight steps an octave of power, int8."""
    octaves = octaves_of_power(sound(rng, fault), WINDOW, HOP, _TRIANGLES)
    steps = np.clip(np.round(8 * octaves), -128, 127).astype(np.int8)
    starts = rng.choice(len(steps) - FRAMES + 1, count, replace=False)
    return np.stack([steps[start : start + FRAMES].ravel() for start in starts])
