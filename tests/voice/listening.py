"""Sound that spells words, a recogniser that reads them, a worker as slow as asked: a listener on virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tests.voice.sounds import RATE, chunked
from voice.endpoint import EndpointSettings
from voice.listener import HeardTurn, Listener
from voice.ports import Judge, Judgement
from voice.types import Transcript, Utterance

T = TypeVar("T")
FRAME = 512
WORDS = ["coffee", "please", "a", "large", "one", "with", "milk", "and", "sugar", "today"]
SETTINGS = EndpointSettings(
    pre_roll=0.32, post_roll=0.32, pause=0.096, end_silence=0.544, end_silence_short=0.32, end_silence_long=0.896
)


def said(*words: str, seconds: float = 0.32) -> NDArray[np.int16]:
    """Each word is a sound of one loudness, its number in WORDS; whole frames."""
    count = round(seconds * RATE / FRAME) * FRAME
    return np.concatenate([np.full(count, 1 + WORDS.index(word), np.int16) for word in words])


def pause(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE / FRAME) * FRAME, np.int16)


def murmur(seconds: float) -> NDArray[np.int16]:
    """Like a pause, but a little like speech."""
    return pause(seconds) - 1


class LoudIsSpeech:
    """Hears speech in every frame that is loud, and perhaps some in a murmur."""

    rate = RATE
    frame_samples = FRAME

    def probability(self, frame: NDArray[np.int16]) -> float:
        return 0.9 if frame.max() > 0 else 0.2 if frame.min() < 0 else 0.0

    def reset(self) -> None: ...


class Reader:
    """Reads the words off the sound."""

    def __init__(self) -> None:
        self.heard: list[Utterance] = []

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:  # noqa: ARG002
        self.heard.append(utterance)
        loud = utterance.samples[utterance.samples > 0]
        changes = np.flatnonzero(np.diff(loud, prepend=0))
        text = " ".join(WORDS[loud[at] - 1] for at in changes)
        return Transcript(text, "en", 0.9) if text else Transcript("", "en", 0.0, refused="not_speech")


class SlowTask:
    def __init__(self, worker: SlowWorker, job: Callable[[], T], asked: float) -> None:
        self.worker, self.job, self.asked = worker, job, asked
        self.dropped = False

    def ready(self, now: float) -> bool:
        return now >= self.worker.done(self) - 1e-9

    def result(self) -> T:
        return self.job()  # type: ignore[return-value]

    def drop(self) -> None:
        self.dropped = True


class SlowWorker:
    """Every job takes `seconds` of audio time; one after the other."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.tasks: list[SlowTask] = []

    def start(self, job: Callable[[], T], now: float) -> SlowTask:
        value = job()
        self.tasks.append(SlowTask(self, lambda: value, now))
        return self.tasks[-1]

    def done(self, wanted: SlowTask) -> float:
        free = 0.0
        for task in self.tasks:
            if task is wanted or not task.dropped:
                free = max(free, task.asked) + self.seconds
            if task is wanted:
                break
        return free


def listen(
    sound: Sequence[NDArray[np.int16]], judge: Judge | None = None, takes: float = 0.1, **others: object
) -> tuple[list[HeardTurn], Reader]:
    reader = Reader()
    settings = replace(SETTINGS, **others)  # type: ignore[arg-type]
    listener = Listener(LoudIsSpeech(), reader, judge, settings, SlowWorker(takes))
    return list(listener.turns(chunked(np.concatenate(sound), [1600]))), reader


def always(judgement: Judgement) -> Judge:
    return lambda text: judgement  # noqa: ARG005


def until(word: str) -> Judge:
    """Unfinished until `word` has come."""
    return lambda text: "complete" if word in text.split() else "unfinished"


def texts(turns: Sequence[HeardTurn]) -> list[str]:
    return [turn.transcript.text for turn in turns]


class Refuses(Reader):
    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        super().transcribe(utterance, hints)
        return Transcript("", "en", 0.0, refused=self.reason)
