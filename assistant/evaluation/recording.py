"""A person reads or answers prompts; what is good enough becomes a row of a manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.evaluation.checking import CLIPPED, SILENT, longest_at_the_rail
from assistant.evaluation.making import labels_of
from assistant.evaluation.manifest import Row
from voice.detect import Detector
from voice.endpoint import EndpointSettings
from voice.ports import Microphone, SpeechDetector
from voice.types import AudioChunk, Utterance
from voice.utterances import utterances
from voice.wav import write_wav

WAIT = 15.0
"""Seconds for somebody to begin to speak."""


@dataclass(frozen=True, slots=True)
class Booth:
    """Where the recording is made, and how the person is spoken with."""

    microphone: Microphone
    ask: Callable[[str], str]
    """Shows a question and gives the line that was typed."""
    tell: Callable[[str], None]
    level: Callable[[float], None]
    """Decibels from full scale, some times a second while recording."""
    endpoint: EndpointSettings
    detector: Callable[[], SpeechDetector] = Detector


def record(rows: Sequence[Row], booth: Booth, out: Path, about: Mapping[str, str]) -> int:
    """Record every prompt that `out`/manifest.jsonl does not hold yet, row by row; how many were kept.

    A row's text is read aloud; a row with a tag `prompt` and no text is answered freely. `about`: speaker, device,
    licence. Clipped and silent takes are made again. 'q' at any question ends it; what was kept stays.
    """
    manifest = out / "manifest.jsonl"
    there = {json.loads(line)["id"] for line in _lines(manifest)}
    missing = [row for row in rows if row.id not in there]
    kept = 0
    for number, row in enumerate(missing, start=1):
        prompt = (row.tags or {}).get("prompt", "")
        booth.tell(f"\n{number} of {len(missing)}" + (f"  {prompt}" if prompt else ""))
        booth.tell(f"    {row.text or '(answer as you like)'}")
        answer, take = _take(booth)
        if answer == "q":
            break
        if take is None:
            continue
        file = f"wav/{len(there) + kept:04d}.wav"
        write_wav(out / file, [AudioChunk(take.samples, take.rate)])
        entry = {"id": row.id, "file": file, "language": row.language, "kind": "recorded"}
        entry |= {"text": row.text} if row.text else {}
        with manifest.open("a", encoding="utf-8") as listing:
            listing.write(json.dumps({**entry, **labels_of(row), **about}, ensure_ascii=False) + "\n")
        kept += 1
    return kept


def _take(booth: Booth) -> tuple[str, Utterance | None]:
    """One prompt until it is kept, skipped ('s') or everything is ended ('q')."""
    answer = booth.ask("Enter records, s skips, q ends: ")
    while answer not in ("s", "q"):
        take = _listen(booth)
        fault = _fault(take)
        if fault:
            booth.tell(f"    {fault} Once more.")
            continue
        answer = booth.ask("Enter keeps it, r records it again, s skips, q ends: ")
        if answer not in ("r", "s", "q"):
            return answer, take
    return answer, None


def _listen(booth: Booth) -> Utterance | None:
    """The first thing said; None where nobody spoke."""
    booth.tell("    Speak now.")
    heard = utterances(_levelled(booth), booth.detector(), booth.endpoint)
    return next(heard, None)


def _levelled(booth: Booth) -> Iterator[AudioChunk]:
    gone = 0.0
    for chunk in booth.microphone.chunks():
        gone += chunk.seconds
        peak = int(np.abs(chunk.samples.astype(np.int32)).max(initial=0))
        booth.level(20 * np.log10(max(peak, 1) / 32_767))
        yield chunk
        if gone > WAIT:
            return


def _fault(take: Utterance | None) -> str:
    """Why a take cannot be kept."""
    if take is None:
        return "Nobody was heard."
    level = np.abs(take.samples.astype(np.int32))
    if longest_at_the_rail(level) >= CLIPPED:
        return "That was too loud and is clipped: speak softer, or farther away."
    return "That was too soft: speak up, or come nearer." if level.max(initial=0) < 4 * SILENT * 32_767 else ""


def _lines(path: Path) -> Iterable[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
