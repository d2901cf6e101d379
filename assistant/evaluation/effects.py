"""What happens to a sound on its way to a file: rooms, noise, bad levels, other rates. Floats, full scale is 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""Mono, shape (n,), -1..1."""


def resampled(sound: Sound, rate: float, wanted: float) -> Sound:
    """The same sound at another rate, by cutting or extending its spectrum. Lengths round to the nearest sample.

    A tenth of a second of silence on each side keeps the circular transform from wrapping the end into the beginning.
    """
    if rate == wanted:
        return sound
    guard = round(rate / 10)
    padded = np.pad(sound, guard)
    length = round(len(padded) * wanted / rate)
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(length // 2 + 1, dtype=spectrum.dtype)
    bins = min(len(kept), len(spectrum))
    kept[:bins] = spectrum[:bins]
    whole = np.fft.irfft(kept, length) * (length / len(padded))
    start = round(guard * wanted / rate)
    return whole[start : start + round(len(sound) * wanted / rate)]


def at_peak(sound: Sound, decibels: float) -> Sound:
    """Scaled so that the largest sample lies `decibels` from full scale; silence stays silence."""
    peak = float(np.max(np.abs(sound), initial=0.0))
    return sound if peak == 0 else sound * (10 ** (decibels / 20) / peak)


def padded(sound: Sound, rate: int, before: float, after: float) -> Sound:
    """With `before` and `after` seconds of silence around it."""
    return np.pad(sound, (round(before * rate), round(after * rate)))


def in_room(sound: Sound, rate: int, seconds: float, rng: np.random.Generator) -> Sound:
    """Heard across a small room whose echo falls by 60 dB in `seconds`; the echo's end is kept.

    The room is white noise under an exponential envelope, after a direct path with the same energy as all echoes.
    """
    count = round(seconds * rate)
    echo = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    echo[: round(0.004 * rate)] = 0  # the first wall is some 1.3 m of detour away
    impulse = echo / np.sqrt(np.sum(echo**2))
    impulse[0] = 1.0
    length = len(sound) + count - 1
    heard: Sound = np.fft.irfft(np.fft.rfft(sound, length) * np.fft.rfft(impulse, length), length)
    return heard


def with_noise(speech: Sound, noise: Sound, snr: float) -> Sound:
    """Speech plus noise of the same length, `snr` decibels apart; speech power is taken where there is speech."""
    loud = np.abs(speech) > 0.02 * np.max(np.abs(speech))
    power = float(np.mean(speech[loud] ** 2))
    gain = float(np.sqrt(power / 10 ** (snr / 10) / np.mean(noise**2)))
    return speech + noise * gain


def clipped(sound: Sound, decibels: float) -> Sound:
    """Driven `decibels` over full scale and cut off there."""
    return np.clip(at_peak(sound, decibels), -1.0, 1.0)


def to_pcm(sound: Sound) -> NDArray[np.int16]:
    """16-bit samples; what exceeds full scale is a mistake of the caller."""
    if np.max(np.abs(sound), initial=0.0) > 1.0:
        raise ValueError("a sample exceeds full scale; scale the sound before writing it")
    return np.round(sound * 32767).astype(np.int16)
