"""Sound and words as plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class BadAudio(ValueError):
    """A sound that cannot be used; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A stretch of mono sound."""

    samples: NDArray[np.int16]
    """Mono PCM, shape (n,)."""
    rate: int
    """Hertz."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Played:
    """How much of a sound was really heard."""

    seconds: float
    """Seconds of the sound that reached the ear."""
    finished: bool
    """Whether that was all of it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech as the endpointer cut it."""

    samples: NDArray[np.int16]
    """Mono PCM, shape (n,)."""
    rate: int
    """Hertz."""
    started: float
    """Seconds since the session began; the pre-roll is included."""
    ended: float
    """Seconds; the last speech sample, not the end of the trailing silence."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard, or why nothing was."""

    text: str
    """The words; empty when nothing was understood."""
    language: str
    """ISO 639-1 code."""
    confidence: float
    """0..1; the recogniser's mean token probability. 1.0 for typed text."""
    refused: str | None = None
    """Why there is no text: 'silence', 'not_speech', 'uncertain' or 'loop'. None when there is text."""
