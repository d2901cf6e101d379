"""Quantities with their units: "two litres", "half a kilo", "a dozen", "three packs of"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlu.language import Language
from nlu.meanings import load_meanings
from nlu.numbers import read_number

MOST = 9_999
"""Larger numbers are no quantities."""
SMALLER: Mapping[str, tuple[str, int]] = {
    "kilogram": ("gram", 1000),
    "litre": ("millilitre", 1000),
    "decilitre": ("millilitre", 100),
    "centilitre": ("millilitre", 10),
    "metre": ("centimetre", 100),
    "pound": ("ounce", 16),
}
"""Unit -> the smaller unit that makes a part of it whole, and how many."""
MEASURES = frozenset(
    {*SMALLER, *(unit for unit, _ in SMALLER.values()), "pint", "gallon"},
)
"""Units of weight, volume and length; all others count packages."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number of a unit."""

    quantity: int
    unit: str | None
    """'litre', 'gram', 'pack' ...; None for pieces."""
    words: int
    """How many words said it."""


def read_amount(words: Sequence[str], at: int, language: Language) -> Amount | None:
    """The quantity that begins at word `at`, with the unit behind it; None where no quantity is said there.

    A part of a unit is given in a smaller one: half a kilo is 500 'gram'. A unit by itself ("a bottle of") counts once.
    """
    read = read_number(words, at, language.numbers)
    end = at
    value = 1.0
    if read is not None:
        value, end = read
    elif at < len(words) and words[at] in language.words["articles"]:
        end = at + 1
    unit, after = _unit(words, end, language)
    if read is None and unit is None:
        return None
    quantity, unit = _in_whole(value, unit)
    if quantity is None or not 1 <= quantity <= MOST:
        return None
    return Amount(quantity, unit, after - at)


def canonical_unit(word: str, language: Language) -> str | None:
    """'bottle' for "bottles"; None for a word that is no unit."""
    return next((value for _, value in load_meanings(language.code).tables["units"].at([word], 0)), None)


def _unit(words: Sequence[str], at: int, language: Language) -> tuple[str | None, int]:
    unit = canonical_unit(words[at], language) if at < len(words) else None
    return (unit, at + 1) if unit else (None, at)


def _in_whole(value: float, unit: str | None) -> tuple[int | None, str | None]:
    if value == int(value):
        return int(value), unit
    if unit is not None and unit in SMALLER:
        smaller, times = SMALLER[unit]
        whole = value * times
        return (round(whole), smaller) if abs(whole - round(whole)) < 1e-6 else (None, unit)
    return None, unit
