"""The conversation's loop: microphone -> turn -> reply -> loudspeaker, with a person who may speak at any time.

One thread decides (`Loop.take`); others only bring what happened: a reader the sound, a worker the reply, the mouth
what it plays. `converse` runs them on real devices; tests bring the same items on a clock of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice.floor import (
    Chime,
    Command,
    Ending,
    EndTurn,
    Floor,
    Hold,
    Hush,
    Ignore,
    Resume,
    Say,
    Spoken,
    State,
    Stop,
    Think,
)
from voice.listener import HeardTurn, Hearing
from voice.moments import ArrivalClock, Moments
from voice.mouth import AUDIBLE, Broken, Finished, Out, Trouble
from voice.ports import Microphone
from voice.types import AudioChunk
from voice.worker import Worker

Respond = Callable[[HeardTurn, bool], Spoken]
"""The reply to a turn; the second says whether the reply before it was heard to its end. Called on the worker."""
Clock = Callable[[], float]
"""Seconds."""


class Mouth(Protocol):
    """What speaks; every method returns at once."""

    def say(self, number: int, speech: str) -> None: ...
    def chime(self, sound: AudioChunk) -> None: ...
    def hold(self) -> None: ...
    def resume(self) -> None: ...
    def hush(self) -> None: ...


class Canceller(Protocol):
    """What takes the reply out of the sound that is heard."""

    def played(self, sound: AudioChunk) -> None: ...
    def clean(self, sound: AudioChunk) -> AudioChunk: ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """A piece of sound from the microphone."""

    sound: AudioChunk


@dataclass(frozen=True, slots=True)
class Pressed:
    """The key of push-to-talk."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply to a turn is there."""

    number: int
    reply: Spoken
    understood: float
    replied: float


@dataclass(frozen=True, slots=True)
class SoundEnded:
    """The microphone gives no more."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The person ends the conversation."""


Item = Arrived | Pressed | Replied | SoundEnded | Quit | Out | Finished | Trouble | Broken


@dataclass(frozen=True, slots=True)
class Level:
    """How loud it is, and what was understood of the running turn so far."""

    decibels: float
    """Of full scale; at most 0."""
    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply to a turn is known."""

    number: int
    turn: HeardTurn
    reply: Spoken


@dataclass(frozen=True, slots=True)
class Sounded:
    """The first audible sample of a reply has gone out."""

    number: int
    moments: Moments


Told = Level | Think | Ignore | Answered | Sounded | Hold | Resume | Finished | Trouble | Stop
"""What a person or a machine may want to know."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop puts together."""

    hearing: Hearing
    floor: Floor
    mouth: Mouth
    worker: Worker
    """Where replies are made, one after the other."""
    respond: Respond
    chimes: Mapping[str, AudioChunk]
    """Kind -> sound; a kind that is missing is silent."""
    frame_samples: int = 512
    rate: int = 16_000
    canceller: Canceller | None = None


@dataclass(slots=True)
class _Asked:
    """A turn whose reply has not sounded."""

    turn: HeardTurn
    made: Replied | None = None


