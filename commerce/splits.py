"""What to ask about when much was found. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log2

from commerce.types import AttributeValue, Hit

MOST_VALUES = 6
"""More values than these are no question any more."""


@dataclass(frozen=True, slots=True)
class Split:
    """A property whose values tell the products apart."""

    name: str
    """The attribute, option, 'category' or 'brand'."""
    values: tuple[tuple[AttributeValue, int], ...]
    """Each value and how many of the products have it, the most frequent first."""


def splits(hits: Sequence[Hit], besides: Collection[str] = (), most_values: int = MOST_VALUES) -> Split | None:
    """The property whose answer is expected to tell most about which product is meant; None where none tells anything.

    None of `besides`, and none with more than `most_values` values. The most information in bits, as in Quinlan's ID3
    (Machine Learning 1, 1986), for the share of products that have the property. A product with several values at once
    is asked for by each of them equally often, and is left over by any of them: that all come in three sizes tells
    nothing.
    """
    owners: dict[str, dict[str, list[AttributeValue]]] = {}
    for hit in hits:
        for name, values in _properties(hit).items():
            if name not in besides:
                owners.setdefault(name, {})[hit.product.id] = values
    for of_name in owners.values():
        if any(value is True for values in of_name.values() for value in values):
            of_name.update({hit.product.id: [False] for hit in hits if hit.product.id not in of_name})  # silence is no
    told = {name: _bits(list(owned.values()), len(hits), most_values) for name, owned in owners.items()}
    best = max(told, key=lambda name: (told[name], name), default=None)
    if best is None or told[best] <= 0:
        return None
    counts = Counter(value for values in owners[best].values() for value in values)
    return Split(best, tuple(sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))))


def _properties(hit: Hit) -> dict[str, list[AttributeValue]]:
    """Values that can be asked for. Weights and the like are not: nobody wants exactly 430 grams."""
    product = hit.product
    found: dict[str, list[AttributeValue]] = {
        name: [value] for name, value in product.attributes.items() if isinstance(value, bool | str)
    }
    for name in product.variant_options:
        labels = [variant.selected[name] for variant in product.variants if name in variant.selected and variant.stock]
        found[name] = list(dict.fromkeys(labels))
    if product.brand:
        found["brand"] = [product.brand]
    if product.categories:
        found["category"] = [product.categories[-1]]
    return {name: values for name, values in found.items() if values}


def _bits(owned: Sequence[Sequence[AttributeValue]], size: int, most_values: int) -> float:
    having = Counter(value for values in owned for value in values)
    if len(having) > most_values:
        return 0.0
    asked_for: dict[AttributeValue, float] = dict.fromkeys(having, 0.0)
    for values in owned:
        for value in values:
            asked_for[value] += 1 / len(values)
    told = sum(share / len(owned) * log2(len(owned) / having[value]) for value, share in asked_for.items())
    return told * len(owned) / size
