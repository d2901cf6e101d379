"""Baskets of many customers as columns: what counting and ranking work on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Histories:
    """Customers one after another, each with baskets oldest first, each with the places of its products.

    A place is a product's position in a list that the caller keeps.
    """

    item: Ints
    """Shape (lines,): places, each at most once a basket."""
    basket_start: Ints
    """Shape (baskets + 1,): where each basket begins in `item`."""
    customer_start: Ints
    """Shape (customers + 1,): where each customer begins among the baskets."""
    day: Floats
    """Shape (baskets,): days since some moment; nan where unknown."""

    @property
    def customers(self) -> int:
        return len(self.customer_start) - 1

    @property
    def baskets_of(self) -> Ints:
        """Shape (customers,): how many baskets each has."""
        return np.diff(self.customer_start)

    @property
    def customer_of_basket(self) -> Ints:
        """Shape (baskets,)."""
        return np.repeat(np.arange(self.customers), self.baskets_of)

    @property
    def basket_of_line(self) -> Ints:
        """Shape (lines,)."""
        sizes = np.diff(self.basket_start)
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def rank_of_basket(self) -> Ints:
        """Shape (baskets,): how many baskets the same customer filled later; 0 is the newest."""
        customer = self.customer_of_basket
        return np.asarray(self.customer_start[customer + 1] - 1 - np.arange(len(customer)), np.int64)

    def newest(self, customer: int) -> Ints:
        """The places in the last basket of a customer who has one."""
        basket = self.customer_start[customer + 1] - 1
        return self.item[self.basket_start[basket] : self.basket_start[basket + 1]]

    def keep(self, baskets: Mask) -> Histories:
        """The same customers with only those baskets."""
        sizes = np.diff(self.basket_start)
        customer = self.customer_of_basket[baskets]
        return Histories(
            self.item[np.repeat(baskets, sizes)],
            _starts(sizes[baskets]),
            np.searchsorted(customer, np.arange(self.customers + 1)).astype(np.int64),
            self.day[baskets],
        )

    def without_newest(self, at_least: int) -> Histories:
        """Without the last basket of every customer who has `at_least` of them."""
        return self.keep((self.rank_of_basket > 0) | (self.baskets_of < at_least)[self.customer_of_basket])

    def take(self, customers: Ints) -> Histories:
        """Only these customers, in ascending order of their positions."""
        chosen = np.zeros(self.customers, np.bool_)
        chosen[customers] = True
        kept = self.keep(chosen[self.customer_of_basket])
        return Histories(kept.item, kept.basket_start, _starts(self.baskets_of[chosen]), kept.day)

    def one(self, customer: int) -> Histories:
        first, end = self.customer_start[customer : customer + 2]
        start = self.basket_start[first : end + 1]
        return Histories(
            self.item[start[0] : start[-1]],
            start - start[0],
            np.array([0, end - first], np.int64),
            self.day[first:end],
        )

    def batches(self, size: int) -> Iterator[tuple[Ints, Histories]]:
        """Positions of up to `size` customers, and their histories."""
        for first in range(0, self.customers, size):
            who = np.arange(first, min(first + size, self.customers))
            yield who, self.take(who)


def histories(customer: Ints, basket: Ints, item: Ints, day: Floats) -> Histories:
    """From lines, all of shape (lines,), those of a customer and of a basket together and baskets oldest first.

    Customers are numbered 0, 1, 2 ... in the order they come; `basket` tells two baskets that follow each other apart.
    A product that a basket has twice counts once, at its first place.
    """
    starts = np.ones(len(item), np.bool_)
    starts[1:] = (basket[1:] != basket[:-1]) | (customer[1:] != customer[:-1])
    number = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    once = _first_of_each(number, item)
    count = int(customer[-1]) + 1 if len(customer) else 0
    return Histories(
        item[once],
        _starts(np.bincount(number[once], minlength=len(first))),
        np.searchsorted(customer[first], np.arange(count + 1)).astype(np.int64),
        day[first],
    )


def joined(parts: list[Histories]) -> Histories:
    """Customers of all parts, one part after the other."""
    return Histories(
        np.concatenate([np.empty(0, np.int64), *(part.item for part in parts)]),
        _starts(np.concatenate([np.empty(0, np.int64), *(np.diff(part.basket_start) for part in parts)])),
        _starts(np.concatenate([np.empty(0, np.int64), *(part.baskets_of for part in parts)])),
        np.concatenate([np.empty(0), *(part.day for part in parts)]),
    )


def ranges(start: Ints, stop: Ints) -> Ints:
    """start[0] ... stop[0] - 1, start[1] ... stop[1] - 1, and so on, as one row of numbers."""
    sizes = stop - start
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(sizes.sum()) + np.repeat(start - before, sizes), np.int64)


def _first_of_each(number: Ints, item: Ints) -> Mask:
    order = np.lexsort((np.arange(len(item)), item, number))
    same = np.zeros(len(item), np.bool_)
    same[1:] = (number[order][1:] == number[order][:-1]) & (item[order][1:] == item[order][:-1])
    once = np.ones(len(item), np.bool_)
    once[order[same]] = False
    return once


def _starts(sizes: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
