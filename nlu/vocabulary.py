"""What a shop's catalogue is called: terms, indexed for linking. Built once per catalogue and reused."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from nlu.alike import Alike, Places, Scores
from nlu.heard import Word, listen
from nlu.language import Language
from nlu.types import Term, TermKind

SHORTEST_WORD = 4
"""Letters; a shorter word is like too much to be told when it is misspelt."""


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One way to say one or more terms."""

    stems: tuple[str, ...]
    terms: tuple[Term, ...]
    kinds: Mapping[TermKind, tuple[Term, ...]] = field(repr=False)
    offers: tuple[tuple[Term, frozenset[str]], ...] = field(repr=False)
    """The option choices among the terms, with the products that have them."""


@dataclass(frozen=True, slots=True, eq=False)
class ProductNames:
    """Every way to say every product, for partial matches; arrays of the same length."""

    product_ids: tuple[str, ...]
    weights: NDArray[np.float32]
    """Sum of the weights of a name's stems."""
    by_stem: Mapping[str, Places]
    """Stem -> places of the names that have it."""
    by_head: Mapping[str, Places]
    """Stem -> places of the names that end with it: the last word says what a thing is."""


Meant = Callable[[str], Sequence[tuple[str, float]]]
"""Words that are like no name -> products that they may mean, with a likeness 0..1, best first; none for words that
mean something else: "sneakers" are running shoes, a "fridge" is no freezer bag."""


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Names of one catalogue in one language."""

    names: Mapping[tuple[str, ...], Name]
    longest: int
    """Words of the longest name."""
    products: ProductNames
    weights: Mapping[str, float]
    """Stem -> how telling it is; rare stems weigh more."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems in names of products and categories."""
    offering: frozenset[str]
    """Ids of products with choices that can be dosed: what is made to order."""
    offers: Mapping[tuple[str, str], frozenset[str]]
    """Option name and choice -> the products that have it."""
    stems: frozenset[str]
    """Every stem of every name."""
    own: frozenset[str]
    """Every word of every name as the catalogue has it."""
    like_names: tuple[Name, ...]
    meant: Meant | None
    _alike: Alike = field(repr=False)
    _words: Alike = field(repr=False)
    _word_stems: tuple[str, ...] = field(repr=False)
    """The stems of the words of `_words`."""

    def weight(self, stem: str) -> float:
        return self.weights.get(stem, self.weights[""])

    def own_word(self, word: str, language: Language) -> str:
        """`word` as this catalogue says it: itself, or its translation where the catalogue has only that."""
        translated = None if word in self.own else language.spelling.translate(word)
        return translated or word

    def likeness(
        self, phrase: Sequence[str], language: Language, least: float, choices: bool = False
    ) -> tuple[Places, Scores]:
        """Places in `like_names` of names at least so much like these plain words, and how much; `choices` only.

        In a large catalogue the places are a short list.
        """
        return self._alike.find("".join(phrase), _sound(phrase, language), least, choices)

    def nearest_word(self, word: str, language: Language, least: float) -> tuple[str, float] | None:
        """The stem of the catalogue's word that is most like this one, and how much, `least`..1; None for none."""
        places, scores = self._words.find(word, _sound([word], language), least)
        if not len(places):
            return None
        best = int(np.argmax(scores))
        return self._word_stems[places[best]], float(scores[best])


class Vocabulary:
    """The names of a catalogue. `terms` as the shop gives them, `currency` the ISO 4217 code of its prices."""

    def __init__(self, terms: Sequence[Term], currency: str, meant: Meant | None = None) -> None:
        self.terms = tuple(terms)
        self.currency = currency
        self.meant = meant
        self._indexes: dict[str, Index] = {}
        self._lock = Lock()

    def index(self, language: Language) -> Index:
        """The names as `language` hears them; built on first use."""
        with self._lock:
            if language.code not in self._indexes:
                self._indexes[language.code] = _build(self.terms, self.meant, language)
            return self._indexes[language.code]


@dataclass(slots=True)
class _Gathered:
    """Names while they are gathered."""

    terms: dict[tuple[str, ...], dict[int, Term]] = field(default_factory=lambda: defaultdict(dict))
    words: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    own: set[str] = field(default_factory=set)

    def add(self, term: Term, words: Sequence[Word], in_the_catalogue: bool) -> None:
        stems = tuple(word.stem for word in words)
        if not stems or id(term) in self.terms[stems]:
            return
        self.terms[stems][id(term)] = term
        self.words[stems] = tuple(word.norm for word in words)
        if in_the_catalogue:
            self.own |= {word.norm for word in words}
        if term.kind in ("product", "category"):
            self.pairs |= set(pairwise(stems))


