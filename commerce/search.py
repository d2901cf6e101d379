"""Finding products: constraints filter, words and meaning rank. Pure.

Words: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6 (fields
weighted before saturation). A word also finds terms written alike, "jackets" the term "jacket"; that is a likeness of
letters, so no language's grammar is needed here. Filler words ("a", "for") are the caller's to leave out.

Both: a weighted sum of the two scores, which keeps what ranks throw away, how good a match is (Bruch, Gai and Ingber,
An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023, found it better than reciprocal ranks). Whether there
is anything to find is asked of the best product alone, see `_something`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commerce.constraints import distance, unmet, value_of
from commerce.index import Index
from commerce.meanings import Nearness
from commerce.types import AttributeValue, Found, Hit, Query, Unmet
from commerce.why import why
from commerce.words import Fit

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]

_RELEVANT = 0.55
"""By words alone: share of the best score below which a product is not what was asked for."""
WORDS = 0.7
"""Weight of the words beside the cosine's 1."""
NEAR_BEST = 0.24
"""By words and meaning: how far below the best sum a product may be and still be what was asked for."""
GATE = (14.4, 3.9, -14.0, 2.6)
"""Log odds that there is something to find: of the cosine, the words, the cosine elsewhere, and at zero."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as far as it can be answered by this index."""

    query: Query
    scores: Scores
    """0..1, shape (n,); 0 where a product is out of question."""
    near: Nearness | None


def search(index: Index, query: Query, limit: int = 10, vector: NDArray[np.float32] | None = None) -> Found:
    """Products that fit, best first: by words and meaning, then by rating, then by price.

    `vector` is the meaning of `query.words`, shape (d,); without it, words alone count. Words that occur nowhere are
    then passed over, unless there is nothing else to go by: nothing is found. Where no product meets every constraint,
    `nearest` holds those that fail least, the nearest price first.
    """
    asked = _asked(index, query, vector)
    if asked is None:
        return Found((), elsewhere=vector is not None and index.meanings is not None)
    masks = _masks(index, query)
    hits = []
    for row in _ranked(index, asked.scores, np.logical_and.reduce([asked.scores > 0, *masks.values()])):
        hit = _hit(index, masks, asked, row)
        if not hit.unmet:
            hits.append(replace(hit, why=why(index.words, hit, query, _cosine(asked, row))))
        if len(hits) == limit:
            break
    return Found(tuple(hits)) if hits else _nearest(index, asked, masks, limit)


def _asked(index: Index, query: Query, vector: NDArray[np.float32] | None) -> _Asked | None:
    """None where there is nothing to find, or the query says nothing that the shop knows."""
    if not index.products:
        return None
    if query.words.strip() == "":
        return _Asked(query, index.prior(), None)
    fit = index.words.fit(query.words)
    if vector is None or index.meanings is None:
        if fit is None:
            return _Asked(query, index.prior(), None) if _constrained(query) else None
        return _Asked(query, _near_best(fit.known), None)
    near = index.meanings.nearness(vector)
    scores = _fused(fit, near, of_a_kind=index.facet("category", query.category) if query.category else None)
    if scores is not None:
        return _Asked(query, scores, near)
    return _Asked(query, index.prior(), near) if query.category else None


def _near_best(scores: Scores) -> Scores:
    return np.where(scores >= _RELEVANT * scores.max(), scores, 0.0)


def _fused(fit: Fit | None, near: Nearness, of_a_kind: Mask | None) -> Scores | None:
    """Words and meaning as one score, 0..1; None where there is nothing to find.

    Where the kind of thing is settled, the words only describe it: then they are not asked whether there is any.
    """
    words = fit.whole if fit else np.zeros(len(near.products))
    unknown = np.isnan(near.products)
    cosines = np.where(unknown, 0.0, near.products)
    total = cosines + WORDS * words
    best = int(np.argmax(total))
    if of_a_kind is not None and of_a_kind.any():
        best = int(np.argmax(np.where(of_a_kind, total, -np.inf)))
    elif not _something(cosines[best], words[best], near.elsewhere) and not (fit and fit.named.any()):
        return None
    scores = np.where(total >= total[best] - NEAR_BEST, np.clip(total / (1 + WORDS), 0.0, 1.0), 0.0)
    if fit is not None:
        # A product whose meaning is not known yet stands by its words.
        scores = np.where(unknown, _near_best(fit.known), scores)
        scores[fit.named] = 1.0
    return scores


