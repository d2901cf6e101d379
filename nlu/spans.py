"""The parts that the model found, as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.heard import Heard
from nlu.model import Part


@dataclass(frozen=True, slots=True)
class Spanned:
    """A part as words."""

    tag: str
    words: range


def spanned(parts: Sequence[Part], heard: Heard) -> tuple[Spanned, ...]:
    """The parts as ranges of the words heard; parts without a word of their own are left out."""
    found = []
    for part in parts:
        words = [at for at, word in enumerate(heard.words) if part.start <= word.start < part.end]
        if words:
            found.append(Spanned(part.tag, range(words[0], words[-1] + 1)))
    return tuple(found)
