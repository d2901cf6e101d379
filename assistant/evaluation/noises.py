"""Sounds without words, made from a seeded random generator. Floats, mono, shape (n,), full scale is 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.evaluation.effects import Sound, at_peak, resampled

Noise = Callable[[int, int, np.random.Generator], Sound]
"""(samples, rate in hertz, generator) -> sound."""


def silence(count: int, _rate: int, _rng: np.random.Generator) -> Sound:
    return np.zeros(count)


def white(count: int, _rate: int, rng: np.random.Generator) -> Sound:
    return at_peak(rng.standard_normal(count), -12)


def pink(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """Power falls by 3 dB an octave from 20 Hz up, and is flat below."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / rate), 20.0))
    return at_peak(np.fft.irfft(spectrum, count), -12)


def hum(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """Mains at 60 Hz with its harmonics, and a little hiss."""
    time = np.arange(count) / rate
    tones = sum(np.sin(2 * np.pi * 60 * k * time + rng.uniform(0, 2 * np.pi)) / k for k in (1, 2, 3, 4, 5, 8))
    return at_peak(tones + 0.01 * rng.standard_normal(count), -20)


def cough(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """Two bursts: a hard, noisy start, then a voiced tail that falls in pitch."""
    sound = np.zeros(count)
    for start, length in ((0.35, 0.32), (0.95, 0.26)):
        begin, size = round(start * rate), round(length * rate)
        time = np.arange(size) / rate
        breath = rng.standard_normal(size) * np.exp(-time / 0.06) * np.minimum(time / 0.004, 1)
        pitch = 190 - 220 * time
        buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / rate)) * np.exp(-time / 0.09) * np.minimum(time / 0.03, 1)
        sound[begin : begin + size] += _between(breath + 0.35 * buzz, rate, 250, 3500)
    return at_peak(sound, -4)


def click(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """One switch in the middle."""
    sound = np.zeros(count)
    _strike(sound, count // 2, rate, rng)
    return at_peak(sound, -3)


def typing(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """Keys struck at an uneven pace, about six a second, each followed by its release."""
    sound = np.zeros(count)
    when = 0.2
    while when < count / rate - 0.2:
        _strike(sound, round(when * rate), rate, rng, float(rng.uniform(0.5, 1.0)))
        _strike(sound, round((when + 0.06) * rate), rate, rng, float(rng.uniform(0.1, 0.3)))
        when += float(rng.uniform(0.1, 0.24))
    return at_peak(sound, -12)


WORDLESS: Mapping[str, Noise] = {
    "silence": silence,
    "white": white,
    "pink": pink,
    "hum": hum,
    "cough": cough,
    "click": click,
    "typing": typing,
}


def babble(count: int, rate: int, rng: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Many talkers at once: the given speech at shifted pitches, backwards so that no word survives, laid over each
    other from random places. `voices` are at `rate`."""
    sound = np.zeros(count)
    for voice in voices:
        talker = resampled(voice[::-1], rate, rate / float(rng.uniform(0.8, 1.3)))
        repeated = np.resize(talker, count + len(talker))
        start = int(rng.integers(len(talker)))
        sound += repeated[start : start + count] / np.sqrt(np.mean(talker**2))
    return at_peak(sound, -12)


def _strike(sound: Sound, at: int, rate: int, rng: np.random.Generator, loudness: float = 1.0) -> None:
    time = np.arange(min(round(0.012 * rate), len(sound) - at)) / rate
    ring = np.sin(2 * np.pi * float(rng.uniform(1800, 3200)) * time)
    sound[at : at + len(time)] += loudness * np.exp(-time / 0.0015) * (ring + 0.8 * rng.standard_normal(len(time)))


def _between(sound: Sound, rate: int, low: float, high: float) -> Sound:
    spectrum = np.fft.rfft(sound)
    frequencies = np.fft.rfftfreq(len(sound), 1 / rate)
    spectrum[(frequencies < low) | (frequencies > high)] = 0
    return np.fft.irfft(spectrum, len(sound))