def _something(cosine: float, words: float, elsewhere: float) -> bool:
    """Whether the best product is what was asked for rather than the nearest of other things.

    A logistic regression on written requests with and without a product that fits; `handla bench search` measures it.
    """
    of_meaning, of_words, of_elsewhere, base = GATE
    return of_meaning * cosine + of_words * words + of_elsewhere * elsewhere + base >= 0


def _constrained(query: Query) -> bool:
    asked = (query.category, query.brand, query.price_min, query.price_max, query.rating_min)
    return bool(query.attributes or query.without) or any(value is not None for value in asked)


def _masks(index: Index, query: Query) -> dict[str, Mask]:
    """What a product must fulfil for one of its variants to be a hit; a variant is looked at afterwards."""
    low, high = index.prices()
    masks = {name: index.facet(name, value) for name, value in query.attributes.items()}
    if query.category is not None:
        masks["category"] = index.facet("category", query.category)
    if query.brand is not None:
        masks["brand"] = index.facet("brand", query.brand)
    if query.price_min is not None:
        masks["price_min"] = high >= query.price_min
    if query.price_max is not None:
        masks["price_max"] = low <= query.price_max
    if query.rating_min is not None:
        masks["rating_min"] = index.ratings() >= query.rating_min
    if query.without:
        masks["without"] = np.logical_and.reduce([index.without(thing) for thing in query.without])
    if query.in_stock:
        masks["in_stock"] = index.stocked()
    return masks


def _ranked(index: Index, scores: Scores, meets: Mask) -> NDArray[np.intp]:
    rows = np.flatnonzero(meets)
    low, _ = index.prices()
    return rows[np.lexsort((low[rows], -index.prior()[rows], -scores[rows].round(3)))]


def _hit(index: Index, masks: Mapping[str, Mask], asked: _Asked, row: int) -> Hit:
    """The variant that fails least, the cheapest among those."""
    product = index.products[row]
    has_it = "without" in masks and not masks["without"][row]
    judged = [(unmet(product, variant, asked.query), variant) for variant in product.variants]
    failed, variant = min(judged, key=lambda pair: (len(pair[0]), pair[1].price.minor))
    if has_it and "without" not in failed:
        failed = (*failed, "without")
    return Hit(product, variant, min(1.0, float(asked.scores[row])), failed)


def _cosine(asked: _Asked, row: int) -> float | None:
    return float(asked.near.products[row]) if asked.near is not None else None


# --- where nothing fits


def _nearest(index: Index, asked: _Asked, masks: Mapping[str, Mask], limit: int) -> Found:
    """The products that fail least. Another category than the one asked for is never near."""
    near = asked.scores > 0
    if asked.query.category is not None:
        near = near & index.facet("category", asked.query.category)
    rows = np.flatnonzero(near)
    fails = len(masks) - np.sum([mask[rows] for mask in masks.values()], axis=0) if masks else np.zeros(len(rows))
    few = rows[np.lexsort((-asked.scores[rows], _price_gap(index, asked.query)[rows], fails))][: 10 * limit]
    hits = [_hit(index, masks, asked, row) for row in few]
    nearest = sorted((hit for hit in hits if hit.unmet), key=lambda hit: distance(hit, asked.query))[:limit]
    if not nearest:
        return Found(())
    failed = [_unmet(nearest[0], name, asked.query, masks, rows) for name in nearest[0].unmet]
    return Found((), tuple(nearest), tuple(failed))


def _unmet(hit: Hit, name: str, query: Query, masks: Mapping[str, Mask], rows: NDArray[np.intp]) -> Unmet:
    wanted: AttributeValue
    match name:
        case "category" | "brand" | "price_min" | "price_max" | "rating_min" | "in_stock":
            wanted = getattr(query, name)
        case "without":
            wanted = query.without[0]
        case _:
            wanted = query.attributes[name]
    nearest = None if name == "without" else value_of(hit, name)
    return Unmet(name, wanted, nearest, alone=not masks[name][rows].any())


def _price_gap(index: Index, query: Query) -> Scores:
    low, high = index.prices()
    gap = np.zeros(len(low))
    if query.price_max is not None:
        gap += np.maximum(0, low - query.price_max)
    if query.price_min is not None:
        gap += np.maximum(0, query.price_min - high)
    return gap
