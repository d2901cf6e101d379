"""The journal of a run: one JSON line for each unit that was played, so that an interrupted run can go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from assistant.evaluation.results import Played, played_json


class BadJournal(ValueError):
    """A journal that is no journal; the message says which line."""


@dataclass(slots=True)
class Journal:
    """A file that only grows. What was torn off by an interruption is dropped when it is opened."""

    path: Path
    now: datetime
    """The customers' clock when the run began; a run that goes on keeps it."""
    played: dict[str, Played] = field(default_factory=dict)
    """By key."""
    _file: IO[str] | None = None

    def add(self, one: Played) -> None:
        """Keep it; handed to the operating system before this returns, so that a killed process loses nothing."""
        if self._file is None:
            raise ValueError("the journal is closed")
        self.played[one.key] = one
        self._file.write(played_json.dump_json(one).decode() + "\n")
        self._file.flush()


@contextmanager
def open_journal(path: Path, now: datetime) -> Iterator[Journal]:
    """The journal at `path`, with what it holds already; a new one begins `now`. Raises BadJournal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    journal = _read(path) if path.exists() and path.stat().st_size else None
    if journal is None:
        path.write_text(json.dumps({"now": now.isoformat()}) + "\n", encoding="utf-8")
        journal = Journal(path, now)
    with path.open("a", encoding="utf-8") as file:
        journal._file = file
        yield journal
        journal._file = None


def _read(path: Path) -> Journal | None:
    """None where not even the first line was written whole."""
    with path.open("rb") as file:
        head = file.readline()
        if not head.endswith(b"\n"):
            return None
        try:
            journal = Journal(path, datetime.fromisoformat(json.loads(head)["now"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadJournal(f"{path}: not a journal of handla evaluate; name another folder with --out.") from error
        sound = file.tell()
        for number, line in enumerate(file, start=2):
            if not line.endswith(b"\n"):
                break
            try:
                one = played_json.validate_json(line)
            except ValidationError as error:
                raise BadJournal(
                    f"{path}, line {number}: damaged. Remove the line, or name another folder with --out."
                ) from error
            journal.played[one.key] = one
            sound = file.tell()
    with path.open("rb+") as file:
        file.truncate(sound)
    return journal
