"""Who has the floor: the person, Handla, or nobody. A pure state machine on the clock it is told.

Events go in (a frame was judged, words were heard, a reply is there, a reply was played, a key was pressed), commands
come out. It knows no sound, no thread and no shop.

    asleep    only the wake phrase is listened for
    closed    push-to-talk, and the key was not pressed: nothing is listened for
    listening the person has the floor
    thinking  something was said, its reply is not there yet
    speaking  the reply sounds
    held      the reply has stopped because somebody spoke; it goes on unless that was something to answer
    over      the conversation has ended
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from voice.listener import HeardTurn
from voice.wake import WakePhrase

State = Literal["asleep", "closed", "listening", "thinking", "speaking", "held", "over"]
Ending = Literal["goodbye", "silence", "stopped"]

_LETTERS = re.compile(r"[^\W\d_]")


class Spoken(Protocol):
    """A reply, as far as the loop needs to know it."""

    @property
    def speech(self) -> str:
        """The words for the ear; empty where there is nothing to say."""
        ...

    @property
    def understood(self) -> float:
        """Seconds it took to understand what was said, of all that the reply took."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the conversation is over with it."""
        ...


@dataclass(frozen=True, slots=True)
class FloorSettings:
    """Times in seconds. Raises ValueError on a set that cannot work."""

    hold_after: float = 0.032
    """Judged speech in a row at which the reply stops to listen: one frame. It goes on when nothing comes of it."""
    speech: float = 0.5
    """Probability from which a frame is judged speech."""
    thinking_after: float = 0.8
    """Waiting for a reply from which a sound tells that it is coming."""
    half_duplex: bool = False
    """Nothing is heard while Handla speaks."""
    room_tail: float = 0.3
    """Half duplex: how long after its end the reply still rings in the room."""
    push_to_talk: bool = False
    open_for: float = 8.0
    """Push to talk: silence after the key that closes the microphone again."""
    wake: WakePhrase | None = None
    follow_up: float = 8.0
    """After a reply: how long no wake phrase is needed."""
    silence_ends: float = math.inf
    """Silence that ends the conversation; while it is asleep none does."""
    backchannels: frozenset[str] = frozenset()
    """What people say to show that they listen ("mhm"), as `bare` makes it; while a reply sounds it is no turn."""

    def __post_init__(self) -> None:
        if self.push_to_talk and self.wake:
            raise ValueError("push to talk and a wake phrase exclude each other")
        if min(self.hold_after, self.thinking_after, self.open_for, self.follow_up, self.silence_ends) <= 0:
            raise ValueError("times have to be above 0")


@dataclass(frozen=True, slots=True)
class Think:
    """Find the reply to this turn."""

    number: int
    turn: HeardTurn
    heard_to_end: bool
    """Whether the reply before it was."""


@dataclass(frozen=True, slots=True)
class Say:
    """Begin to speak."""

    number: int
    reply: Spoken


@dataclass(frozen=True, slots=True)
class Hold:
    """Be silent at once, and remember where."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where the reply was held."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent and forget the reply."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A short sound that tells what Handla does."""

    kind: Literal["listening", "thinking"]


@dataclass(frozen=True, slots=True)
class EndTurn:
    """What was said so far is the turn."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Words that were not for Handla."""

    turn: HeardTurn
    why: Literal["no wake phrase", "only listening", "not clear", "closed"]


@dataclass(frozen=True, slots=True)
class Stop:
    """The conversation is over."""

    why: Ending


Command = Think | Say | Hold | Resume | Hush | Chime | EndTurn | Ignore | Stop


def bare(text: str) -> str:
    """The letters of `text` without repetitions, for sounds that nobody spells the same way: "Mm-hmm." is "mhm"."""
    letters = _LETTERS.findall(text.lower())
    return "".join(letter for letter, before in zip(letters, ["", *letters], strict=False) if letter != before)


