"""The 60 recorded orders, heard by Handla's Whisper with its own hints and then understood."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks._figures import share
from benchmarks._orders import LABELS, coffee_bar, is_right
from benchmarks._requests import read_rows
from nlu import parse

SNRS = (math.inf, 6.0)
"""Decibels of the kitchen noise below the speech; infinite: as recorded."""


def measure(transcripts: Path | None, threads: int, tell: Callable[..., None]) -> dict[str, object]:
    """The share of orders with every labelled slot right and nothing added, clean and in noise.

    What the recogniser misheard beyond recognition counts against the figure too.
    """
    if not LABELS.exists():
        return {"skipped": f"{LABELS} is not there"}
    if transcripts and transcripts.exists():
        rows = list(read_rows(transcripts))
    else:
        try:
            rows = hear(threads)
        except (ImportError, RuntimeError) as error:  # no extra `voice`, no weights
            return {"skipped": str(error)}
        if transcripts:
            transcripts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    labels = {row["file"]: row["slots"] for row in read_rows(LABELS)}
    return {
        _shown(snr): _figures([row for row in rows if row.get("snr") == snr], labels, tell)
        for snr in dict.fromkeys(row.get("snr") for row in rows)
    }


def hear(threads: int) -> list[dict[str, Any]]:
    """Every order as {file, snr, text}; `snr` None where no noise was added."""
    from benchmarks._coffee import coffee_hints
    from benchmarks._speech import orders_or
    from voice.models import whisper_folder
    from voice.whisper import Whisper, WhisperSettings

    whisper, hints = Whisper(whisper_folder("base"), WhisperSettings(threads=threads)), coffee_hints()
    orders = orders_or(None, None, None)
    rows = []
    for snr in SNRS:
        for spoken in orders.heard_at(snr) if orders else ():
            texts = [whisper.transcribe(utterance, hints).text for utterance in spoken.utterances]
            told = None if snr == math.inf else snr
            rows.append({"file": spoken.name, "snr": told, "text": " ".join(text for text in texts if text)})
    return rows


def _figures(rows: Sequence[dict[str, Any]], labels: dict[str, Any], tell: Callable[..., None]) -> dict[str, object]:
    vocabulary, right = coffee_bar(), []
    for row in rows:
        heard = parse(row["text"], vocabulary)
        right.append(is_right(heard, labels[row["file"]]))
        if not right[-1]:
            lines = [
                [line.said, *(f"{o.amount or ''} {o.value}".strip() for o in line.options)] for line in heard.lines
            ]
            tell(part="orders", snr=row.get("snr"), text=row["text"], wanted=labels[row["file"]], heard=heard.intent,
                 lines=lines)  # fmt: skip
    return share(right)


def _shown(snr: float | None) -> str:
    return "clean" if snr is None else f"{snr:g} dB"
