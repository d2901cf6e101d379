"""Days and times: "on Friday at half past three" relative to the customer's day, by the tables of dates.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from nlu.calendars import Day, Period, day_from, days_text
from nlu.found import Found
from nlu.heard import Heard
from nlu.language import Language, load_language, read_table
from nlu.numbers import read_number, read_ordinal
from nlu.templates import Template
from nlu.types import Slot

AFTERNOON = range(1, 8)
"""Hours of a clock time without a part of the day that are meant after noon: shops are closed at three at night."""


_ISO = re.compile(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b")


@dataclass(frozen=True, slots=True)
class When:
    """What days are relative to."""

    today: date
    past: bool = False
    """Takes "on Monday" for the last one, as when speaking of an earlier order."""
    asked: bool = False
    """Lets a bare "the third" be a day."""


@dataclass(frozen=True, slots=True)
class _Saying:
    template: Template
    meaning: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Tables:
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    periods: Mapping[str, Period]
    days: tuple[_Saying, ...]
    bare: tuple[_Saying, ...]
    times: tuple[_Saying, ...]
    clock: tuple[_Saying, ...]
    parts: tuple[_Saying, ...]
    joins: frozenset[str]
    starts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Match:
    first: int
    last: int
    meaning: Mapping[str, Any]
    caught: Mapping[str, tuple[str, ...]]
    """Kind of capture -> its words."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Days [start, end] of words [first, last)."""

    first: int
    last: int
    days: Day


def read_dates(heard: Heard, words: range, language: Language, when: When) -> Found:
    """Slots `date` of `words`: an ISO day, or 'start/end' for a week, a month, "from Monday to Wednesday".

    What is no day of the calendar is passed over.
    """
    written = [_Span(*place, Day(day, day)) for place, day in _written(heard, words)]
    if written:
        return _found(heard, written)
    tables = _load(language.code)
    sayings = (*tables.days, *tables.bare) if when.asked else tables.days
    spans = []
    for match in _matches(sayings, heard, words):
        days = day_from(_values(match, tables, language), match.meaning, when.today, when.past)
        spans += [_Span(match.first, match.last, days)] if days else []
    return _found(heard, _joined(spans, heard, tables))


def _found(heard: Heard, spans: Sequence[_Span]) -> Found:
    slots = tuple(
        Slot("date", days_text(one.days), heard.said(one.first, one.last), heard.span(one.first, one.last))
        for one in spans
    )
    return Found(slots, frozenset(at for one in spans for at in range(one.first, one.last)))


def _written(heard: Heard, words: range) -> Iterator[tuple[tuple[int, int], date]]:
    """Days written as 2025-12-10."""
    for match in _ISO.finditer(heard.text):
        inside = [at for at in words if match.start() <= heard.words[at].start and heard.words[at].end <= match.end()]
        try:
            day = date.fromisoformat(match.group())
        except ValueError:
            continue
        if inside:
            yield (inside[0], inside[-1] + 1), day


def read_times(heard: Heard, words: range, language: Language, asked: bool = False) -> Found:
    """Slots `time` of `words`: 'HH:MM', or 'morning', 'afternoon', 'evening'. `asked` lets a bare "three" be a time.

    A part of the day beside a clock time only says which half of the day is meant.
    """
    tables = _load(language.code)
    clocks = list(_matches((*tables.times, *tables.clock) if asked else tables.times, heard, words))
    taken = {at for match in clocks for at in range(match.first, match.last)}
    parts = [m for m in _matches(tables.parts, heard, words) if not taken & set(range(m.first, m.last))]
    part = parts[0].meaning["part"] if parts else None
    slots, used = [], set[int]()
    for match in clocks:
        clock = _clock(match, language, part)
        if clock is not None:
            slots.append(Slot("time", clock, heard.said(match.first, match.last), heard.span(match.first, match.last)))
            used |= set(range(match.first, match.last))
    for match in parts:
        used |= set(range(match.first, match.last))
        if not slots:
            said, span = heard.said(match.first, match.last), heard.span(match.first, match.last)
            return Found((Slot("time", match.meaning["part"], said, span),), frozenset(used))
    return Found(tuple(slots), frozenset(used))


def _matches(sayings: Sequence[_Saying], heard: Heard, words: range) -> Iterator[_Match]:
    """Matches that do not overlap, the longest first, in order of the text."""
    found = [one for saying in sayings for one in _each(saying, heard, words)]
    taken: set[int] = set()
    kept = []
    for match in sorted(found, key=lambda match: (match.first - match.last, match.first)):
        places = set(range(match.first, match.last))
        if places and not places & taken:
            taken |= places
            kept.append(match)
    return iter(sorted(kept, key=lambda match: match.first))


