"""What many histories add up to: whole numbers, so that parts may be counted anywhere and their sum is exact. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commerce.histories import Histories, Ints, ranges

MOST_PRODUCTS = 200
"""Newest products of a customer that are paired with each other; bounds the work for those who bought everything."""
MOST_LINES = 100
"""First lines of a basket that are paired with each other."""
MOST_PAIRS = 12_000_000
"""Pairs kept while counting; beyond it the rarest are forgotten, as in lossy counting (Manku, Motwani, VLDB 2002).

Where that happens the result depends on the chunks and their order, which are therefore the same wherever they run."""
HALF_LIFE = 14.0
"""Days in which a sale loses half of its weight in `recent`; one basket where days are unknown."""
FULL_WEIGHT = 1024
"""Of a sale on the newest day in `recent`; whole numbers add up the same in any order."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """How often two different products share a customer or a basket; each pair once, the lower place first."""

    key: Ints
    """Shape (pairs,), ascending: lower place * number of products + higher place."""
    times: Ints
    """Shape (pairs,)."""

    def __add__(self, other: Pairs) -> Pairs:
        key, place = np.unique(np.concatenate([self.key, other.key]), return_inverse=True)
        times = np.zeros(len(key), np.int64)
        np.add.at(times, place[: len(self.key)], self.times)
        np.add.at(times, place[len(self.key) :], other.times)
        least = 1
        while len(key) > MOST_PAIRS:
            least += 1
            key, times = key[times >= least], times[times >= least]
        return Pairs(key, times)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts for each product, shape (products,), and for pairs of them."""

    sold: Ints
    """Baskets that have it."""
    recent: Ints
    """The same, each weighted by its age: FULL_WEIGHT now, half of it after HALF_LIFE."""
    buyers: Ints
    """Customers who bought it."""
    chances: Ints
    """Baskets that came after the customer's first purchase of it."""
    repeats: Ints
    """Those of them that have it again."""
    shared_buyers: Pairs
    shared_baskets: Pairs
    baskets: int
    """Of all customers."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sold + other.sold,
            self.recent + other.recent,
            self.buyers + other.buyers,
            self.chances + other.chances,
            self.repeats + other.repeats,
            self.shared_buyers + other.shared_buyers,
            self.shared_baskets + other.shared_baskets,
            self.baskets + other.baskets,
        )


def empty_tally(products: int) -> Tally:
    none, no_pairs = np.zeros(products, np.int64), Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
    return Tally(none, none, none, none, none, no_pairs, no_pairs, 0)


def tally(past: Histories, products: int, newest: float) -> Tally:
    """Count histories. `products`: how many places there are; `newest`: the last day of all, nan if unknown."""
    basket = past.basket_of_line
    customer = past.customer_of_basket[basket]
    rank = past.rank_of_basket[basket]
    order = np.lexsort((rank, past.item, customer))
    customer, item, rank = customer[order], past.item[order], rank[order]
    newest_line = np.ones(len(item), np.bool_)
    newest_line[1:] = (customer[1:] != customer[:-1]) | (item[1:] != item[:-1])
    oldest_line = np.roll(newest_line, -1)

    def count(lines: Ints, weights: Ints | None = None) -> Ints:
        return np.bincount(lines, weights, minlength=products).astype(np.int64)

    return Tally(
        sold=count(item),
        recent=count(past.item, _weight(past, newest)[basket]),
        buyers=count(item[newest_line]),
        chances=count(item[oldest_line], rank[oldest_line]),
        repeats=count(item[~oldest_line]),
        shared_buyers=_pairs_of_customers(customer[newest_line], item[newest_line], rank[newest_line], products),
        shared_baskets=_pairs_of_baskets(past, products),
        baskets=len(past.day),
    )


def _weight(past: Histories, newest: float) -> Ints:
    """Shape (baskets,)."""
    ages = np.where(np.isnan(past.day), HALF_LIFE * past.rank_of_basket, newest - past.day)
    return np.round(FULL_WEIGHT * 0.5 ** (np.maximum(ages, 0.0) / HALF_LIFE)).astype(np.int64)


def _pairs_of_customers(customer: Ints, item: Ints, rank: Ints, products: int) -> Pairs:
    order = np.lexsort((item, rank, customer))
    return _pairs(customer[order], item[order], MOST_PRODUCTS, products)


def _pairs_of_baskets(past: Histories, products: int) -> Pairs:
    return _pairs(past.basket_of_line, past.item, MOST_LINES, products)


def _pairs(group: Ints, item: Ints, most: int, products: int) -> Pairs:
    """Pairs within each group, of its first `most` members; `group` ascends."""
    place = np.arange(len(group)) - np.searchsorted(group, group)
    group, item = group[place < most], item[place < most]
    end = np.searchsorted(group, group, side="right")
    found = Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
    position = np.arange(len(group))
    # Some millions of pairs at a time, cut between members: every pair is made at its earlier member.
    cut = np.searchsorted(np.cumsum(end - position - 1), np.arange(0, (end - position - 1).sum(), 4_000_000)[1:])
    for some in np.split(position, cut):
        later = ranges(some + 1, end[some])
        earlier = np.repeat(item[some], end[some] - some - 1)
        key = np.minimum(earlier, item[later]) * products + np.maximum(earlier, item[later])
        found += Pairs(*np.unique(key, return_counts=True))
    return found
