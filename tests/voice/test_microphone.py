from __future__ import annotations

from itertools import islice
from threading import Timer

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.sound_system import Card, System
from tests.voice.sounds import counting, tone
from voice.devices import DeviceGone, PortAudio
from voice.microphone import DeviceMicrophone, MicrophoneSettings

BLOCK = 320


def card(sound: NDArray[np.int16], channels: int = 1, rate: int = 16_000) -> Card:
    """A microphone that gives `sound` on its first channel, and half of it on any other."""
    columns = np.stack([sound, *[sound // 2] * (channels - 1)], axis=1)
    blocks = [columns[start : start + BLOCK] for start in range(0, len(sound), BLOCK)]
    return Card("Webcam", inputs=channels, rate=rate, takes=((rate, channels),), hears=blocks)


def microphone_of(card: Card, told: list[str] | None = None, **how: object) -> DeviceMicrophone:
    settings = MicrophoneSettings(silent=0.05, retry=0.01, **how)  # type: ignore[arg-type]
    return DeviceMicrophone(settings, (told if told is not None else []).append, PortAudio(System(card)))


def heard(microphone: DeviceMicrophone, chunks: int) -> NDArray[np.int16]:
    return np.concatenate([chunk.samples for chunk in islice(microphone.chunks(), chunks)])


def test_every_sample_is_heard_once_in_order() -> None:
    samples = counting(BLOCK * 20)

    with microphone_of(card(samples)) as microphone:
        assert np.array_equal(heard(microphone, 20), samples)
        assert microphone.lost == 0


def test_stereo_at_44100_hertz_becomes_mono_at_16000() -> None:
    with microphone_of(card(tone(1.0, 440, rate=44_100), 2, 44_100)) as microphone:
        sound = heard(microphone, 60)
    spectrum = np.abs(np.fft.rfft(sound[2000:6000]))
    assert np.argmax(spectrum) * 4 == pytest.approx(440, abs=4)
    assert np.abs(sound[2000:6000]).max() == pytest.approx(6000, rel=0.02)  # the mean of 8000 and 4000


def test_a_reader_that_falls_behind_loses_sound_and_is_told_once() -> None:
    told: list[str] = []
    webcam = card(counting(BLOCK * 30))

    with microphone_of(webcam, told, waiting=0.2) as microphone:
        chunks = microphone.chunks()
        next(chunks)
        while webcam.hears:
            pass
        rest = list(islice(chunks, 9))
        assert len(rest) == 9
        assert microphone.lost >= 19
    assert told == ["Sound of the microphone was lost: this machine is too busy to listen without gaps."]


def test_an_overrun_of_the_device_counts() -> None:
    webcam = card(counting(BLOCK * 3))
    webcam.overflows = True

    with microphone_of(webcam) as microphone:
        heard(microphone, 3)
        assert microphone.lost == 3


def test_closing_ends_the_sound_from_another_thread() -> None:
    microphone = microphone_of(card(counting(BLOCK)))
    Timer(0.02, microphone.close).start()

    assert len(list(microphone.chunks())) == 1


def test_a_microphone_that_goes_is_said() -> None:
    webcam = card(counting(BLOCK * 2))

    with microphone_of(webcam) as microphone:
        chunks = microphone.chunks()
        assert len(list(islice(chunks, 2))) == 2
        webcam.plugged = False
        with pytest.raises(DeviceGone, match=r"microphone Webcam has gone\. Connect it again, or name another"):
            next(chunks)


def test_a_microphone_that_goes_is_waited_for_where_that_is_wished() -> None:
    told: list[str] = []
    webcam = card(counting(BLOCK))

    def back() -> None:
        webcam.hears = card(tone(0.02, 440)).hears
        webcam.plugged = True

    with microphone_of(webcam, told, reopen=True) as microphone:
        chunks = microphone.chunks()
        next(chunks)
        webcam.plugged = False
        Timer(0.2, back).start()
        assert np.array_equal(next(chunks).samples, tone(0.02, 440))
    assert told == [
        "The microphone Webcam has gone. Waiting for it to come back.",
        "The microphone Webcam is back.",
    ]
