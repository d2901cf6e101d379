from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest

from tests.voice.sound_system import Card, System
from voice.devices import How, NoDevice, PortAudio, port_audio

HEADSET = Card("USB Headset", inputs=1, outputs=2, rate=44_100, takes=((44_100, 1), (44_100, 2)))
WEBCAM = Card("Webcam", inputs=2, rate=32_000, takes=((48_000, 2),))
BUILT_IN = Card("Built-in Audio", inputs=8, outputs=8, rate=48_000, takes=((48_000, 8),))


@pytest.fixture
def fresh() -> Iterator[None]:
    port_audio.cache_clear()
    yield
    port_audio.cache_clear()


def test_devices_are_listed_with_what_they_can_and_which_are_usual() -> None:
    first, second, third = PortAudio(System(HEADSET, WEBCAM, BUILT_IN)).devices()

    assert (first.number, first.name, first.inputs, first.outputs, first.rate) == (0, "USB Headset", 1, 2, 44_100)
    assert [device.usual_input for device in (first, second, third)] == [False, False, True]
    assert (second.outputs, third.usual_output) == (0, True)


@pytest.mark.parametrize(("which", "found"), [(None, 2), ("headset", 0), ("0", 0), (" 2 ", 2), ("Audio", 2)])
def test_a_device_is_picked_by_number_or_by_a_part_of_its_name(which: str | None, found: int) -> None:
    assert PortAudio(System(HEADSET, WEBCAM, BUILT_IN)).pick(which, "output").number == found


@pytest.mark.parametrize("which", ["kitchen", "1", "webcam"])
def test_what_is_no_loudspeaker_is_refused_with_those_that_are(which: str) -> None:
    system = PortAudio(System(HEADSET, WEBCAM, BUILT_IN))

    with pytest.raises(NoDevice, match=r"loudspeaker is called .* There are: 0 USB Headset, 2 Built-in Audio\."):
        system.pick(which, "output")


def test_a_machine_without_a_microphone_says_so() -> None:
    with pytest.raises(NoDevice, match=r"no microphone\. Connect one or start the sound server; sound files work"):
        PortAudio(System(Card("Monitor", outputs=2))).pick(None, "input")


@pytest.mark.parametrize(
    ("card", "taken"), [(HEADSET, (44_100, 1)), (WEBCAM, (48_000, 2)), (BUILT_IN, (48_000, 8))], ids=str
)
def test_a_device_is_opened_with_a_rate_and_channels_that_it_takes(card: Card, taken: tuple[int, int]) -> None:
    portaudio = PortAudio(System(card))
    how = How(0.02, 0.05, lambda *_: "go on", lambda: None)
    stream = portaudio.open(portaudio.pick(None, "input"), "input", how)

    assert (stream.rate, stream.channels) == taken


def test_a_device_that_takes_nothing_says_so() -> None:
    portaudio = PortAudio(System(Card("Busy", outputs=2, takes=())))

    with pytest.raises(NoDevice, match=r"loudspeaker Busy cannot be opened \(Invalid sample rate\)\. Check that it is"):
        portaudio.open(portaudio.pick(None, "output"), "output", How(0.02, 0.05, lambda *_: "go on", lambda: None))


def test_devices_are_looked_for_anew_only_while_none_is_in_use() -> None:
    system = System(HEADSET)
    portaudio = PortAudio(system)
    how = How(0.02, 0.05, lambda *_: "go on", lambda: None)
    stream = portaudio.open(portaudio.pick(None, "output"), "output", how)

    portaudio.refresh()
    assert system.refreshed == 0
    stream.close()
    portaudio.refresh()
    assert system.refreshed == 1


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError("PortAudio library not found"), "PortAudio library is missing.*apt install libportaudio2"),
        (ImportError("No module named 'sounddevice'"), r"pip install 'handla\[voice\]'"),
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
        port_audio()
