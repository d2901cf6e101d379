"""What tells products apart when they are read out: never two equal titles. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.scene import say
from assistant.types import Priced, Value, Word
from commerce.types import AttributeValue, Product, Variant

Item = tuple[Product, Variant]


def by_price(items: Sequence[Item]) -> tuple[Priced, ...]:
    """Each with its price, under a name that no other has."""
    return tuple(Priced(name, variant.price) for name, (_, variant) in zip(names(items), items, strict=True))


def names(items: Sequence[Item]) -> tuple[str, ...]:
    """The titles; behind equal ones what differs: the brand, else the first attribute or option that does."""
    titles = [product.title for product, _ in items]
    return tuple(
        f"{title}, {difference}" if titles.count(title) > 1 and (difference := _difference(at, items)) else title
        for at, title in enumerate(titles)
    )


def _difference(at: int, items: Sequence[Item]) -> str:
    """What this one has that none of its namesakes has; empty where only the price tells them apart."""
    mine = items[at][0]
    others = [product for product, _ in items if product.title == mine.title and product is not mine]
    if mine.brand and all(other.brand != mine.brand for other in others):
        return mine.brand
    for name, value in _traits(items[at]).items():
        if value is not False and all(_traits(other).get(name) != value for other in items if other[0] in others):
            return str(value) if isinstance(value, str) else name.replace("_", " ")
    return ""


def _traits(item: Item) -> dict[str, AttributeValue]:
    product, variant = item
    return {**variant.selected, **product.attributes}


def worded(name: str, value: AttributeValue) -> Value:
    """A trait in a word or two: "waterproof", "not hooded", "wool", "380 grams"."""
    if isinstance(value, bool):
        return Word(name) if value else say("compare.not", trait=Word(name))
    if isinstance(value, str):
        return Word(value)
    *named, unit = name.split("_")
    return (
        say("compare.measure", value=value, unit=unit) if named else say("compare.number", name=Word(name), value=value)
    )
