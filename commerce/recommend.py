"""What to put forward: what goes with the basket, habits, what goes with them, what is well rated. Pure.

Products are ranked by how likely this customer is to buy them (commerce.nextbasket); only those that something true can
be said for are put forward. What is well rated comes after them, for those of whom little is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.foretell import Chance, Foretold
from commerce.index import mean_rating, shop_rating
from commerce.nextbasket import Question
from commerce.reorder import purchase_days, suggest_again
from commerce.types import Basket, Order, Product, Suggestion, Suggestions, Variant

_OFTEN = 3
"""Purchases on different days that make a product 'bought often'."""
_TWICE = 2
"""Orders of a product before it speaks for what goes with it."""
_WELL, _VOICES = 4.0, 5
"""Mean rating, and ratings behind it, from which a product may be called well rated."""
_JUST = timedelta(days=3)
"""Nobody wants to hear of what they bought the day before yesterday."""
_DURABLE = timedelta(days=90)
"""What this customer bought only once is offered again after this time at the earliest."""
_RANKED = 200
"""Likely products that are looked at for a reason."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Who is asking, and what for."""

    catalogue: Mapping[str, Product]
    """Product id -> product."""
    history: Sequence[Order]
    """The customer's orders, newest first; empty for a guest."""
    basket: Basket
    now: datetime
    refused: Collection[str] = ()
    """Ids of products that this customer said no to, or gave back."""


def recommend(foretold: Foretold, situation: Situation, limit: int = 3) -> Suggestions:
    """Each product once; none that is in the basket, was just bought, was refused or is out of stock."""
    inside = list(dict.fromkeys(line.product_id for line in situation.basket.lines))
    barred = {*inside, *situation.refused, *_just_bought(situation.history, situation.now)}
    offered = {id_: one for id_, one in situation.catalogue.items() if id_ not in barred and one.stock > 0}
    likely = foretold.likely(_question(situation), situation.history, _RANKED, inside)
    reasons = _Reasons(foretold, situation, inside, purchase_days(situation.history))
    found: dict[str, Suggestion] = {}
    for chance in likely:
        if len(found) < limit and chance.product_id in offered:
            suggestion = reasons.for_(offered[chance.product_id], chance)
            if suggestion is not None:
                found[chance.product_id] = suggestion
    for suggestion in _well_rated(offered, situation.catalogue, situation.history):
        found.setdefault(suggestion.product.id, suggestion)
    return Suggestions(tuple(found.values())[:limit], stranger=not inside and not situation.history)


def _question(situation: Situation) -> Question:
    if not situation.basket.lines:
        return "next"
    return "with" if situation.history else "guest"


class _Reasons:
    """What is true about a product and this customer."""

    def __init__(
        self, foretold: Foretold, situation: Situation, inside: Sequence[str], days: Mapping[str, Sequence[object]]
    ) -> None:
        self._foretold = foretold
        self._situation = situation
        self._inside = [product_id for product_id in inside if product_id in situation.catalogue]
        self._days = {id_: len(bought) for id_, bought in days.items()}
        self._orders = Counter(id_ for order in situation.history for id_ in {one.product_id for one in order.lines})
        self._bought = [id_ for id_, n in self._orders.items() if n >= _TWICE and id_ in situation.catalogue]

    def for_(self, product: Product, chance: Chance) -> Suggestion | None:
        """The nearest reason; None where there is nothing to say."""
        return (
            self._goes_with(product, chance) or self._often(product, chance) or self._goes_with_bought(product, chance)
        )

    def _goes_with(self, product: Product, chance: Chance) -> Suggestion | None:
        bond = self._foretold.bond(product.id, self._inside)
        if bond is None:
            return None
        because, score = self._situation.catalogue[bond.product_id].title, round(chance.share, 4)
        return Suggestion(product, _cheapest(product), "goes_with", because, bond.times, score=score)

    def _often(self, product: Product, chance: Chance) -> Suggestion | None:
        times = self._days.get(product.id, 0)
        again = suggest_again(self._situation.history, product) if times >= _OFTEN else None
        if again is None:
            return None
        return Suggestion(product, again.variant, "bought_often", "", times, again.last, round(chance.share, 4))

    def _goes_with_bought(self, product: Product, chance: Chance) -> Suggestion | None:
        bond = None if product.id in self._days else self._foretold.bond(product.id, self._bought)
        if bond is None:
            return None
        because, times = self._situation.catalogue[bond.product_id].title, self._orders[bond.product_id]
        score = round(chance.share, 4)
        return Suggestion(product, _cheapest(product), "goes_with_bought", because, times, score=score)


def _well_rated(
    offered: Mapping[str, Product], catalogue: Mapping[str, Product], history: Sequence[Order]
) -> list[Suggestion]:
    """Well rated products, those from the categories this customer buys first, one of each category before a second."""
    mean = shop_rating(list(catalogue.values()))
    bought = {line.product_id for order in history for line in order.lines if line.product_id in catalogue}
    liked = {category for id_ in bought for category in catalogue[id_].categories}
    ranked = sorted(
        ((mean_rating(product, mean), product) for product in offered.values() if _is_well_rated(product)),
        key=lambda pair: (liked.isdisjoint(pair[1].categories), -pair[0], pair[1].id),
    )
    return [
        Suggestion(product, _cheapest(product), "well_rated", times=product.rating_count, score=round(rating / 5, 4))
        for rating, product in _in_turns(ranked)
    ]


def _is_well_rated(product: Product) -> bool:
    return product.rating is not None and product.rating >= _WELL and product.rating_count >= _VOICES


def _in_turns(ranked: Sequence[tuple[float, Product]]) -> list[tuple[float, Product]]:
    seen: Counter[tuple[str, ...]] = Counter()
    turns = []
    for place, pair in enumerate(ranked):
        turns.append((seen[pair[1].categories], place, pair))
        seen[pair[1].categories] += 1
    return [pair for _, _, pair in sorted(turns, key=lambda turn: turn[:2])]


def _just_bought(history: Sequence[Order], now: datetime) -> set[str]:
    """Bought in the last days; or once, within the time in which a durable thing is not bought again."""
    times: dict[str, list[datetime]] = {}
    for order in history:
        for line in order.lines:
            times.setdefault(line.product_id, []).append(order.placed_at)
    return {id_ for id_, at in times.items() if now - max(at) < (_JUST if len(at) > 1 else _DURABLE)}


def _cheapest(product: Product) -> Variant:
    return min((variant for variant in product.variants if variant.stock > 0), key=lambda variant: variant.price)
