"""How soon a reply begins to sound: Handla's speech against Piper's own, one sentence after the other.

    python -m benchmarks.speak [--runs N] [--limit N]

Prints one JSON line. What is spoken are Handla's replies, worded for the ear, to the requests below on the sample shop.
Each is made by both in turns, with the same voice and settings, and `runs` times; it counts once, with its
median. `first_ms` is the time from the reply's words to its first chunk of sound, `whole_ms` to the last, without
playing. `piper` gives out a sentence once it is whole. `speech` has nothing kept; `kept` says the same again. `gaps`
counts replies of which a later piece would have come after what was there had sounded.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant import bootstrap
from assistant.settings import Settings
from assistant.surfaces.text import typed
from assistant.types import Turn
from benchmarks._figures import times
from voice.models import voice_files
from voice.piper import Piper, PiperSettings
from voice.speech import Speech
from voice.speech_cache import SpeechCache
from voice.types import AudioChunk

REQUESTS = (
    "I need a waterproof winter jacket under 200 dollars",
    "the second one",
    "medium please",
    "check out",
    "yes please",
    "where is my parcel",
    "reorder my coffee",
    "no",
    "what do you recommend",
    "find me hiking boots",
    "the first one",
    "size 42",
    "what is in my basket",
    "remove the boots",
    "what are your opening hours",
    "what is your return policy",
    "how many points do I have",
    "what did I order last month",
    "add two bags of dark roast coffee",
    "what goes well with that",
    "is there a tent for two people",
    "what do customers say about it",
    "how heavy is it",
    "put batteries on my shopping list",
    "what is on my shopping list",
    "help",
    "tell me a joke",
    "goodbye",
)


@dataclass(frozen=True, slots=True)
class Made:
    """One reply made once. Times in seconds."""

    first: float
    whole: float
    waits: bool
    """Whether a piece came later than all before it had sounded, had they been played."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="handla bench speak", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=len(REQUESTS), help="requests")
    chosen = parser.parse_args(arguments)
    texts = replies(REQUESTS[: chosen.limit])
    ours, stock = Piper(voice_files()), Piper(voice_files(), PiperSettings(streamed=False))
    ours.warm_up()
    stock.warm_up()
    report = {"replies": len(texts), "words": sum(len(text.split()) for text in texts), "runs": chosen.runs}
    print(json.dumps({**report, **measure(ours, stock, texts, chosen.runs)}))


def replies(requests: Sequence[str]) -> list[str]:
    """What Handla answers, for the ear, in one conversation on the sample shop."""
    assistant = bootstrap.open_assistant(Settings().model_copy(update={"shop": _scratch()}))
    now = datetime.now(UTC)
    turns = (
        Turn(f"t{number}", "speak", "C001", "text", "en", typed(text, "en"), now)
        for number, text in enumerate(requests)
    )
    return [reply.speech for reply in map(assistant.handle, turns) if reply.speech]


def measure(ours: Piper, stock: Piper, texts: Sequence[str], runs: int) -> dict[str, object]:
    made: dict[str, list[list[Made]]] = {name: [] for name in ("piper", "speech", "kept")}
    for text in texts:
        rows: dict[str, list[Made]] = {name: [] for name in made}
        for _ in range(runs):
            speech = Speech(ours, SpeechCache(None))
            rows["piper"].append(timed(stock.speak, text))
            rows["speech"].append(timed(speech.speak, text))
            rows["kept"].append(timed(speech.speak, text))
        for name, row in rows.items():
            made[name].append(row)
    return {name: _figures(rows) for name, rows in made.items()}


def timed(speak: Callable[[str], Iterator[AudioChunk]], text: str) -> Made:
    began = time.perf_counter()
    first, sounded, waits = 0.0, 0.0, False
    for chunk in speak(text):
        now = time.perf_counter() - began
        first = first or now
        waits = waits or (sounded > 0 and now - first > sounded)
        sounded += chunk.seconds
    return Made(first, time.perf_counter() - began, waits)


def _figures(rows: Sequence[Sequence[Made]]) -> dict[str, object]:
    return {
        "first_ms": times([1000 * statistics.median(one.first for one in row) for row in rows]),
        "whole_ms": times([1000 * statistics.median(one.whole for one in row) for row in rows]),
        "gaps": sum(all(one.waits for one in row) for row in rows),
    }


def _scratch() -> object:
    return Settings().shop.model_copy(update={"database": bootstrap.SCRATCH, "sample": True})


if __name__ == "__main__":
    main()
