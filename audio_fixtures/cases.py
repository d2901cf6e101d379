"""What each recording says and how it is treated, as read from script.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

SCRIPT = Path(__file__).with_name("script.yaml")


class BadScript(ValueError):
    """A row of script.yaml that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recording to make. Field by field as the head of script.yaml explains them."""

    say: str = ""
    name: str = ""
    intent: str | None = None
    slots: Mapping[str, str | int | bool] = field(default_factory=dict)
    pace: float = 1.0
    pitch: float = 1.0
    noise: str | None = None
    snr: float = 20.0
    """Decibels."""
    room: float | None = None
    """Seconds."""
    clip: float | None = None
    """Decibels."""
    peak: float = -3.0
    """Decibels from full scale."""
    rate: int = 16000
    """Hertz."""
    channels: int = 1
    sound: str | None = None
    """For sounds without words: which."""
    seconds: float = 0.0
    """For sounds without words: how long."""

    @property
    def treatment(self) -> str | None:
        """What was done to the sound, in words; None for clean speech."""
        parts = [
            f"{_SOUNDS[self.sound]}" if self.sound else "",
            f"small room, echo falls by 60 dB in {self.room:g} s" if self.room else "",
            f"{self.noise} noise, SNR {self.snr:g} dB" if self.noise else "",
            f"clipped, driven {self.clip:g} dB over full scale" if self.clip else "",
            f"very quiet, peak {self.peak:g} dB" if self.peak <= -40 else "",
        ]
        return "; ".join(part for part in parts if part) or None


_SOUNDS = {
    "silence": "nothing: digital silence",
    "white": "white noise alone",
    "pink": "pink noise alone",
    "hum": "mains hum alone",
    "cough": "a cough-like burst",
    "click": "one click",
    "typing": "typing-like clicks",
}
_FIELDS = {item.name for item in fields(Case)}


@dataclass(frozen=True, slots=True)
class Script:
    """All recordings: file, relative to the folder of audio_fixtures, -> how to make it."""

    fixtures: Mapping[str, Case]
    demo: Mapping[str, Case]


def read_script(path: Path = SCRIPT) -> Script:
    """The cases in the order written. Raises BadScript for an unknown field or two rows that want the same file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    fixtures: dict[str, Case] = {}
    for row in [*document["utterances"], *document["wordless"]]:
        case = _case(row)
        file = f"wav/{case.name or _slug(case)}.wav"
        if file in fixtures:
            raise BadScript(f"{path.name}: two rows make {file}; give one of them a name.")
        fixtures[file] = case
    demo = {f"demo/{number:02d}.wav": _case(row) for number, row in enumerate(document["demo"], start=1)}
    return Script(fixtures, demo)


def _case(row: dict[str, Any]) -> Case:
    unknown = sorted(set(row) - _FIELDS)
    if unknown:
        raise BadScript(f"{SCRIPT.name}: {row}: no such field: {', '.join(unknown)}.")
    return Case(**row)


def _slug(case: Case) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", case.say.lower().replace("'", ""))[:7])
