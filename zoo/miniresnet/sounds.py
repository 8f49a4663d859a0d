"""Synthesised sounds: each function draws its parameters from a NumPy generator and returns one second at 16 kHz,
float, of arbitrary loudness. `EVENTS` and `background` are what the data set is made of."""

import numpy as np

RATE = 16000
LENGTH = RATE
TIME = np.arange(LENGTH) / RATE


def log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def coloured_noise(rng, slope, length=LENGTH):
    """Noise whose power falls as frequency^-slope above 20 Hz."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20.0)
    return np.fft.irfft(spectrum * hertz ** (-slope / 2), length)


def band_limit(signal, low, high):
    """Second-order slopes outside low..high Hz."""
    hertz = np.maximum(np.fft.rfftfreq(signal.size, 1 / RATE), 1.0)
    gain = 1 / (1 + (low / hertz) ** 2) / (1 + (hertz / high) ** 2)
    return np.fft.irfft(np.fft.rfft(signal) * gain, signal.size)


def smooth_random(rng, rate_hertz):
    """A slow random curve in 0..1 with about `rate_hertz` turns a second."""
    points = rng.uniform(0, 1, int(rate_hertz) + 3)
    return np.interp(TIME * rate_hertz, np.arange(points.size), points)


def oscillate(frequency, harmonics):
    """Harmonics (a list of amplitudes) of an instantaneous frequency, aliasing ones left out."""
    phase = 2 * np.pi * np.cumsum(frequency) / RATE
    signal = np.zeros(LENGTH)
    for n, amplitude in enumerate(harmonics, 1):
        signal += amplitude * np.sin(n * phase) * (n * frequency < RATE * 0.47)
    return signal


def gate(on, off, start=0.0, edge=0.004):
    """1 during `on` seconds, 0 during `off`, from `start`; soft edges."""
    position = np.mod(TIME - start, on + off)
    shape = np.clip(np.minimum(position, on - position) / edge + 0.5, 0, 1)
    return np.where(TIME >= start, shape, 0.0)


# Alarms: tones meant to be heard.


def timbre(rng):
    if rng.random() < 0.4:
        return [1.0]
    odd_only = rng.random() < 0.5
    slope = rng.uniform(0.7, 2.0)
    return [0.0 if odd_only and n % 2 == 0 else n ** -slope for n in range(1, 13)]


def beeps(rng):
    on, off = rng.uniform(0.05, 0.35), rng.uniform(0.04, 0.3)
    tone = oscillate(np.full(LENGTH, log_uniform(rng, 450, 4000)), timbre(rng))
    return tone * gate(on, off, rng.uniform(0, 0.35))


def two_tone(rng):
    low = log_uniform(rng, 400, 1500)
    half = rng.uniform(0.08, 0.4)
    high = np.mod(TIME + rng.uniform(0, 1), 2 * half) < half
    return oscillate(np.where(high, low * rng.uniform(1.2, 1.7), low), timbre(rng))


def siren(rng):
    low = log_uniform(rng, 400, 1000)
    span = rng.uniform(0.4, 1.5)
    turn = np.mod(TIME * log_uniform(rng, 0.7, 8) + rng.random(), 1.0)
    shape = turn if rng.random() < 0.4 else 1 - np.abs(2 * turn - 1)
    return oscillate(low * (1 + span * shape), timbre(rng))


def bell(rng):
    base = log_uniform(rng, 600, 2200)
    partials = base * np.array([1.0, 2.0, 2.76, 3.9, 5.4]) * rng.uniform(0.97, 1.03, 5)
    strike_rate = rng.uniform(8, 22)
    since = np.mod(TIME + rng.random(), 1 / strike_rate)
    signal = np.zeros(LENGTH)
    for partial in partials[partials < 7500]:
        decay = rng.uniform(6, 25)
        signal += rng.uniform(0.2, 1) * np.exp(-decay * since) * np.sin(
            2 * np.pi * partial * TIME + rng.uniform(0, 6.28))
    return signal


# Knocks: short blows.


def blows(rng, low, high, fastest, slowest, noisiness):
    """One to six decaying resonances with about equal spacing."""
    modes = [log_uniform(rng, low, high) for _ in range(rng.integers(2, 6))]
    decays = [log_uniform(rng, fastest, slowest) for _ in modes]
    weights = [rng.uniform(0.2, 1) for _ in modes]
    grain = rng.standard_normal(LENGTH)
    signal = np.zeros(LENGTH)
    at, spacing = rng.uniform(0.02, 0.5), rng.uniform(0.09, 0.35)
    for _ in range(rng.integers(1, 7)):
        start = int(at * RATE)
        if start >= LENGTH - 800:
            break
        t = TIME[: LENGTH - start]
        blow = noisiness * grain[: t.size] * np.exp(-t / min(decays))
        for mode, decay, weight in zip(modes, decays, weights):
            blow += weight * np.exp(-t / decay) * np.sin(2 * np.pi * mode * t)
        signal[start:] += rng.uniform(0.5, 1) * blow
        at += spacing * rng.uniform(0.8, 1.25)
    return signal


def wood_knock(rng):
    return blows(rng, 90, 900, 0.006, 0.04, rng.uniform(0.1, 0.6))


def clap(rng):
    return band_limit(blows(rng, 700, 2500, 0.003, 0.02, rng.uniform(1.5, 4)), 400, 5000)


def metal_tap(rng):
    return blows(rng, 1200, 6000, 0.008, 0.06, rng.uniform(0.1, 0.8))


def thud(rng):
    return blows(rng, 45, 300, 0.015, 0.06, rng.uniform(0.05, 0.4))


# Engines: periodic, going on.


def piston(rng):
    firing = log_uniform(rng, 18, 130)
    speed = firing * (1 + rng.uniform(-0.3, 0.3) * TIME + 0.04 * smooth_random(rng, 6))
    cycles = np.cumsum(speed) / RATE
    strength = rng.uniform(0.6, 1.0, int(cycles[-1]) + 2)[cycles.astype(int)]
    pulse = strength * np.exp(-np.mod(cycles, 1.0) * rng.uniform(4, 12))
    hiss = pulse * coloured_noise(rng, 1.0) * rng.uniform(1, 6)
    body = pulse - np.mean(pulse)
    return band_limit(body + hiss, 30, log_uniform(rng, 400, 3000))


def motor(rng):
    base = log_uniform(rng, 90, 420)
    speed = base * (1 + 0.01 * smooth_random(rng, 8) + rng.uniform(-0.2, 0.2) * TIME)
    harmonics = [rng.uniform(0.1, 1) * n ** -0.6 for n in range(1, 25)]
    brush = coloured_noise(rng, 0.5)
    return oscillate(speed, harmonics) + brush * rng.uniform(0.1, 0.6) / np.std(brush)


def fan(rng):
    blade = log_uniform(rng, 30, 200)
    phase = 2 * np.pi * blade * TIME
    air = coloured_noise(rng, rng.uniform(0.8, 1.6))
    air /= np.std(air)
    hum = sum(n ** -1.2 * np.sin(n * phase + rng.uniform(0, 6.28)) for n in range(1, 8))
    return air * (1 + rng.uniform(0.4, 0.9) * np.sin(phase)) * 0.5 + rng.uniform(0.5, 1.5) * hum


def mains_hum(rng):
    mains = rng.choice([50.0, 60.0]) * rng.uniform(0.995, 1.005)
    harmonics = [rng.uniform(0.1, 1) * (1.5 if n % 2 == 0 else 1) * n ** -0.9 for n in range(1, 40)]
    return oscillate(np.full(LENGTH, mains), harmonics)


# What is there when nothing happens.


def background(rng):
    kind = rng.integers(4)
    noise = coloured_noise(rng, rng.uniform(0.0, 2.0))
    if kind == 1:  # Wind: slow gusts.
        noise = coloured_noise(rng, rng.uniform(1.5, 2.5)) * (0.2 + smooth_random(rng, 3))
    if kind == 2:  # Rain: dense small drops over hiss.
        drops = rng.standard_normal(LENGTH) * (rng.random(LENGTH) < rng.uniform(0.01, 0.2))
        noise = noise / np.std(noise) + band_limit(drops, 800, 6000) * rng.uniform(2, 8)
    if kind == 3:  # A room behind a filter.
        low = log_uniform(rng, 50, 400)
        noise = band_limit(noise, low, low * rng.uniform(4, 30))
    return noise / np.std(noise)


EVENTS = {
    "alarm": [beeps, two_tone, siren, bell],
    "knock": [wood_knock, clap, metal_tap, thud],
    "engine": [piston, motor, fan, mains_hum],
}
