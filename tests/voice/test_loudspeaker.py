from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event, Timer

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.sound_system import Card, System
from tests.voice.sounds import counting, tone
from voice.devices import DeviceGone, NoDevice, PortAudio
from voice.loudspeaker import DeviceSpeaker, SpeakerSettings
from voice.types import AudioChunk, Played

RATE = 48_000


def card(**about: object) -> Card:
    return Card("Built-in", outputs=2, **about)  # type: ignore[arg-type]


def speaker_of(card: Card, silent: float = 2.0) -> DeviceSpeaker:
    return DeviceSpeaker(SpeakerSettings(silent=silent), PortAudio(System(card)))


def sounded(card: Card) -> NDArray[np.int16]:
    """What came out, without the silence at its end."""
    whole: NDArray[np.int16] = np.concatenate([block[:, 0] for block in card.sounded])
    return whole[: np.flatnonzero(whole)[-1] + 1]


def test_every_sample_of_every_chunk_is_played_once_in_order() -> None:
    built_in, samples = card(), counting(5000)

    with speaker_of(built_in) as speaker:
        played = speaker.play([AudioChunk(samples[:1234], RATE), AudioChunk(samples[1234:], RATE)])
    assert np.array_equal(sounded(built_in), samples)
    assert played == Played(5000 / RATE, finished=True)


def test_sound_is_resampled_to_the_devices_rate_and_goes_to_both_ears() -> None:
    stereo = card(rate=44_100, takes=((44_100, 2),))

    with speaker_of(stereo) as speaker:
        played = speaker.play([AudioChunk(tone(0.5, 440, rate=22_050), 22_050)])
    left, right = np.concatenate(stereo.sounded).T
    assert np.array_equal(left, right)
    spectrum = np.abs(np.fft.rfft(left[:22_050]))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=2)
    assert played.seconds == pytest.approx(0.5, abs=0.001)


def test_one_sound_follows_another() -> None:
    built_in, samples = card(), counting(960)

    with speaker_of(built_in) as speaker:
        assert [speaker.play([AudioChunk(samples, RATE)]).finished for _ in range(3)] == [True] * 3
        assert speaker.play([]) == Played(0.0, finished=True)
    assert sum(np.array_equal(block[:, 0], samples[:480]) for block in built_in.sounded) == 3


def test_a_stop_cuts_the_sound_and_says_how_much_was_heard() -> None:
    built_in, stop = card(holds=0.1), Event()

    def endless() -> Iterator[AudioChunk]:
        while True:
            yield AudioChunk(counting(480), RATE)
            time.sleep(0.001)

    Timer(0.1, stop.set).start()
    with speaker_of(built_in) as speaker:
        played = speaker.play(endless(), stop)
    handed = len(sounded(built_in)) / RATE
    assert not played.finished
    assert played.seconds == pytest.approx(handed - 0.1, abs=0.011)  # what the device still held was not heard


def test_what_was_stopped_before_it_began_is_not_played() -> None:
    built_in, stop = card(), Event()
    stop.set()

    with speaker_of(built_in) as speaker:
        assert speaker.play([AudioChunk(counting(480), RATE)], stop) == Played(0.0, finished=False)
    assert built_in.sounded == []


def test_the_tap_gets_what_is_played_and_when_it_sounds() -> None:
    built_in, samples, tapped = card(holds=0.25), counting(2400), []
    began = time.monotonic()

    with speaker_of(built_in) as speaker:
        speaker.play([AudioChunk(samples, RATE)], tap=lambda piece, at: tapped.append((piece, at)))
    heard = np.concatenate([piece.samples for piece, _ in tapped])
    assert np.array_equal(heard[:2400], samples)
    assert not heard[2400:].any()
    assert 0.25 <= tapped[0][1] - began < 1.25


def test_a_sound_that_is_made_too_slowly_has_gaps_and_loses_nothing() -> None:
    built_in, samples = card(), counting(960)

    def slow() -> Iterator[AudioChunk]:
        yield AudioChunk(samples[:500], RATE)
        time.sleep(0.05)
        yield AudioChunk(samples[500:], RATE)

    with speaker_of(built_in) as speaker:
        assert speaker.play(slow()).finished
        assert speaker.late > 0
    whole = sounded(built_in)
    assert np.array_equal(whole[whole != 0], samples[samples != 0])


def test_a_sound_that_cannot_be_made_is_cut_off_and_the_next_one_plays() -> None:
    built_in, samples = card(), counting(960)

    def breaking() -> Iterator[AudioChunk]:
        yield AudioChunk(counting(48_000), RATE)
        raise RuntimeError("no voice")

    with speaker_of(built_in) as speaker:
        with pytest.raises(RuntimeError, match="no voice"):
            speaker.play(breaking())
        built_in.sounded.clear()
        assert speaker.play([AudioChunk(samples, RATE)]).finished
    assert np.array_equal(sounded(built_in), samples)


def test_a_device_that_goes_while_it_plays_is_said_and_works_again_when_it_is_back() -> None:
    built_in = card()

    def unplugging() -> Iterator[AudioChunk]:
        yield AudioChunk(counting(480), RATE)
        built_in.plugged = False
        yield AudioChunk(counting(48_000), RATE)

    with speaker_of(built_in, silent=0.2) as speaker:
        with pytest.raises(DeviceGone, match=r"loudspeaker Built-in has gone\. Connect it again, or name another"):
            speaker.play(unplugging())
        with pytest.raises(NoDevice, match=r"cannot be opened \(Device unavailable\)"):
            speaker.play([AudioChunk(counting(480), RATE)])
        built_in.plugged = True
        assert speaker.play([AudioChunk(counting(480), RATE)]).finished
