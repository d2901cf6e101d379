"""Manifests: what was recorded, what was said, and what should come of it. JSON Lines, CSV, or a folder of sound."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import ValidationError

from assistant.evaluation.labels import Effect, Entry, Line, SlotLabel
from nlu.types import INTENTS
from voice.types import BadAudio
from voice.wav import FileMicrophone

SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3")
NO_WORDS = "(no words)"
"""What a CSV cell `text` holds for sound without words; an empty cell is text that nobody wrote down."""
Kind = Literal["recorded", "synthetic", "typed", "unknown"]


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of what Handla speaks."""
    packs = (Path(file.name) for file in files("assistant.phrases").iterdir())
    return tuple(
        sorted(file.stem for file in packs if file.suffix == ".yaml" and "." not in file.stem)
    )  # tones: en.warm


class BadManifest(ValueError):
    """Mistakes in manifests, one a line: which file, which line, what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded or typed turn, and what should come of it. What is None or empty was not labelled."""

    id: str
    where: str
    """'manifest.jsonl, line 7'."""
    file: Path | None
    """None: the words are typed."""
    text: str | None
    """What is said; '' where there are no words."""
    language: str = "en"
    intents: tuple[str, ...] = ()
    """Any of them is right."""
    slots: Mapping[str, SlotLabel] | None = None
    lines: tuple[Line, ...] | None = None
    expects: Effect | None = None
    customer: str | None = None
    """None: the settings' customer, or the guest of a scratch catalogue."""
    conversation: str | None = None
    """Rows of one name are one conversation, in the order written."""
    heard_reply: bool = True
    """Whether the reply before was played to its end."""
    kind: Kind = "unknown"
    tags: Mapping[str, str] | None = None
    """speaker, device, noise, licence and every column of the merchant's own."""

    @property
    def spoken(self) -> bool:
        """A recording with words."""
        return self.file is not None and self.text != ""


Unit = tuple[Row, ...]
"""What is played on a shop of its own: a conversation, or a row that is none."""


def read_manifests(paths: Sequence[Path], longest: float) -> list[Unit]:
    """Every row of every manifest or folder, in order, as units of work.

    `longest`: seconds that one file may last. Only headers of sounds are read. Raises BadManifest with all mistakes.
    """
    mistakes: list[str] = []
    rows: list[Row] = []
    told: dict[str, str] = {}
    duration = cache(lambda file: FileMicrophone(file).duration)
    for path in paths:
        for row in _rows(path, mistakes):
            if row.id in told:
                mistakes.append(f"{row.where}: the id {row.id!r} is that of {told[row.id]}; ids must be unique.")
                continue
            told[row.id] = row.where
            rows.append(row)
            mistakes += _sound_mistakes(row, duration, longest)
    if mistakes:
        raise BadManifest("\n".join(mistakes))
    return _units(rows)


def _units(rows: Iterable[Row]) -> list[Unit]:
    units: list[list[Row]] = []
    under_way: dict[str, list[Row]] = {}
    for row in rows:
        if row.conversation is None:
            units.append([row])
        elif row.conversation in under_way:
            under_way[row.conversation].append(row)
        else:
            units.append(under_way.setdefault(row.conversation, [row]))
    return [tuple(unit) for unit in units]


def _rows(path: Path, mistakes: list[str]) -> Iterator[Row]:
    if path.is_dir():
        yield from _folder(path, mistakes)
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        mistakes.append(f"{path}: {reason}; give a manifest (JSON Lines or CSV) or a folder of sound files.")
        return
    entries = _csv(path, text, mistakes) if path.suffix.lower() == ".csv" else _json_lines(path, text, mistakes)
    found = False
    for number, entry in entries:
        row = _row(path, number, entry, mistakes)
        if row is not None:
            found = True
            yield row
    if not found and not mistakes:
        mistakes.append(f"{path}: holds no row.")


