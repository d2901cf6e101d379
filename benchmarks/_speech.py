"""What the recogniser is measured on: recordings, their utterances, and what they say."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.conditions import from_a_place, speech_power, with_noise
from benchmarks._laid import FIXTURES, ROOT, SPEECH, Samples, chunks, kitchen
from voice.detect import Detector
from voice.types import Utterance
from voice.utterances import utterances
from voice.wav import samples_of


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording, cut into utterances as in live use."""

    name: str
    phrases: tuple[str, ...]
    """What must stand in the transcript."""
    text: str | None
    """All that is said, where that is known."""
    utterances: tuple[Utterance, ...]

    @property
    def seconds(self) -> float:
        return sum(utterance.seconds for utterance in self.utterances)


@dataclass(frozen=True, slots=True)
class Group:
    """Recordings of one kind."""

    name: str
    source: str
    """The folder, as seen from the project's root."""
    files: Sequence[tuple[str, tuple[str, ...], str | None, Samples]]
    """(name, phrases, text, samples at 16 kHz)"""

    def heard_at(self, snr: float, seed: int = 1) -> list[Spoken]:
        """Every recording with kitchen noise `snr` decibels below it (infinite: as it is), cut into utterances."""
        noise = kitchen() if np.isfinite(snr) else None
        return [
            Spoken(name, phrases, text, tuple(utterances(chunks(_mixed(samples, noise, snr, seed + turn)), Detector())))
            for turn, (name, phrases, text, samples) in enumerate(self.files)
        ]


def orders_or(folder: Path | None, labels: Path | None, limit: int | None) -> Group | None:
    """The recordings of `folder` with their labels; without one the recorded coffee orders, None where they are not."""
    if folder is None and not (SPEECH / "orders").is_dir():
        return None
    folder = folder or SPEECH / "orders"
    labels = labels or folder / "labels.jsonl"
    if not labels.is_file():
        raise ValueError(f"{labels}: no such file. Name the labels of the recordings with --labels.")
    rows = [row for row in _rows(labels) if row.get("text") or row.get("slots")][:limit]
    if not rows:
        raise ValueError(f"{labels}: no row has a text or slots, so there is nothing to measure.")
    return _group("orders", folder, rows)


def off_subject(limit: int | None) -> list[Group]:
    """Recorded commands and read sentences, where they are: nothing a coffee bar sells."""
    if not SPEECH.is_dir():
        return []
    commands = [file for file in sorted((SPEECH / "commands").glob("*.wav")) if not file.stem.startswith("oov")]
    said = {"nevermind": "never mind"}
    read = [file for file in sorted((SPEECH / "read").glob("*")) if file.suffix in (".wav", ".flac")]
    return [
        Group(
            "commands",
            shown(SPEECH / "commands"),
            [_texted(file, said.get(file.stem, file.stem)) for file in commands[:limit]],
        ),
        Group(
            "read",
            shown(SPEECH / "read"),
            [_texted(file, file.with_suffix(".txt").read_text()) for file in read[:limit]],
        ),
    ]


def fixtures(limit: int | None) -> Group:
    """The project's own synthetic requests."""
    return _group("fixtures", FIXTURES, [row for row in _rows(FIXTURES / "manifest.jsonl") if row["text"]][:limit])


def shown(folder: Path) -> str:
    """The folder as seen from the project's root: the line must not depend on where the project lies."""
    return Path(os.path.relpath(folder.resolve(), ROOT)).as_posix()


def _group(name: str, folder: Path, rows: Sequence[Mapping[str, Any]]) -> Group:
    files = []
    for row in rows:
        text = row.get("text")
        phrases = (str(text),) if text else tuple(str(value) for value in row["slots"].values())
        files.append((str(row["file"]), phrases, text, samples_of(folder / str(row["file"]))))
    return Group(name, shown(folder), files)


def _texted(file: Path, text: str) -> tuple[str, tuple[str, ...], str | None, Samples]:
    return file.name, (text.strip(),), text.strip(), samples_of(file)


def _mixed(samples: Samples, noise: Samples | None, snr: float, seed: int) -> Samples:
    """Noise from a seeded place, as loud over the whole recording as `snr` says of the recording's loud half.

    The level of speech is the mean power of the half of the 32 ms frames that is loudest, so that silence around the
    words does not make the noise softer.
    """
    if noise is None:
        return samples
    under = from_a_place(noise, len(samples), np.random.default_rng(seed))
    mixed = with_noise(samples, under, speech_power(samples), snr)
    whole: Samples = np.clip(np.rint(mixed), -32768, 32767).astype(np.int16)
    return whole


def _rows(labels: Path) -> Iterator[dict[str, Any]]:
    with labels.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
