"""The mouth: makes a reply sound on a thread of its own, is silent at once, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread

import numpy as np

from voice.devices import NoDevice
from voice.ports import Speaker, TextToSpeech
from voice.types import AudioChunk

AUDIBLE = 328
"""Level of a sample from which it counts as heard: 1 % of full scale."""


@dataclass(frozen=True, slots=True)
class Out:
    """A piece of sound on its way to the loudspeaker."""

    number: int | None
    """The reply it belongs to; None for a chime."""
    sound: AudioChunk
    at: float
    """When its first sample sounds, on the speaker's clock."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A reply sounds no more, and not because it was told to be silent."""

    number: int
    to_end: bool
    """Whether all of it was heard."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person can mend; the message says what."""

    message: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An error that nobody expected."""

    error: Exception


MouthEvent = Out | Finished | Trouble | Broken


class Mouth:
    """One reply at a time, or a chime; a new one silences what sounds. Its methods return at once.

    Silence at the end of a reply is not waited for: a reply has been heard when its last word has.
    """

    def __init__(self, voice: TextToSpeech, speaker: Speaker, told: Callable[[MouthEvent], None]) -> None:
        """`told`: called on the mouth's and on the sound system's threads; it must only pass the event on."""
        self._voice = voice
        self._speaker = speaker
        self._told = told
        self._jobs: SimpleQueue[tuple[_Sound, Event] | None] = SimpleQueue()
        self._now: _Sound | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, name="voice-mouth", daemon=True)
        self._thread.start()

    def say(self, number: int, speech: str) -> None:
        """Speak; `number` names the reply in the events."""
        self.hush()
        self._begin(_Sound(number, self._voice.speak(speech)))

    def chime(self, sound: AudioChunk) -> None:
        """Play a short sound that nobody waits for."""
        self.hush()
        self._begin(_Sound(None, iter([sound])))

    def hold(self) -> None:
        """Be silent, and remember where."""
        self._stop.set()

    def resume(self) -> None:
        """Go on where `hold` stopped."""
        if self._now is not None:
            self._begin(self._now)

    def hush(self) -> None:
        """Be silent and forget what sounded."""
        self._stop.set()
        self._now = None

    def close(self) -> None:
        """Be silent and end the thread."""
        self.hush()
        self._jobs.put(None)
        self._thread.join()

    def _begin(self, sound: _Sound) -> None:
        self._now, self._stop = sound, Event()
        self._jobs.put((sound, self._stop))

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            sound, stop = job
            if stop.is_set():
                continue
            try:
                self._play(sound, stop)
            except NoDevice as error:
                self._told(Trouble(str(error)))
                self._finished(sound, to_end=False)
            except Exception as error:  # it must not end with the thread: whoever runs the loop raises it
                self._told(Broken(error))
            del job, sound  # a reply that was hushed ends its voice here, not with the next one

    def _play(self, sound: _Sound, stop: Event) -> None:
        played = self._speaker.play(
            _until(stop, sound.rest()), stop, lambda piece, at: self._told(Out(sound.number, piece, at))
        )
        sound.position += played.seconds
        if played.finished and sound.given:
            self._finished(sound, to_end=True)

    def _finished(self, sound: _Sound, *, to_end: bool) -> None:
        if sound.number is not None:
            self._told(Finished(sound.number, to_end))


class _Sound:
    """What sounds, as far as it was made, and how far it was heard."""

    def __init__(self, number: int | None, source: Iterator[AudioChunk]) -> None:
        self.number = number
        self.position = 0.0
        """Seconds heard."""
        self.given = False
        """Whether the last `rest` was given whole."""
        self._source = _without_tail(source)
        self._made: list[AudioChunk] = []

    def rest(self) -> Iterator[AudioChunk]:
        """From `position` on."""
        self.given = False
        start = 0.0
        for chunk in self._all():
            skip = round((self.position - start) * chunk.rate)
            start += chunk.seconds
            if skip < len(chunk.samples):
                yield AudioChunk(chunk.samples[max(0, skip) :], chunk.rate)
        self.given = True

    def _all(self) -> Iterator[AudioChunk]:
        yield from tuple(self._made)
        for chunk in self._source:
            self._made.append(chunk)
            yield chunk


def _until(stop: Event, sound: Iterator[AudioChunk]) -> Iterator[AudioChunk]:
    """`sound`, of which no more is made once `stop` is set."""
    for chunk in sound:
        yield chunk
        if stop.is_set():
            return


def _without_tail(sound: Iterator[AudioChunk]) -> Iterator[AudioChunk]:
    """`sound` without the silence after its last word; silence between words stays."""
    silence = np.zeros(0, np.int16)
    for chunk in sound:
        loud = np.flatnonzero(np.abs(chunk.samples.astype(np.int32)) >= AUDIBLE)
        end = int(loud[-1]) + 1 if len(loud) else 0
        if end:
            yield AudioChunk(np.concatenate([silence, chunk.samples[:end]]), chunk.rate)
            silence = chunk.samples[end:]
        else:
            silence = np.concatenate([silence, chunk.samples])
