"""Endpointing: from the speech probability of each frame to where utterances start, pause and end.

A pure state machine on virtual time: it counts frames and knows no clock, no sound and no detector.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Times in seconds. Raises ValueError on a set that cannot work."""

    pre_roll: float = 0.6
    """Sound kept from before the first speech frame: in noise beginnings are judged up to 0.6 s late."""
    post_roll: float = 0.3
    """Sound kept after the last speech frame, for soft ends; less where the utterance ends sooner."""
    min_speech: float = 0.1
    """Speech needed before anything starts; "yes" and "two" have about 0.2."""
    doubt: float = 0.2
    """Silence that ends a start too short to count."""
    pause: float = 0.096
    """Silence that is reported as a pause: three frames."""
    end_silence: float = 0.55
    """Silence that ends an utterance of which nothing else is known."""
    end_silence_short: float = 0.3
    """The same after words that are complete; at most `end_silence` is used."""
    end_silence_long: float = 0.9
    """The same after words that are plainly unfinished; at least `end_silence` is used."""
    longest: float = 30.0
    """An utterance of this length is cut at a pause, or where speech is least likely."""
    start_threshold: float = 0.5
    """Probability at which silence turns to speech."""
    stop_threshold: float = 0.35
    """Probability below which speech turns to silence; lower, so that a wavering judge does not cut words."""

    def __post_init__(self) -> None:
        if not 0.0 < self.stop_threshold <= self.start_threshold <= 1.0:
            raise ValueError("thresholds: give 0 < stop_threshold <= start_threshold <= 1")
        if min(self.pre_roll, self.post_roll, self.min_speech, self.doubt) < 0:
            raise ValueError("pre_roll, post_roll, min_speech and doubt cannot be negative")
        if not 0.0 < self.pause <= min(self.end_silence_short, self.end_silence):
            raise ValueError("pause must be above 0 and not longer than end_silence and end_silence_short")
        if self.post_roll > self.end_silence:
            raise ValueError("post_roll cannot be longer than end_silence: that sound has not been heard yet")
        if self.longest < 4 * max(self.end_silence, self.pre_roll + self.min_speech):
            raise ValueError("longest is too short for the other times; give at least four times end_silence")


@dataclass(frozen=True, slots=True)
class Started:
    """Speech has begun."""

    start: int
    """Sample position, pre-roll included."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Speech has paused; it may go on."""

    speech_end: int
    """Sample position after the last speech frame."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One utterance: the samples from `start` up to, not including, `end`."""

    start: int
    end: int
    """Post-roll included."""
    speech_end: int
    """Sample position after the last speech frame."""
    cut: bool = False
    """The utterance was too long; the next one goes on where this one ends."""


Event = Started | Paused | Ended


