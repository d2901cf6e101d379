"""How a recording is made harder before it is heard: speed, room, noise, codec; always the same for the same seed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import codecs, effects, noises, rooms
from voice.types import BadAudio
from voice.wav import RATE, samples_of

Samples = NDArray[np.int16]

GENERATED = ("white", "pink", "hum", "typing")
"""Noises that need no file."""
LONGEST_NOISE = 600.0
"""Seconds of a noise file that are used."""
BEFORE, AFTER = 0.5, 1.2
"""Seconds of quiet around every recording, so that a turn ends as live and not because a file does."""


class BadCondition(ValueError):
    """A condition that cannot be made; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What happens to a recording, in this order; nothing where all is left out."""

    speed: float = 1.0
    """Times as fast, at the same pitch."""
    room: str | None = None
    """A name of `rooms.ROOMS`, or the path of an impulse response."""
    noise: str | None = None
    """A name of GENERATED, or the path of a recording."""
    snr: float = 0.0
    """Decibels of the speech above the noise."""
    codec: str | None = None
    """A name of `codecs.CODECS`."""

    @property
    def name(self) -> str:
        """'kitchen-noise 6 dB, opus'; 'as recorded' where nothing is done."""
        parts = [
            f"speed {self.speed:g}" if self.speed != 1.0 else "",
            f"room {Path(self.room).stem}" if self.room else "",
            f"{Path(self.noise).stem} {self.snr:g} dB" if self.noise else "",
            self.codec or "",
        ]
        return ", ".join(part for part in parts if part) or "as recorded"


AS_RECORDED = Condition()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for; every combination is a condition."""

    noises: Sequence[str] = ()
    snrs: Sequence[float] = ()
    rooms: Sequence[str] = ()
    speeds: Sequence[float] = ()
    codecs: Sequence[str] = ()


def conditions(wishes: Wishes) -> tuple[Condition, ...]:
    """As recorded, then every combination of the wishes. Raises BadCondition."""
    _check(wishes)
    laid: list[tuple[str | None, float]] = [(noise, snr) for noise in wishes.noises for snr in wishes.snrs]
    combined = [
        Condition(speed, room, noise, snr, codec)
        for speed, room, (noise, snr), codec in product(
            wishes.speeds or (1.0,), wishes.rooms or (None,), laid or [(None, 0.0)], wishes.codecs or (None,)
        )
    ]
    names = [one.name for one in combined]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadCondition(f"two conditions are called {twice!r}; give files of different names, and nothing twice.")
    return (AS_RECORDED, *(one for one in combined if one != AS_RECORDED))


def _check(wishes: Wishes) -> None:
    if bool(wishes.noises) != bool(wishes.snrs):
        raise BadCondition("noise needs both --noise FILE and --snr 6,12 (decibels of the speech above the noise).")
    for codec in wishes.codecs:
        if codec not in codecs.CODECS:
            raise BadCondition(f"unknown codec {codec!r}; known are {', '.join(codecs.CODECS)}.")
    for speed in wishes.speeds:
        if not 0.5 <= speed <= 2.0:
            raise BadCondition(f"speed {speed:g}: give 0.5 (half as fast) to 2.")
    _check_files(wishes)


def _check_files(wishes: Wishes) -> None:
    try:
        for noise in wishes.noises:
            if noise not in GENERATED and not np.any(_recorded(noise)):
                raise BadCondition(f"{noise}: a noise of silence. Record it again.")
    except BadAudio as error:
        raise BadCondition(f"--noise: {error} Without a file there are {', '.join(GENERATED)}.") from error
    try:
        for room in wishes.rooms:
            rooms.response(room)
    except BadAudio as error:
        raise BadCondition(f"--room: {error} Without a file there are {', '.join(rooms.ROOMS)}.") from error


def heard_as(file: Path, condition: Condition, seed: str) -> Samples:
    """The recording at 16 kHz, shape (n,), with quiet around it and under this condition. Raises BadAudio.

    `seed` names the row and the run; it draws the place in the noise.
    """
    return treated(samples_of(file), condition, seed, (BEFORE, AFTER))


def treated(sound: Samples, condition: Condition, seed: str, around: tuple[float, float]) -> Samples:
    """Sound at 16 kHz under this condition, with `around` seconds of quiet before and after it, which noise fills."""
    if condition.speed != 1.0:
        sound = codecs.at_speed(sound, condition.speed)
    if condition.room:
        sound = _whole(rooms.in_room(sound.astype(np.float64), condition.room))
    power = speech_power(sound)
    sound = np.pad(sound, (round(around[0] * RATE), round(around[1] * RATE)))
    if condition.noise:
        rng = np.random.default_rng(zlib.crc32(f"{seed}|{condition.name}".encode()))
        noise = _noise(condition.noise, len(sound), rng)
        sound = _whole(with_noise(sound, noise, power, condition.snr))
    return codecs.through(sound, condition.codec) if condition.codec else sound


def speech_power(samples: Samples) -> float:
    """Mean power of the half of the 32 ms frames that is loudest: silence around the words does not lower it."""
    if len(samples) < 1024:
        return float(np.square(samples.astype(np.float64)).mean())
    frames = samples[: len(samples) // 512 * 512].astype(np.float64).reshape(-1, 512)
    return float(np.sort(np.square(frames).mean(axis=1))[len(frames) // 2 :].mean())


def with_noise(sound: Samples, noise: NDArray[np.float64], power: float, snr: float) -> NDArray[np.float64]:
    """Sound and noise of the same length, the noise `snr` decibels below `power`, that of the speech."""
    mixed: NDArray[np.float64] = sound + noise * np.sqrt(power / np.square(noise).mean() / 10 ** (snr / 10))
    return mixed


def from_a_place(noise: Samples, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`count` samples of a recording, repeated where it is shorter, from a place that `rng` draws."""
    laid: NDArray[np.float64] = np.resize(np.roll(noise, -int(rng.integers(len(noise)))), count).astype(np.float64)
    return laid


def _noise(noise: str, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if noise in GENERATED:
        return noises.WORDLESS[noise](count, RATE, rng)
    return from_a_place(_recorded(noise), count, rng)


@lru_cache(maxsize=4)
def _recorded(noise: str) -> Samples:
    return samples_of(Path(noise))[: round(LONGEST_NOISE * RATE)]


def _whole(sound: NDArray[np.float64]) -> Samples:
    """As 16-bit samples; what exceeds full scale makes all of it softer, as a recording's level would be set."""
    peak = float(np.max(np.abs(sound), initial=0.0))
    return effects.to_pcm(sound / max(peak, 32767.0))
