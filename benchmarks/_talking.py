"""Conversations faster than real time: the real loop, detector, echo canceller and recogniser on a clock of their own.

What the mouth says comes back into the microphone through a room: a direct path, then noise that falls by 60 dB in a
quarter of a second, late by a tenth of a second as by devices, some decibels below what is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.conditions import speech_power
from benchmarks.endpoint import TimedWorker
from voice.detect import Detector
from voice.echo import EchoCanceller
from voice.floor import Floor, FloorSettings
from voice.listener import HeardTurn, Listener
from voice.loop import Arrived, Item, Loop, Parts, Told
from voice.mouth import Finished, Out
from voice.ports import SpeechToText
from voice.types import AudioChunk
from voice.worker import Task

T = TypeVar("T")
Samples = NDArray[np.int16]
RATE = 16_000
STEP = 320
"""Samples per chunk: 20 ms."""
DELAY = 0.1
"""Seconds between what the mouth tells and what the microphone gets of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something Handla says."""

    speech: str
    understood: float = 0.0
    ended: bool = False


class Room:
    """The way from the loudspeaker to the microphone. Feed it what is played, 20 ms at a time."""

    def __init__(self, decibels: float | None, seed: int) -> None:
        """`decibels`: the echo's level beside what is played; None: headphones."""
        rng = np.random.default_rng(seed)
        count = RATE // 4
        response = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
        response[0] = 4.0
        gain = 0.0 if decibels is None else 10 ** (decibels / 20)
        self._size = 1 << (count + STEP - 1).bit_length()
        self._response = np.fft.rfft(response / np.sqrt(np.square(response).sum()) * gain, self._size)
        self._coming = np.zeros(round(DELAY * RATE) + self._size)
        self._noise = rng

    def heard(self, played: Samples) -> NDArray[np.float64]:
        """What of it, and of what was played before, is in the microphone now; with a faint noise."""
        start = round(DELAY * RATE)
        self._coming[start : start + self._size] += np.fft.irfft(np.fft.rfft(played, self._size) * self._response)
        now = self._coming[:STEP].copy()
        self._coming = np.concatenate([self._coming[STEP:], np.zeros(STEP)])
        noise: NDArray[np.float64] = self._noise.standard_normal(STEP) * 8.0
        return now + noise


@dataclass(slots=True)
class PlayedMouth:
    """Plays sounds made before, on the conversation's clock."""

    sounds: Mapping[str, Samples]
    number: int = 0
    sound: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    at: int = 0
    sounding: bool = False

    def say(self, number: int, speech: str) -> None:
        self.number, self.sound, self.at, self.sounding = number, self.sounds[speech], 0, True

    def chime(self, sound: AudioChunk) -> None: ...

    def hold(self) -> None:
        self.sounding = False

    def resume(self) -> None:
        self.sounding = True

    def hush(self) -> None:
        self.sounding, self.at = False, len(self.sound)

    def next(self, now: float) -> tuple[Samples, list[Item]]:
        """The next 20 ms, and what is to be told of them."""
        if not self.sounding:
            return np.zeros(STEP, np.int16), []
        piece = self.sound[self.at : self.at + STEP]
        self.at += STEP
        padded = np.pad(piece, (0, STEP - len(piece)))
        items: list[Item] = [Out(self.number, AudioChunk(padded, RATE), now)]
        if self.at >= len(self.sound):
            self.sounding = False
            items.append(Finished(self.number, to_end=True))
        return padded, items


class Inline:
    """A worker that is done at once."""

    def start(self, job: Callable[[], T], now: float) -> Task[T]:
        return TimedWorker().start(job, now)


class Talk:
    """One conversation: feed it what the person says."""

    def __init__(
        self,
        recogniser: SpeechToText,
        sounds: Mapping[str, Samples],
        respond: Callable[[HeardTurn, bool], Line],
        room: Room,
        floor: FloorSettings | None = None,
    ) -> None:
        self.now = 0.0
        self.told: list[tuple[float, Told]] = []
        self.mouth = PlayedMouth(sounds)
        self._room = room
        self._items: list[Item] = []
        listener = Listener(Detector(), recogniser, worker=TimedWorker())
        parts = Parts(
            hearing=listener.open(),
            floor=Floor(floor or FloorSettings(), 512 / RATE),
            mouth=self.mouth,
            worker=Inline(),
            respond=respond,
            chimes={},
            canceller=EchoCanceller(),
        )
        self._loop = Loop(parts, lambda: self.now, self._items.append, lambda what: self.told.append((self.now, what)))

    def hear(self, said: Samples) -> None:
        """20 ms after 20 ms; the last piece is filled up with silence."""
        for person in pieces(said):
            self.now += STEP / RATE
            played, items = self.mouth.next(self.now)
            sound = np.clip(np.rint(self._room.heard(played) + person), -32768, 32767).astype(np.int16)
            for item in [*items, Arrived(AudioChunk(sound, RATE))]:
                self._loop.take(item)
            while self._items:
                self._loop.take(self._items.pop(0))

    def wait(self, seconds: float) -> None:
        """Say nothing."""
        self.hear(np.zeros(round(seconds * RATE), np.int16))

    def of(self, kind: type[Told], since: float = 0.0) -> list[float]:
        """When things of a kind were told."""
        return [at for at, what in self.told if isinstance(what, kind) and at >= since]


def pieces(said: Samples) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(said), STEP):
        piece = said[start : start + STEP].astype(np.float64)
        yield np.pad(piece, (0, STEP - len(piece)))


def at_level(samples: Samples, decibels: float) -> Samples:
    """Speech whose loud half has this level below full scale."""
    gain = 32768 * 10 ** (decibels / 20) / np.sqrt(speech_power(samples))
    scaled: Samples = np.clip(samples * gain, -32768, 32767).astype(np.int16)
    return scaled


def lines(texts: Sequence[str]) -> Callable[[HeardTurn, bool], Line]:
    """Answers with these, one after the other, over and over."""
    given = 0

    def respond(turn: HeardTurn, heard_to_end: bool) -> Line:  # noqa: ARG001
        nonlocal given
        given += 1
        return Line(texts[(given - 1) % len(texts)])

    return respond
