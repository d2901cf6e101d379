"""Values of tagged words: what the words of one slot mean, by the slot's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from nlu.dates import When, read_dates, read_times
from nlu.exclusions import excluded, read_exclusions
from nlu.linking import Linked
from nlu.meanings import LABELS, read_label, read_references
from nlu.numbers import read_number, read_order_number, read_ordinal, read_ordinals
from nlu.quantities import read_currency, read_limits, read_money
from nlu.types import Slot, SlotValue
from nlu.units import read_amount
from nlu.wishes import catalogue_slots, query_slot, superlatives

LONGEST_CODE = 20
"""Digits."""
NAMES = frozenset({"person", "place", "staff"})
"""Slots whose words keep their capitals."""
ORDERED_BEFORE = frozenset(
    {"order_history", "order_status", "reorder", "cancel_order", "change_order", "return_item", "refund_status"}
)
"""Intents about earlier orders: "on Monday" is the last Monday there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What values are read against."""

    linked: Linked
    """The words, the language and the catalogue's names in them."""
    currency: str
    """ISO 4217 code of the shop's prices."""
    today: date | None = None
    """Without it no `date` is read."""
    past: bool = False
    """Whether days are meant that have been."""


def read_value(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    """The slots that `words`, tagged as `name`, stand for; none where they are no such value.

    One tag can give several slots: "two litres" a quantity and a unit, "between 50 and 80 quid" two prices and a
    currency, "black waterproof" two attributes. `name` may also be 'attribute' for any attribute or option.
    """
    return _READERS[name](name, words, setting) if name in _READERS and words else ()


def _price(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    heard, language = setting.linked.heard, setting.linked.language
    limits = read_limits(heard, words.start, words.stop, setting.currency, language)
    prices = tuple(slot for slot in limits.slots if slot.name in ("price_min", "price_max", "currency"))
    if prices:
        return prices
    norms = _norms(words, setting)
    for at in range(len(norms)):
        amount = read_money(norms[at:], setting.currency, language)
        if amount is not None:
            return (_slot(name, amount, words, setting), *read_currency(heard, words, setting.currency, language).slots)
    return ()


def _stars(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    heard, language = setting.linked.heard, setting.linked.language
    limits = read_limits(heard, words.start, words.stop, setting.currency, language)
    found = tuple(slot for slot in limits.slots if slot.name == "rating_min")
    if name == "rating_min" and found:
        return found
    number = _first_number(words, setting)
    if number is None or not 0 < number <= 5:
        return ()
    return (_slot(name, number if name == "rating_min" else round(number), words, setting),)


def _ordinal(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    norms, numbers = _norms(words, setting), setting.linked.language.numbers
    several = read_ordinals(norms, numbers)
    if several:
        return tuple(_slot(name, position, words, setting) for position in several)
    for length in range(len(norms), 0, -1):
        for first in range(len(norms) - length + 1):
            position = read_ordinal(norms[first : first + length], numbers)
            if position is not None:
                return (_slot(name, position, words, setting),)
    number = _first_number(words, setting)
    return (_slot(name, int(number), words, setting),) if number and number >= 1 else ()


def _superlative(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    return tuple(slot for slot, _ in superlatives(setting.linked, words.start, words.stop, set())[:1])


def _reference(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    return read_references(setting.linked.heard, words, setting.linked.language).slots[:1]


def _amount(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    norms = _norms(words, setting)
    for at in range(len(norms)):
        amount = read_amount(norms, at, setting.linked.language)
        if amount:
            unit = (_slot("unit", amount.unit, words, setting),) if amount.unit else ()
            return (_slot("quantity", amount.quantity, words, setting), *unit)
    return ()


def _digits(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    """The longest run of words that are digits: "order number twelve seventy four"."""
    norms, numbers = _norms(words, setting), setting.linked.language.numbers
    least = 4 if name == "order_number" else 1
    for length in range(len(norms), 0, -1):
        for first in range(len(norms) - length + 1):
            digits = read_order_number(norms[first : first + length], numbers, least)
            if digits and len(digits) <= LONGEST_CODE:
                return (_slot(name, digits, words, setting),)
    return ()


def _date(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    if setting.today is None:
        return ()
    linked, when = setting.linked, When(setting.today, setting.past)
    plain = read_dates(linked.heard, words, linked.language, when).slots
    return plain or read_dates(linked.heard, words, linked.language, replace(when, asked=True)).slots


def _time(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    return read_times(setting.linked.heard, words, setting.linked.language, asked=True).slots[:1]


def _label(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    heard = setting.linked.heard
    found = read_label(name, heard, words, setting.linked.language).slots
    if found or name != "reason":
        return found
    return (_slot(name, heard.said(words.start, words.stop), words, setting),)


def _exclude(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    found = read_exclusions(setting.linked, words).slots
    return found or (excluded(setting.linked, words),)


def _catalogue(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    """Names of the catalogue, under their own slot names; nothing where the catalogue has none of them."""
    slots = catalogue_slots(setting.linked, words)
    if name in ("category", "brand"):
        return tuple(slot for slot in slots if slot.name == name)
    return tuple(slot for slot in slots if slot.name not in ("category", "brand")) or slots


def _words(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    """The catalogue's label where an attribute of that name has one, else the words without "for my" and the like."""
    for slot in catalogue_slots(setting.linked, words):
        if slot.name == name:
            return (slot,)
    heard, light = setting.linked.heard, setting.linked.language.any_of("articles", "glue", "with")
    first = next((at for at in words if heard.words[at].norm not in light), words.start)
    kept = range(first, words.stop)
    value = " ".join(heard.said(kept.start, kept.stop).split())
    return (_slot(name, value if name in NAMES else value.lower(), kept, setting),)


def _query(_name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    return (query_slot(setting.linked, list(words)),)


def _answer(name: str, words: range, setting: Setting) -> tuple[Slot, ...]:
    negations = setting.linked.language.words["negations"]
    said = "no" if any(norm in negations for norm in _norms(words, setting)) else "yes"
    return (_slot(name, said, words, setting),)


def _norms(words: range, setting: Setting) -> list[str]:
    return [setting.linked.heard.words[at].norm for at in words]


def _first_number(words: range, setting: Setting) -> float | None:
    norms = _norms(words, setting)
    reads = (read_number(norms, at, setting.linked.language.numbers) for at in range(len(norms)))
    return next((read[0] for read in reads if read), None)


def _slot(name: str, value: SlotValue, words: range, setting: Setting) -> Slot:
    heard = setting.linked.heard
    return Slot(name, value, heard.said(words.start, words.stop), heard.span(words.start, words.stop))


_READERS: Mapping[str, Callable[[str, range, Setting], tuple[Slot, ...]]] = {
    **dict.fromkeys(("price_min", "price_max"), _price),
    **dict.fromkeys(("rating_min", "rating"), _stars),
    **dict.fromkeys(("quantity", "unit"), _amount),
    **dict.fromkeys(("order_number", "code"), _digits),
    **dict.fromkeys(LABELS, _label),
    **dict.fromkeys(("category", "brand", "attribute"), _catalogue),
    **dict.fromkeys(("recipient", "occasion", "person", "place", "service", "staff", "not_offered"), _words),
    "ordinal": _ordinal,
    "superlative": _superlative,
    "reference": _reference,
    "date": _date,
    "time": _time,
    "exclude": _exclude,
    "query": _query,
    "answer": _answer,
}
