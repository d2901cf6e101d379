"""Phrases and what they stand for, looked up by their first word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases(Generic[V]):
    """Of two phrases that begin alike the earlier one comes first."""

    pairs: tuple[tuple[Words, V], ...]
    _by_first: Mapping[str, Sequence[tuple[Words, V]]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[Words, V]]) -> Phrases[V]:
        """Of phrases with at least one word each."""
        known = tuple(pairs)
        by_first: dict[str, list[tuple[Words, V]]] = {}
        for words, value in known:
            by_first.setdefault(words[0], []).append((words, value))
        return cls(known, by_first)

    def at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, V]]:
        """The phrases that begin at word `at`: how many words each has, and what it stands for."""
        for phrase, value in self._by_first.get(words[at], ()) if at < len(words) else ():
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield len(phrase), value
