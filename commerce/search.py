"""Finding products: words ranked by BM25F, everything else filtered. Pure.

Words: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6 (fields
weighted before saturation). A word also finds terms written alike, "jackets" the term "jacket"; that is a likeness of
letters, so no language's grammar is needed here. Filler words ("a", "for") are the caller's to leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from commerce.types import AttributeValue, Found, Hit, Option, Product, Query, Variant
from commerce.words import Words, fold

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]

_RELEVANT = 0.55
"""Share of the best score below which a product is not what was asked for."""
_PRIOR_COUNT = 20
"""Ratings' weight of the shop's mean, so that a single five does not beat a hundred of 4.8."""


class Index:
    """Products made ready for `search`. Building reads every word; `with_figures` only swaps prices and stock."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products: list[Product] = list(products)
        self._row = {product.id: row for row, product in enumerate(self.products)}
        self._words = Words(self.products)
        self._facets = _facets(self.products)
        self._prior = _prior(self.products)
        self._figures = np.array([_figures(product) for product in self.products]).reshape(-1, 4)

    def with_figures(self, changed: Sequence[Product]) -> Index:
        """The same index where these products have other prices or stock, and nothing else new."""
        twin = object.__new__(Index)
        twin._row, twin._words, twin._facets, twin._prior = self._row, self._words, self._facets, self._prior
        twin.products, twin._figures = list(self.products), self._figures.copy()
        for product in changed:
            row = self._row[product.id]
            twin.products[row] = product
            twin._figures[row] = _figures(product)
        return twin

    def relevance(self, words: str) -> Scores | None:
        """How well each product fits the words, 0..1, shape (n,); None where no word occurs in the catalogue."""
        return self._words.scores(words)

    def prior(self) -> Scores:
        """What speaks for each product before a word is said, 0..1, shape (n,)."""
        return self._prior

    def facet(self, name: str, value: AttributeValue) -> Mask:
        """Products of which some variant may have this value, shape (n,)."""
        mask = np.zeros(len(self.products), dtype=np.bool_)
        mask[self._facets.get((name, _plain(value)), [])] = True
        if value is False:
            yes = np.zeros_like(mask)
            yes[self._facets.get((name, "true"), [])] = True
            mask |= ~yes
        return mask

    def prices(self) -> tuple[Scores, Scores]:
        """Lowest and highest price of each product, minor units, shape (n,) each."""
        return self._figures[:, 0], self._figures[:, 1]

    def stocked(self) -> Mask:
        return self._figures[:, 2] > 0

    def ratings(self) -> Scores:
        """Mean ratings, 0 where there is none, shape (n,)."""
        return self._figures[:, 3]


def search(index: Index, query: Query, limit: int = 10) -> Found:
    """Products that fit, best first: by words, then by rating, then by price.

    Words that occur nowhere are passed over, unless there is nothing else to go by: then nothing is found. Where no
    product meets every constraint, `nearest` holds those that fail least, the nearest price first.
    """
    scores = _candidates(index, query)
    if scores is None:
        return Found(())
    masks = _masks(index, query)
    meets = np.logical_and.reduce([scores > 0, *masks])
    hits = []
    for row in _ranked(index, scores, meets):
        hit = _hit(index.products[row], query, float(scores[row]))
        if not hit.unmet:
            hits.append(hit)
        if len(hits) == limit:
            break
    return Found(tuple(hits)) if hits else Found((), _nearest(index, query, scores, masks, limit))


def _candidates(index: Index, query: Query) -> Scores | None:
    """Scores, 0 where a product is out of question; None where the query says nothing that the shop knows."""
    if not index.products:
        return None
    bare = query.words.strip() == ""
    scores = None if bare else index.relevance(query.words)
    if scores is not None:
        return np.where(scores >= _RELEVANT * scores.max(), scores, 0.0)
    return index.prior() if bare or _constrained(query) else None


def _constrained(query: Query) -> bool:
    asked = (query.category, query.brand, query.price_min, query.price_max, query.rating_min)
    return bool(query.attributes) or any(value is not None for value in asked)


