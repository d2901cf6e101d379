"""Sounds and detectors that the tests make themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from voice.types import AudioChunk

RATE = 16_000


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), np.int16)


def white(seconds: float, level: float, seed: int = 1) -> NDArray[np.int16]:
    """White noise; `level` is the standard deviation, of 32,767."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * level
    return np.clip(noise, -32768, 32767).astype(np.int16)


def tone(seconds: float, hertz: float, level: float = 8000.0, rate: int = RATE) -> NDArray[np.int16]:
    return np.round(level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def hum(seconds: float) -> NDArray[np.int16]:
    """Mains hum: 50 Hz with two overtones, and a little noise."""
    return tone(seconds, 50, 3000) + tone(seconds, 100, 1500) + tone(seconds, 150, 800) + white(seconds, 20)


def counting(samples: int) -> NDArray[np.int16]:
    """Every sample different from its neighbours, so that one lost or doubled shows."""
    return (np.arange(samples) * 7919 % 65521 - 32760).astype(np.int16)


def chunked(samples: NDArray[np.int16], sizes: Sequence[int], rate: int = RATE) -> Iterator[AudioChunk]:
    """`samples` in chunks of these sizes, over and over."""
    start, turn = 0, 0
    while start < len(samples):
        size = sizes[turn % len(sizes)]
        yield AudioChunk(samples[start : start + size], rate)
        start, turn = start + size, turn + 1


class ScriptedDetector:
    """Says what the script says, frame by frame; silence after its end."""

    def __init__(self, script: Sequence[float], rate: int = RATE, frame_samples: int = 512) -> None:
        self.rate = rate
        self.frame_samples = frame_samples
        self.script = script
        self.asked = 0

    def probability(self, frame: NDArray[np.int16]) -> float:
        assert frame.shape == (self.frame_samples,)
        self.asked += 1
        return self.script[self.asked - 1] if self.asked <= len(self.script) else 0.0

    def reset(self) -> None:
        self.asked = 0
