"""What a reader finds in a range of words."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.types import Slot


@dataclass(frozen=True, slots=True)
class Found:
    """Slots and the words they came from."""

    slots: tuple[Slot, ...] = ()
    used: frozenset[int] = frozenset()
    """Indices of the words that are spoken for."""

    def __add__(self, other: Found) -> Found:
        return Found((*self.slots, *other.slots), self.used | other.used)