def _masks(index: Index, query: Query) -> list[Mask]:
    """What a product must fulfil for one of its variants to be a hit; a variant is looked at afterwards."""
    low, high = index.prices()
    masks = [index.facet(name, value) for name, value in query.attributes.items()]
    if query.category is not None:
        masks.append(index.facet("category", query.category))
    if query.brand is not None:
        masks.append(index.facet("brand", query.brand))
    if query.price_min is not None:
        masks.append(high >= query.price_min)
    if query.price_max is not None:
        masks.append(low <= query.price_max)
    if query.rating_min is not None:
        masks.append(index.ratings() >= query.rating_min)
    if query.in_stock:
        masks.append(index.stocked())
    return masks


def _ranked(index: Index, scores: Scores, meets: Mask) -> NDArray[np.intp]:
    rows = np.flatnonzero(meets)
    low, _ = index.prices()
    return rows[np.lexsort((low[rows], -index.prior()[rows], -scores[rows].round(3)))]


def _nearest(index: Index, query: Query, scores: Scores, masks: Sequence[Mask], limit: int) -> tuple[Hit, ...]:
    """The products that fail least. Another category than the one asked for is never near."""
    near = scores > 0
    if query.category is not None:
        near = near & index.facet("category", query.category)
    rows = np.flatnonzero(near)
    fails = np.zeros(len(index.products)) - np.sum(masks, axis=0, dtype=np.float64) if masks else np.zeros(len(near))
    few = rows[np.lexsort((-scores[rows], _price_gap(index, query)[rows], fails[rows]))][: 10 * limit]
    hits = [_hit(index.products[row], query, float(scores[row])) for row in few]
    return tuple(sorted((hit for hit in hits if hit.unmet), key=lambda hit: _distance(hit, query))[:limit])


def _price_gap(index: Index, query: Query) -> Scores:
    low, high = index.prices()
    gap = np.zeros(len(low))
    if query.price_max is not None:
        gap += np.maximum(0, low - query.price_max)
    if query.price_min is not None:
        gap += np.maximum(0, query.price_min - high)
    return gap


def _distance(hit: Hit, query: Query) -> tuple[int, int, float]:
    """Constraints failed besides the price, minor units the price is off, and less for a better fit of words."""
    price = hit.variant.price.minor
    gap = max(0, price - (query.price_max or price), (query.price_min or price) - price)
    return len([name for name in hit.unmet if not name.startswith("price_")]), gap, -hit.score


# --- one product against the constraints


def _hit(product: Product, query: Query, score: float) -> Hit:
    """The variant that fails least, the cheapest among those."""
    judged = [(_unmet(product, variant, query), variant) for variant in product.variants]
    unmet, variant = min(judged, key=lambda pair: (len(pair[0]), pair[1].price.minor))
    return Hit(product, variant, min(1.0, score), unmet)


def _unmet(product: Product, variant: Variant, query: Query) -> tuple[str, ...]:
    unmet = []
    if query.category is not None and fold(query.category) not in map(fold, product.categories):
        unmet.append("category")
    if query.brand is not None and fold(query.brand) != fold(product.brand):
        unmet.append("brand")
    if query.price_min is not None and variant.price.minor < query.price_min:
        unmet.append("price_min")
    if query.price_max is not None and variant.price.minor > query.price_max:
        unmet.append("price_max")
    if query.rating_min is not None and (product.rating or 0) < query.rating_min:
        unmet.append("rating_min")
    unmet += [name for name, value in query.attributes.items() if not _has(product, variant, name, value)]
    if query.in_stock and variant.stock < 1:
        unmet.append("in_stock")
    return tuple(unmet)


def _has(product: Product, variant: Variant, name: str, wanted: AttributeValue) -> bool:
    option = product.option(name)
    label = variant.selected.get(name)
    if label is not None:
        return _plain(wanted) in _names(option, label)
    if option is not None and any(_plain(wanted) in _names(option, choice.label) for choice in option.choices):
        return True
    value = product.attributes.get(name, False if isinstance(wanted, bool) else None)
    return value is not None and _plain(value) == _plain(wanted)


def _names(option: Option | None, label: str) -> set[str]:
    choice = option.choice(label) if option else None
    return {fold(label), *(fold(alias) for alias in (choice.aliases if choice else ()))}


def _plain(value: AttributeValue) -> str:
    """One spelling for each value: true is not 1, and 2.0 is 2."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else fold(value)


# --- building


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
    facets |= {(name, _plain(value)) for name, value in product.attributes.items()}
    for option in product.options:
        for choice in option.choices:
            facets |= {(option.name, name) for name in _names(option, choice.label)}
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
