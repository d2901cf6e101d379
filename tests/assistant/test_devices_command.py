from __future__ import annotations

import json

import pytest

from assistant import cli
from assistant.commands import devices
from tests.voice.sound_system import Card, System
from voice.devices import NoDevice, PortAudio

HEADSET = Card("USB Headset", inputs=1, outputs=2, rate=44_100)
MONITOR = Card("Monitor", outputs=2)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["handla", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_devices_are_listed_and_the_usual_ones_marked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices, "port_audio", lambda: PortAudio(System(HEADSET, MONITOR)))

    assert run(monkeypatch, "devices") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Microphones:",
        "*   0  USB Headset, 44100 Hz",
        "Loudspeakers:",
        "    0  USB Headset, 44100 Hz",
        "*   1  Monitor, 48000 Hz",
    ]
    assert run(monkeypatch, "devices", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["number"], row["inputs"], row["usual_output"]) for row in rows] == [(0, 1, False), (1, 0, True)]


def test_a_machine_without_sound_devices_is_said_and_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> PortAudio:
        raise NoDevice("The PortAudio library is missing.")

    for system in (lambda: PortAudio(System()), missing):
        monkeypatch.setattr(devices, "port_audio", system)
        assert run(monkeypatch, "devices") == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "This machine has no sound device. Connect one" in shown.err
    assert "The PortAudio library is missing." in shown.err
