"""Rooms: impulse responses simulated by the image source method, or read from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice.types import BadAudio
from voice.wav import RATE, samples_of

SPEED = 343.0
"""Of sound, metres a second."""
LOWEST = 100.0
"""Hertz; echoes that all push the same way add up to a rumble below that."""
LONGEST = 3.0
"""Seconds of an impulse response that are kept."""


@dataclass(frozen=True, slots=True)
class Room:
    """A box with equal walls; metres and seconds."""

    size: tuple[float, float, float]
    echo: float
    """Until the sound has fallen by 60 dB."""
    speaker: tuple[float, float, float]
    microphone: tuple[float, float, float]


ROOMS: Mapping[str, Room] = {
    "kitchen": Room((4.0, 3.2, 2.5), 0.45, (1.1, 0.9, 1.6), (3.2, 2.3, 1.0)),
    "living-room": Room((6.0, 4.5, 2.6), 0.6, (1.2, 1.1, 1.2), (4.6, 3.4, 0.9)),
    "hall": Room((14.0, 9.0, 5.0), 1.3, (3.0, 3.1, 1.6), (6.2, 5.3, 1.2)),
}


@cache
def response(room: str) -> NDArray[np.float64]:
    """The impulse response of a room of ROOMS or of a file, at 16 kHz, energy 1, starting at its strongest sample.

    Starting there keeps words where they were in time. Raises BadAudio for a file that is no sound.
    """
    if room in ROOMS:
        raw = simulated(ROOMS[room])
    else:
        raw = samples_of(room).astype(np.float64)
        if not np.any(raw):
            raise BadAudio(f"{room}: an impulse response of silence. Record it again.")
    kept = raw[int(np.argmax(np.abs(raw))) :][: round(LONGEST * RATE)]
    scaled: NDArray[np.float64] = kept / np.sqrt(np.sum(kept**2))
    return scaled


def simulated(room: Room) -> NDArray[np.float64]:
    """The impulse response between two places of a box-shaped room, shape (n,), at 16 kHz.

    Image source method: Allen & Berkley, Image method for efficiently simulating small-room acoustics, JASA 65 (1979).
    The walls' reflection follows from the wanted echo by Eyring's formula (JASA 1, 1930). Each image arrives at the
    nearest sample and what lies below 100 Hz is taken out, as in the paper.
    """
    size, speaker, microphone = (np.array(place) for place in (room.size, room.speaker, room.microphone))
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    reflection = np.exp(-0.161 * np.prod(size) / (surface * room.echo) / 2)
    most = np.ceil(SPEED * room.echo / (2 * size)).astype(int)
    heard = np.zeros(round(room.echo * RATE) + 1)
    grids = np.meshgrid(*(np.arange(-m, m + 1) for m in most), indexing="ij")
    order = np.stack([grid.ravel() for grid in grids], axis=1)
    for mirrored in np.ndindex(2, 2, 2):
        flip = np.array(mirrored)
        image = (1 - 2 * flip) * speaker + 2 * order * size
        distance = np.linalg.norm(image - microphone, axis=1)
        bounces = (np.abs(order - flip) + np.abs(order)).sum(axis=1)
        arrives = np.rint(distance / SPEED * RATE).astype(int)
        inside = arrives < len(heard)
        np.add.at(heard, arrives[inside], (reflection**bounces / (4 * np.pi * distance))[inside])
    spectrum = np.fft.rfft(heard)
    spectrum[np.fft.rfftfreq(len(heard), 1 / RATE) < LOWEST] = 0
    return np.fft.irfft(spectrum, len(heard))


def in_room(samples: NDArray[np.float64], room: str) -> NDArray[np.float64]:
    """The samples as heard in the room, as loud as before, with the echo's end kept."""
    heard = response(room)
    length = len(samples) + len(heard) - 1
    size = 1 << (length - 1).bit_length()
    echoed: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(heard, size), size)[:length]
    level = np.sqrt(np.mean(samples**2) / max(float(np.mean(echoed[: len(samples)] ** 2)), 1e-12))
    louder: NDArray[np.float64] = echoed * level
    return louder
