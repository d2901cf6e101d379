"""A conversation on virtual time: sound that spells words, replies as long as their words, a mouth without a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.voice.listening import FRAME, SETTINGS, LoudIsSpeech, Reader, SlowWorker, always
from tests.voice.sounds import RATE
from voice.floor import Floor, FloorSettings
from voice.listener import HeardTurn, Listener
from voice.loop import Answered, Arrived, Item, Loop, Parts, Sounded, Told
from voice.mouth import Finished, Out
from voice.ports import SpeechToText
from voice.types import AudioChunk
from voice.worker import Task

STEP = FRAME / RATE
WORD = 0.32
"""Seconds that the mouth takes for a word."""
LATENCY = 0.02
"""Seconds from asking the mouth to its first sound."""


@dataclass(frozen=True, slots=True)
class Answer:
    speech: str
    ended: bool = False
    understood: float = 0.0


@dataclass(slots=True)
class Jobs:
    """A worker whose jobs each take `seconds` of virtual time, one after the other."""

    seconds: float
    waiting: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    free: float = 0.0

    def start(self, job: Callable[[], object], now: float) -> Task[object]:  # type: ignore[override]
        self.free = max(self.free, now) + self.seconds
        self.waiting.append((self.free, job))
        return SlowWorker(self.seconds).start(lambda: None, now)

    def run_until(self, now: float) -> None:
        while self.waiting and self.waiting[0][0] <= now + 1e-9:
            self.waiting.pop(0)[1]()


@dataclass(slots=True)
class VirtualMouth:
    """Says a word every `WORD` seconds; what was said stands in `heard`."""

    bring: Callable[[Item], None]
    heard: list[str] = field(default_factory=list)
    number: int = 0
    words: list[str] = field(default_factory=list)
    position: float = 0.0
    sounding: bool = False
    asked: list[str] = field(default_factory=list)
    chimes: list[AudioChunk] = field(default_factory=list)

    def say(self, number: int, speech: str) -> None:
        self.number, self.words, self.position, self.sounding = number, speech.split(), -LATENCY, True
        self.asked.append(speech)

    def chime(self, sound: AudioChunk) -> None:
        self.chimes.append(sound)

    def hold(self) -> None:
        self.sounding = False

    def resume(self) -> None:
        self.sounding = True

    def hush(self) -> None:
        self.sounding, self.words = False, []

    def advance(self, now: float) -> None:
        if not self.sounding:
            return
        before, self.position = self.position, self.position + STEP
        if before < 0 <= self.position:
            self.bring(Out(self.number, AudioChunk(np.full(320, 9000, np.int16), RATE), now - self.position))
        while self.words and self.position >= WORD:
            self.position -= WORD
            self.heard.append(self.words.pop(0))
        if not self.words:
            self.sounding = False
            self.bring(Finished(self.number, to_end=True))


class Conversation:
    """Plays sound to a loop, frame by frame."""

    def __init__(
        self,
        replies: Callable[[str, bool], Answer] = lambda text, heard: Answer(f"you said {text}"),  # noqa: ARG005
        settings: FloorSettings | None = None,
        thinks: float = 0.1,
        recogniser: SpeechToText | None = None,
    ) -> None:
        self.now = 0.0
        self.told: list[tuple[float, Told]] = []
        self.turns: list[tuple[str, bool]] = []
        """(words, whether the reply before was heard to its end)"""
        self.items: list[Item] = []
        self.jobs = Jobs(thinks)
        self.mouth = VirtualMouth(self.items.append)
        listener = Listener(
            LoudIsSpeech(), recogniser or Reader(), always("complete"), SETTINGS, worker=SlowWorker(0.05)
        )
        self.floor = Floor(settings or FloorSettings(), STEP)

        def respond(turn: HeardTurn, heard_to_end: bool) -> Answer:
            self.turns.append((turn.transcript.text, heard_to_end))
            return replies(turn.transcript.text, heard_to_end)

        chimes = {"listening": AudioChunk(np.ones(160, np.int16), RATE)}
        parts = Parts(listener.open(), self.floor, self.mouth, self.jobs, respond, chimes, FRAME, RATE)
        self.loop = Loop(parts, lambda: self.now, self.items.append, lambda what: self.told.append((self.now, what)))

    def hear(self, *sounds: NDArray[np.int16]) -> Conversation:
        for frame in np.concatenate(sounds).reshape(-1, FRAME):
            if self.loop.ended:
                break
            self.now += STEP
            self.mouth.advance(self.now)
            self.loop.take(Arrived(AudioChunk(frame, RATE)))
            self.jobs.run_until(self.now)
            while self.items:
                self.loop.take(self.items.pop(0))
        return self

    def of(self, kind: type) -> list[Told]:
        return [what for _, what in self.told if isinstance(what, kind)]

    @property
    def answered(self) -> Sequence[Answered]:
        return self.of(Answered)  # type: ignore[return-value]

    @property
    def sounded(self) -> Sequence[Sounded]:
        return self.of(Sounded)  # type: ignore[return-value]

    def when(self, kind: type) -> float:
        """When something of this kind was told first."""
        return next(at for at, what in self.told if isinstance(what, kind))
