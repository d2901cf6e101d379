"""Money and limits: "under 200 dollars", "between 50 and 100", "at least four stars", as slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlu.found import Found
from nlu.heard import Heard
from nlu.language import Language, Pattern
from nlu.numbers import read_number
from nlu.types import Slot, SlotValue

_DECIMALS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""

_AROUND = 0.2
"""How far "around 50" reaches to either side."""


def minor_units(amount: float, currency: str) -> int:
    """An amount in the currency's main unit as whole minor units."""
    units: int = 10 ** _DECIMALS.get(currency, 2)
    return round(amount * units)


def read_money(words: Sequence[str], currency: str, language: Language) -> int | None:
    """Minor units of the words of an amount: "$200", "19 dollars and 50 cents", "nineteen ninety nine".

    The shop has one currency: an amount named in another is taken as the same number of the shop's own.
    """
    major, minor = language.money.major, language.money.minor
    at = 1 if words and words[0] in major else 0
    first = read_number(words, at, language.numbers)
    if first is None:
        return None
    value, at = first
    if at < len(words) and words[at] in minor:
        return round(value)
    while at < len(words) and (words[at] in major or words[at] in language.numbers.joiners):
        at += 1
    second = read_number(words, at, language.numbers)
    whole = minor_units(value, currency)
    if second is None:
        return whole
    if second[1] < len(words) and words[second[1]] in minor:
        return whole + round(second[0])
    # "nineteen ninety nine" is 19.99, "one fifty" is 150.
    return whole + round(second[0]) if value >= 10 else minor_units(value * 100 + second[0], currency)


def read_limits(heard: Heard, first: int, last: int, currency: str, language: Language) -> Found:
    """Price and rating limits within words [first, last)."""
    slots: list[Slot] = []
    used: set[int] = set()
    for pattern in language.constraints.possible(heard.norms):
        for match in pattern.template.pattern.finditer(heard.line, heard.starts[first], heard.starts[last]):
            begin, end = heard.word_at(match.start()), heard.word_at(match.end())
            if used & set(range(begin, end)) or _measured(heard, end, last, language):
                continue
            found = _values(pattern, match.groupdict(), currency, language)
            used |= set(range(begin, end)) if found else set()
            slots += [Slot(name, value, heard.said(begin, end), heard.span(begin, end)) for name, value in found]
    priced = any(slot.name != "rating_min" for slot in slots)
    named = read_currency(heard, used, currency, language).slots if priced else ()
    return Found((*slots, *named), frozenset(used))


def read_currency(heard: Heard, words: Iterable[int], shops: str, language: Language) -> Found:
    """The slot `currency` of the first of `words` that names one; a word of several currencies is the shop's own."""
    for at in sorted(words):
        codes = language.money.codes.get(heard.words[at].norm, ())
        if codes:
            code = shops if shops in codes else codes[0]
            return Found((Slot("currency", code, heard.said(at, at + 1), heard.span(at, at + 1)),), frozenset({at}))
    return Found()


def _measured(heard: Heard, end: int, last: int, language: Language) -> bool:
    """Whether a unit follows, so that the number is no price: "under 2 kilos"."""
    return end < last and heard.words[end].norm in language.words["measures"]


def _values(
    pattern: Pattern, groups: dict[str, str | None], currency: str, language: Language
) -> list[tuple[str, SlotValue]]:
    heard = [text.split() for _, name in pattern.template.captures if (text := groups[name])]
    if pattern.name == "rating_min":
        read = read_number(heard[0], 0, language.numbers) if heard else None
        rating = pattern.value if read is None else read[0]
        return [("rating_min", float(rating))] if rating is not None and 0 < rating <= 5 else []
    amounts = [read_money(words, currency, language) for words in heard]
    known = [amount for amount in amounts if amount is not None]
    if pattern.name == "price_between" and len(known) == 2:
        return [("price_min", min(known)), ("price_max", max(known))]
    if pattern.name == "price_around" and known:
        return [("price_min", round(known[0] * (1 - _AROUND))), ("price_max", round(known[0] * (1 + _AROUND)))]
    return [(pattern.name, known[0])] if known and pattern.name in ("price_max", "price_min") else []
