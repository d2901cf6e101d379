"""Faults of a catalogue file in the merchant's words: where, which field, what is wrong, what to give instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic_core import ErrorDetails

from commerce.entries import MODELS
from commerce.refused import nearest
from commerce.types import Money

Where = tuple[str | int, ...]
"""A path into the file's JSON: ("products", 11, "price", "amount")."""

_SINGULAR = {
    "products": "product",
    "variants": "variant",
    "options": "option",
    "values": "value",
    "reviews": "review",
    "categories": "category",
    "aliases": "alias",
    "tags": "tag",
}
_NAMED_BY = ("title", "sku", "id", "name", "label", "value")
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
"""Decimal places of the minor unit where they are not two (ISO 4217)."""


def fault(file: str, document: object, where: Where, message: str) -> str:
    """One line: `catalogue.json: product 12 "Trail jacket", variant 1: <message>`."""
    place = _place(document, where)
    return f"{file}: {place}: {message}" if place else f"{file}: {message}"


def worded(file: str, document: object, errors: Sequence[ErrorDetails]) -> list[str]:
    """One line for each error that pydantic found in `document`."""
    # A list whose items are all faulty is also reported as too short: the items' own faults say enough.
    real = [error for error in errors if not (error["type"] == "too_short" and error["input"])]
    return [fault(file, document, error["loc"], _message(document, error)) for error in real]


def show(value: object) -> str:
    """A value as it stands in the file, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."


def minor_digits(currency: str) -> int:
    """Decimal places of the minor unit: 2 for cents."""
    return _DIGITS.get(currency, 2)


def show_money(money: Money) -> str:
    digits = _DIGITS.get(money.currency, 2)
    number = f"{money.minor / 10**digits:.{digits}f}"
    return f"${number}" if money.currency == "USD" else f"{number} {money.currency}"


def _place(document: object, where: Where) -> str:
    parts = []
    here: Any = document
    for key, position in pairwise(where):
        here = here.get(key) if isinstance(here, Mapping) else here[key] if isinstance(key, int) else None
        if isinstance(position, int) and isinstance(key, str) and isinstance(here, list):
            parts.append(f"{_SINGULAR.get(key, key)} {position + 1}{_name(here[position])}")
    return ", ".join(parts)


def _name(item: object) -> str:
    if not isinstance(item, Mapping):
        return f" {show(item)}" if isinstance(item, str) else ""
    return next((f" {show(item[key])}" for key in _NAMED_BY if isinstance(item.get(key), str)), "")


def _field(where: Where) -> str:
    """The keys after the last list position: "price.amount"."""
    after = 0
    for index, key in enumerate(where):
        if isinstance(key, int):
            after = index + 1
    return ".".join(str(key) for key in where[after:])


def _message(document: object, error: ErrorDetails) -> str:
    where, value, kind = error["loc"], error["input"], error["type"]
    field = _field(where) or "it"
    if kind == "extra_forbidden":
        return _unknown(where)
    if kind == "missing":
        return f"{field} is missing."
    if kind == "too_short":
        return f"{field} is empty; give at least one."
    if kind == "string_too_short":
        return f"{field} is empty; give at least one letter."
    return f"{field} is {show(value)}; {_remedy(document, error)}."


def _unknown(where: Where) -> str:
    path = tuple(key for key in where[:-1] if isinstance(key, str))
    known = list(MODELS[path].model_fields) if path in MODELS else []
    like = nearest(str(where[-1]), known)
    hint = f'did you mean "{like}"?' if like else f"known here: {', '.join(known)}."
    return f'"{_field(where)}" is not a known key; {hint}'


def _remedy(document: object, error: ErrorDetails) -> str:
    kind, where, context = error["type"], error["loc"], error.get("ctx", {})
    if where and where[-1] in ("amount", "price_delta") and kind.startswith("int"):
        return f"give minor units as a whole number{_example(document, error['input'])}"
    match kind:
        case "greater_than_equal":
            return f"give {context['ge']} or more"
        case "less_than_equal":
            return f"give {context['le']} or less"
        case "string_pattern_mismatch":
            return 'give the three capital letters of ISO 4217, such as "USD"'
        case "attribute":
            return "give a text, true, false or a number"
        case _:
            return f"give {_EXPECTED.get(kind, 'another value')}"


_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "list_type": "a list in square brackets",
    "dict_type": "an object in curly brackets",
    "model_type": "an object in curly brackets",
}


def _example(document: object, value: object) -> str:
    """What the merchant most likely meant: 199.5 as 19950."""
    currency = document.get("currency", "USD") if isinstance(document, Mapping) else "USD"
    try:
        major = float(str(value).lstrip("$€£").replace(",", "."))
        meant = Money(round(major * 10 ** _DIGITS.get(currency, 2)), currency)
    except (ValueError, OverflowError):
        meant = Money(450, currency)
    return f" ({meant.minor} for {show_money(meant)})"