def _build(terms: Sequence[Term], meant: Meant | None, language: Language) -> Index:
    gathered = _Gathered()
    for term in terms:
        for said in _said(term, language):
            gathered.add(term, listen(said, language).words, said in term.names)
    offered = {id(term): frozenset(term.product_ids) for term in terms if term.kind == "option"}
    names = {stems: _name(stems, tuple(found.values()), offered) for stems, found in gathered.terms.items() if found}
    weights = _weights(names.values(), frozenset(language.words["weak"]))
    sounds = [_sound(gathered.words[stems], language) for stems in names]
    choices = np.array([place for place, name in enumerate(names.values()) if name.offers], np.int32)
    words = sorted(word for word in gathered.own if len(word) >= SHORTEST_WORD and word.isalpha())
    return Index(
        names=names,
        longest=max((len(stems) for stems in names), default=0),
        products=_products(names.values(), weights),
        weights=weights,
        pairs=frozenset(gathered.pairs),
        offering=frozenset(
            product_id for term in terms if term.kind == "option" and term.amounts for product_id in term.product_ids
        ),
        offers=_offers(terms, offered),
        stems=frozenset(stem for stems in names for stem in stems),
        own=frozenset(gathered.own),
        like_names=tuple(names.values()),
        meant=meant,
        _alike=Alike(["".join(gathered.words[stems]) for stems in names], sounds, choices),
        _words=Alike(words, [_sound([word], language) for word in words]),
        _word_stems=tuple(language.stem(word) for word in words),
    )


def _said(term: Term, language: Language) -> tuple[str, ...]:
    """The term's names, and how the language says a label of that name."""
    if term.kind == "product":
        return term.names
    more = (said for name in term.names for said in language.labels.get(name, ()))
    return tuple(dict.fromkeys((*term.names, *more)))


def _name(stems: tuple[str, ...], terms: tuple[Term, ...], offered: Mapping[int, frozenset[str]]) -> Name:
    kinds: dict[TermKind, list[Term]] = {}
    for term in terms:
        kinds.setdefault(term.kind, []).append(term)
    offers = tuple((term, offered[id(term)]) for term in kinds.get("option", ()))
    return Name(stems, terms, {kind: tuple(found) for kind, found in kinds.items()}, offers)


def _offers(terms: Iterable[Term], offered: Mapping[int, frozenset[str]]) -> dict[tuple[str, str], frozenset[str]]:
    offers: dict[tuple[str, str], frozenset[str]] = {}
    for term in terms:
        if term.kind == "option":
            known = offers.get((term.key, term.value), frozenset())
            offers[term.key, term.value] = known | offered[id(term)]
    return offers


def _weights(names: Iterable[Name], weak: frozenset[str]) -> dict[str, float]:
    """Inverse document frequency over products, a fifth for weak words; '' is the weight of a stem no product has."""
    products: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for term in name.kinds.get("product", ()):
            products[term.key] |= set(name.stems)
    counts = Counter(stem for stems in products.values() for stem in stems)
    total = max(len(products), 1)
    weights = {s: math.log(1 + total / count) * (0.2 if s in weak else 1.0) for s, count in counts.items()}
    weights[""] = math.log(1 + total)
    return weights


def _products(names: Iterable[Name], weights: Mapping[str, float]) -> ProductNames:
    product_ids: list[str] = []
    sums: list[float] = []
    by_stem: dict[str, list[int]] = defaultdict(list)
    by_head: dict[str, list[int]] = defaultdict(list)
    for name in names:
        stems = set(name.stems)
        whole = sum(weights[stem] for stem in stems) if "product" in name.kinds else 0.0
        for term in name.kinds.get("product", ()):
            for stem in stems:
                by_stem[stem].append(len(product_ids))
            by_head[name.stems[-1]].append(len(product_ids))
            product_ids.append(term.key)
            sums.append(whole)
    return ProductNames(tuple(product_ids), np.array(sums, np.float32), _places(by_stem), _places(by_head))


def _places(found: Mapping[str, Sequence[int]]) -> dict[str, Places]:
    return {stem: np.array(places, np.int32) for stem, places in found.items()}


def _sound(words: Sequence[str], language: Language) -> str:
    return "".join(language.sound(word) for word in words)
