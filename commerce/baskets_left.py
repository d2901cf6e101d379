"""Baskets that were filled and left: whom a reminder could help. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.types import Basket


@dataclass(frozen=True, slots=True)
class LeftRules:
    after: timedelta = timedelta(hours=4)
    """A basket not touched for this long was left."""
    until: timedelta = timedelta(days=14)
    """An older one is forgotten."""


@dataclass(frozen=True, slots=True)
class LeftBasket:
    key: str
    """The reminder is sent once for each key: once for each state the basket is left in."""
    basket: Basket
    since: datetime
    """When it was last changed, UTC."""


def left_key(basket: Basket) -> str:
    return f"basket:{basket.owner}:{basket.version}"


def baskets_left(
    baskets: Iterable[Basket],
    last_orders: Mapping[str, datetime],
    reminded: Collection[str],
    now: datetime,
    rules: LeftRules,
) -> list[LeftBasket]:
    """The baskets to remind of, oldest first.

    `baskets` of customers who agreed to be reminded; one without a moment of its last change is passed over.
    `last_orders` has the customer's newest order: who has ordered since needs no reminder. `reminded` has the keys that
    were told.
    """
    left = (
        LeftBasket(left_key(basket), basket, basket.changed_at)
        for basket in baskets
        if basket.lines and basket.changed_at
    )
    found = [
        one
        for one in left
        if rules.after <= now - one.since <= rules.until
        and one.key not in reminded
        and not (one.basket.owner in last_orders and last_orders[one.basket.owner] >= one.since)
    ]
    return sorted(found, key=lambda one: one.since)
