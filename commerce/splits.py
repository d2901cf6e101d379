"""What to ask about when much was found. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from commerce.types import AttributeValue, Hit

_MOST_VALUES = 6
"""Values that can be read out as a question; more of them are no question any more."""


@dataclass(frozen=True, slots=True)
class Split:
    """A property whose values tell the products apart."""

    name: str
    """The attribute, option, 'category' or 'brand'."""
    values: tuple[tuple[AttributeValue, int], ...]
    """Each value and how many of the products have it, the most frequent first."""


def splits(hits: Sequence[Hit]) -> Split | None:
    """The property whose answer is expected to tell most about which product is meant; None where none tells anything.

    The most information in bits: the entropy of its values, as in Quinlan's ID3 (Machine Learning 1, 1986), for the
    share of products that have it; a product with several values at once counts for each in equal parts.
    """
    owners: dict[str, dict[str, list[AttributeValue]]] = {}
    for hit in hits:
        for name, values in _properties(hit).items():
            owners.setdefault(name, {})[hit.product.id] = values
    for of_name in owners.values():
        if any(value is True for values in of_name.values() for value in values):
            of_name.update({hit.product.id: [False] for hit in hits if hit.product.id not in of_name})  # silence is no
    best = max(owners, key=lambda name: (_bits(list(owners[name].values()), len(hits)), name), default=None)
    if best is None or _bits(list(owners[best].values()), len(hits)) <= 0:
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


def _bits(owned: Sequence[Sequence[AttributeValue]], size: int) -> float:
    weights: Counter[AttributeValue] = Counter()
    for values in owned:
        for value in values:
            weights[value] += 1 / len(values)  # type: ignore[assignment]  # a Counter may hold fractions
    if len(weights) > _MOST_VALUES:
        return 0.0
    # All products with all values alike: the answer rules nothing out.
    if all(set(values) == set(owned[0]) for values in owned) and len(owned[0]) > 1:
        return 0.0
    total = sum(weights.values())
    entropy = -sum(weight / total * log2(weight / total) for weight in weights.values())
    return entropy * len(owned) / size