class Loop:
    """Takes what happened, one item at a time, and carries out what the floor decides."""

    def __init__(self, parts: Parts, clock: Clock, bring: Callable[[Item], None], told: Callable[[Told], None]) -> None:
        """`bring`: gets what the worker has to tell, on its thread; it must come back by `take`."""
        self._parts = parts
        self._clock = clock
        self._bring = bring
        self._told = told
        self._arrivals = ArrivalClock()
        self._rest = np.zeros(0, np.int16)
        """Samples that do not fill a frame."""
        self._asked: dict[int, _Asked] = {}
        self.ended: Ending | None = None

    def take(self, item: Item) -> None:
        """Something happened. Raises what nobody expected."""
        match item:
            case Arrived(sound):
                self._arrived(sound)
            case Replied():
                self._replied(item)
            case Out():
                self._out(item)
            case Finished(number, to_end):
                self._told(item)
                self._obey(self._parts.floor.played(number, to_end, self._clock()))
            case Pressed():
                self._obey(self._parts.floor.pressed(self._clock()))
            case SoundEnded() | Quit():
                self._obey(self._parts.floor.stop())
            case Trouble():
                self._told(item)
            case Broken(error):
                raise error

    def _arrived(self, sound: AudioChunk) -> None:
        parts, now = self._parts, self._clock()
        if parts.canceller is not None:
            sound = parts.canceller.clean(sound)
        self._arrivals.arrived(sound.seconds, now)
        if parts.floor.deaf(now):
            sound = AudioChunk(np.zeros_like(sound.samples), sound.rate)
        samples = np.concatenate([self._rest, sound.samples])
        whole = len(samples) - len(samples) % parts.frame_samples
        self._rest = samples[whole:]
        for frame in samples[:whole].reshape(-1, parts.frame_samples):
            if self.ended is None:
                self._frame(frame, now)
        self._told(Level(decibels(sound.samples), parts.floor.state, parts.hearing.words))

    def _frame(self, frame: NDArray[np.int16], now: float) -> None:
        hearing, floor = self._parts.hearing, self._parts.floor
        for turn in hearing.hear(frame):
            self._obey(floor.heard(turn, now))
        self._obey(floor.frame(hearing.probability, hearing.busy, now))

    def _out(self, out: Out) -> None:
        """A piece of the reply goes out: the canceller has to know, and the first audible one is a moment."""
        if self._parts.canceller is not None:
            self._parts.canceller.played(out.sound)
        asked = self._asked.get(out.number) if out.number is not None else None
        if out.number is None or asked is None or asked.made is None:
            return
        loud = np.flatnonzero(np.abs(out.sound.samples.astype(np.int32)) >= AUDIBLE)
        if not len(loud):
            return
        del self._asked[out.number]
        at, turn, made = self._arrivals.at, asked.turn, asked.made
        moments = Moments(
            speech_ended=at(turn.utterance.ended),
            endpoint=at(turn.decided),
            transcribed=at(turn.ready),
            understood=made.understood,
            replied=made.replied,
            sounded=out.at + int(loud[0]) / out.sound.rate,
        )
        self._told(Sounded(out.number, moments))

    def _replied(self, made: Replied) -> None:
        asked = self._asked.get(made.number)
        if asked is not None:
            asked.made = made
            self._told(Answered(made.number, asked.turn, made.reply))
            self._obey(self._parts.floor.replied(made.number, made.reply, self._clock()))

    def _obey(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Think():
                    self._think(command)
                case EndTurn():
                    self._parts.hearing.end_turn()
                case Stop(why):
                    self.ended = why
                case Say() | Chime() | Hold() | Resume() | Hush():
                    self._speak(command)
            if isinstance(command, Think | Ignore | Hold | Resume | Stop):
                self._told(command)

    def _speak(self, command: Say | Chime | Hold | Resume | Hush) -> None:
        mouth = self._parts.mouth
        match command:
            case Say(number, reply):
                mouth.say(number, reply.speech)
            case Chime(kind) if kind in self._parts.chimes:
                mouth.chime(self._parts.chimes[kind])
            case Hold():
                mouth.hold()
            case Resume():
                mouth.resume()
            case Hush():
                mouth.hush()

    def _think(self, think: Think) -> None:
        def job() -> None:
            began = self._clock()
            try:
                reply = self._parts.respond(think.turn, think.heard_to_end)
                self._bring(Replied(think.number, reply, began + reply.understood, self._clock()))
            except Exception as error:  # the worker has nobody to raise it to
                self._bring(Broken(error))

        self._asked = {number: asked for number, asked in self._asked.items() if asked.made is None}
        self._asked[think.number] = _Asked(think.turn)
        self._parts.worker.start(job, self._parts.hearing.now)


def converse(loop: Loop, microphone: Microphone, inbox: SimpleQueue[Item]) -> Ending:
    """Run the conversation until it ends; why it did. Ctrl-C ends it too.

    `inbox` brings what happens; sound is read into it on a thread of its own. The caller closes the devices.
    """

    def read() -> None:
        try:
            for chunk in microphone.chunks():
                inbox.put(Arrived(chunk))
            inbox.put(SoundEnded())
        except Exception as error:
            inbox.put(Broken(error))

    Thread(target=read, name="voice-reader", daemon=True).start()
    while loop.ended is None:
        try:
            loop.take(inbox.get())
        except KeyboardInterrupt:
            loop.take(Quit())
    return loop.ended


def decibels(samples: NDArray[np.int16]) -> float:
    """Loudness below full scale; -96 for silence."""
    power = float(np.square(samples.astype(np.float64)).mean()) if len(samples) else 0.0
    return float(10 * np.log10(max(power, 0.25) / 32768.0**2))
