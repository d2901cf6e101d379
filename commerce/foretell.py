"""A shop's orders foretold: ranks products for customers given as orders, says what speaks for a product. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from commerce.histories import Histories, histories
from commerce.learned import Learned
from commerce.nextbasket import Question, Ranker
from commerce.types import Order

SUPPORT = 3
"""Orders that must have both products before one speaks for the other."""
DAY = 86_400.0
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chance:
    product_id: str
    score: float
    """Log odds, as far as the shop's history tells."""

    @property
    def share(self) -> float:
        """The same as a share, 0..1."""
        return float(1 / (1 + np.exp(-self.score)))


@dataclass(frozen=True, slots=True)
class Bond:
    """Two products bought in one order more often than by chance."""

    product_id: str
    """The one that speaks for the other."""
    times: int
    """Orders that have both."""
    cosine: float


class Foretold:
    """What a shop learned, asked by product ids. Safe to share between threads."""

    def __init__(self, learned: Learned) -> None:
        self.learned = learned
        self._ranker = Ranker(learned)
        self._place = {product_id: place for place, product_id in enumerate(learned.products)}

    def likely(
        self, question: Question, history: Sequence[Order], limit: int, basket: Collection[str] = ()
    ) -> list[Chance]:
        """Products that this customer is likely to buy, best first, none of them in the basket.

        `history`: orders newest first; empty for a guest. `basket`: product ids.
        """
        since: dict[str, int] = {}
        known = len(self.learned.products)

        def place(product_id: str) -> int:
            at = self._place.get(product_id)
            return at if at is not None else since.setdefault(product_id, known + len(since))

        past = _past(history, place)
        inside = np.array([place(product_id) for product_id in basket], np.int64)
        (best,) = self._ranker.best(question, past, limit, [inside])
        names = [*since]
        return [Chance(self.learned.products[at] if at < known else names[at - known], score) for at, score in best]

    def bond(self, product_id: str, others: Collection[str]) -> Bond | None:
        """The one of `others` that speaks most for this product; None where none does.

        The cosine between products over orders, as in item-based collaborative filtering: Sarwar et al., Item-based
        Collaborative Filtering Recommendation Algorithms, WWW 2001.
        """
        place = self._place.get(product_id)
        if place is None:
            return None
        near, sold = self.learned.neighbours, self.learned.sold
        reach = slice(near.start[place], near.start[place + 1])
        both = dict(zip(near.place[reach].tolist(), near.baskets[reach].tolist(), strict=True))
        bonds = []
        for other in others:
            at = self._place.get(other, -1)
            times, by_chance = both.get(at, 0), int(sold[place] * sold[at]) / max(1, self.learned.baskets)
            if times >= SUPPORT and times > by_chance:
                bonds.append(Bond(other, times, times / float(sold[place] * sold[at]) ** 0.5))
        return max(bonds, key=lambda one: (one.cosine, one.product_id), default=None)


def day_of(moment: datetime) -> float:
    """Days since 1970."""
    return (moment - _BEGIN).total_seconds() / DAY


def _past(history: Sequence[Order], place: Callable[[str], int]) -> Histories:
    """One customer's orders, newest first as given, oldest first as answered."""
    lines = [
        (number, place(line.product_id), day_of(order.placed_at))
        for number, order in enumerate(reversed(history))
        for line in order.lines
    ]
    if not lines:
        return Histories(np.empty(0, np.int64), np.zeros(1, np.int64), np.zeros(2, np.int64), np.empty(0))
    basket, item, day = np.array(lines).T
    return histories(np.zeros(len(lines), np.int64), basket.astype(np.int64), item.astype(np.int64), day)
