"""Which of many templates a text may be of: what lacks a word that a template must have is no sentence of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Generic, TypeVar

from nlu.templates import Template

T = TypeVar("T")
TEXTS = 64
"""Texts of which the answer is kept: one text is asked about again and again while it is read."""


class Shortlist(Generic[T]):
    """Entries with a template each, to be found by the words of a text. A word looked up costs less than a match."""

    def __init__(self, entries: Iterable[tuple[T, Template]]) -> None:
        known = tuple(entries)
        self._entries = tuple(entry for entry, _ in known)
        self._templates = tuple(template for _, template in known)
        self._needs = tuple(template.needs() for template in self._templates)
        common = Counter(word for needs in self._needs for need in needs for word in need)
        self._by_word: dict[str, list[int]] = {}
        for place, needs in enumerate(self._needs):
            for word in min(needs, key=lambda need: sum(common[word] for word in need), default=()):  # the rarest
                self._by_word.setdefault(word, []).append(place)
        self._always = tuple(place for place, needs in enumerate(self._needs) if not needs)
        self.possible = lru_cache(TEXTS)(self._possible)

    def _possible(self, words: frozenset[str]) -> tuple[T, ...]:
        """The entries, in their order, whose templates a text of these words, or a part of it, may be of."""
        places = {*self._always, *(place for word in words for place in self._by_word.get(word, ()))}
        allowed = (place for place in sorted(places) if not any(map(words.isdisjoint, self._needs[place])))
        return tuple(self._entries[place] for place in allowed)

    def prepare(self) -> None:
        """Compile every template now, so that nobody who speaks waits for it."""
        for template in self._templates:
            template.prepare()
