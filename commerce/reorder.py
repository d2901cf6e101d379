"""What a customer buys again: the usual line, the usual basket, and what is due by the customer's own rhythm. Pure.

Frequency with recency decay follows the repeat part of Hu et al., Modeling Personalized Item Frequency Information for
Next-basket Recommendation (TIFU-KNN), SIGIR 2020; that "milk" is the milk you always buy is how Walmart's voice orders
work. The rhythm is our own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from commerce.lines import repriced
from commerce.types import Line, Order, Product, Suggestion

_DECAY = 0.9
"""Weight of a purchase for each order that came after it."""
_DUE = 0.45
"""Least due score to be put forward: a little before the usual day."""
_LAPSED = 4.0
"""Intervals without a purchase after which a habit is over."""
_RECENT_ORDERS, _FEWEST_ORDERS = 8, 3
"""Newest orders that make the usual basket, and how many of them there must be."""


def due_score(purchases: Sequence[date], today: date) -> float:
    """How due a product is, from the customer's own rhythm.

    Ratio r of the days since the last purchase to the median interval, squashed to r² / (1 + r²): 0..1, 0.5 when
    exactly due. Needs two purchases on different days; fewer give 0. Our own.
    """
    ratio = _ratio(purchases, today)
    return 0.0 if ratio is None else ratio**2 / (1 + ratio**2)


def habit_score(ranks: Sequence[int]) -> float:
    """How firm a habit is: the decayed count of the orders that have the product, 0..1 of an order-by-order habit.

    `ranks`: for each such order, how many orders the customer placed after it (0 is the newest).
    """
    return (1 - _DECAY) * sum(_DECAY**rank for rank in ranks)


def usual(history: Sequence[Order], product_ids: Sequence[str]) -> Line | None:
    """The line bought most among those products, recent orders counting more; None if never bought.

    Same SKU and same options are the same line; its quantity is the one bought most often, the newest among equals.
    `history`: orders newest first.
    """
    wanted = set(product_ids)
    weight: dict[object, float] = defaultdict(float)
    bought: dict[object, list[Line]] = defaultdict(list)
    for rank, order in enumerate(history):
        for line in order.lines:
            if line.product_id in wanted:
                what = (line.sku, frozenset((option.name, option.value, option.amount) for option in line.options))
                weight[what] += _DECAY**rank
                bought[what].append(line)
    if not bought:
        return None
    lines = bought[max(weight, key=lambda what: weight[what])]
    quantity, _ = Counter(line.quantity for line in lines).most_common(1)[0]
    return next(line for line in lines if line.quantity == quantity)


def usual_basket(history: Sequence[Order]) -> list[Line]:
    """The usual line of each product that is in at least half of the newest orders, the firmest first.

    Empty where there are fewer than three orders, or nothing is that usual. `history`: orders newest first.
    """
    newest = history[:_RECENT_ORDERS]
    if len(newest) < _FEWEST_ORDERS:
        return []
    orders = Counter(id_ for order in newest for id_ in {line.product_id for line in order.lines})
    often = sorted((-count, id_) for id_, count in orders.items() if 2 * count >= len(newest))
    lines = (usual(newest, [product_id]) for _, product_id in often)
    return [line for line in lines if line is not None]


def due(
    history: Sequence[Order],
    catalogue: Mapping[str, Product],
    now: datetime,
    limit: int = 3,
    chances: Mapping[str, float] | None = None,
) -> Sequence[Suggestion]:
    """Products this customer is likely to need again now, the most likely and most due first.

    Only what is in stock and still sold. `history`: orders newest first; `catalogue`: product id -> product; `chances`:
    product id -> share, that the next order has it; without it the customer's own frequencies count.
    """
    today = now.date()
    found = []
    for product_id, days in purchase_days(history).items():
        score = due_score(days, today)
        ratio = _ratio(days, today)
        if score < _DUE or ratio is None or ratio > _LAPSED:
            continue
        ranks = [rank for rank, order in enumerate(history) if any(one.product_id == product_id for one in order.lines)]
        likely = habit_score(ranks) if chances is None else chances.get(product_id, 0.0)
        suggestion = suggest_again(history, catalogue.get(product_id))
        if suggestion:
            found.append((score * likely, len(days), score, suggestion))
    found.sort(key=lambda one: (-one[0], one[3].product.id))
    return [
        Suggestion(one.product, one.variant, "due", times=times, last=one.last, score=round(score, 4))
        for _, times, score, one in found[:limit]
    ]


def suggest_again(history: Sequence[Order], product: Product | None) -> Suggestion | None:
    """The customer's usual line of this product as a suggestion; None where it cannot be bought now."""
    last = usual(history, [product.id]) if product else None
    if product is None or last is None or repriced(last, product) is None:
        return None
    variant = product.variant(last.sku)
    if variant is None or variant.stock < last.quantity:
        return None
    return Suggestion(product, variant, "bought_often", last=last)


def purchase_days(history: Sequence[Order]) -> dict[str, list[date]]:
    """Product id -> the days it was bought, oldest first, each once."""
    days: dict[str, set[date]] = defaultdict(set)
    for order in history:
        for line in order.lines:
            days[line.product_id].add(order.placed_at.date())
    return {product_id: sorted(of_product) for product_id, of_product in days.items()}


def _ratio(purchases: Sequence[date], today: date) -> float | None:
    days = sorted(set(purchases))
    if len(days) < 2:
        return None
    interval = median((later - earlier).days for earlier, later in pairwise(days))
    return (today - days[-1]).days / interval
