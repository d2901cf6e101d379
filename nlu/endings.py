"""Whether more is plainly coming: a sentence that stops at "with a" is not over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.language import read_table

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Endings:
    words: frozenset[str]
    openings: frozenset[tuple[str, ...]]


def is_unfinished(text: str, language: str) -> bool:
    """Whether the words stop where no request stops, or only open one. False for no words at all."""
    said = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    if not said:
        return False
    endings = _read(language)
    return said[-1] in endings.words or tuple(said) in endings.openings


@cache
def _read(language: str) -> _Endings:
    table = read_table(language, "endings")
    words = frozenset(word for row in table["unfinished"] for word in row.split())
    return _Endings(words, frozenset(tuple(opening.split()) for opening in table["openings"]))
