"""What a line costs: the variant's price and the extras of its options. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from commerce.types import Line, LineOption, Money, Product

ProductOf = Callable[[str], Product | None]
"""The product that is sold under a SKU now."""


def make_line(product: Product, sku: str, quantity: int = 1, options: Sequence[LineOption] = ()) -> Line | None:
    """A line at the product's present price, each option with its extra; None where SKU or option is not sold."""
    variant = product.variant(sku)
    if variant is None:
        return None
    taken = []
    for option in options:
        extra = _extra(product, sku, option)
        if extra is None:
            return None
        taken.append(replace(option, extra=extra))
    price = Money(variant.price.minor + sum(option.extra for option in taken), variant.price.currency)
    return Line(sku, product.id, variant.title, quantity, price, tuple(taken))


def repriced(line: Line, product: Product) -> Line | None:
    """The same line at the product's present price; None where it is not sold any more."""
    return make_line(product, line.sku, line.quantity, line.options)


def _extra(product: Product, sku: str, taken: LineOption) -> int | None:
    option = product.option(taken.name)
    choice = option.choice(taken.value) if option else None
    if choice is None:
        return None
    if taken.name in product.variant_options:
        variant = product.variant(sku)
        return 0 if variant and variant.selected.get(taken.name) == taken.value else None
    return 0 if taken.amount == "no" else choice.extra
