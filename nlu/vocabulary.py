"""What a shop's catalogue is called: terms, indexed for linking. Built once per catalogue and reused."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock

import jellyfish
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from nlu.heard import listen
from nlu.language import Language
from nlu.types import Term


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say one or more terms."""

    stems: tuple[str, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ProductName:
    """One way to say one product, for partial matches."""

    product_id: str
    stems: frozenset[str]
    weight: float
    """Sum of the weights of its stems."""


@dataclass(frozen=True, slots=True)
class Index:
    """Names of one catalogue in one language."""

    names: Mapping[tuple[str, ...], Name]
    longest: int
    """Words of the longest name."""
    product_names: tuple[ProductName, ...]
    by_stem: Mapping[str, tuple[int, ...]]
    """Stem -> indices of `product_names`."""
    weights: Mapping[str, float]
    """Stem -> how telling it is; rare stems weigh more."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems in names of products and categories."""
    offering: frozenset[str]
    """Ids of products with choices that can be dosed: what is made to order."""
    stems: frozenset[str]
    """Every stem of every name."""
    own: frozenset[str]
    """Every word of every name as the catalogue has it."""
    _by_sound: tuple[Name, ...] = field(repr=False)
    _spellings: tuple[str, ...] = field(repr=False)
    _sounds: tuple[str, ...] = field(repr=False)
    _skeletons: tuple[str, ...] = field(repr=False)

    def weight(self, stem: str) -> float:
        return self.weights.get(stem, self.weights[""])

    def own_word(self, word: str, language: Language) -> str:
        """`word` as this catalogue says it: itself, or its translation where the catalogue has only that."""
        translated = None if word in self.own else language.spelling.translate(word)
        return translated or word

    def likeness(self, phrases: Sequence[Sequence[str]], language: Language) -> NDArray[np.float32]:
        """How much each phrase (a sequence of plain words) is like each name of `like_names`; shape (phrases, names).

        Half spelling of the sound and half its consonants (metaphone), or the plain spelling where that is closer.
        """
        sounds = [_sound(phrase, language) for phrase in phrases]
        spelled = process.cdist(["".join(phrase) for phrase in phrases], self._spellings, scorer=fuzz.ratio)
        sounding = process.cdist(sounds, self._sounds, scorer=fuzz.ratio)
        bones = process.cdist([jellyfish.metaphone(sound) for sound in sounds], self._skeletons, scorer=fuzz.ratio)
        like = np.maximum(np.asarray(spelled), 0.5 * np.asarray(sounding) + 0.5 * np.asarray(bones)) / 100
        return np.asarray(like, dtype=np.float32)

    @property
    def like_names(self) -> tuple[Name, ...]:
        return self._by_sound


class Vocabulary:
    """The names of a catalogue. `terms` as the shop gives them, `currency` the ISO 4217 code of its prices."""

    def __init__(self, terms: Sequence[Term], currency: str) -> None:
        self.terms = tuple(terms)
        self.currency = currency
        self._indexes: dict[str, Index] = {}
        self._lock = Lock()

    def index(self, language: Language) -> Index:
        """The names as `language` hears them; built on first use."""
        with self._lock:
            if language.code not in self._indexes:
                self._indexes[language.code] = _build(self.terms, language)
            return self._indexes[language.code]


def _build(terms: Sequence[Term], language: Language) -> Index:
    by_name: dict[tuple[str, ...], list[Term]] = defaultdict(list)
    words_of: dict[tuple[str, ...], tuple[str, ...]] = {}
    pairs: set[tuple[str, str]] = set()
    own: set[str] = set()
    for term in terms:
        for said in _said(term, language):
            words = listen(said, language).words
            stems = tuple(word.stem for word in words)
            if not stems or term in by_name[stems]:
                continue
            by_name[stems].append(term)
            own |= {word.norm for word in words} if said in term.names else set()
            words_of[stems] = tuple(word.norm for word in words)
            if term.kind in ("product", "category"):
                pairs |= set(pairwise(stems))
    names = {stems: Name(stems, tuple(entries)) for stems, entries in by_name.items() if entries}
    weights = _weights(names, frozenset(language.words["weak"]))
    products = _product_names(names, weights)
    by_stem: dict[str, list[int]] = defaultdict(list)
    for number, product in enumerate(products):
        for stem in product.stems:
            by_stem[stem].append(number)
    sounds = [_sound(words_of[stems], language) for stems in names]
    return Index(
        names=names,
        longest=max((len(stems) for stems in names), default=0),
        product_names=tuple(products),
        by_stem={stem: tuple(numbers) for stem, numbers in by_stem.items()},
        weights=weights,
        pairs=frozenset(pairs),
        offering=frozenset(
            product_id for term in terms if term.kind == "option" and term.amounts for product_id in term.product_ids
        ),
        stems=frozenset(stem for stems in names for stem in stems),
        own=frozenset(own),
        _by_sound=tuple(names.values()),
        _spellings=tuple("".join(words_of[stems]) for stems in names),
        _sounds=tuple(sounds),
        _skeletons=tuple(jellyfish.metaphone(sound) for sound in sounds),
    )


def _said(term: Term, language: Language) -> tuple[str, ...]:
    """The term's names, and how the language says a label of that name."""
    if term.kind == "product":
        return term.names
    more = (said for name in term.names for said in language.labels.get(name, ()))
    return tuple(dict.fromkeys((*term.names, *more)))


def _weights(names: Mapping[tuple[str, ...], Name], weak: frozenset[str]) -> dict[str, float]:
    """Inverse document frequency over products, a fifth for weak words; '' is the weight of a stem no product has."""
    products: dict[str, set[str]] = defaultdict(set)
    for stems, name in names.items():
        for term in name.terms:
            if term.kind == "product":
                products[term.key] |= set(stems)
    counts = Counter(stem for stems in products.values() for stem in stems)
    total = max(len(products), 1)
    weights = {s: math.log(1 + total / count) * (0.2 if s in weak else 1.0) for s, count in counts.items()}
    weights[""] = math.log(1 + total)
    return weights


def _product_names(names: Mapping[tuple[str, ...], Name], weights: Mapping[str, float]) -> list[ProductName]:
    return [
        ProductName(term.key, frozenset(stems), sum(weights[stem] for stem in set(stems)))
        for stems, name in names.items()
        for term in name.terms
        if term.kind == "product"
    ]


def _sound(words: Sequence[str], language: Language) -> str:
    return "".join(language.sound(word) for word in words)
