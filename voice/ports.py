"""What the rest of the house needs from ears and mouth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Event
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.types import AudioChunk, Played, Transcript, Utterance

Judgement = Literal["complete", "open", "unfinished"]
"""Whether words are a whole request or answer, may go on, or plainly must go on."""
Judge = Callable[[str], Judgement]
"""Judges the words heard so far in a turn. Called beside the thread that reads sound."""
Tap = Callable[[AudioChunk, float], None]
"""Gets each piece of sound on its way out, at the device's rate, and when its first sample sounds (`time.monotonic`).

Called on the audio thread: it must only put the piece where another thread finds it.
"""


class Microphone(Protocol):
    def chunks(self) -> Iterator[AudioChunk]:
        """Sound as it comes, in pieces of about 20 ms from a device, until the source ends or is closed."""
        ...


class Speaker(Protocol):
    def play(self, sound: Iterable[AudioChunk], stop: Event | None = None, tap: Tap | None = None) -> Played:
        """Play the chunks as they come; returns when the last has sounded, or is silent soon after `stop` is set.

        The caller's thread makes the chunks (`sound` is iterated in it); what was made before plays meanwhile.
        """
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
        """The sound of `text`, piece by piece, so that playing can start before the rest is made."""
        ...
