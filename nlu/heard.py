"""Text as words: lower case, contractions opened, hesitations dropped, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field

from nlu.language import Language

MOST_WORDS = 120
"""A spoken request of thirty seconds has about 75 words; longer texts are no requests."""

_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[$€£¥%]|[.,;:!?…]")
_PAUSES = frozenset(".,;:!?…")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the grammar sees it."""

    norm: str
    """Lower case; a contraction gives several words that share one span."""
    stem: str
    """Without the plural ending, number words as digits: what names are compared by."""
    start: int
    end: int
    """Character offsets [start, end) into the text."""
    pause: bool = False
    """Whether a comma or a full stop stands before it."""
    begins_sentence: bool = False
    """Whether a full stop, a question mark or the like stands before it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One text as words, and as a line in which every word is followed by one space."""

    text: str
    words: tuple[Word, ...]
    line: str
    starts: tuple[int, ...] = field(repr=False)
    """Where each word begins in `line`; one more entry for the end."""
    norms: frozenset[str] = field(repr=False)
    """Every word once."""
    cut: bool = False
    """Whether the text was longer than MOST_WORDS."""

    def word_at(self, offset: int) -> int:
        """Index of the word that begins at `offset` of `line`."""
        return bisect_left(self.starts, offset)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Character offsets into the text of words [first, last); empty ranges give (0, 0)."""
        return (self.words[first].start, self.words[last - 1].end) if first < last else (0, 0)

    def said(self, first: int, last: int) -> str:
        start, end = self.span(first, last)
        return self.text[start:end]


def listen(text: str, language: Language) -> Heard:
    """Split `text` into words. Never fails; what is no word (emoji, control characters) is passed over."""
    words: list[Word] = []
    pause = stop = False
    lowered = _same_length_lower(text)
    for piece in _PIECE.finditer(lowered):
        token = piece.group()
        if token in _PAUSES:
            pause, stop = True, stop or token not in ",:;"
            continue
        if token in language.hesitations:
            continue
        if len(words) >= MOST_WORDS:
            return _heard(text, words, cut=True)
        for norm in language.spell(token):
            words.append(Word(norm, language.stem(norm), piece.start(), piece.end(), pause, stop))
            pause = stop = False
    return _heard(text, words, cut=False)


def _heard(text: str, words: list[Word], cut: bool) -> Heard:
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word.norm) + 1
    line = "".join(word.norm + " " for word in words)
    return Heard(text, tuple(words), line, (*starts, at), frozenset(word.norm for word in words), cut)


def _same_length_lower(text: str) -> str:
    """Lower case with straight apostrophes, character by character, so that offsets stay those of the text."""
    if text.isascii():
        return text.lower().replace("`", "'")
    return "".join(_lower(character) for character in text)


def _lower(character: str) -> str:
    if character in "’‘´`":
        return "'"
    lowered = unicodedata.normalize("NFKC", character).lower()
    return lowered if len(lowered) == 1 else character
