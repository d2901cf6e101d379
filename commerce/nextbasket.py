"""How likely a customer is to buy each product next: features of both, weighed as the shop learned. Pure.

The features follow published next-basket methods: the share of a customer's baskets that have a product, newer baskets
counting more (TIFU-KNN, Hu et al., SIGIR 2020; UP-CF, Faggioli et al., UMAP 2020), popularity among all customers
(GP-TopFreq), neighbours by shared customers and shared baskets (Sarwar et al., WWW 2001, item by item instead of
UP-CF's customer by customer). No weight is fixed: each shop's own history decides them (commerce.learning).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from commerce.histories import Floats, Histories, Ints, Mask, ranges
from commerce.learned import Learned

COLUMNS = (
    *("own", "quick", "steady", "share", "since", "due", "far_from_due", "twice", "baskets", "products", "repeating"),
    *("sold", "recent", "repeat", "near", "nearness", "beside", "with", "withness", "with_buyers"),
    *("own_sold", "own_recent", "own_repeat", "own_near", "own_nearness", "own_beside"),
    *("own_with", "own_withness", "own_with_buyers", "one"),
)
"""Own: bought before. Quick, steady, share: the share of baskets that have it, a basket's weight falling to 0.5,
0.8 or not at all with each later one. Near and beside: shares buyers, or baskets, with what was bought. With: the same
for what is in the basket now. The own_ columns are the same figures for products bought before and 0 for others."""

_POPULAR, _RECENT = 50, 30
_NEAR, _BESIDE, _WITH = 50, 20, 60
"""Candidates: everything bought before, and so many others of each kind."""
_MOST_OWN = 200
"""Newest products of a customer that lend their neighbours."""
_SOFT = 0.02
"""Share at which a logarithm turns from flat to steep."""
_FAINT = 1e-4
_QUICK, _STEADY = 0.5, 0.8
_SHORTEST_GAP = 0.5
"""Baskets from one purchase to the next."""
_LONG_DUE = 2.0
"""Logarithm of the number of gaps passed after which more make no difference."""
_SUPPORT = 2
"""Baskets that must have both products before one speaks for the other."""


def _start(**weights: float) -> Floats:
    return np.array([weights.get(column, 0.0) for column in COLUMNS])


Question = Literal["next", "new", "with", "guest"]
"""What comes next; what never bought before might come; what comes with this basket; the same for someone unknown."""

START: Mapping[Question, Floats] = {
    "next": _start(
        steady=0.3, share=0.9, twice=0.4, repeating=0.3, sold=0.1, recent=0.3, repeat=0.3, near=0.3, nearness=0.4,
        own_nearness=-0.4, one=-5.4,
    ),
    "new": _start(sold=0.1, recent=0.4, repeat=0.1, near=0.4, nearness=0.4, beside=0.4, one=-5.9),
    "with": _start(
        own=0.9, steady=0.4, share=0.8, recent=0.4, repeat=0.4, near=0.3, beside=0.3, withness=0.3, with_buyers=0.4,
        own_nearness=-0.4, one=-9.0,
    ),
    "guest": _start(recent=0.4, withness=0.4, with_buyers=0.6, one=-7.0),
}  # fmt: skip
"""Weights to begin with: means, rounded, of those learned from two simulated shops, one of weekly habits, one of rare
visits."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Candidates of some customers, those of a customer together; all of shape (rows,) but `table`."""

    customer: Ints
    item: Ints
    own: Mask
    """Bought before."""
    table: Floats
    """Shape (rows, columns)."""


@dataclass(frozen=True, slots=True)
class _Own:
    """What each customer bought before: one row for each customer and product."""

    key: Ints
    """Ascending: customer * span + place."""
    times: Floats
    last: Floats
    """Baskets after the newest that has it."""
    oldest: Floats
    """Baskets after the oldest that has it."""
    quick: Floats
    steady: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class _Near:
    """Neighbours of some products of each customer: one row for each customer and neighbour."""

    key: Ints
    """Ascending, as above."""
    buyers: Floats
    """Cosines by shared buyers, summed."""
    baskets: Floats


