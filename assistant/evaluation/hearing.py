"""A recording heard as live: the same detector, listener and judge as at a microphone, on the recording's own clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant import bootstrap
from assistant.ears import Ears
from assistant.settings import Settings
from voice.detect import Detector
from voice.listener import Hints, Listener
from voice.ports import Judge, SpeechDetector, SpeechToText
from voice.types import AudioChunk, Transcript, Utterance
from voice.wav import RATE
from voice.worker import Task

T = TypeVar("T")
Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn that was heard in a recording."""

    transcript: Transcript
    waited_ms: float
    """From the last speech sample to the turn being over and its words there."""


@dataclass(slots=True)
class Spent:
    """What hearing a recording took, milliseconds."""

    detect: float = 0.0
    transcribe: float = 0.0


@dataclass(frozen=True, slots=True)
class Listening:
    """What is known of the one turn to be heard."""

    file: Path
    language: str
    judge: Judge
    hints: Hints
    spent: Spent = field(default_factory=Spent)


class Hearing(Protocol):
    """Hears recordings; the seam at which a test puts something that needs no weights."""

    def turns(self, samples: Samples, listening: Listening) -> Iterator[Heard]:
        """The turns of a recording at 16 kHz, each as soon as it is over."""
        ...


class LiveHearing:
    """Detector, listener and recogniser of the settings; a recogniser for each language that is heard."""

    def __init__(self, settings: Settings) -> None:
        self._ears: Callable[[str], Ears] = cache(lambda language: bootstrap.open_ears(in_language(settings, language)))

    def turns(self, samples: Samples, listening: Listening) -> Iterator[Heard]:
        """As `Hearing.turns`. Words made in a pause count as there once the time it took to make them has gone by."""
        ears = self._ears(listening.language)
        detector = _TimedDetector(Detector(), listening.spent)
        recogniser = _TimedRecogniser(ears.recogniser, listening.spent)
        listener = Listener(detector, recogniser, listening.judge, ears.endpoint, _AtOnce())
        for turn in listener.turns(_chunks(samples), listening.hints):
            over = max(turn.decided, turn.paused + recogniser.last)
            yield Heard(turn.transcript, 1000 * (over - turn.utterance.ended))


def in_language(settings: Settings, language: str) -> Settings:
    """The settings for speakers of this language."""
    dialogue = settings.dialogue.model_copy(update={"language": language})
    return settings.model_copy(update={"dialogue": dialogue})


class _TimedDetector(SpeechDetector):
    def __init__(self, detector: SpeechDetector, spent: Spent) -> None:
        self._detector, self._spent = detector, spent
        self.rate, self.frame_samples = detector.rate, detector.frame_samples

    def probability(self, frame: Samples) -> float:
        started = perf_counter()
        found = self._detector.probability(frame)
        self._spent.detect += 1000 * (perf_counter() - started)
        return found

    def reset(self) -> None:
        self._detector.reset()


class _TimedRecogniser(SpeechToText):
    def __init__(self, recogniser: SpeechToText, spent: Spent) -> None:
        self._recogniser, self._spent = recogniser, spent
        self.last = 0.0
        """Seconds that the newest transcription took; that is the one of a turn just handed over."""

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        started = perf_counter()
        transcript = self._recogniser.transcribe(utterance, hints)
        self.last = perf_counter() - started
        self._spent.transcribe += 1000 * self.last
        return transcript


class _AtOnce:
    """A worker whose results are there at once: what is heard must not depend on how busy the machine is."""

    def start(self, job: Callable[[], T], now: float) -> Task[T]:  # noqa: ARG002
        return _Ready(job())


class _Ready(Task[T]):
    def __init__(self, value: T) -> None:
        self._value = value

    def ready(self, now: float) -> bool:  # noqa: ARG002
        return True

    def result(self) -> T:
        return self._value

    def drop(self) -> None:
        """It is done already."""


def _chunks(samples: Samples) -> Iterator[AudioChunk]:
    for start in range(0, len(samples), RATE // 10):
        yield AudioChunk(samples[start : start + RATE // 10], RATE)
