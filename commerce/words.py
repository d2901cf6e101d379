"""Words of a catalogue: which products say them, where, and which are written alike. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from commerce.types import Product

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]

_RARE = 0.1
"""Share of the products up to which a word is rare."""
CHOSEN = "choices"
"""The field of what can be chosen: it is there only if one wants it."""
_WEIGHTS = {
    "title": 3.0,
    "aliases": 3.0,
    "categories": 2.5,
    "brand": 2.0,
    "tags": 1.5,
    "attributes": 1.5,
    CHOSEN: 1.5,
    "description": 0.4,
}
_SATURATION = 1.2
"""k1 of BM25."""
_LENGTH = 0.3
"""b of BM25: how much a long field weakens each of its words. Low: a long product name is still a name."""
_ALIKE = 0.66
"""Least share of common trigrams (Dice) for two words to be alike."""
_SAME = 0.9
"""Likeness of a word with another ending."""


def fold(text: str) -> str:
    """Without case and accents: "Crème" -> "creme"."""
    if text.isascii():
        return text.lower().strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


def terms(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


@dataclass(frozen=True, slots=True)
class Fit:
    """How well each product fits some words, shape (n,) each."""

    known: Scores
    """0..1: the strength of each word that occurs in the catalogue, weighed by its rarity; 1 for a full name."""
    whole: Scores
    """The same over all words: one that occurs nowhere counts as the rarest, and as missing from every product."""
    named: Mask
    """Whether the words are one of the product's names."""


class Words:
    """An inverted index with BM25F strengths.

    For each term the rows that say it and how strongly, 0..1: saturated, weighted by field and length, before the
    term's rarity counts in.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        self._size = len(products)
        documents = [fields(product) for product in products]
        self._postings = _postings(documents)
        self._choosable = _only_chosen(documents)
        self._named: dict[str, list[int]] = defaultdict(list)
        for row, product in enumerate(products):
            for name in (product.title, *product.aliases):
                self._named[" ".join(terms(name))].append(row)
        self._alike = lru_cache(maxsize=10_000)(Likeness(self._postings).alike)
        self._saying = lru_cache(maxsize=2_000)(self._said_by)
        self._rows = {product.id: row for row, product in enumerate(products)}
        self._fields = lru_cache(maxsize=2_000)(lambda row: fields(products[row]))  # all of them would fill the memory

    def fit(self, words: str) -> Fit | None:
        """None where no word occurs anywhere."""
        asked = terms(words)
        total, known, whole = np.zeros(self._size), 0.0, 0.0
        for word in asked:
            rows, strengths = self._saying(word)
            count = len(rows)
            rarity = float(np.log1p((self._size - count + 0.5) / (count + 0.5)))
            whole += rarity
            if count:
                total[rows] += rarity * strengths
                known += rarity
        if known == 0:
            return None
        named = np.zeros(self._size, dtype=np.bool_)
        named[self._named.get(" ".join(asked), [])] = True
        return Fit(np.where(named, 1.0, total / known), np.where(named, 1.0, total / whole), named)

    def alike(self, word: str) -> Mapping[str, float]:
        """Terms of the catalogue that the word finds, with their likeness, 0..1."""
        return dict(self._alike(fold(word)))

    def said(self, product_id: str) -> Mapping[str, Sequence[str]]:
        """The terms of one of these products, field by field."""
        return self._fields(self._rows[product_id])

    def rare(self, word: str) -> bool:
        """Whether few products say it, so that saying it tells something."""
        return len(self._saying(fold(word))[0]) <= _RARE * self._size

    def saying(self, thing: str) -> Mask:
        """Products that say all words of a thing, in any form, elsewhere than among what can be chosen, shape (n,)."""
        mask = np.ones(self._size, dtype=np.bool_)
        for word in terms(thing):
            says = np.zeros(self._size, dtype=np.bool_)
            for term, likeness in self._alike(word):
                if likeness >= _SAME:
                    rows = self._postings[term][0]
                    says[rows[~np.isin(rows, self._choosable.get(term, []))]] = True
            mask &= says
        return mask

    def _said_by(self, word: str) -> tuple[NDArray[np.intp], Scores]:
        """Rows that say the word, or one written alike, and how strongly."""
        strength = np.zeros(self._size)
        for term, likeness in self._alike(word):
            rows, values = self._postings[term]
            strength[rows] = np.maximum(strength[rows], likeness * values)
        said = np.flatnonzero(strength)
        return said, strength[said]


class Likeness:
    """Terms written like a word: the word itself, itself with a short ending more or less, or most trigrams shared."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._terms = sorted(vocabulary)
        self._known = set(self._terms)
        self._with: dict[str, list[str]] = defaultdict(list)
        for term in self._terms:
            if len(term) >= 5:
                for trigram in _trigrams(term):
                    self._with[trigram].append(term)

    def alike(self, word: str) -> tuple[tuple[str, float], ...]:
        """Terms with their likeness, 0..1, the word itself with 1. Figures are like themselves only."""
        exact = {word: 1.0} if word in self._known else {}
        if any(letter.isdigit() for letter in word):
            return tuple(exact.items())
        endings = dict.fromkeys(self._by_ending(word, 1 if exact or len(word) < 4 else 2), _SAME)
        trigrams = {} if exact else self._by_trigrams(word)
        return tuple({**trigrams, **endings, **exact}.items())

    def _by_ending(self, word: str, most: int) -> list[str]:
        if len(word) < 3:
            return []
        shorter = [word[:-cut] for cut in range(1, most + 1) if len(word) - cut >= 3 and word[:-cut] in self._known]
        longer = []
        for position in range(bisect_left(self._terms, word), len(self._terms)):
            term = self._terms[position]
            if not term.startswith(word):
                break
            if 0 < len(term) - len(word) <= most:
                longer.append(term)
        return shorter + longer

    def _by_trigrams(self, word: str) -> dict[str, float]:
        if len(word) < 5:
            return {}
        own = _trigrams(word)
        shared = Counter(term for trigram in own for term in self._with.get(trigram, ()))
        dice = {term: 2 * count / (len(own) + len(_trigrams(term))) for term, count in shared.items()}
        return {term: likeness for term, likeness in dice.items() if likeness >= _ALIKE}


