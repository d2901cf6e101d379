"""Words of a text that are almost a hinted phrase. Pure; whether the sound bears the phrase is for the model to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice.plausible import words

_LEAST_LETTERS = 4
"""Shorter phrases are like too many words."""
_SPOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Mishearing:
    """A place in a text where a hinted phrase may have been said."""

    start: int
    end: int
    """Characters of the text, end exclusive."""
    phrase: str
    likeness: float
    """0..1: one less the edits per letter."""

    def corrected(self, text: str) -> str:
        """`text` with the phrase in the place of what was heard."""
        phrase = self.phrase[:1].upper() + self.phrase[1:] if text[self.start].isupper() else self.phrase
        return text[: self.start] + phrase + text[self.end :]


def mishearings(text: str, hints: Sequence[str], least: float = 0.7, most: int = 3) -> list[Mishearing]:
    """At most `most` places that do not overlap, the likest first.

    As many words as the phrase has are compared with it, letter by letter, by Levenshtein's distance over the length
    of the longer. What stands in any hint is no mishearing; neither is what differs from the phrase by more than one
    word, or by a word of another kind: a number, a plural, or one with more than half of its letters different.
    """
    known = [f" {' '.join(words(hint))} " for hint in hints]
    spoken = list(_SPOKEN.finditer(text))
    found: list[Mishearing] = []
    for phrase in dict.fromkeys(hint for hint in hints if hint[-1:] not in ".?!" and len(hint) >= _LEAST_LETTERS):
        wanted = words(phrase)
        for first in range(len(spoken) - len(wanted) + 1):
            heard = spoken[first : first + len(wanted)]
            said = [word.group().lower() for word in heard]
            if not _one_differs(said, wanted) or any(f" {' '.join(said)} " in hint for hint in known):
                continue
            likeness = _likeness(" ".join(said), " ".join(wanted))
            if likeness >= least:
                found.append(Mishearing(heard[0].start(), heard[-1].end(), phrase, likeness))
    return list(_apart(sorted(found, key=lambda one: -one.likeness)))[:most]


def _one_differs(said: Sequence[str], wanted: Sequence[str]) -> bool:
    pairs = [(one, other) for one, other in zip(said, wanted, strict=True) if one != other]
    if len(pairs) != 1 or any(word.isdecimal() for word in pairs[0]):
        return False
    one, other = pairs[0]
    return f"{one}s" != other and f"{other}s" != one and _likeness(one, other) >= 0.5


def _apart(found: Sequence[Mishearing]) -> Iterator[Mishearing]:
    taken: list[Mishearing] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
            yield one


def _likeness(one: str, other: str) -> float:
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, opposite in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != opposite))
    return 1.0 - row[-1] / max(len(one), len(other), 1)
