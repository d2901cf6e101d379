"""What the products mean, and the things in the world that the shop does not have. Pure.

To say "nothing like that here" honestly, a request is compared not only with the products but with a cohort: everyday
kinds of things that are near no product. A request nearer to one of them than to any product is for something else. It
is the cohort normalisation of speaker verification (Rosenberg et al., ICSLP 1992) with goods for voices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from commerce.types import Product
from commerce.words import terms

Vectors = NDArray[np.float32]
_SOLD = 0.5
"""Cosine from which a product is one of a kind."""
_ROWS = 4096
REMEMBERED = 2_000
"""Requests of which the nearest other thing is kept: people look for the same things, and narrow what they found."""


def text_of(product: Product) -> str:
    """What a product's meaning is taken from: its names, its narrowest category, its description and its qualities."""
    names = ", ".join([product.title, *product.aliases])
    kind = f" ({product.categories[-1]})" if product.categories else ""
    qualities = ", ".join(
        name.replace("_", " ") if value is True else value
        for name, value in product.attributes.items()
        if value is True or isinstance(value, str)
    )
    return f"{names}{kind}. {product.description} {qualities}"


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a request is to what there is."""

    products: NDArray[np.float64]
    """Cosine to each product, shape (n,); NaN where a product's meaning is not known."""
    elsewhere: float
    """Cosine to the nearest thing that the shop does not have; -1 where there is none."""


class Meanings:
    """Unit vectors of the products, a row each, and of the kinds that none of them is."""

    def __init__(self, products: Sequence[Product], vectors: Vectors, kinds: Mapping[str, Vectors]) -> None:
        """`vectors` of shape (n, d), all zero where a product's meaning is not known; `kinds` by name, (d,) each."""
        self._vectors = vectors
        self._unknown = ~vectors.any(axis=1)
        named = _named(products, kinds)
        others = np.array([vector for kind, vector in kinds.items() if kind not in named], dtype=np.float32)
        others = others.reshape(-1, vectors.shape[1])
        nearest = np.full(len(others), -1.0, dtype=np.float32)
        for start in range(0, len(vectors), _ROWS):
            nearest = np.maximum(nearest, (others @ vectors[start : start + _ROWS].T).max(axis=1))
        self._others = others[nearest < _SOLD]
        self._elsewhere = lru_cache(REMEMBERED)(self._nearest_other)

    def nearness(self, asked: Vectors) -> Nearness:
        """`asked` is one unit vector, shape (d,)."""
        cosines = (self._vectors @ asked).astype(np.float64)
        cosines[self._unknown] = np.nan
        return Nearness(cosines, self._elsewhere(asked.tobytes()))

    def _nearest_other(self, asked: bytes) -> float:
        """Of the vector with these bytes."""
        return float((self._others @ np.frombuffer(asked, np.float32)).max()) if len(self._others) else -1.0


def _named(products: Sequence[Product], kinds: Iterable[str]) -> set[str]:
    """Kinds of which every word stands in the names and categories of one product."""
    rows: dict[str, set[int]] = {term: set() for kind in kinds for term in terms(kind)}
    for row, product in enumerate(products):
        for term in terms(" ".join([product.title, *product.aliases, *product.categories])):
            if term in rows:
                rows[term].add(row)
    return {kind for kind in kinds if set.intersection(*(rows[term] for term in terms(kind)))}
