"""An hour of sound without words: noise, knocks, breath and music, made from a seeded generator.

Floats, mono, shape (n,), full scale is 1, as in assistant/evaluation/noises.py, whose sounds are part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.effects import Sound, at_peak
from assistant.evaluation.noises import WORDLESS, Noise

RATE = 16_000


def pieces(seconds: float, seed: int, piece: float = 12.0) -> Iterator[tuple[str, NDArray[np.int16]]]:
    """(kind, samples at 16 kHz) of every kind in turns, `piece` seconds each, with peaks from -40 to -3 dB."""
    rng = np.random.default_rng(seed)
    for turn in range(round(seconds / piece)):
        kind = list(EVERY)[turn % len(EVERY)]
        sound = at_peak(EVERY[kind](round(piece * RATE), RATE, rng), float(rng.uniform(-40, -3)))
        yield kind, np.rint(sound * 32767).astype(np.int16)


def sample(each: int, seed: int) -> Iterator[tuple[str, NDArray[np.int16]]]:
    """`each` short clips of every kind, 1.6 to 4 s, with peaks from -40 to -3 dB."""
    rng = np.random.default_rng(seed)
    for kind, make in EVERY.items():
        for _ in range(each):
            sound = at_peak(make(round(float(rng.uniform(1.6, 4.0)) * RATE), RATE, rng), float(rng.uniform(-40, -3)))
            yield kind, np.rint(sound * 32767).astype(np.int16)


def breath(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """In and out: noise through two wide resonances, others for in than for out, and a sniff now and then."""
    sound, when = np.zeros(count), 0.2
    while when < count / rate:
        inwards = rng.uniform() < 0.5
        length = float(rng.uniform(0.15, 0.25) if rng.uniform() < 0.2 else rng.uniform(0.7, 1.8))
        size = min(round(length * rate), count - round(when * rate))
        peaks = (1500.0, 3200.0) if inwards else (600.0, 1700.0)
        swell = np.sin(np.pi * np.arange(size) / max(size, 1)) ** 1.5
        sound[round(when * rate) :][:size] += _resonant(rng.standard_normal(size), rate, peaks, rng) * swell
        when += length + float(rng.uniform(0.1, 1.2))
    return sound


def hummed(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """A voice-like hum without words: a gliding harmonic tone through one vowel's resonances, in short phrases."""
    time = np.arange(count) / rate
    pitch = float(rng.uniform(100, 260)) * 2 ** (0.25 * np.sin(2 * np.pi * 0.3 * time + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    tone = sum(np.sin(k * phase) / k**1.2 for k in range(1, 12))
    voiced = np.clip(3 * np.sin(2 * np.pi * 0.4 * time + rng.uniform(0, 6)), 0, 1)
    return _resonant(tone * voiced, rate, (300.0, 900.0), rng)


def music(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """Chords, a melody with vibrato and a drum, at 70 to 150 beats a minute."""
    sound, beat = np.zeros(count), round(60 / float(rng.uniform(70, 150)) * rate)
    root = float(rng.uniform(110, 220))
    for number, begin in enumerate(range(0, count, beat)):
        size = min(2 * beat, count - begin)
        chord = (0, 4, 7) if number // 4 % 2 == 0 else (5, 9, 12)
        for step in chord:
            sound[begin : begin + size] += 0.3 * _note(size, rate, root * 2 ** (step / 12))
        sound[begin : begin + size] += _note(size, rate, 2 * root * 2 ** (int(rng.choice([0, 2, 4, 7, 9])) / 12), 5.5)
        drum = min(round(0.12 * rate), size)
        fall = np.exp(-np.arange(drum) / (0.03 * rate))
        sound[begin : begin + drum] += fall * (rng.standard_normal(drum) if number % 2 else 2 * _note(drum, rate, 60))
    return sound


def kitchen_like(count: int, rate: int, rng: np.random.Generator) -> Sound:
    """A pan: steady hiss, and struck metal that rings."""
    sound = 0.1 * rng.standard_normal(count)
    for _ in range(round(count / rate * 1.5)):
        begin = int(rng.integers(count))
        time = np.arange(min(round(0.6 * rate), count - begin)) / rate
        for hertz in rng.uniform(900, 5000, 4):
            ring = np.sin(2 * np.pi * hertz * time) * np.exp(-time / rng.uniform(0.02, 0.2))
            sound[begin : begin + len(time)] += ring
    return sound


EVERY: Mapping[str, Noise] = {
    **{name: make for name, make in WORDLESS.items() if name != "silence"},
    "breath": breath,
    "hummed": hummed,
    "music": music,
    "kitchen-like": kitchen_like,
}


def _note(count: int, rate: int, hertz: float, vibrato: float = 0.0) -> Sound:
    time = np.arange(count) / rate
    phase = 2 * np.pi * hertz * time + (0.4 * np.sin(2 * np.pi * vibrato * time) if vibrato else 0.0)
    fall: Sound = np.exp(-time / 0.4) * np.minimum(time / 0.01, 1)
    return fall * (np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.25 * np.sin(3 * phase))


def _resonant(sound: Sound, rate: int, peaks: tuple[float, float], rng: np.random.Generator) -> Sound:
    """`sound` with its spectrum shaped by two wide resonances around `peaks` hertz."""
    if not len(sound):
        return sound
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    gain = sum(np.exp(-(((hertz - peak * rng.uniform(0.85, 1.15)) / (0.35 * peak)) ** 2)) for peak in peaks)
    shaped: Sound = np.fft.irfft(np.fft.rfft(sound) * (gain + 0.02), len(sound))
    return shaped
