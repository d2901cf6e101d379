"""PortAudio on the virtual devices of a sound server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread, Timer

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.sound_server import EAR, MOUTH, RATE, Recording, SoundServer
from voice.devices import Device, DeviceGone, NoDevice, PortAudio
from voice.loudspeaker import DeviceSpeaker
from voice.microphone import DeviceMicrophone, MicrophoneSettings
from voice.types import AudioChunk

pytestmark = pytest.mark.device


def chirp(seconds: float, rate: int) -> NDArray[np.int16]:
    """A tone that rises from 300 to 3000 Hz: it is found again in one place only."""
    at = np.arange(round(seconds * rate)) / rate
    return np.round(8000 * np.sin(2 * np.pi * (300 * at + 1350 / seconds * at**2))).astype(np.int16)


def likeness(sound: NDArray[np.int16], wanted: NDArray[np.int16]) -> float:
    """How much of `wanted` is found in one place of `sound`: the highest normalised cross-correlation, 0..1."""
    long, short = sound.astype(float), wanted.astype(float)
    size = 1 << (len(long) + len(short)).bit_length()
    products = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)[: len(long)]
    sums = np.concatenate([[0.0], np.cumsum(long**2)])
    energy = sums[np.minimum(np.arange(len(long)) + len(short), len(long))] - sums[: len(long)]
    return float(np.max(products / np.sqrt(np.maximum(energy, 0.1 * (short**2).sum()) * (short**2).sum())))


def loud(sound: NDArray[np.int16]) -> NDArray[np.int64]:
    """Where the sound is loud, in samples."""
    return np.flatnonzero(np.abs(sound.astype(np.int32)) > 500)


class At(PortAudio):
    """The real sound system, whose devices say that they work at another rate."""

    def __init__(self, rate: int) -> None:
        import sounddevice

        super().__init__(sounddevice)
        self._rate = rate

    def devices(self) -> list[Device]:
        return [replace(device, rate=self._rate) for device in super().devices()]


def until(holds: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def listening(microphone: DeviceMicrophone) -> Iterator[list[NDArray[np.int16]]]:
    """What the microphone hears meanwhile, chunk by chunk, once it hears anything."""
    heard: list[NDArray[np.int16]] = []
    thread = Thread(target=lambda: heard.extend(chunk.samples for chunk in microphone.chunks()))
    thread.start()
    try:
        until(lambda: heard)
        yield heard
    finally:
        microphone.close()
        thread.join(5)


def best_hearing(server: SoundServer, heard: list[NDArray[np.int16]]) -> float:
    """How well the microphone hears a chirp, at the best of three: a busy machine loses sound on the way."""
    best = 0.0
    for _ in range(3):
        before = len(heard)
        server.put_in(chirp(1.0, RATE))
        time.sleep(0.5)
        best = max(best, likeness(np.concatenate(heard[before:]), chirp(1.0, 16_000)))
        if best > 0.9:
            break
    return best


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_is_played_is_heard_at_the_loudspeaker(sound_server: SoundServer, rate: int) -> None:
    said = [AudioChunk(chirp(1.0, 22_050)[:9000], 22_050), AudioChunk(chirp(1.0, 22_050)[9000:], 22_050)]

    with sound_server.recording() as recording, DeviceSpeaker(system=At(rate)) as speaker:
        played = speaker.play(said)
        time.sleep(0.2)
        assert likeness(recording.samples(), chirp(1.0, RATE)) > 0.95
    assert played.finished


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_sounds_at_the_microphone_is_heard(sound_server: SoundServer, rate: int) -> None:
    with listening(DeviceMicrophone(system=At(rate))) as heard:
        assert best_hearing(sound_server, heard) > 0.9
        assert np.median([len(samples) for samples in heard]) <= 0.03 * 16_000


def test_a_stopped_sound_is_silent_within_200_milliseconds_and_what_was_heard_is_known(
    sound_server: SoundServer,
) -> None:
    tone = np.round(8000 * np.sin(np.arange(5 * 22_050) * 0.2)).astype(np.int16)
    stop, moments = Event(), []

    def interrupt(recording: Recording) -> None:
        until(lambda: len(loud(recording.samples())))
        time.sleep(0.7)
        moments.append(len(recording.samples()))
        stop.set()

    with sound_server.recording() as recording, DeviceSpeaker() as speaker:
        Thread(target=interrupt, args=(recording,)).start()
        played = speaker.play([AudioChunk(tone, 22_050)], stop)
        time.sleep(0.5)
        heard = loud(recording.samples())
    assert not played.finished
    assert heard[-1] - moments[0] < 0.2 * RATE
    assert played.seconds == pytest.approx((heard[-1] - heard[0]) / RATE, abs=0.05)


def test_an_unplugged_microphone_is_said_and_heard_again_when_it_is_back(sound_server: SoundServer) -> None:
    told: list[str] = []

    with listening(DeviceMicrophone(MicrophoneSettings(reopen=True, retry=0.2), told.append)) as heard:
        unplug(sound_server)
        until(lambda: told)
        before = len(heard)
        plug(sound_server)
        until(lambda: len(heard) > before + 10)
        assert best_hearing(sound_server, heard) > 0.9
    assert "gone" in told[0]
    assert "back" in told[-1]


def test_an_unplugged_loudspeaker_is_said_and_plays_again_when_it_is_back(sound_server: SoundServer) -> None:
    sound = [AudioChunk(chirp(1.0, RATE), RATE)] * 4

    with DeviceSpeaker() as speaker:
        Timer(0.5, unplug, [sound_server]).start()
        try:
            with pytest.raises(DeviceGone):
                speaker.play(sound)
            with pytest.raises(NoDevice):
                speaker.play(sound)
        finally:
            plug(sound_server)
        with sound_server.recording() as recording:
            assert speaker.play(sound[:1]).finished
            time.sleep(0.2)
            assert likeness(recording.samples(), chirp(1.0, RATE)) > 0.95


def unplug(server: SoundServer) -> None:
    """Both: as long as one is there, PulseAudio moves the streams of the other to it."""
    server.unplug(EAR)
    server.unplug(MOUTH)


def plug(server: SoundServer) -> None:
    server.plug(MOUTH)
    server.plug(EAR)
