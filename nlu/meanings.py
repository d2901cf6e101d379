"""Phrases that stand for a value: "my usual", "too small", "when do you close", by the tables of meanings.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.found import Found
from nlu.heard import Heard, listen
from nlu.language import Language, load_language, read_table
from nlu.phrases import Phrases
from nlu.types import Slot

LABELS: Mapping[str, str] = {"topic": "topics", "alert": "alerts", "reason": "reasons"}
"""Slot -> its table in meanings.yaml."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """The phrases of one language."""

    tables: Mapping[str, Phrases[str]]
    """'references', 'topics', 'units' ... -> phrases, those of most words first, as in all that follow."""
    pronouns: frozenset[str]
    before: Phrases[str]
    """Phrases behind which stands what is not wanted."""
    after: frozenset[str]
    """Words before which it stands: "sugar free"."""
    feelings: Phrases[str]
    """Words -> 'frustrated:0.9'."""
    denials: frozenset[str]
    unfelt: Phrases[str]
    haste: Phrases[str]


def load_meanings(code: str) -> Meanings:
    """The phrases of the language `code`, cached. Raises ValueError for a language that has no folder."""
    return _load(code)


def read_references(heard: Heard, words: range, language: Language, pronouns: bool = True) -> Found:
    """Slots `reference`: 'usual', 'last_time', 'same', 'that_one', 'them', 'it'; `pronouns` counts bare pronouns."""
    meanings = _load(language.code)
    found = list(phrases_in(heard, words, meanings.tables["references"]))
    kept = [
        (first, last, value)
        for first, last, value in found
        if pronouns or last - first > 1 or heard.words[first].norm not in meanings.pronouns
    ]
    return _slots(heard, "reference", kept)


def read_label(name: str, heard: Heard, words: range, language: Language) -> Found:
    """One slot `topic`, `alert` or `reason`: the value most words of `words` speak for, the first among equals."""
    found = list(phrases_in(heard, words, _load(language.code).tables[LABELS[name]]))
    if not found:
        return Found()
    weights: dict[str, int] = {}
    for first, last, value in found:
        weights[value] = weights.get(value, 0) + (last - first) ** 2
    best = max(weights, key=lambda value: weights[value])
    first, last, _ = next(one for one in found if one[2] == best)
    return _slots(heard, name, [(first, last, best)])


def phrases_in(heard: Heard, words: range, phrases: Phrases[str]) -> Iterator[tuple[int, int, str]]:
    """Phrases within `words` as (first, last, value): left to right, the longest first, none within another."""
    norms = [heard.words[at].norm for at in words]
    at = 0
    while at < len(norms):
        length, value = next(phrases.at(norms, at), (0, ""))
        if length:
            yield words.start + at, words.start + at + length, value
        at += length or 1


def _slots(heard: Heard, name: str, found: Sequence[tuple[int, int, str]]) -> Found:
    slots = tuple(Slot(name, value, heard.said(first, last), heard.span(first, last)) for first, last, value in found)
    return Found(slots, frozenset(at for first, last, _ in found for at in range(first, last)))


@cache
def _load(code: str) -> Meanings:
    language, table = load_language(code), read_table(code, "meanings")

    def spelled(phrase: Any) -> tuple[str, ...]:
        return tuple(word.norm for word in listen(str(phrase), language).words)

    def phrases(entries: Mapping[str, Sequence[str]]) -> Phrases[str]:
        pairs = {(spelled(phrase), str(value)) for value, said in entries.items() for phrase in said}
        return Phrases.of(sorted((pair for pair in pairs if pair[0]), key=lambda pair: (-len(pair[0]), pair)))

    feelings = {f"{name}:{weight}": said for name, rows in table["feelings"].items() for weight, said in rows.items()}
    names = ("references", *LABELS.values(), "units")
    return Meanings(
        tables={name: phrases(table[name]) for name in names},
        pronouns=frozenset(table["pronouns"]),
        before=phrases({"": table["exclusions"]["before"]}),
        after=frozenset(table["exclusions"]["after"]),
        feelings=phrases(feelings),
        denials=frozenset(word for phrase in table["denials"] for word in spelled(phrase)),
        unfelt=phrases({"": table["unfelt"]}),
        haste=phrases({"haste": table["haste"]}),
    )
