"""Recordings that need no weights: a tone for each row, and ears that read the words from a file beside it."""

from __future__ import annotations

import json
import time
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.conditions import AS_RECORDED, Condition
from assistant.evaluation.hearing import Heard, Listening, Samples
from assistant.evaluation.journal import open_journal
from assistant.evaluation.manifest import read_manifests
from assistant.evaluation.results import Played, Step
from assistant.evaluation.running import Configuration, Ground, Plan, plan, run
from assistant.settings import Settings
from voice.types import Transcript

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
COFFEE: dict[str, Any] = {
    "products": [
        {"id": "latte", "title": "Latte", "price": 450, "options": [
            {"name": "size", "values": ["small", "large"]},
            {"name": "milk", "values": ["oat milk", "soy milk"], "amounts": True}]},
        {"id": "espresso", "title": "Espresso", "price": 300},
        {"id": "cocoa", "title": "Cocoa", "price": 400},
    ]
}  # fmt: skip


class Reader:
    """Hears what FILE.txt says: a line for each turn, 'confidence|words'; no line is nothing heard."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def turns(self, samples: Samples, listening: Listening) -> Iterator[Heard]:
        """A word said to be 'crash' is a bug."""
        listening.spent.transcribe += len(samples) / 1000
        for line in listening.file.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
            confidence, _, words = line.partition("|")
            if words == "crash":
                raise ZeroDivisionError("a bug")
            refused = None if words else "uncertain"
            yield Heard(Transcript(words, listening.language, float(confidence), refused), 300.0)


class SlowReader(Reader):
    """Takes its time, so that a test can interrupt it."""

    def turns(self, samples: Samples, listening: Listening) -> Iterator[Heard]:
        time.sleep(0.25)
        yield from super().turns(samples, listening)


class Folder:
    """A manifest being written, with its recordings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []
        (path / "coffee.json").write_text(json.dumps(COFFEE), encoding="utf-8")

    @property
    def manifest(self) -> Path:
        return self.path / "manifest.jsonl"

    @property
    def catalogue(self) -> Path:
        return self.path / "coffee.json"

    def says(self, text: str, heard: str | list[str] | None = None, **labels: Any) -> None:
        """A recording of `text`, which the ears hear as `heard` (several: in as many turns; None: rightly)."""
        name = f"{len(self.rows):03d}.wav"
        self.tone(name, 1.0 + 0.001 * len(self.rows))
        turns = [text] if heard is None and text else heard or []
        lines = [f"0.9|{turn}" for turn in ([turns] if isinstance(turns, str) else turns)]
        (self.path / name).with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")
        self.rows.append({"file": name, "text": text, "kind": "recorded", **labels})

    def tone(self, name: str, seconds: float = 1.0, level: float = 0.3, rate: int = 16_000) -> None:
        moments = np.arange(round(seconds * rate)) / rate
        with wave.open(str(self.path / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((level * 32767 * np.sin(2 * np.pi * 300 * moments)).astype("<i2").tobytes())

    def write(self) -> Path:
        self.manifest.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")
        return self.manifest

    def plan(self, *conditions: Condition, hearing: Any = Reader) -> Plan:
        units = read_manifests([self.write()], 120)
        configuration = Configuration("reader", Settings())
        return plan(units, conditions or (AS_RECORDED,), [configuration], Ground(self.catalogue, NOW, 1, hearing))

    def play(self, *conditions: Condition) -> list[Played]:
        """Everything, in this process."""
        with open_journal(self.path / "journal.jsonl", NOW) as journal:
            return run(self.plan(*conditions), journal, lambda work, items: map(work, items), lambda _: None)

    def steps(self) -> list[Step]:
        return [step for played in self.play() for step in played.steps]
