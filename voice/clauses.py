"""Where a text may be cut, so that its first words can sound before its last are made."""

from __future__ import annotations

import re

FEWEST_WORDS = 4
"""Words of the first piece, at least: what is shorter sounds like a sentence of its own."""
GROWTH = 4
"""A piece has at most this many times the words before it, where it can be cut: it is made while those sound."""

_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[^\Wa-zåäö_])")
"""After a full stop, question or exclamation mark, before a capital or a figure."""
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[Nn]o|[Nn]r|St|Mr|Mrs|Ms|Dr|[Cc]a|[Kk]l|approx|incl|excl|e\.g|i\.e|t\.ex|bl\.a)\.$"
)
_CLAUSE = re.compile(r"(?<=[,;:–—])\s+")


def sentences(text: str) -> list[str]:
    """The sentences of a text, whitespace made plain; none for a text without any letter or figure."""
    text = " ".join(text.split())
    if not any(letter.isalnum() for letter in text):
        return []
    found = [""]
    for part in _split(_SENTENCE, text):
        joined = f"{found[-1]} {part}".strip()
        if not found[-1] or _ABBREVIATED.search(found[-1]):
            found[-1] = joined
        else:
            found.append(part)
    return found


def clauses(sentence: str) -> list[str]:
    """A sentence cut where a speaker may draw breath: at its punctuation, the first piece short, the next ones longer.

    A sentence that is short, or offers no such place, stays whole.
    """
    parts = _split(_CLAUSE, sentence)
    found: list[str] = []
    done = 0
    piece = ""
    for place, part in enumerate(parts):
        piece = f"{piece} {part}".strip()
        words, left = _words(piece), sum(_words(rest) for rest in parts[place + 1 :])
        after = _words(parts[place + 1]) if place + 1 < len(parts) else 0
        full = not found or words + after > GROWTH * done
        if words >= FEWEST_WORDS and full and left >= FEWEST_WORDS:
            found.append(piece)
            done += words
            piece = ""
    return [*found, piece] if piece else found


def _split(where: re.Pattern[str], text: str) -> list[str]:
    return [part for part in where.split(text) if part]


def _words(text: str) -> int:
    return len(text.split())
