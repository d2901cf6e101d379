"""What pieces of an order were worth: their price less their share of the discounts, to the last cent. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commerce.types import Discount, Line, Money, Order


@dataclass(frozen=True, slots=True)
class Pieces:
    """Some pieces of one line of an order."""

    position: int
    """The line's, from 0."""
    quantity: int


def pieces_by_position(pieces: Sequence[Pieces], lines: int | None = None) -> Counter[int]:
    """Position -> pieces. Raises ValueError for a quantity below 1 and, where `lines` are counted, an unknown line."""
    found: Counter[int] = Counter()
    for one in pieces:
        if one.quantity < 1 or one.position < 0 or (lines is not None and one.position >= lines):
            raise ValueError(f"there are no {one.quantity} pieces of line {one.position}")
        found[one.position] += one.quantity
    return found


def worth(order: Order, pieces: Mapping[int, int], before: Mapping[int, int] | None = None) -> Money:
    """What was paid for these pieces (position -> how many), `before` of each line having been given back already.

    Whatever the order in which all pieces of an order are given back, what they were worth adds up to what was paid for
    them: a discount is spread over the goods by value, and each piece bears the part between its ends.
    """
    price = sum(order.lines[position].unit_price.minor * quantity for position, quantity in pieces.items())
    return Money(price - _share(order, pieces, before or {}), order.total.currency)


def remainder(order: Order, pieces: Mapping[int, int]) -> tuple[tuple[Line, ...], tuple[Discount, ...]]:
    """The order's lines and discounts without these pieces."""
    lines = tuple(
        replace(line, quantity=line.quantity - pieces.get(position, 0))
        for position, line in enumerate(order.lines)
        if line.quantity > pieces.get(position, 0)
    )
    return lines, _reduced(order.discounts, _share(order, pieces, {}))


def _share(order: Order, pieces: Mapping[int, int], before: Mapping[int, int]) -> int:
    """The part of the discounts (minor units) that these pieces bear."""
    discount = sum(amount.minor for _, amount in order.discounts)
    goods = sum(line.total.minor for line in order.lines)
    if goods == 0:
        return 0
    share, start = 0, 0
    for position, line in enumerate(order.lines):
        first = before.get(position, 0)
        last = first + pieces.get(position, 0)
        ends = [discount * (start + line.unit_price.minor * count) // goods for count in (first, last)]
        share += ends[1] - ends[0]
        start += line.total.minor
    return share


def _reduced(discounts: Sequence[Discount], less: int) -> tuple[Discount, ...]:
    """The discounts, `less` minor units lower in all, each in proportion."""
    whole = sum(amount.minor for _, amount in discounts)
    reduced, end = [], 0
    for name, amount in discounts:
        start, end = end, end + amount.minor
        kept = end * (whole - less) // whole - start * (whole - less) // whole if whole else 0
        reduced.append((name, Money(kept, amount.currency)))
    return tuple(reduced)
