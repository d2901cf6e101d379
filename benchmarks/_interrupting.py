"""Interruptions faster than real time: how soon a reply is held, by what comes back of it and how loud the person is.

Nothing of a device is in these times: they say what detector, canceller and floor add, case by case the same on every
machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.random import Generator

from benchmarks._talking import RATE, Room, Samples, Talk, at_level, lines
from voice.floor import Hold
from voice.mouth import AUDIBLE
from voice.types import Transcript, Utterance

ECHOES = {"headphones": None, "-20 dB": -20.0, "-12 dB": -12.0, "-6 dB": -6.0}
"""What the microphone gets of a reply, beside what is played."""
LEVELS = (-20.0, -26.0, -32.0)
"""Decibels below full scale of the person. A reply by Piper has -18."""
_EACH = 12
"""Interruptions of one conversation: its first reply is among the interrupted ones."""

Quantiles = Callable[[Sequence[float]], Mapping[str, float]]


def measure(
    sounds: Mapping[str, Samples], people: Sequence[Samples], count: int, quantiles: Quantiles
) -> dict[str, object]:
    """`count` interruptions for each echo, in whole conversations.

    `sounds`: replies, `people`: speech from its first sample on, both at 16 kHz.
    """
    report: dict[str, object] = {}
    for name, echo in ECHOES.items():
        held: dict[float, list[float | None]] = {level: [] for level in LEVELS}
        for seed in range(math.ceil(count / _EACH)):
            talk = Talk(_Words(), sounds, lines(list(sounds)), Room(echo, seed))
            _converse(talk, people, np.random.default_rng(seed), held)
        report[name] = {f"{level:g} dBFS": _told(taken, quantiles) for level, taken in held.items()}
    return report


class _Words:
    """Takes every sound for words: when a reply is held is settled before there are any."""

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:  # noqa: ARG002
        return Transcript("something", "en", 1.0)


def _told(taken: Sequence[float | None], quantiles: Quantiles) -> dict[str, float]:
    known = [milliseconds for milliseconds in taken if milliseconds is not None]
    return {**quantiles(known), "missed": len(taken) - len(known)}


def _converse(
    talk: Talk, people: Sequence[Samples], places: Generator, held: Mapping[float, list[float | None]]
) -> None:
    """Interrupt every reply, also the one to the interruption before; milliseconds go into `held`, None for no stop."""
    talk.wait(0.5)
    for number in range(_EACH):
        _until_it_sounds(talk, people[0])
        talk.wait(float(places.uniform(0.2, 5.0)))
        _until_it_sounds(talk, people[0])
        level = LEVELS[number % len(LEVELS)]
        person = at_level(people[int(places.integers(len(people)))], level)
        said = np.concatenate([np.zeros(int(places.integers(512)), np.int16), person])
        first = talk.now + int(np.flatnonzero(np.abs(said.astype(np.int32)) >= AUDIBLE)[0]) / RATE
        talk.hear(said)
        talk.wait(1.0)
        stops = talk.of(Hold, first)
        held[level].append(1000 * (stops[0] - first) if stops else None)


def _until_it_sounds(talk: Talk, request: Samples) -> None:
    while not talk.mouth.sounding:
        talk.hear(at_level(request, LEVELS[0]))
        talk.wait(1.0)