class Endpointer:
    """Feed one probability per frame, in order; get the events that this frame settles.

    `Started` always comes before its `Ended`; utterances never overlap. Call `flush` at the end of the stream.
    """

    def __init__(self, settings: EndpointSettings | None = None, rate: int = 16_000, frame_samples: int = 512) -> None:
        self.settings = settings or EndpointSettings()
        self._frame_samples = frame_samples
        self._frames_per_second = rate / frame_samples
        self._floor = 0
        """Frame before which everything is given away already."""
        self._heard: list[float] = []
        """Probabilities since `_start`, while an utterance runs or may be starting."""
        self._talked: list[bool] = []
        self._now = 0
        self._talking = False
        self._proven = 0
        """Speech frames counted towards `min_speech`."""
        self._start: int | None = None
        self._started = False
        self._last_speech = 0
        """Frame after the last speech frame."""
        self._silent = 0
        """Frames since speech; counts on while nothing runs."""
        self._needed: float | None = None
        """Seconds of silence that end the running utterance, where somebody knows."""

    @property
    def keep_from(self) -> int:
        """Sample position before which no event will ask for sound any more."""
        frame = (
            max(self._floor, self._now - self._frames(self.settings.pre_roll)) if self._start is None else self._start
        )
        return frame * self._frame_samples

    @property
    def speech_end(self) -> int:
        """Sample position after the last speech frame so far: as long as it stays, nothing more was said."""
        return self._last_speech * self._frame_samples

    @property
    def running(self) -> bool:
        """Whether an utterance runs or may be starting."""
        return self._start is not None

    def need(self, seconds: float) -> None:
        """End the running utterance after so much silence; holds until speech goes on.

        Silence that has lasted longer already ends it with the next frame.
        """
        self._needed = seconds

    def feed(self, probability: float) -> list[Event]:
        """Take the next frame's speech probability, 0..1."""
        events: list[Event] = []
        self._step(probability, events)
        if self._start is not None and self._started and self._now - self._start >= self._frames(self.settings.longest):
            self._cut(events)
        return events

    def flush(self) -> list[Event]:
        """The stream has ended: end the running utterance, drop a start too short to count."""
        events: list[Event] = []
        if self._started:
            self._end(events)
        self._rest(self._now)
        return events

    def _step(self, probability: float, events: list[Event]) -> None:
        threshold = self.settings.stop_threshold if self._talking else self.settings.start_threshold
        self._talking = probability >= threshold
        if self._talking and self._start is None:
            self._start = max(self._floor, self._now - self._frames(self.settings.pre_roll))
            # The pre-roll is no speech; placeholders keep the lists aligned with `_start`.
            self._heard = [0.0] * (self._now - self._start)
            self._talked = [False] * (self._now - self._start)
        self._now += 1
        if self._start is not None:
            self._heard.append(probability)
            self._talked.append(self._talking)
        if self._talking:
            self._speech(events)
        else:
            self._silence(events)

    def _speech(self, events: list[Event]) -> None:
        self._silent, self._needed = 0, None
        self._proven += 1
        self._last_speech = self._now
        if not self._started and self._start is not None and self._proven >= self._frames(self.settings.min_speech):
            self._started = True
            events.append(Started(self._start * self._frame_samples))

    def _silence(self, events: list[Event]) -> None:
        self._silent += 1
        if self._started:
            if self._silent == self._frames(self.settings.pause):
                events.append(Paused(self._last_speech * self._frame_samples))
            if self._silent >= self._silence_needed():
                self._end(events)
        elif self._silent >= (self._frames(self.settings.doubt) if self._start is not None else self._silence_needed()):
            self._rest(self._floor)

    def _silence_needed(self) -> int:
        """Frames of silence that end the running utterance."""
        return self._frames(self.settings.end_silence if self._needed is None else self._needed)

    def _end(self, events: list[Event]) -> None:
        assert self._start is not None
        end = min(self._now, self._last_speech + self._frames(self.settings.post_roll))
        events.append(self._ended(end, self._last_speech, cut=False))
        self._rest(end)

    def _rest(self, floor: int) -> None:
        """Nothing runs any more; sound before `floor` is given away."""
        self._floor = floor
        self._start, self._started, self._proven, self._needed = None, False, 0, None
        self._heard, self._talked = [], []

    def _cut(self, events: list[Event]) -> None:
        """End at the quietest place of the second half, then take the frames after it once more as a new utterance."""
        assert self._start is not None
        at = _quietest(self._heard, self._frames(self.settings.pause))
        spoken = [index for index in range(at) if self._talked[index]]
        speech_end = self._start + (spoken[-1] + 1 if spoken else at)
        rest, talking, resume = self._heard[at:], self._talked[at - 1], self._start + at
        events.append(self._ended(resume, speech_end, cut=True))
        self._rest(resume)
        # The words before the cut have proved that someone speaks: the rest needs no proof of its own.
        self._proven = self._frames(self.settings.min_speech)
        self._now, self._talking, self._silent, self._last_speech = resume, talking, 0, speech_end
        for probability in rest:
            self._step(probability, events)

    def _ended(self, end: int, speech_end: int, *, cut: bool) -> Ended:
        assert self._start is not None
        samples = self._frame_samples
        return Ended(self._start * samples, end * samples, speech_end * samples, cut)

    def _frames(self, seconds: float) -> int:
        """Whole frames that hold `seconds`."""
        return ceil(seconds * self._frames_per_second - 1e-6)


def _quietest(probabilities: list[float], width: int) -> int:
    """Index in the second half whose surroundings, `width` frames, are the least likely speech; the last of equals."""
    width = max(1, width)
    half = len(probabilities) // 2
    sums = np.convolve(np.asarray(probabilities[half:]), np.ones(width), mode="valid")
    last = len(sums) - 1 - int(np.argmin(sums[::-1]))
    return half + last + width // 2
