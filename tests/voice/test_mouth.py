"""The mouth on a loudspeaker without a device: what sounds, what stops, what goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Event

import numpy as np
import pytest

from tests.voice.sounds import silence, tone
from voice.devices import DeviceGone
from voice.mouth import Broken, Finished, Mouth, MouthEvent, Out, Trouble
from voice.ports import Tap
from voice.types import AudioChunk, Played

RATE = 16_000
PIECE = 160


class Loudspeaker:
    """Plays as fast as asked; `on_piece` may stop it after any piece."""

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []
        self.on_piece: Callable[[int], None] = lambda pieces: None  # noqa: ARG005

    def play(self, sound: Iterable[AudioChunk], stop: Event | None = None, tap: Tap | None = None) -> Played:
        played = 0
        for chunk in sound:
            for at in range(0, len(chunk.samples), PIECE):
                if stop and stop.is_set():
                    return Played(played / RATE, finished=False)
                piece = chunk.samples[at : at + PIECE]
                self.heard.append(piece)
                played += len(piece)
                if tap:
                    tap(AudioChunk(piece, RATE), time.monotonic())
                self.on_piece(len(self.heard))
        return Played(played / RATE, finished=True)

    @property
    def sound(self) -> np.ndarray:
        return np.concatenate(self.heard)


class Voice:
    """Says each word as a tone of its length, with silence after each."""

    def speak(self, text: str) -> Iterator[AudioChunk]:
        for word in text.split():
            yield AudioChunk(np.concatenate([tone(len(word) / 20, 300), silence(0.1)]), RATE)


class Broke:
    def play(self, sound: Iterable[AudioChunk], stop: Event | None = None, tap: Tap | None = None) -> Played:  # noqa: ARG002
        raise DeviceGone("The loudspeaker has gone.")


class Events(list[MouthEvent]):
    def wait_for(self, kind: type, count: int = 1) -> list[MouthEvent]:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            found = [event for event in self if isinstance(event, kind)]
            if len(found) >= count:
                return found
            time.sleep(0.002)
        raise AssertionError(f"no {kind.__name__} came; there are {[type(event).__name__ for event in self]}")


def whole(text: str) -> np.ndarray:
    spoken = np.concatenate([chunk.samples for chunk in Voice().speak(text)])
    return spoken[: int(np.flatnonzero(np.abs(spoken) >= 328)[-1]) + 1]


def test_a_reply_sounds_whole_but_for_the_silence_at_its_end() -> None:
    events, speaker = Events(), Loudspeaker()
    mouth = Mouth(Voice(), speaker, events.append)
    mouth.say(1, "one three")

    assert events.wait_for(Finished) == [Finished(1, to_end=True)]
    assert np.array_equal(speaker.sound, whole("one three"))
    mouth.close()


def test_what_goes_out_is_told_with_the_reply_it_belongs_to() -> None:
    events = Events()
    mouth = Mouth(Voice(), Loudspeaker(), events.append)
    mouth.say(7, "one")
    events.wait_for(Finished)
    outs = [event for event in events if isinstance(event, Out)]

    assert {out.number for out in outs} == {7}
    assert sum(out.sound.seconds for out in outs) == pytest.approx(len(whole("one")) / RATE)
    mouth.close()


def test_a_reply_that_was_held_goes_on_where_it_was() -> None:
    events, speaker = Events(), Loudspeaker()
    mouth = Mouth(Voice(), speaker, events.append)
    speaker.on_piece = lambda pieces: mouth.hold() if pieces in (5, 30) else None
    mouth.say(1, "one three fifteen")
    for held in (5, 30):
        deadline = time.monotonic() + 5
        while len(speaker.heard) < held and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(0.02)
        assert len(speaker.heard) == held
        assert not any(isinstance(event, Finished) for event in events)
        mouth.resume()

    events.wait_for(Finished)
    assert np.array_equal(speaker.sound, whole("one three fifteen"))
    mouth.close()


def test_a_reply_that_was_hushed_is_over_and_another_one_can_be_said() -> None:
    events, speaker = Events(), Loudspeaker()
    mouth = Mouth(Voice(), speaker, events.append)
    speaker.on_piece = lambda pieces: mouth.hush() if pieces == 5 else None
    mouth.say(1, "seventeen")
    events.wait_for(Out, 5)
    mouth.resume()
    mouth.say(2, "one")

    assert events.wait_for(Finished) == [Finished(2, to_end=True)]
    mouth.close()


def test_a_loudspeaker_that_has_gone_is_told_and_the_reply_was_not_heard() -> None:
    events = Events()
    mouth = Mouth(Voice(), Broke(), events.append)
    mouth.say(1, "one")

    assert events.wait_for(Finished) == [Finished(1, to_end=False)]
    assert events.wait_for(Trouble) == [Trouble("The loudspeaker has gone.")]
    mouth.close()


def test_an_error_of_the_voice_is_brought_to_whoever_runs_the_loop() -> None:
    class Hoarse:
        def speak(self, text: str) -> Iterator[AudioChunk]:  # noqa: ARG002
            yield AudioChunk(tone(0.1, 300), RATE)
            raise ZeroDivisionError

    events = Events()
    mouth = Mouth(Hoarse(), Loudspeaker(), events.append)
    mouth.say(1, "one")

    (broken,) = events.wait_for(Broken)
    assert isinstance(broken, Broken)
    assert isinstance(broken.error, ZeroDivisionError)
    mouth.close()


def test_a_chime_is_nobodys_reply() -> None:
    events = Events()
    mouth = Mouth(Voice(), Loudspeaker(), events.append)
    mouth.chime(AudioChunk(tone(0.1, 500), RATE))
    outs = events.wait_for(Out, 9)

    assert {out.number for out in outs if isinstance(out, Out)} == {None}
    assert not any(isinstance(event, Finished | Broken) for event in events)
    mouth.close()


def test_a_reply_that_was_hushed_is_let_go_at_once() -> None:
    """A voice that still speaks keeps others waiting."""
    events, speaker, ended = Events(), Loudspeaker(), Event()

    class Speaks(Voice):
        def speak(self, text: str) -> Iterator[AudioChunk]:
            try:
                yield from super().speak(text)
            finally:
                ended.set()

    mouth = Mouth(Speaks(), speaker, events.append)
    speaker.on_piece = lambda pieces: mouth.hush() if pieces == 5 else None
    mouth.say(1, "one two three")

    assert ended.wait(1)
    mouth.close()
