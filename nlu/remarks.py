"""What customers say about themselves: "I wear size 42", "I'm allergic to nuts", by the table memory.yaml.

Such a remark may be all that is said, or stand beside a request: "find me a pasta, I'm vegetarian".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from nlu.heard import Heard
from nlu.language import Language, load_language, read_table
from nlu.shortlist import Shortlist
from nlu.templates import Template, compile_template
from nlu.types import Slot

MOST_LISTED = 3
"""Words between two commas of a list."""
LONGEST = 5
"""Words that a remark may name something in; what is longer is no name."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing said about oneself."""

    intent: str
    """'remember', 'recall' or 'forget'."""
    slots: tuple[Slot, ...]
    first: int
    last: int
    """Words [first, last) of the text."""


@dataclass(frozen=True, slots=True)
class _Way:
    intent: str
    topic: str
    template: Template


@dataclass(frozen=True, slots=True)
class _Table:
    ways: Shortlist[_Way]
    diets: Mapping[str, str]
    """Words -> the diet's name."""
    joining: frozenset[str]
    """Words between two things, and before one."""


def read_remarks(heard: Heard, language: Language) -> tuple[Remark, ...]:
    """The remarks among the sentences and clauses of a text, in the order said; none within another.

    A slot is named after the topic: `wear` a size, `diet` one of the table, `avoid`, `like` and `dislike` words; for
    'forget' the slot `forget` has the topic, or 'all'.
    """
    table, found, at = _table(language.code), list[Remark](), 0
    if not table.ways.possible(heard.norms):
        return ()
    begins = [at for at, word in enumerate(heard.words) if at and (word.pause or word.begins_sentence)]
    for begin, end in pairwise((0, *begins, len(heard.words))):
        if begin < at:
            continue  # a part of the remark before
        further = _further(heard, [*begins, len(heard.words)], end)
        ways = (_read(heard, language, table, begin, last) for last in (further, end))
        remark = next(filter(None, ways), None)
        found += [remark] if remark else _beside(heard, language, table, begin, end)
        at = remark.last if remark else end
    return tuple(found)


def _further(heard: Heard, ends: list[int], end: int) -> int:
    """Where a list of things goes on to behind its commas: "nuts, milk and eggs"."""
    while end < len(heard.words) and not heard.words[end].begins_sentence:
        following = next(one for one in ends if one > end)
        if following - end > MOST_LISTED:
            break
        end = following
    return end


def _beside(heard: Heard, language: Language, table: _Table, first: int, last: int) -> list[Remark]:
    """Remarks joined with each other or with something else: "I'm vegetarian and want pasta"."""
    joining = language.any_of("and", "polite_before")
    for at in range(first + 1, last - 1):
        if heard.words[at].norm in joining:
            before, behind = _read(heard, language, table, first, at), _read(heard, language, table, at + 1, last)
            if before or behind:
                # the joining word belongs to the remarks where both are
                return [one for one in (before and replace(before, last=at + bool(behind)), behind) if one]
    return []


def prepare_remarks(language: Language) -> None:
    """Read the table and compile its templates now."""
    _table(language.code).ways.prepare()


def blanked(text: str, heard: Heard, remarks: tuple[Remark, ...]) -> str:
    """The text with the remarks as spaces: what is left stays where it was."""
    for remark in remarks:
        start, end = heard.span(remark.first, remark.last)
        text = text[:start] + " " * (end - start) + text[end:]
    return text if re.search(r"\w", text) else ""


def _read(heard: Heard, language: Language, table: _Table, first: int, last: int) -> Remark | None:
    """Words [first, last) as a remark; polite words at either end count for nothing."""
    begin, end = first, last
    while begin < end and heard.words[begin].norm in language.edges[0]:
        begin += 1
    while end > begin and heard.words[end - 1].norm in language.edges[1]:
        end -= 1
    for inner, outer in ((begin, end), (first, last)):
        for way in table.ways.possible(heard.norms):
            match = way.template.pattern.fullmatch(heard.line, heard.starts[inner], heard.starts[outer])
            if match is not None and (slots := _slots(heard, table, way, match)) is not None:
                return Remark(way.intent, slots, first, last)
    return None


def _slots(heard: Heard, table: _Table, way: _Way, match: re.Match[str]) -> tuple[Slot, ...] | None:
    """None where what is named is no name."""
    named: list[Slot] = []
    for kind, group in way.template.captures:
        words = match.group(group).strip()
        first, last = heard.word_at(match.start(group)), heard.word_at(match.end(group))
        if not words or last - first > LONGEST:
            return None
        if kind == "diet":
            named.append(Slot(way.topic, table.diets[words], heard.said(first, last), heard.span(first, last)))
        else:
            named += [_named(heard, way.topic, *place) for place in _joined(heard, table, first, last)]
    if way.intent == "forget":
        whole = heard.word_at(match.start()), heard.word_at(match.end())
        return (Slot("forget", way.topic, heard.said(*whole), heard.span(*whole)), *named)
    return tuple(named)


def _named(heard: Heard, topic: str, first: int, last: int) -> Slot:
    """Words as they are, numbers in figures."""
    words = heard.words[first:last]
    value = " ".join(word.stem if word.stem.isdigit() else word.norm for word in words)
    return Slot(topic, value, heard.said(first, last), heard.span(first, last))


def _joined(heard: Heard, table: _Table, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The things of "nuts, milk and eggs", each without its article."""
    at = first
    for end in range(first, last + 1):
        if end == last or heard.words[end].norm in table.joining or (end > at and heard.words[end].pause):
            begin = at + 1 if at < end and heard.words[at].norm in table.joining else at
            if begin < end:
                yield begin, end
            at = end


@cache
def _table(code: str) -> _Table:
    language, content = load_language(code), read_table(code, "memory")
    diets = {
        " ".join(word for part in str(words).split() for word in language.spell(part)): str(name)
        for name, said in content["diets"].items()
        for words in said
    }
    longest_first = sorted(diets, key=lambda words: -len(words))
    kinds = {"diet": "(?:" + "|".join(f"{re.escape(words)} " for words in longest_first) + ")"}

    def compiled(source: str) -> Template:
        return compile_template(source, content["rules"], kinds, lambda word: language.spell(word.lower()))

    def ways() -> Iterator[_Way]:
        for intent in ("remember", "forget"):
            for topic, sources in content[intent].items():
                yield from (_Way(intent, topic, compiled(source)) for source in sources)
        yield from (_Way("recall", "", compiled(source)) for source in content["recall"])

    joining = language.any_of("and", "or", "articles")
    return _Table(Shortlist((way, way.template) for way in ways()), diets, joining)
