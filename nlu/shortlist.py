"""Which of many templates a text may be of: what lacks a word that a template must have is no sentence of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

from nlu.templates import Template

T = TypeVar("T")
Needs = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Shortlist(Generic[T]):
    """Entries with a template each, to be found by the words of a text. A word looked up costs less than a match."""

    entries: tuple[T, ...]
    _needs: tuple[Needs, ...]
    """Of each entry."""
    _by_word: Mapping[str, tuple[int, ...]]
    """Word -> places of the entries looked up by it: each by the rarest of its needs."""
    _always: tuple[int, ...]
    """Places of entries that need no word."""

    @classmethod
    def of(cls, entries: Iterable[tuple[T, Template]]) -> Shortlist[T]:
        known = tuple(entries)
        needed = tuple(template.needs() for _, template in known)
        common = Counter(word for needs in needed for need in needs for word in need)
        by_word: dict[str, tuple[int, ...]] = {}
        for place, needs in enumerate(needed):
            for word in min(needs, key=lambda need: sum(common[word] for word in need), default=()):
                by_word[word] = (*by_word.get(word, ()), place)
        always = tuple(place for place, needs in enumerate(needed) if not needs)
        return cls(tuple(entry for entry, _ in known), needed, by_word, always)

    def possible(self, words: Set[str]) -> Sequence[T]:
        """The entries, in their order, whose templates a text of these words, or a part of it, may be of."""
        places = {*self._always, *(place for word in words for place in self._by_word.get(word, ()))}
        return [self.entries[place] for place in sorted(places) if not any(map(words.isdisjoint, self._needs[place]))]