class Floor:
    """Times are seconds of one clock; every event is told with the time at which it came."""

    def __init__(self, settings: FloorSettings, frame_seconds: float, now: float = 0.0) -> None:
        self.settings = settings
        self.state: State = "closed" if settings.push_to_talk else "asleep" if settings.wake else "listening"
        self._hold_frames = math.ceil(settings.hold_after / frame_seconds - 1e-6)
        self._since = now
        """When the state began, or when somebody last spoke in it."""
        self._last_voice = now
        """When anybody last spoke, Handla too."""
        self._rings_until = -math.inf
        """When the last reply has died away in the room."""
        self._busy = False
        self._voiced = 0
        """Speech frames in a row."""
        self._talking = False
        """Whether the person speaks, by as many frames as hold a reply."""
        self._number = 0
        """Of the last turn; what belongs to an earlier one is stale."""
        self._heard_to_end = True
        self._reply: Spoken | None = None
        """The reply that sounds, is held, or waits for the person to be done."""
        self._chimed = False

    def deaf(self, now: float) -> bool:
        """Whether sound is to be taken for silence."""
        if self.settings.half_duplex and (self.state == "speaking" or now < self._rings_until):
            return True
        return self.state == "closed"

    def frame(self, probability: float, busy: bool, now: float) -> list[Command]:
        """A frame of sound was judged; `busy`: somebody speaks or words are still missing."""
        self._voiced = self._voiced + 1 if probability >= self.settings.speech else 0
        self._busy = busy
        self._talking = busy and (self._talking or self._voiced >= self._hold_frames)
        if busy and self.state not in ("asleep", "closed"):
            self._last_voice = now
        match self.state:
            case "speaking" if self._voiced >= self._hold_frames:
                self.state = "held"
                return [Hold()]
            case "held" if not busy:
                self.state = "speaking"
                return [Resume()]
            case "thinking":
                return self._wait(now)
            case "listening":
                return self._listen(busy, now)
            case "closed" if now - self._last_voice >= self.settings.silence_ends:
                return self._stop("silence")
        return []

    def heard(self, turn: HeardTurn, now: float) -> list[Command]:
        """Somebody was done speaking; its words are there."""
        match self.state:
            case "over":
                return []
            case "closed":
                return [Ignore(turn, "closed")]
            case "asleep":
                return self._woken(turn, now)
            case "listening":
                return self._think(turn, now)
        if turn.transcript.refused is not None:
            return [Ignore(turn, "not clear")]
        if self.state != "thinking" and bare(turn.transcript.text) in self.settings.backchannels:
            return [Ignore(turn, "only listening")]
        hush: list[Command] = [Hush()] if self.state in ("speaking", "held") else []
        self._heard_to_end = False
        return hush + self._think(turn, now)

    def replied(self, number: int, reply: Spoken, now: float) -> list[Command]:
        """The reply to turn `number` is there."""
        if number != self._number or self.state != "thinking":
            return []
        self._reply = reply
        if self._talking:
            return []
        return self._say(now)

    def played(self, number: int, to_end: bool, now: float) -> list[Command]:
        """The reply to turn `number` sounds no more; `to_end`: all of its words were heard."""
        if number != self._number or self.state not in ("speaking", "held"):
            return []
        self._heard_to_end = to_end
        self._rings_until = now + self.settings.room_tail
        return self._done(now)

    def pressed(self, now: float) -> list[Command]:
        """The key of push-to-talk."""
        match self.state:
            case "listening" if self.settings.push_to_talk and self._busy:
                return [EndTurn()]
            case "listening" if self.settings.push_to_talk:
                self._become("closed", now)
                return []
            case "over":
                return []
            case "speaking" | "held" | "thinking":
                self._heard_to_end = False
                self._number += 1
                self._become("listening", now)
                return [Hush(), Chime("listening")]
        self._become("listening", now)
        return [Chime("listening")]

    def stop(self) -> list[Command]:
        """The person has ended it."""
        return self._stop("stopped")

    def _wait(self, now: float) -> list[Command]:
        if self._reply is not None and not self._talking:
            return self._say(now)
        if not self._chimed and now - self._since >= self.settings.thinking_after:
            self._chimed = True
            return [Chime("thinking")]
        return []

    def _listen(self, busy: bool, now: float) -> list[Command]:
        if busy:
            self._since = now
        elif now - self._last_voice >= self.settings.silence_ends:
            return self._stop("silence")
        elif self.settings.wake and now - self._since >= self.settings.follow_up:
            self._become("asleep", now)
        elif self.settings.push_to_talk and now - self._since >= self.settings.open_for:
            self._become("closed", now)
        return []

    def _woken(self, turn: HeardTurn, now: float) -> list[Command]:
        rest = self.settings.wake.rest(turn.transcript.text) if self.settings.wake else None
        if rest is None:
            return [Ignore(turn, "no wake phrase")]
        if rest:
            return self._think(replace(turn, transcript=replace(turn.transcript, text=rest)), now)
        self._become("listening", now)
        return [Chime("listening")]

    def _think(self, turn: HeardTurn, now: float) -> list[Command]:
        self._number += 1
        heard, self._heard_to_end = self._heard_to_end, False
        self._reply, self._chimed = None, False
        self._become("thinking", now)
        return [Think(self._number, turn, heard)]

    def _say(self, now: float) -> list[Command]:
        assert self._reply is not None
        if not self._reply.speech:
            self._heard_to_end = True
            return self._done(now)
        self._become("speaking", now)
        return [Say(self._number, self._reply)]

    def _done(self, now: float) -> list[Command]:
        ended = self._reply is not None and self._reply.ended
        self._reply = None
        if ended:
            return self._stop("goodbye")
        self._become("closed" if self.settings.push_to_talk else "listening", now)
        return []

    def _stop(self, why: Ending) -> list[Command]:
        if self.state == "over":
            return []
        hush: list[Command] = [Hush()] if self.state in ("speaking", "held") else []
        self.state = "over"
        return [*hush, Stop(why)]

    def _become(self, state: State, now: float) -> None:
        self.state, self._since, self._last_voice = state, now, now
        self._voiced = 0
