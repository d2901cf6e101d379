"""What the rest of the house needs from ears and mouth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.types import AudioChunk, Transcript, Utterance

Judgement = Literal["complete", "open", "unfinished"]
"""Whether words are a whole request or answer, may go on, or plainly must go on."""
Judge = Callable[[str], Judgement]
"""Judges the words heard so far in a turn. Called beside the thread that reads sound."""


class Microphone(Protocol):
    def chunks(self) -> Iterator[AudioChunk]:
        """Sound as it comes, until the source ends."""
        ...


class Speaker(Protocol):
    def play(self, sound: AudioChunk) -> None:
        """Play to the end; returns when the last sample has been handed over."""
        ...


class SpeechDetector(Protocol):
    rate: int
    """Hertz that `probability` expects."""
    frame_samples: int
    """Samples per frame."""

    def probability(self, frame: NDArray[np.int16]) -> float:
        """How likely this frame, shape (frame_samples,), is speech, 0..1. Keeps state from frame to frame."""
        ...

    def reset(self) -> None:
        """Forget the frames heard so far."""
        ...


class SpeechToText(Protocol):
    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        """The words of one utterance; `hints` are words and phrases likely to be said now, most likely first."""
        ...


class TextToSpeech(Protocol):
    def speak(self, text: str) -> Iterator[AudioChunk]:
        """The sound of `text`, sentence by sentence, so that playing can start before the rest is made."""
        ...