class Ranker:
    """Ranks products for customers with what a shop learned. Safe to share between threads."""

    def __init__(self, learned: Learned) -> None:
        self.learned = learned
        figures = (learned.log_sold, learned.log_recent, learned.log_repeat)
        self._sold, self._recent, self._repeat = (_typical_where_new(one, learned.sold) for one in figures)
        near = learned.neighbours
        one = np.repeat(np.arange(len(learned.products)), np.diff(near.start))
        self._by_buyers = near.buyers / np.sqrt(np.maximum(learned.buyers[one] * learned.buyers[near.place], 1))
        self._by_baskets = near.baskets / np.sqrt(np.maximum(learned.sold[one] * learned.sold[near.place], 1))
        self._by_baskets[near.baskets < _SUPPORT] = 0
        self._always = np.union1d(_largest(learned.sold, _POPULAR), _largest(learned.recent, _RECENT))

    def best(
        self, question: Question, past: Histories, limit: int, baskets: Sequence[Ints] | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each customer up to `limit` places with their scores, best first; what is in the basket is left out.

        Scores are log odds as far as the shop's history tells; they order the products of one customer.
        """
        rows = self.rows(past, baskets)
        score = rows.table @ self.learned.weights.get(question, START[question])
        if question == "new":
            score[rows.own] = -np.inf
        order = np.lexsort((rows.item, -score, rows.customer))
        begin = np.searchsorted(rows.customer, np.arange(past.customers + 1))
        found = []
        for first, end in pairwise(begin):
            top = order[first : min(end, first + limit)]
            found.append([(int(rows.item[row]), float(score[row])) for row in top if score[row] > -np.inf])
        return found

    def rows(self, past: Histories, baskets: Sequence[Ints] | None = None) -> Rows:
        """Candidates and their features. `baskets`: for each customer the places in the basket, if there is one."""
        baskets = baskets or []
        span = 1 + max(len(self.learned.products), *(int(some.max(initial=0)) for some in (past.item, *baskets)))
        own = _owned(past, span)
        inside = _keys(baskets, span)
        near = self._near(*_newest(own, span), span)
        with_ = self._near(inside, np.ones(len(inside)), span)
        always = (np.arange(past.customers)[:, None] * span + self._always).ravel()
        wanted = (
            _first(near.key, near.buyers, _NEAR, span),
            _first(near.key, near.baskets, _BESIDE, span),
            _first(with_.key, with_.baskets + _FAINT * with_.buyers, _WITH, span),
        )
        key = np.setdiff1d(np.concatenate([own.key, always, *wanted]), inside)
        customer, item = key // span, key % span
        mine = _own_columns(key, customer, past, own)
        of_product = self._product_columns(key, item, customer, near, with_)
        bought = mine[:, :1]
        table = np.hstack([mine, of_product, bought * of_product, np.ones((len(key), 1))])
        return Rows(customer, item, bought[:, 0] > 0, table)

    def _near(self, key: Ints, weight: Floats, span: int) -> _Near:
        known = key % span < len(self.learned.products)
        key, weight = key[known], weight[known]
        item = key % span
        start, stop = self.learned.neighbours.start[item], self.learned.neighbours.start[item + 1]
        entry = ranges(start, stop)
        weight = np.repeat(weight, stop - start)
        reached = np.repeat(key - item, stop - start) + self.learned.neighbours.place[entry]
        keys, place = np.unique(reached, return_inverse=True)
        return _Near(
            keys,
            _sums(place, weight * self._by_buyers[entry], len(keys)),
            _sums(place, weight * self._by_baskets[entry], len(keys)),
        )

    def _product_columns(self, key: Ints, item: Ints, customer: Ints, near: _Near, with_: _Near) -> Floats:
        known = self.learned.place(item)
        buyers, baskets = _look_up(key, near.key, near.buyers, near.baskets)
        with_buyers, with_baskets = _look_up(key, with_.key, with_.buyers, with_.baskets)
        return np.column_stack(
            [
                self._sold[known],
                self._recent[known],
                self._repeat[known],
                _of_the_most(buyers, customer),
                np.log(buyers + _FAINT),
                _of_the_most(baskets, customer),
                _of_the_most(with_baskets, customer),
                np.log(with_baskets + _FAINT),
                _of_the_most(with_buyers, customer),
            ]
        )


def _typical_where_new(figure: Floats, sold: Ints) -> Floats:
    """A product that came since the orders were counted is taken for an average sale."""
    typical = np.average(figure[:-1], weights=sold[:-1]) if sold.any() else 0.0
    return np.append(figure[:-1], typical)


def _owned(past: Histories, span: int) -> _Own:
    basket = past.basket_of_line
    customer = past.customer_of_basket[basket]
    key, rank = customer * span + past.item, past.rank_of_basket[basket]
    order = np.lexsort((rank, key))
    key, rank = key[order], rank[order]
    keys, first, group, times = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    baskets = past.baskets_of[keys // span]

    def share(decay: float) -> Floats:
        most = (1 - decay**baskets) / (1 - decay) if decay < 1 else baskets
        return np.asarray(np.bincount(group, decay**rank, len(keys)) / np.maximum(most, 1))

    return _Own(
        keys,
        times.astype(np.float64),
        rank[first].astype(np.float64),
        rank[first + times - 1].astype(np.float64),
        share(_QUICK),
        share(_STEADY),
        share(1.0),
    )


def _newest(own: _Own, span: int) -> tuple[Ints, Floats]:
    """Keys of the newest products of each customer, and how steadily they are bought."""
    customer = own.key // span
    order = np.lexsort((own.last, customer))
    newest = np.sort(order[np.arange(len(order)) - np.searchsorted(customer, customer) < _MOST_OWN])
    return own.key[newest], own.steady[newest]


def _own_columns(key: Ints, customer: Ints, past: Histories, own: _Own) -> Floats:
    times, last, oldest = _look_up(key, own.key, own.times, own.last, own.oldest)
    quick, steady, share = _look_up(key, own.key, own.quick, own.steady, own.share)
    bought, twice = (times > 0).astype(np.float64), (times > 1).astype(np.float64)
    products = np.bincount(customer, bought, past.customers)
    lines = np.bincount(customer, times, past.customers)
    gap = np.maximum((oldest - last) / np.maximum(times - 1, 1), _SHORTEST_GAP)
    due = twice * np.minimum(np.log((last + 1) / gap), _LONG_DUE)
    logs = np.log(np.maximum(past.baskets_of, 1)), np.log(np.maximum(products, 1))
    return np.column_stack(
        [
            bought,
            *(np.log(one / _SOFT + 1) for one in (quick, steady, share)),
            np.log1p(last),
            due,
            due**2,
            twice,
            *(bought * of_customer[customer] for of_customer in logs),
            bought * (1 - products / np.maximum(lines, 1))[customer],
        ]
    )


def _keys(baskets: Sequence[Ints], span: int) -> Ints:
    keys = [np.unique(items) + customer * span for customer, items in enumerate(baskets)]
    return np.concatenate([np.empty(0, np.int64), *keys])


def _look_up(key: Ints, known: Ints, *values: Floats) -> list[Floats]:
    """The values that stand beside `key` in `known`, 0 where it is not there."""
    if not len(known):
        return [np.zeros(len(key)) for _ in values]
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    there = known[place] == key
    return [np.where(there, one[place], 0.0) for one in values]


def _sums(place: Ints, value: Floats, count: int) -> Floats:
    return np.bincount(place, value, count).astype(np.float64)


def _first(key: Ints, value: Floats, count: int, span: int) -> Ints:
    """Keys of the largest values of each customer, `count` at most."""
    customer = key // span
    order = np.lexsort((key, -value, customer))
    return key[order[np.arange(len(order)) - np.searchsorted(customer, customer) < count]]


def _of_the_most(value: Floats, customer: Ints) -> Floats:
    """Logarithm of the share in the customer's largest value, 0 for none."""
    most = np.zeros(int(customer[-1]) + 1 if len(customer) else 0)
    np.maximum.at(most, customer, value)
    return np.asarray(np.log(value / np.maximum(most, 1e-12)[customer] / _SOFT + 1))


def _largest(figures: Ints, count: int) -> Ints:
    """Places of the largest figures above 0."""
    order = np.argsort(-figures, kind="stable")[:count]
    return order[figures[order] > 0]