def _each(saying: _Saying, heard: Heard, words: range) -> Iterator[_Match]:
    template = saying.template
    for match in template.pattern.finditer(heard.line, heard.starts[words.start], heard.starts[words.stop]):
        caught = {
            kind: tuple(match.group(group).split())
            for kind, group in template.captures
            if match.group(group) is not None
        }
        yield _Match(heard.word_at(match.start()), heard.word_at(match.end()), saying.meaning, caught)


def _values(match: _Match, tables: _Tables, language: Language) -> dict[str, int | Period]:
    """The captures as numbers; what cannot be one is left out."""
    readers: Mapping[str, Callable[[tuple[str, ...]], int | Period | None]] = {
        "weekday": lambda said: tables.weekdays[said[0]],
        "month": lambda said: tables.months[said[0]],
        "period": lambda said: tables.periods[said[0]],
        "number": lambda said: _whole(said, language),
        "year": lambda said: _whole(said, language),
        "dayth": lambda said: _dayth(said, language),
    }
    values = {kind: readers[kind](said) for kind, said in match.caught.items()}
    return {kind: value for kind, value in values.items() if value is not None}


def _whole(said: Sequence[str], language: Language) -> int | None:
    read = read_number(said, 0, language.numbers)
    return int(read[0]) if read and read[0] == int(read[0]) and read[0] < 10_000 else None


def _dayth(said: Sequence[str], language: Language) -> int | None:
    position = read_ordinal(said, language.numbers)
    day = position if position is not None else _whole(said, language)
    return day if day is not None and 1 <= day <= 31 else None


def _clock(match: _Match, language: Language, part: str | None) -> str | None:
    """'HH:MM' of one clock time."""
    if "clock" in match.meaning:
        return str(match.meaning["clock"])
    said, spoken = match.caught.get("hour", ()), match.caught.get("minute", ())
    hour, minute = _whole(said, language), _whole(spoken, language) if spoken else 0
    if said and "." in said[0] and not spoken:
        hour, minute = (int(piece) for piece in said[0].split(".")[:2])
    if hour is None or minute is None or not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    part = match.meaning.get("part") or part
    meant_late = part in ("afternoon", "evening") and hour < 12
    if meant_late or (part is None and hour in AFTERNOON and not said[0].startswith("0")):
        hour += 12
    elif part == "morning" and hour == 12:
        hour = 0
    shift = -minute if match.meaning.get("before") else minute + int(match.meaning.get("minutes", 0))
    minutes = (hour * 60 + shift) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _joined(spans: Sequence[_Span], heard: Heard, tables: _Tables) -> list[_Span]:
    """ "from Monday to Wednesday" as one."""
    joined: list[_Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        between = [heard.words[at].norm for at in range(before.last, span.first)] if before else []
        between = between or [heard.words[span.first].norm]
        opens = before is not None and any(
            heard.words[at].norm in tables.starts for at in range(max(0, before.first - 1), before.last)
        )
        if before and opens and len(between) == 1 and between[0] in tables.joins and before.days.start <= span.days.end:
            joined[-1] = _Span(before.first, span.last, Day(before.days.start, span.days.end))
        else:
            joined.append(span)
    return joined


@cache
def _load(code: str) -> _Tables:
    language, table = load_language(code), read_table(code, "dates")
    ordinals = "|".join(" ".join(phrase) for phrase, day in language.numbers.ordinals.items() if day > 0)
    endings = "|".join(language.numbers.suffixes) or "th"
    small = "|".join(
        sorted((word for word, value in language.numbers.simple.items() if value < 60), key=len, reverse=True)
    )
    number = rf"(?:\d{{1,2}} |(?:{small}) (?:(?:{small}) )?)"
    kinds = {
        "weekday": f"(?:{'|'.join(sorted(table['weekdays'], key=len, reverse=True))}) ",
        "month": f"(?:{'|'.join(sorted(table['months'], key=len, reverse=True))}) ",
        "period": f"(?:{'|'.join(sorted(table['periods'], key=len, reverse=True))}) ",
        "dayth": rf"(?:(?:{ordinals}) |\d{{1,2}} (?:(?:{endings}) )?|{number})",
        "year": r"(?:(?:19|20)\d\d )",
        "hour": rf"(?:\d{{1,2}}(?:\.\d\d)? |(?:{small}) )",
        "minute": rf"(?:\d{{2}} |(?:{small}) (?:(?:{small}) )?)",
    }

    def sayings(entries: Sequence[Any]) -> tuple[_Saying, ...]:
        rows = [entry if isinstance(entry, dict) else {"say": entry} for entry in entries]
        return tuple(_Saying(language.compile(row["say"], kinds).anywhere(), row) for row in rows)

    return _Tables(
        weekdays=table["weekdays"],
        months=table["months"],
        periods=table["periods"],
        days=sayings(table["days"]),
        bare=sayings(table["bare"]),
        times=sayings(table["times"]),
        clock=sayings(table["clock"]),
        parts=sayings([{"say": say, "part": part} for part, said in table["parts"].items() for say in said]),
        joins=frozenset(table["joins"]),
        starts=frozenset(table["starts"]),
    )
