"""Published next-basket methods, as their papers have them, to compare with.

G-TopFreq, P-TopFreq, GP-TopFreq: the products most frequent in all baskets, in the customer's own, in the customer's
own filled up from all. Products of one frequency keep the order in which the customer first bought them.
UP-CF: Faggioli, Polato and Aiolli, Recency Aware Collaborative Filtering for Next Basket Recommendation, UMAP 2020.
TIFU-KNN: Hu, He, Gao and Zhang, Modeling Personalized Item Frequency Information for Next-basket Recommendation, SIGIR
2020.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from commerce.histories import Floats, Histories, Ints, ranges

_NEIGHBOURS = 1000
"""UP-CF: nearest customers that count; the others' likeness to the power of the locality is next to nothing."""


@dataclass(frozen=True, slots=True)
class Upcf:
    recency: int = 5
    """Newest baskets that count."""
    locality: int = 10
    """Power of the likeness of customers."""
    asymmetry: float = 0.25


@dataclass(frozen=True, slots=True)
class Tifu:
    """As the paper has it for Ta-Feng."""

    groups: int = 7
    within: float = 0.9
    """Decay from basket to basket of a group."""
    across: float = 0.7
    """Decay from group to group."""
    neighbours: int = 300
    own: float = 0.7
    """Weight of the customer's own vector."""


GRIDS: Mapping[str, Mapping[str, Sequence[float]]] = {
    "UP-CF": {"recency": (1, 5, 25, 10_000), "locality": (1, 5, 10, 30), "asymmetry": (0.0, 0.25, 0.5, 0.75)},
    "TIFU-KNN": {
        "own": (0.3, 0.5, 0.7, 0.9),
        "groups": (1, 3, 7, 23),
        "across": (0.5, 0.7, 0.9, 1.0),
        "within": (0.8, 0.9, 1.0),
        "neighbours": (100, 300, 900),
    },
}

Rank = Callable[[int], list[int]]
"""A customer's position -> places, best first."""


@dataclass(frozen=True, slots=True)
class _Vectors:
    """A sparse vector over products for each customer, and who has each product."""

    start: Ints
    item: Ints
    value: Floats
    products: int

    def of(self, customer: int) -> slice:
        return slice(self.start[customer], self.start[customer + 1])

    def mixed(self, customers: Ints, weights: Floats) -> Floats:
        """The weighted sum of their vectors, dense."""
        first, end = self.start[customers], self.start[customers + 1]
        lines = ranges(first, end)
        return np.bincount(self.item[lines], np.repeat(weights, end - first) * self.value[lines], self.products)


def g_top_freq(past: Histories, products: int, k: int) -> Rank:
    best = np.argsort(-np.bincount(past.item, minlength=products), kind="stable")[:k].tolist()
    return lambda _: best


def p_top_freq(past: Histories, k: int) -> Rank:
    def rank(customer: int) -> list[int]:
        first, end = past.basket_start[past.customer_start[customer : customer + 2]]
        item, at, times = np.unique(past.item[first:end], return_index=True, return_counts=True)
        return [int(one) for one in item[np.lexsort((at, -times))][:k]]

    return rank


def gp_top_freq(past: Histories, products: int, k: int) -> Rank:
    popular = g_top_freq(past, products, 2 * k)(0)
    own = p_top_freq(past, k)

    def rank(customer: int) -> list[int]:
        return list(dict.fromkeys([*own(customer), *popular]))[:k]

    return rank


