"""Learning from orders: counts over all histories, then weights that would have foretold the last baskets. Pure.

`study` looks at one chunk of customers and may run anywhere; studies add up; `conclude` turns the sum into what the
shop asks. Weights are fitted with counts that know nothing of the baskets they are to foretell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commerce.histories import Floats, Histories, Ints, joined
from commerce.learned import Learned, summed_up
from commerce.nextbasket import COLUMNS, START, Question, Ranker, Rows
from commerce.ranking import fitted
from commerce.tally import Tally, empty_tally, tally

MOST_CUSTOMERS = 3000
"""Customers whose last basket teaches the weights."""
LEAST_BASKETS = 3
"""Of a customer who teaches: two to tell from, one to be foretold."""
_NEWEST_BASKETS = 200
"""Of a customer who teaches; bounds what a chunk hands over."""
_PULL = 3.0
"""Rows with which the weights are drawn to those of START: much for a few customers, nothing for many."""
_BATCH = 100
_CHUNK = 2000
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Study:
    """What one chunk of customers tells; adds up in the order of chunks."""

    earlier: Tally
    """Without the last basket of each customer who has LEAST_BASKETS."""
    all: Tally
    teachers: Histories
    """Customers chosen to teach, whole."""

    def __add__(self, other: Study) -> Study:
        return Study(self.earlier + other.earlier, self.all + other.all, joined([self.teachers, other.teachers]))


@dataclass(frozen=True, slots=True)
class Scope:
    """What every chunk must know of the whole."""

    products: int
    newest: float
    """The last day of all orders; nan where days are unknown."""
    every: int
    """Each how manieth of the customers with LEAST_BASKETS teaches."""


def scope(products: int, newest: float, customers: int) -> Scope:
    """`customers`: how many have LEAST_BASKETS."""
    return Scope(products, newest, max(1, -(-customers // MOST_CUSTOMERS)))


def study(past: Histories, whole: Scope) -> Study:
    able = np.flatnonzero(past.baskets_of >= LEAST_BASKETS)
    teachers = past.take(able[:: whole.every])
    return Study(
        tally(past.without_newest(LEAST_BASKETS), whole.products, whole.newest),
        tally(past, whole.products, whole.newest),
        teachers.keep(teachers.rank_of_basket < _NEWEST_BASKETS),
    )


def nothing_studied(products: int) -> Study:
    return Study(empty_tally(products), empty_tally(products), joined([]))


def learned_from(past: Histories, products: Sequence[str]) -> Learned:
    """What histories in memory teach; places in them are positions in `products`."""
    known = past.day[~np.isnan(past.day)]
    able = int((past.baskets_of >= LEAST_BASKETS).sum())
    whole = scope(len(products), float(known.max()) if len(known) else np.nan, able)
    total = nothing_studied(len(products))
    for _, chunk in past.batches(_CHUNK):
        total += study(chunk, whole)
    return conclude(total, products)


def conclude(total: Study, products: Sequence[str]) -> Learned:
    ranker = Ranker(summed_up(tuple(products), total.earlier))
    lessons = [_lessons(ranker, past) for _, past in total.teachers.batches(_BATCH)]
    weights: dict[str, Floats] = {
        question: _weights(question, [one[question] for one in lessons]) for question in START
    }
    return replace(summed_up(tuple(products), total.all), weights=weights)


Marked = tuple[Rows, Floats]
"""Candidates, and 1 for each that was bought."""


def _lessons(ranker: Ranker, teachers: Histories) -> dict[Question, Marked]:
    """The last basket of each teacher to be foretold, and to be completed by one product left out of it."""
    before = teachers.without_newest(LEAST_BASKETS)
    last = [teachers.newest(customer) for customer in range(teachers.customers)]
    left_out, baskets = [], []
    for basket in last:
        # No chance is drawn, so that the same orders teach the same everywhere.
        place = int(basket.sum()) % len(basket)
        left_out.append(basket[place : place + 1] if len(basket) > 1 else _NONE)
        baskets.append(np.delete(basket, place))
    rows = ranker.rows(before)
    bought = marked(rows, last)
    known = ranker.rows(before, baskets)
    unknown = ranker.rows(before.keep(np.zeros(len(before.day), np.bool_)), baskets)
    return {
        "next": (rows, bought),
        "new": _not_own(rows, bought),
        "with": (known, marked(known, left_out)),
        "guest": (unknown, marked(unknown, left_out)),
    }


def marked(rows: Rows, bought: Sequence[Ints]) -> Floats:
    """1 for each row whose product is among those its customer bought, else 0."""
    span = int(max(rows.item.max(initial=0), *(one.max(initial=0) for one in bought))) + 1
    truth = np.concatenate([items + customer * span for customer, items in enumerate(bought)])
    return np.isin(rows.customer * span + rows.item, truth).astype(np.float64)


def _not_own(rows: Rows, bought: Floats) -> Marked:
    new = ~rows.own
    return Rows(rows.customer[new], rows.item[new], rows.own[new], rows.table[new]), bought[new]


def _weights(question: Question, lessons: Sequence[Marked]) -> Floats:
    table = np.concatenate([np.empty((0, len(COLUMNS))), *(rows.table for rows, _ in lessons)])
    bought = np.concatenate([np.empty(0), *(marks for _, marks in lessons)])
    customer = np.concatenate([_NONE, *(rows.customer + n * _BATCH for n, (rows, _) in enumerate(lessons))])
    return fitted(table, bought, customer, START[question], _PULL)