def _folder(path: Path, mistakes: list[str]) -> Iterator[Row]:
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SOUNDS)
    if not files:
        mistakes.append(f"{path}: holds no sound file ({', '.join(SOUNDS)}).")
    for file in files:
        name = file.relative_to(path).as_posix()
        yield Row(f"{path.name}/{name}", str(file), file, None)


def _json_lines(path: Path, text: str, mistakes: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            mistakes.append(f"{path}, line {number}: not JSON: {error}.")
            continue
        if isinstance(entry, dict):
            yield number, entry
        else:
            mistakes.append(f"{path}, line {number}: not a JSON object; write {{...}} with at least a file or a text.")


def _csv(path: Path, text: str, mistakes: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Cells `slots`, `lines`, `expects` and a list of intents hold JSON; empty cells are not labelled."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for cells in reader:
        number = reader.line_num
        if None in cells:
            mistakes.append(f"{path}, line {number}: has more cells than the first line names columns.")
            continue
        entry: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
        if entry.get("text") == NO_WORDS:
            entry["text"] = ""
        bad = False
        for name in ("slots", "lines", "expects", "intent"):
            cell = entry.get(name, "")
            if name != "intent" or cell.startswith("["):
                try:
                    entry |= {name: json.loads(cell)} if cell else {}
                except ValueError as error:
                    bad = True
                    mistakes.append(f"{path}, line {number}: the cell {name} is not JSON: {error}.")
        if not bad and entry:
            yield number, entry


def _row(path: Path, number: int, entry: dict[str, Any], mistakes: list[str]) -> Row | None:
    where = f"{path}, line {number}"
    try:
        read = Entry.model_validate(entry)
    except ValidationError as error:
        for fault in error.errors():
            place = ".".join(str(part) for part in fault["loc"])
            mistakes.append(f"{where}: {place}: {fault['msg'][0].lower()}{fault['msg'][1:]}.")
        return None
    wrong = list(_label_mistakes(read))
    mistakes += [f"{where}: {one}" for one in wrong]
    if wrong:
        return None
    file = path.parent / read.file if read.file else None
    told_by = read.id or read.file or f"{path.stem}:{number}"
    if read.conversation is not None and read.id is None:
        told_by = f"{read.conversation}:{told_by}" if read.file else f"{read.conversation}:{number}"
    return Row(
        id=told_by,
        where=where,
        file=file,
        text=read.text,
        language=read.language,
        intents=(read.intent,) if isinstance(read.intent, str) else tuple(read.intent or ()),
        slots=read.slots,
        lines=None if read.lines is None else tuple(line.plain() for line in read.lines),
        expects=read.expects.plain() if read.expects else None,
        customer=read.customer,
        conversation=None if read.conversation is None else f"{path}:{read.conversation}",
        heard_reply=read.heard_reply,
        kind="typed" if file is None else cast(Kind, read.kind or "unknown"),
        tags=read.tags(),
    )


def _label_mistakes(entry: Entry) -> Iterator[str]:
    if entry.file is None and not entry.text and "prompt" not in entry.tags():
        yield "has neither a file nor a text; name the recording, or write the words to be typed."
    if entry.kind is not None and entry.kind not in get_args(Kind)[:2]:
        yield f"kind is {entry.kind!r}; write recorded or synthetic."
    if entry.language not in languages():
        yield f"language is {entry.language!r}; Handla speaks {', '.join(languages())}."
    for intent in [entry.intent] if isinstance(entry.intent, str) else entry.intent or ():
        if intent not in INTENTS:
            near = get_close_matches(intent, INTENTS, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]}?" if near else "docs/understanding.md lists them."
            yield f"unknown intent {intent!r}; {remedy}"


def _sound_mistakes(row: Row, duration: Any, longest: float) -> Iterator[str]:
    if row.file is None:
        return
    try:
        seconds = duration(row.file)
    except BadAudio as error:
        yield f"{row.where}: {error}"
        return
    if seconds > longest:
        yield f"{row.where}: {row.file}: lasts {seconds:.0f} s; one turn may last {longest:.0f} s (voice.longest_turn)."