def up_cf(past: Histories, products: int, k: int, settings: Upcf) -> Rank:
    """Sum over customers of likeness to the power of the locality, times their share of recent baskets with a product.

    Likeness of u to v: products in common / (products of u ^ asymmetry * products of v ^ (1 - asymmetry)).
    """
    binary = _vectors(past, products, np.ones(len(past.item)))
    binary = replace(binary, value=np.ones(len(binary.value)))
    rank_of = past.rank_of_basket[past.basket_of_line]
    window = np.minimum(past.baskets_of, settings.recency)[past.customer_of_basket[past.basket_of_line]]
    recent = _vectors(past, products, np.where(rank_of < settings.recency, 1 / window, 0.0))
    has = _by_product(binary)
    sizes = np.maximum(np.diff(binary.start), 1).astype(np.float64)

    def rank(customer: int) -> list[int]:
        common = _shared(binary, has, customer)
        other = np.flatnonzero(common)
        like = common[other] / (sizes[customer] ** settings.asymmetry * sizes[other] ** (1 - settings.asymmetry))
        if len(other) > _NEIGHBOURS:
            near = np.argpartition(-like, _NEIGHBOURS)[:_NEIGHBOURS]
            other, like = other[near], like[near]
        return _top(recent.mixed(other, like**settings.locality), k)

    return rank


def tifu_knn(past: Histories, products: int, k: int, settings: Tifu) -> Rank:
    """Own vector and the mean of the nearest customers' (Euclidean), mixed.

    A customer's vector: baskets in groups of one size, the oldest perhaps shorter; baskets decay within a group and
    their sum is divided by its size, groups decay and their sum is divided by their number.
    """
    basket = past.basket_of_line
    count, rank_of = past.baskets_of[past.customer_of_basket[basket]], past.rank_of_basket[basket]
    size = -(-count // settings.groups)
    group = rank_of // size
    length = np.minimum(size, count - group * size)
    weight = settings.within ** (rank_of % size) / length * settings.across**group / -(-count // size)
    vectors = _vectors(past, products, weight)
    has = _by_product(vectors)
    square = np.bincount(np.repeat(np.arange(past.customers), np.diff(vectors.start)), vectors.value**2, past.customers)
    neighbours = min(settings.neighbours, past.customers - 1)

    def rank(customer: int) -> list[int]:
        own = vectors.mixed(np.array([customer]), np.ones(1))
        if not neighbours:
            return _top(own, k)
        distance = square - 2 * _shared(vectors, has, customer)
        distance[customer] = np.inf
        near = np.argpartition(distance, neighbours - 1)[:neighbours]
        others = vectors.mixed(near, np.full(len(near), 1 / len(near)))
        return _top(settings.own * own + (1 - settings.own) * others, k)

    return rank


def tuned(settings: Any, grid: Mapping[str, Sequence[float]], score: Callable[[Any], float]) -> Any:
    """Each parameter in turn set to its best value in the grid, the others kept."""
    best = score(settings)
    for name, values in grid.items():
        for value in values:
            tried = replace(settings, **{name: value})
            if tried != settings and (reached := score(tried)) > best:
                best, settings = reached, tried
    return settings


def _vectors(past: Histories, products: int, weight: Floats) -> _Vectors:
    key = past.customer_of_basket[past.basket_of_line] * products + past.item
    keys, place = np.unique(key, return_inverse=True)
    start = np.searchsorted(keys // products, np.arange(past.customers + 1))
    return _Vectors(start, keys % products, np.bincount(place, weight, len(keys)), products)


def _by_product(vectors: _Vectors) -> _Vectors:
    """The same numbers the other way round: for each product its customers."""
    customer = np.repeat(np.arange(len(vectors.start) - 1), np.diff(vectors.start))
    order = np.argsort(vectors.item, kind="stable")
    start = np.searchsorted(vectors.item[order], np.arange(vectors.products + 1))
    return _Vectors(start, customer[order], vectors.value[order], len(vectors.start) - 1)


def _shared(vectors: _Vectors, has: _Vectors, customer: int) -> Floats:
    """The inner product of this customer's vector with everybody's, shape (customers,)."""
    own = vectors.of(customer)
    return has.mixed(vectors.item[own], vectors.value[own])


def _top(score: Floats, k: int) -> list[int]:
    near = np.argpartition(-score, min(k, len(score) - 1))[: k + 1]
    order = near[np.lexsort((near, -score[near]))][:k]
    return [int(place) for place in order if score[place] > 0]
