"""What to put forward: what goes with the basket, what this customer buys often, what others rate well. Pure.

What goes together is the cosine between products over orders, as in item-based collaborative filtering: Sarwar et al.,
Item-based Collaborative Filtering Recommendation Algorithms, WWW 2001.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import permutations

from commerce.index import mean_rating, shop_rating
from commerce.reorder import habit_score, purchase_days, suggest_again
from commerce.types import Basket, Order, Product, Suggestion, Variant

_SUPPORT = 3
"""Orders that must have both products before one speaks for the other."""
_OFTEN = 3
"""Purchases on different days that make a product 'bought often'."""
_WELL, _VOICES = 4.0, 5
"""Mean rating, and ratings behind it, from which a product may be called well rated."""
_JUST = timedelta(days=3)
"""Nobody wants to hear of what they bought the day before yesterday."""
_DURABLE = timedelta(days=90)
"""What this customer bought only once is offered again after this time at the earliest."""
_SEEDS = 3
"""Newest orders to start from where the basket is empty."""


class Together:
    """Which products are bought in one order.

    `carts`: the product ids of each order.
    """

    def __init__(self, carts: Iterable[Collection[str]]) -> None:
        self._count: Counter[str] = Counter()
        self._both: dict[str, Counter[str]] = defaultdict(Counter)
        self._orders = 0
        for cart in carts:
            self._orders += 1
            self._count.update(set(cart))
            for one, other in permutations(set(cart), 2):
                self._both[one][other] += 1

    def with_(self, product_id: str) -> dict[str, float]:
        """Product id -> cosine, 0..1, for products bought together with this one more often than by chance."""
        own = self._count[product_id]
        return {
            other: both / (own * self._count[other]) ** 0.5
            for other, both in self._both.get(product_id, Counter()).items()
            if both >= _SUPPORT and both * self._orders > own * self._count[other]
        }


def recommend(
    catalogue: Mapping[str, Product], together: Together, history: Sequence[Order], basket: Basket, now: datetime
) -> list[Suggestion]:
    """Suggestions, best first, each product once: what goes with it, then habits, then well rated products.

    Nothing that is in the basket, was just bought, or is out of stock. `catalogue`: product id -> product, `history`:
    the customer's orders newest first, empty for a guest.
    """
    barred = {line.product_id for line in basket.lines} | _just_bought(history, now)
    seeds = [line.product_id for line in basket.lines]
    seeds = seeds or [line.product_id for order in history[:_SEEDS] for line in order.lines]
    offered = {id_: product for id_, product in catalogue.items() if id_ not in barred and product.stock > 0}
    ranked = [
        *_goes_with(offered, catalogue, together, seeds),
        *_bought_often(offered, history),
        *_well_rated(offered, catalogue, history),
    ]
    first: dict[str, Suggestion] = {}
    for suggestion in ranked:
        first.setdefault(suggestion.product.id, suggestion)
    return list(first.values())


def _goes_with(
    offered: Mapping[str, Product], catalogue: Mapping[str, Product], together: Together, seeds: Sequence[str]
) -> list[Suggestion]:
    best: dict[str, tuple[float, str]] = {}
    for seed in dict.fromkeys(seeds):
        for other, cosine in together.with_(seed).items():
            if other in offered and seed in catalogue and cosine > best.get(other, (0.0, ""))[0]:
                best[other] = (cosine, catalogue[seed].title)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    return [
        Suggestion(offered[id_], _cheapest(offered[id_]), "goes_with", because=title, score=round(cosine, 4))
        for id_, (cosine, title) in ranked
    ]


def _bought_often(offered: Mapping[str, Product], history: Sequence[Order]) -> list[Suggestion]:
    found = []
    for product_id, days in purchase_days(history).items():
        again = suggest_again(history, offered.get(product_id)) if len(days) >= _OFTEN else None
        if again:
            ranks = [n for n, order in enumerate(history) if any(one.product_id == product_id for one in order.lines)]
            found.append((habit_score(ranks), again))
    found.sort(key=lambda pair: (-pair[0], pair[1].product.id))
    return [
        Suggestion(one.product, one.variant, "bought_often", last=one.last, score=round(score, 4))
        for score, one in found
    ]


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
        Suggestion(product, _cheapest(product), "well_rated", score=round(rating / 5, 4))
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
    times: dict[str, list[datetime]] = defaultdict(list)
    for order in history:
        for line in order.lines:
            times[line.product_id].append(order.placed_at)
    return {id_ for id_, at in times.items() if now - max(at) < (_JUST if len(at) > 1 else _DURABLE)}


def _cheapest(product: Product) -> Variant:
    return min((variant for variant in product.variants if variant.stock > 0), key=lambda variant: variant.price)
