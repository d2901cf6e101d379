"""Strings that are spelled or sound alike: every pair where there are few, a short list first where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import jellyfish
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Places = NDArray[np.int32]
Scores = NDArray[np.float32]

WHOLE = 2_000
"""Up to this many strings all are compared."""
SHORT_LIST = 150
"""Of more, those that share most pieces of three letters, and those whose consonants do."""

REMEMBERED = 5_000
"""Words heard of which what is like them is kept: customers misspell alike, and name what a shop lacks alike."""


class Alike:
    """Strings to be found by what was heard of them. Safe to share between threads."""

    def __init__(self, spellings: Sequence[str], sounds: Sequence[str], few: Places | None = None) -> None:
        """`spellings` without spaces, `sounds` as the language writes their sound; both in the same order.

        `few` are the places of those that can be asked for by themselves.
        """
        self._spellings = tuple(spellings)
        self._sounds = tuple(sounds)
        self._skeletons = tuple(jellyfish.metaphone(sound) for sound in sounds)
        self._pieces = _Pieces(self._spellings, 3) if len(spellings) > WHOLE else None
        self._bones = _Pieces(self._skeletons, 2) if len(spellings) > WHOLE else None
        self._few = few
        self.find = lru_cache(REMEMBERED)(self._find)

    def _find(self, spelling: str, sound: str, least: float, among_few: bool = False) -> tuple[Places, Scores]:
        """Places of the strings that are at least so much like what was heard, and how much, `least`..1, shape (n,).

        Half spelling of the sound and half its consonants (metaphone), or the plain spelling where that is closer.
        """
        skeleton = jellyfish.metaphone(sound)
        places = self._few if among_few and self._few is not None else self._short_list(spelling, skeleton)
        if len(places) == 0:
            return places, np.empty(0, np.float32)
        spelled = _ratios(spelling, self._spellings, places)
        sounding = _ratios(sound, self._sounds, places)
        bones = _ratios(skeleton, self._skeletons, places)
        scores = (np.maximum(spelled, 0.5 * sounding + 0.5 * bones) / 100).astype(np.float32)
        enough = scores >= least
        return places[enough], scores[enough]

    def _short_list(self, spelling: str, skeleton: str) -> Places:
        if self._pieces is None or self._bones is None:
            return np.arange(len(self._spellings), dtype=np.int32)
        return np.union1d(self._pieces.nearest(spelling), self._bones.nearest(skeleton)).astype(np.int32)


class _Pieces:
    """Which strings have a piece of so many letters; the ends of a string count as letters."""

    def __init__(self, strings: Sequence[str], letters: int) -> None:
        self._letters = letters
        found: dict[str, list[int]] = defaultdict(list)
        sizes = np.ones(len(strings), np.float32)
        for place, string in enumerate(strings):
            pieces = self._cut(string)
            sizes[place] = max(len(pieces), 1)
            for piece in pieces:
                found[piece].append(place)
        self._places = {piece: np.array(places, np.int32) for piece, places in found.items()}
        self._sizes = sizes

    def nearest(self, string: str) -> Places:
        """At most SHORT_LIST places, by twice the shared pieces over the pieces of both (Dice)."""
        pieces = self._cut(string)
        known = [self._places[piece] for piece in pieces if piece in self._places]
        if not known:
            return np.empty(0, np.int32)
        shared = np.bincount(np.concatenate(known), minlength=len(self._sizes))
        dice = 2 * shared / (self._sizes + len(pieces))
        if len(dice) > SHORT_LIST:
            best = np.argpartition(-dice, SHORT_LIST)[:SHORT_LIST]
            return best[dice[best] > 0].astype(np.int32)
        return np.flatnonzero(dice).astype(np.int32)

    def _cut(self, string: str) -> set[str]:
        padded = f"^{string}$"
        return {padded[at : at + self._letters] for at in range(len(padded) - self._letters + 1)}


def _ratios(heard: str, strings: Sequence[str], places: Places) -> Scores:
    if len(places) == len(strings):
        chosen: Sequence[str] = strings
    else:
        chosen = [strings[place] for place in places.tolist()]
    return np.asarray(process.cdist([heard], chosen, scorer=fuzz.ratio)[0], dtype=np.float32)
