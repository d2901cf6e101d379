"""How many turns and words a task takes, and how long a turn: `handla bench dialogue [--transcript [PART]]`.

The conversations in tests/dialogues are played on the sample shop, each on a copy of its own (SQLite, a fixed clock).
Where one names its `task`, the customer's turns and the words Handla speaks are counted from its first word to its
last; every digit of an order number is a word. Prints one JSON line; with --transcript the conversations themselves
instead, all of them or those with PART in their name.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tests.databases import Sqlite
from tests.scripts import Script, Stage, raised, scripts
from tests.shops import Shops, fill

AIMS = {
    "reorder": {"turns": 2, "words": 35},
    "order status": {"turns": 1, "words": 25},
    "find and buy": {"turns": 4, "words": 90},
}
"""At most, at the median."""
AIM_MS = 30.0
"""To decide and act, 95 turns of 100."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one conversation took."""

    script: Script
    turns: int
    words: int
    """Spoken by Handla."""
    milliseconds: tuple[float, ...]
    """To decide and act, by turn."""


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="handla bench dialogue", description=__doc__.split("\n")[0])
    parser.add_argument("--transcript", metavar="PART", nargs="?", const="")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        shops = _shops(Path(folder))
        if given.transcript is None:
            print(json.dumps(report([taken(played(script, shops)) for script in scripts()])))
            return
        wanted = [script for script in scripts() if given.transcript.casefold() in str(script).casefold()]
        if not wanted:
            parser.error(f"no conversation has {given.transcript!r} in its name")
        for script in wanted:
            print(f"{script}\n{played(script, shops).transcript()}\n")


def played(script: Script, shops: Shops) -> Stage:
    """The stage after the last turn, on an assistant that has warmed up as it does where it is opened."""
    stage = raised(script, shops)
    stage.assistant.warm_up(script.language)
    for step in script.steps:
        stage.go_on(step)
    shops.close(stage.assistant)
    return stage


def taken(stage: Stage) -> Taken:
    replies = [reply for _, reply in stage.replies if not reply.repeated]
    milliseconds = [reply.timings_ms.get("decide", 0.0) + reply.timings_ms.get("act", 0.0) for reply in replies]
    return Taken(stage.script, len(replies), sum(words_of(reply.speech) for reply in replies), tuple(milliseconds))


def words_of(speech: str) -> int:
    return len(speech.split())


def report(all_taken: Sequence[Taken]) -> dict[str, Any]:
    by_task: dict[str, dict[str, list[Taken]]] = defaultdict(lambda: defaultdict(list))
    for one in all_taken:
        if one.script.task:
            by_task[one.script.language][one.script.task].append(one)
    times = [ms for one in all_taken for ms in one.milliseconds]
    return {
        "benchmark": "dialogue",
        "data": "tests/dialogues on the sample shop, SQLite",
        "conversations": len(all_taken),
        "turns": len(times),
        "tasks": {
            language: {task: _figures(task, done) for task, done in sorted(tasks.items())}
            for language, tasks in sorted(by_task.items())
        },
        "decide_and_act_ms": {
            "p50": round(float(np.percentile(times, 50)), 1),
            "p95": round(float(np.percentile(times, 95)), 1),
            "aim_p95": AIM_MS,
        },
        "python": platform.python_version(),
    }


def _figures(task: str, done: Sequence[Taken]) -> dict[str, Any]:
    return {
        "conversations": len(done),
        "turns": median(one.turns for one in done),
        "words": median(one.words for one in done),
        "most_words": max(one.words for one in done),
        "aim": AIMS.get(task),
    }


def _shops(folder: Path) -> Shops:
    databases = Sqlite(folder)
    template = databases.new()
    fill(template)
    return Shops(template, databases)
