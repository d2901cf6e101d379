from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

import voice.devices
from voice.devices import NoDevice, open_speaker
from voice.types import AudioChunk


class PortAudioError(Exception):
    pass


class Stream:
    """An output stream that keeps what is written, as rows of one channel."""

    def __init__(self, system: System, **how: Any) -> None:
        if system.busy:
            raise PortAudioError("Device unavailable")
        self.how = how
        self.written: list[np.ndarray] = []
        self.open = False

    def start(self) -> None:
        self.open = True

    def write(self, rows: np.ndarray) -> None:
        assert self.open
        assert rows.shape[1] == 1
        self.written.append(rows[:, 0].copy())

    def stop(self) -> None:
        pass

    def close(self) -> None:
        self.open = False


class System:
    """What the sounddevice module offers, without a sound card."""

    PortAudioError = PortAudioError

    def __init__(self, *names: str, busy: bool = False) -> None:
        self.names = names
        self.busy = busy
        self.streams: list[Stream] = []

    def query_devices(self) -> list[dict[str, Any]]:
        microphone = {"name": "Webcam microphone", "max_output_channels": 0}
        return [microphone, *({"name": name, "max_output_channels": 2} for name in self.names)]

    def OutputStream(self, **how: Any) -> Stream:  # noqa: N802
        self.streams.append(Stream(self, **how))
        return self.streams[-1]


def use(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setattr(voice.devices, "_sounddevice", lambda: system)
    return system


def test_a_sound_is_played_at_its_own_rate_on_the_usual_device(monkeypatch: pytest.MonkeyPatch) -> None:
    system = use(System("Built-in"), monkeypatch)
    samples = np.arange(100, dtype=np.int16)

    with open_speaker() as speaker:
        speaker.play(AudioChunk(samples, 22_050))
        speaker.play(AudioChunk(samples, 22_050))
        speaker.play(AudioChunk(samples, 16_000))

    first, second = system.streams
    assert (first.how["samplerate"], first.how["device"], first.how["dtype"]) == (22_050, None, "int16")
    assert [np.array_equal(part, samples) for part in first.written] == [True, True]
    assert second.how["samplerate"] == 16_000
    assert not first.open
    assert not second.open


def test_a_device_is_chosen_by_a_part_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    system = use(System("Built-in", "USB Headset"), monkeypatch)

    open_speaker("headset").play(AudioChunk(np.zeros(10, np.int16), 16_000))
    assert system.streams[0].how["device"] == 2


def test_an_unknown_device_is_refused_with_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    use(System("Built-in", "USB Headset"), monkeypatch)

    with pytest.raises(NoDevice, match=r"called 'kitchen'\. There are: Built-in, USB Headset\."):
        open_speaker("kitchen")


def test_a_machine_without_a_loudspeaker_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    use(System(), monkeypatch)

    with pytest.raises(NoDevice, match=r"no loudspeaker\. Connect one, or write the replies to files"):
        open_speaker()


def test_a_device_that_is_taken_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    use(System("Built-in", busy=True), monkeypatch)

    with pytest.raises(NoDevice, match=r"cannot play \(Device unavailable\)\. Check that it is connected and free"):
        open_speaker().play(AudioChunk(np.zeros(10, np.int16), 16_000))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError("PortAudio library not found"), "PortAudio library is missing.*apt install libportaudio2"),
        (ImportError("No module named 'sounddevice'"), r"Run: pip install 'handla\[voice\]'"),
    ],
)
def test_missing_parts_of_the_sound_system_name_what_to_install(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **others: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoDevice, match=says):
        open_speaker()
