"""What can take the place of a product that cannot be had: of the same kind, and as like it as there is. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from commerce.reorder import purchase_days
from commerce.types import Order, Product, Suggestion, Variant

_ATTRIBUTES, _WORDS, _PRICE, _OWN = 0.4, 0.3, 0.2, 0.1
"""Shares of the likeness."""


def alternatives(
    product: Product, catalogue: Mapping[str, Product], history: Sequence[Order], refused: Collection[str], limit: int
) -> list[Suggestion]:
    """Products in stock that share this one's narrowest category and what it is called, the likest first.

    A category may be as wide as a pantry; the last word of title or other names tells honey from pasta. `history`: the
    customer's orders, newest first; among products as like, one that they know comes first.
    """
    days = purchase_days(history)
    kind, names = set(product.categories[-1:]), _names(product)
    ranked = []
    for other in catalogue.values():
        same_kind = bool(kind.intersection(other.categories)) if kind else not other.categories
        offered = other.id != product.id and other.id not in refused and other.stock > 0
        if offered and same_kind and names & _names(other):
            times = len(days.get(other.id, ()))
            ranked.append((likeness(product, other) + _OWN * min(1, times), times, other))
    ranked.sort(key=lambda one: (-one[0], one[2].id))
    return [
        Suggestion(other, _nearest_price(product, other), "instead_of", product.title, times, score=round(score, 4))
        for score, times, other in ranked[:limit]
    ]


def likeness(one: Product, other: Product) -> float:
    """0..0.9: the shares of attributes and of title words in common, and how near the prices are."""
    attributes = _in_common(set(one.attributes.items()), set(other.attributes.items()))
    words = _in_common(_words(one), _words(other))
    prices = sorted((one.price_from.minor, other.price_from.minor))
    near = prices[0] / prices[1] if prices[1] else 1.0
    return _ATTRIBUTES * attributes + _WORDS * words + _PRICE * near


def _in_common(one: Set[Any], other: Set[Any]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _names(product: Product) -> set[str]:
    """What it is called: "milk" for "Organic Oat Milk"."""
    spelled = (re.findall(r"\w+", name.lower()) for name in (product.title, *product.aliases))
    return {words[-1] for words in spelled if words}


def _words(product: Product) -> set[str]:
    return set(re.findall(r"\w+", product.title.lower()))


def _nearest_price(product: Product, other: Product) -> Variant:
    wanted = product.price_from.minor
    there = [variant for variant in other.variants if variant.stock > 0]
    return min(there, key=lambda variant: (abs(variant.price.minor - wanted), variant.sku))
