"""The catalogue made ready for search: words, meanings, values and figures as arrays. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from commerce.constraints import meeting, names_of, plain
from commerce.meanings import Meanings
from commerce.types import AttributeValue, Product
from commerce.words import Words, fold, terms

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]
_PRIOR_COUNT = 20
"""Ratings' weight of the shop's mean, so that a single five does not beat a hundred of 4.8."""


class Index:
    """Products made ready for `search`. Building reads every word; `with_figures` only swaps prices and stock."""

    def __init__(self, products: Iterable[Product], meanings: Meanings | None = None) -> None:
        """`meanings` has a row for each product, in the same order."""
        self.products: list[Product] = list(products)
        self.meanings = meanings
        self.words = Words(self.products)
        self._row = {product.id: row for row, product in enumerate(self.products)}
        self._facets = _facets(self.products)
        self._prior = _prior(self.products)
        self._figures = np.array([_figures(product) for product in self.products]).reshape(-1, 4)

    def with_figures(self, changed: Sequence[Product]) -> Index:
        """The same index where these products have other prices or stock, and nothing else new."""
        twin = object.__new__(Index)
        twin.__dict__.update(self.__dict__)
        twin.products, twin._figures = list(self.products), self._figures.copy()
        for product in changed:
            row = self._row[product.id]
            twin.products[row] = product
            twin._figures[row] = _figures(product)
        return twin

    def prior(self) -> Scores:
        """What speaks for each product before a word is said, 0..1, shape (n,)."""
        return self._prior

    def facet(self, name: str, value: AttributeValue) -> Mask:
        """Products of which some variant may have this value, shape (n,)."""
        mask = self._stated(name, plain(value))
        if value is False:
            mask |= ~self._stated(name, "true")
        return mask

    def without(self, thing: str) -> Mask:
        """Products that do not have, contain or consist of this, shape (n,).

        A yes-or-no attribute of that name decides, or one with "_free" behind it; otherwise a product has what it says
        anywhere but among its choices. "Without added sugar" is taken for sugar: better one too few than one too many.
        """
        name = "_".join(terms(thing))
        free, not_free = (self._stated(f"{name}_free", answer) for answer in ("true", "false"))
        return ~(self.words.saying(thing) | not_free) | free | self._stated(name, "false")

    def prices(self) -> tuple[Scores, Scores]:
        """Lowest and highest price of each product, minor units, shape (n,) each."""
        return self._figures[:, 0], self._figures[:, 1]

    def stocked(self) -> Mask:
        return self._figures[:, 2] > 0

    def ratings(self) -> Scores:
        """Mean ratings, 0 where there is none, shape (n,)."""
        return self._figures[:, 3]

    def _stated(self, name: str, value: str) -> Mask:
        mask = np.zeros(len(self.products), dtype=np.bool_)
        mask[self._facets.get((name, value), [])] = True
        return mask


def _facets(products: Sequence[Product]) -> dict[tuple[str, str], list[int]]:
    """(name, plain value) -> rows of the products of which some variant has it."""
    facets: dict[tuple[str, str], list[int]] = {}
    for row, product in enumerate(products):
        for facet in _facets_of(product):
            facets.setdefault(facet, []).append(row)
    return facets


def _facets_of(product: Product) -> set[tuple[str, str]]:
    facets = {("category", fold(category)) for category in product.categories}
    facets.add(("brand", fold(product.brand)))
    facets |= {(name, met) for name, value in product.attributes.items() for met in meeting(value)}
    for option in product.options:
        for choice in option.choices:
            facets |= {(option.name, name) for name in names_of(option, choice.label)}
    for variant in product.variants:
        facets |= {(name, fold(label)) for name, label in variant.selected.items()}
    return facets


def _figures(product: Product) -> tuple[float, float, float, float]:
    prices = [variant.price.minor for variant in product.variants]
    stock = max(variant.stock for variant in product.variants)
    return float(min(prices)), float(max(prices)), float(stock), product.rating or 0.0


def _prior(products: Sequence[Product]) -> Scores:
    """Mean rating drawn towards the shop's mean, as a share of five stars; a product without ratings has that mean."""
    mean = shop_rating(products)
    return np.array([mean_rating(product, mean) for product in products]) / 5


def shop_rating(products: Sequence[Product]) -> float:
    """Mean of all ratings in the shop, 1..5; 3 where nothing was rated."""
    count = sum(product.rating_count for product in products)
    return sum((product.rating or 0) * product.rating_count for product in products) / count if count else 3.0


def mean_rating(product: Product, shop_mean: float) -> float:
    """The product's mean rating as if 20 more people had given it the shop's mean."""
    given = (product.rating or 0) * product.rating_count
    return (given + shop_mean * _PRIOR_COUNT) / (product.rating_count + _PRIOR_COUNT)
