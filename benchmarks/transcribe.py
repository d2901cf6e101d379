"""Whisper on short windows against faster-whisper's own transcribe(), on the same files, in turns.

    python -m benchmarks.transcribe [--audio DIR --labels FILE] [--hints "a, b"] [--limit N]

Prints one JSON line. Without --audio the recorded coffee orders of the development data are read, or, where those are
absent, audio_fixtures/. A file counts as heard when every labelled phrase (or its whole text) stands in the lower-cased
transcript, hyphens as spaces; `heard_any_digits` is the same with the numbers up to twenty written as words.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from voice.models import ModelError, whisper_folder
from voice.types import BadAudio, Utterance
from voice.wav import RATE, FileMicrophone
from voice.whisper import Whisper, WhisperSettings

ROOT = Path(__file__).parents[1]
ORDERS = ROOT.parent / "shared" / "data" / "speech" / "orders"
FIXTURES = ROOT / "audio_fixtures"

_MENU = (
    "light roast, medium roast, dark roast, americano, mocha, cappuccino, espresso, latte, drip coffee, iced mocha, "
    "eight ounce, twelve ounce, sixteen ounce, twenty ounce, single shot, double shot, triple shot, sweetener, "
    "soy milk, almond milk, skim milk, whole milk"
)
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBERS += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_NUMBERS += ["twenty"]


@dataclass(frozen=True, slots=True)
class Recording:
    path: Path
    phrases: Sequence[str]
    """What must stand in the transcript."""


@dataclass(frozen=True, slots=True)
class Material:
    name: str
    recordings: Sequence[Recording]
    hints: Sequence[str]


Peer = Callable[[Utterance], str]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print; a mistake of the caller ends with a sentence and exit code 2."""
    wanted = _arguments(argv)
    try:
        material = _material(wanted)
        print(json.dumps(measure(material, wanted.model, wanted.threads)))
    except (BadAudio, ModelError, OSError, ValueError, KeyError) as error:
        print(f"transcribe: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def measure(material: Material, model: str, threads: int) -> dict[str, object]:
    """Every peer hears every recording, in turns that begin with another peer each time."""
    peers = _peers(whisper_folder(model), threads, material.hints)
    times: dict[str, list[float]] = {name: [] for name in peers}
    heard: dict[str, int] = dict.fromkeys(peers, 0)
    alike: dict[str, int] = dict.fromkeys(peers, 0)
    names, seconds = list(peers), 0.0
    for turn, recording in enumerate(material.recordings):
        utterance = _whole(recording.path)
        seconds += utterance.seconds
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = time.perf_counter()
            text = peers[name](utterance)
            times[name].append(time.perf_counter() - start)
            heard[name] += _stands_in(recording.phrases, text, _plain)
            alike[name] += _stands_in(recording.phrases, text, _number_words)
    files = len(material.recordings)
    return {
        "benchmark": "transcribe",
        "audio": material.name,
        "files": files,
        "mean_seconds": round(seconds / max(files, 1), 2),
        "model": model,
        "threads": threads,
        "peers": {
            name: {
                "heard": heard[name],
                "heard_any_digits": alike[name],
                "p50_s": round(float(np.percentile(times[name], 50)), 3),
                "p90_s": round(float(np.percentile(times[name], 90)), 3),
            }
            for name in names
        },
    }


def _peers(folder: Path, threads: int, hints: Sequence[str]) -> dict[str, Peer]:
    ours = Whisper(folder, WhisperSettings(threads=threads))
    stock = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)

    def short(utterance: Utterance) -> str:
        return ours.transcribe(utterance).text

    def short_hinted(utterance: Utterance) -> str:
        return ours.transcribe(utterance, hints).text

    def stock_greedy(utterance: Utterance, **others: Any) -> str:
        sound = utterance.samples.astype(np.float32) / 32768.0
        segments, _ = stock.transcribe(
            sound, language="en", beam_size=1, without_timestamps=True, condition_on_previous_text=False, **others
        )
        return " ".join(segment.text for segment in segments)

    def stock_hinted(utterance: Utterance) -> str:
        return stock_greedy(utterance, hotwords=", ".join(hints))

    peers: dict[str, Peer] = {
        "short window": short,
        "short window, hints": short_hinted,
        "stock, greedy": stock_greedy,
        "stock, greedy, hotwords": stock_hinted,
    }
    silence = Utterance(np.zeros(RATE, np.int16) + np.arange(RATE, dtype=np.int16) % 64, RATE, 0.0, 1.0)
    for peer in peers.values():
        peer(silence)
    return peers


def _whole(path: Path) -> Utterance:
    samples = np.concatenate([chunk.samples for chunk in FileMicrophone(path).chunks()])
    return Utterance(samples, RATE, 0.0, len(samples) / RATE)


def _stands_in(phrases: Sequence[str], text: str, spell: Callable[[str], str]) -> bool:
    return all(spell(phrase) in spell(text) for phrase in phrases)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower()).split())


def _number_words(text: str) -> str:
    spelled = (_NUMBERS[int(word)] if word.isdecimal() and int(word) <= 20 else word for word in _plain(text).split())
    return " ".join(spelled)


def _material(wanted: argparse.Namespace) -> Material:
    folder: Path = wanted.audio or (ORDERS if ORDERS.is_dir() else FIXTURES)
    labels: Path = wanted.labels or folder / ("manifest.jsonl" if folder == FIXTURES else "labels.jsonl")
    if not labels.is_file():
        raise ValueError(f"{labels}: no such file. Name the labels of the recordings with --labels.")
    rows = [row for row in _rows(labels) if row.get("text") or row.get("slots")][: wanted.limit]
    recordings = [Recording(folder / str(row["file"]), _phrases(row)) for row in rows]
    if not recordings:
        raise ValueError(f"{labels}: no row has a text or slots, so there is nothing to measure.")
    if wanted.hints is not None:
        hints = [hint.strip() for hint in wanted.hints.split(",") if hint.strip()]
    elif folder == FIXTURES:
        products = {str(row["slots"]["product"]): None for row in rows if "product" in (row.get("slots") or {})}
        hints = list(products)
    else:
        hints = _MENU.split(", ")
    return Material(_shown(folder), recordings, hints)


def _shown(folder: Path) -> str:
    """The folder as seen from the project's root: the line must not depend on where the project lies."""
    return Path(os.path.relpath(folder.resolve(), ROOT)).as_posix()


def _phrases(row: Mapping[str, Any]) -> list[str]:
    return [str(row["text"])] if row.get("text") else [str(value) for value in row["slots"].values()]


def _rows(labels: Path) -> Iterator[dict[str, Any]]:
    with labels.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="handla bench transcribe", description="Short Whisper windows against stock.")
    parser.add_argument("--audio", type=Path, help="folder of recordings")
    parser.add_argument("--labels", type=Path, help="JSON lines with file, and text or slots; labels.jsonl in --audio")
    parser.add_argument("--hints", help="phrases likely to be said, separated by commas")
    parser.add_argument("--limit", type=int, help="only the first so many recordings")
    parser.add_argument("--model", default="base", help="a Whisper model that handla can find")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
