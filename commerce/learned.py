"""What a shop learned from its orders: figures of each product, its neighbours, and weights. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from commerce.histories import Floats, Ints
from commerce.tally import Pairs, Tally, empty_tally

NEIGHBOURS = 100
"""Kept of each product, by shared buyers and by shared baskets together."""
_SHRINK = 5.0
"""Chances of the average product that are mixed into the repeat rate of each."""
_TINY = 1e-4


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each product those it shares buyers or baskets with."""

    start: Ints
    """Shape (products + 1,): where each product's neighbours begin."""
    place: Ints
    """Shape (neighbours,): who the neighbour is."""
    buyers: Ints
    """Customers who bought both."""
    baskets: Ints
    """Baskets that have both."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Shape (products + 1,) for each figure: the last one stands for products that came since."""

    products: tuple[str, ...]
    """Ids, ascending; a place is a position here."""
    sold: Ints
    recent: Ints
    buyers: Ints
    chances: Ints
    repeats: Ints
    neighbours: Neighbours
    baskets: int
    weights: Mapping[str, Floats] = field(default_factory=dict)
    """By question, see nextbasket.WEIGHTS."""

    def place(self, item: Ints) -> Ints:
        """Places of products that came since become the last one."""
        return np.minimum(item, len(self.products))

    @property
    def log_sold(self) -> Floats:
        return np.log(self.sold / max(1, int(self.sold.max())) + _TINY)

    @property
    def log_recent(self) -> Floats:
        return np.log(self.recent / max(1, int(self.recent.max())) + _TINY)

    @property
    def log_repeat(self) -> Floats:
        """Logarithm of the share of chances taken to buy it again, few chances drawn to the mean of all products."""
        mean = (self.repeats.sum() + 1) / (self.chances.sum() + 20)
        rate = (self.repeats + _SHRINK * mean) / (self.chances + _SHRINK)
        return np.asarray(np.log(rate + _TINY), np.float64)


def nothing_learned() -> Learned:
    return summed_up((), empty_tally(0))


def summed_up(products: tuple[str, ...], counted: Tally) -> Learned:
    def with_unknown(figures: Ints) -> Ints:
        return np.append(figures, 0)

    return Learned(
        products,
        with_unknown(counted.sold),
        with_unknown(counted.recent),
        with_unknown(counted.buyers),
        with_unknown(counted.chances),
        with_unknown(counted.repeats),
        _neighbours(len(products), counted),
        counted.baskets,
    )


def _neighbours(products: int, counted: Tally) -> Neighbours:
    near_buyers = _nearest(counted.shared_buyers, counted.buyers, products)
    near_baskets = _nearest(counted.shared_baskets, counted.sold, products)
    key = np.union1d(near_buyers, near_baskets)
    one, other = key // max(1, products), key % max(1, products)
    pair = np.minimum(one, other) * products + np.maximum(one, other)
    return Neighbours(
        np.searchsorted(one, np.arange(products + 1)).astype(np.int64),
        other,
        _times(counted.shared_buyers, pair),
        _times(counted.shared_baskets, pair),
    )


def _nearest(pairs: Pairs, single: Ints, products: int) -> Ints:
    """Keys product * products + neighbour of the nearest by cosine, pairs seen once left out."""
    seen = pairs.times > 1
    one, other = pairs.key[seen] // max(1, products), pairs.key[seen] % max(1, products)
    cosine = pairs.times[seen] / np.sqrt(single[one] * single[other])
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    cosine = np.concatenate([cosine, cosine])
    order = np.lexsort((other, -cosine, one))
    one, other = one[order], other[order]
    nearest = np.arange(len(one)) - np.searchsorted(one, one) < NEIGHBOURS // 2
    return np.asarray(one[nearest] * products + other[nearest], np.int64)


def _times(pairs: Pairs, key: Ints) -> Ints:
    if not len(pairs.key):
        return np.zeros(len(key), np.int64)
    place = np.minimum(np.searchsorted(pairs.key, key), len(pairs.key) - 1)
    return np.where(pairs.key[place] == key, pairs.times[place], 0)