def _trigrams(word: str) -> set[str]:
    # Padded in front only: beginnings tell words apart, endings inflect.
    padded = f"  {word}"
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def fields(product: Product) -> dict[str, list[str]]:
    """The product's terms, field by field."""
    chosen = [label for variant in product.variants for label in variant.selected.values()]
    choices = [
        name for option in product.options for choice in option.choices for name in (choice.label, *choice.aliases)
    ]
    attributes = [name if value is True else str(value) for name, value in product.attributes.items() if value]
    texts: dict[str, Iterable[str]] = {
        "title": [product.title],
        "aliases": product.aliases,
        "categories": product.categories,
        "brand": [product.brand],
        "tags": product.tags,
        "attributes": dict.fromkeys(attributes),
        CHOSEN: dict.fromkeys([*chosen, *choices]),
        "description": [product.description],
    }
    return {name: [term for text in of_field for term in terms(text)] for name, of_field in texts.items()}


def _only_chosen(documents: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, list[int]]:
    """Term -> rows that say it only among what can be chosen."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        if document[CHOSEN]:
            elsewhere = {term for name, said in document.items() if name != CHOSEN for term in said}
            for term in set(document[CHOSEN]) - elsewhere:
                rows[term].append(row)
    return rows


def _postings(documents: Sequence[dict[str, list[str]]]) -> dict[str, tuple[NDArray[np.intp], Scores]]:
    """Term -> rows and strengths."""
    mean = {
        name: sum(len(document[name]) for document in documents) / max(1, sum(bool(d[name]) for d in documents))
        for name in _WEIGHTS
    }
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row, document in enumerate(documents):
        for name, weight in _WEIGHTS.items():
            said = document[name]
            length = 1 + _LENGTH * (len(said) / mean[name] - 1) if said else 1.0
            for term, count in Counter(said).items():
                # An alias that repeats the title, or a size once for each variant, is no stronger for it.
                often = count if name == "description" else 1
                found[term][row] = found[term].get(row, 0.0) + weight * often / length
    return {term: _saturated(rows) for term, rows in found.items()}


def _saturated(rows: dict[int, float]) -> tuple[NDArray[np.intp], Scores]:
    frequency = np.fromiter(rows.values(), dtype=np.float64)
    return np.fromiter(rows, dtype=np.intp), frequency / (_SATURATION + frequency)
