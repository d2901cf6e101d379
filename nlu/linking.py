"""Heard words to catalogue entries: exact names first, then names that are spelled or sound alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from nlu.heard import Heard, Word
from nlu.language import Language
from nlu.types import Candidate, Term, TermKind
from nlu.vocabulary import SHORTEST_WORD, Index, Name

T = TypeVar("T")
P = ParamSpec("P")
ALIKE = 0.78
"""A misheard name must be at least this much like the name."""
ALIKE_SHORT = 0.84
"""The same for names of up to SHORT letters, where chance likeness is common."""
SHORT = 5
SHORTEST = 4
"""Letters; anything shorter is like too much."""
MISSPELT = 0.82
MISSPELT_SHORT = 0.86
"""The same for one word within a name."""
SPELLED = 0.97
"""What a name that was not said word for word is worth at best."""
OFFERED_ALIKE = 0.68
"""Enough where only the options of one product come into question."""
WITH_ARTICLE = 0.93
"""An article is seldom a piece of a misheard name ("a town's" for "eight ounce")."""
LONGEST = 30
"""Letters; nothing longer is a word."""
TENS = frozenset(str(tens) for tens in range(20, 100, 10))
MOST_WINDOWS = 60
MOST_CANDIDATES = 8
MOST_OF_A_NAME = 64
"""Products of one name that are looked at."""
OF_ANOTHER_KIND = 0.85
"""What a name is worth that only has the last word said, where others end with it: a "dress" is no dress shoe."""
TURNED_AROUND = 0.7
"""What a name is worth whose words were said in another order: "coffee filters" are no filter coffee."""
LEAST = 0.25
"""A candidate below this is none."""
NEARLY = 0.6
"""A product the conversation is about is meant if it fits at least this share as well as the best."""
OTHERS = 0.85
"""What the others are then worth."""
MEANT_ALIKE = 0.45
"""Likeness from which words mean a product that they do not name."""
MEANT = 0.7
"""The most such a product scores: it is asked about."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words [first, last) that name one or more catalogue entries."""

    first: int
    last: int
    names: tuple[Name, ...]
    """One, or several that what was heard is equally like."""
    score: float
    """0..1, 1 for an exact name."""

    @property
    def terms(self) -> tuple[Term, ...]:
        return _once(term for name in self.names for term in name.terms)

    def of(self, kind: TermKind) -> tuple[Term, ...]:
        if len(self.names) == 1:
            return self.names[0].kinds.get(kind, ())
        return _once(term for name in self.names for term in name.kinds.get(kind, ()))

    def options_of(self, product_ids: Iterable[str]) -> tuple[Term, ...]:
        """The option choices that one of these products offers."""
        wanted = frozenset(product_ids)
        return _once(term for name in self.names for term, offered in name.offers if not wanted.isdisjoint(offered))


@dataclass(frozen=True, slots=True)
class Linked:
    """A text with the catalogue entries named in it."""

    heard: Heard
    language: Language
    index: Index
    mentions: tuple[Mention, ...]
    """In order, not overlapping."""
    stems: tuple[str, ...]
    """Of every word; a misspelt one has the stem of the catalogue's word that it is like."""
    doubts: Mapping[int, float]
    """Word -> how much it is like the catalogue's word it is taken for, 0..1; the others are certain."""
    favoured: frozenset[str]
    """Products that the conversation is about: of several that fit about as well, these are meant."""
    _starts: dict[int, Mention] = field(repr=False)
    _made: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[Concatenate[Linked, P], T], *given: P.args, **named: P.kwargs) -> T:
        """What `make` gives for this text: made once, since many templates ask the same of the same words."""
        key = (make, *given, *named.items())
        if key not in self._made:
            self._made[key] = make(self, *given, **named)
        made: T = self._made[key]
        return made

    def mention_at(self, at: int) -> Mention | None:
        """The mention that begins at word `at`."""
        return self._starts.get(at)

    def within(self, first: int, last: int) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if first <= mention.first and mention.last <= last)


def link(heard: Heard, index: Index, language: Language, favoured: Iterable[str] = ()) -> Linked:
    """Every catalogue entry named in the text, the longest names first; `favoured` are product ids."""
    exact = [
        one
        for one in _exact([word.stem for word in heard.words], {}, index)
        if not _only_looks_so(one, heard, language)
    ]
    corrected, likely = _corrected(heard, index, language)
    spelled = _exact(corrected, likely, index) if likely else []
    mentions = _keep_apart([*exact, *spelled, *_alike(heard, exact, index, language)])
    stems, doubts = _settled(heard, mentions, corrected, likely)
    return Linked(
        heard=heard,
        language=language,
        index=index,
        mentions=mentions,
        stems=tuple(stems),
        doubts=doubts,
        favoured=frozenset(favoured),
        _starts={mention.first: mention for mention in mentions},
    )


def _only_looks_so(mention: Mention, heard: Heard, language: Language) -> bool:
    """Whether a common word of the language only looks like a word of a catalogue in another: Swedish "men" is but."""
    word = heard.words[mention.first]
    foreign = bool(language.spelling.catalogue) and mention.last - mention.first == 1
    return foreign and word.norm == word.stem in language.known and language.spelling.translate(word.norm) is None


def _corrected(heard: Heard, index: Index, language: Language) -> tuple[list[str], dict[int, float]]:
    """The stems of the words, those of misspelt words taken from the catalogue's, and how sure each of these is."""
    stems = [word.stem for word in heard.words]
    doubts: dict[int, float] = {}
    for at, word in enumerate(heard.words):
        strange = len(word.norm) >= SHORTEST_WORD and _strange(word.norm, word.stem, index, language)
        least = MISSPELT_SHORT if len(word.norm) <= SHORT else MISSPELT
        nearest = index.nearest_word(word.norm, language, least) if strange else None
        if nearest:
            stems[at], doubts[at] = nearest[0], SPELLED * nearest[1]
    return stems, doubts


def _settled(
    heard: Heard, mentions: Sequence[Mention], corrected: Sequence[str], likely: Mapping[int, float]
) -> tuple[list[str], dict[int, float]]:
    """The same where a misheard name of one word says better which word was meant."""
    stems, doubts = list(corrected), dict(likely)
    for mention in mentions:
        if mention.score < 1 and mention.last - mention.first == 1 and len(mention.names[0].stems) == 1:
            stems[mention.first], doubts[mention.first] = mention.names[0].stems[0], mention.score
        elif mention.score == 1:
            for at in range(mention.first, mention.last):
                stems[at] = heard.words[at].stem
    return stems, doubts


def _exact(stems: Sequence[str], doubts: Mapping[int, float], index: Index) -> list[Mention]:
    """Names said word for word; with `doubts`, those in which a misspelt word is put right."""
    found = []
    for first in range(len(stems)):
        for last in range(first + 1, min(first + index.longest, len(stems)) + 1):
            name = index.names.get(tuple(stems[first:last]))
            if name is None:
                continue
            doubt = min((doubts[at] for at in range(first, last) if at in doubts), default=None)
            if doubt is not None or not doubts:
                found.append(Mention(first, last, (name,), 1.0 if doubt is None else doubt))
    return found if doubts else [*found, *_numbered(stems, index)]


def _numbered(stems: Sequence[str], index: Index) -> list[Mention]:
    """Names that are a number said in two words: size "forty three"."""
    found = []
    for first, (tens, ones) in enumerate(pairwise(stems)):
        if tens in TENS and len(ones) == 1 and ones.isdecimal() and ones != "0":
            name = index.names.get((str(int(tens) + int(ones)),))
            found += [Mention(first, first + 2, (name,), 1.0)] if name else []
    return found


def _alike(heard: Heard, exact: Sequence[Mention], index: Index, language: Language) -> list[Mention]:
    """Misheard names: windows of up to three words around a word that neither the language nor the catalogue knows."""
    if not index.like_names:
        return []
    strange = [at for at, word in enumerate(heard.words) if _strange(word.norm, word.stem, index, language)]
    settled = {at for mention in exact if mention.last - mention.first > 1 for at in range(mention.first, mention.last)}
    windows = [window for window in _windows(strange, settled, len(heard.words)) if _plain(heard, window, language)]
    found: list[Mention] = []
    for first, last in windows:
        places, scores = index.likeness([word.norm for word in heard.words[first:last]], language, ALIKE)
        if heard.words[first].norm in language.words["articles"]:
            scores = scores * WITH_ARTICLE
        inside = {
            id(name) for mention in exact if first <= mention.first and mention.last <= last for name in mention.names
        }
        likely = [
            (float(score), index.like_names[place])
            for place, score in zip(places, scores, strict=True)
            if score >= ALIKE and id(index.like_names[place]) not in inside
        ]
        best = max((score for score, _ in likely), default=0.0)
        letters = sum(len(word.norm) for word in heard.words[first:last])
        if best < (ALIKE_SHORT if letters <= SHORT else ALIKE):
            continue
        found.append(
            Mention(first, last, tuple(name for score, name in likely if score >= best - 0.001), SPELLED * best)
        )
    return [mention for mention in found if not _swollen(mention, [*exact, *found])]


def _swollen(mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a shorter mention within this one names the same at least as well."""
    return any(
        mention.first <= other.first
        and other.last <= mention.last
        and other.last - other.first < mention.last - mention.first
        and other.score >= mention.score
        and not {id(term) for term in other.terms}.isdisjoint(id(term) for term in mention.terms)
        for other in others
    )


def _strange(norm: str, stem: str, index: Index, language: Language) -> bool:
    length = 1 < len(norm) <= LONGEST
    common = norm in language.known or stem in language.kinds or norm.isdecimal()
    return length and stem not in index.stems and not common


def _plain(heard: Heard, window: tuple[int, int], language: Language) -> bool:
    """Whether a window neither begins nor ends with a joining word; those belong to the sentence."""
    joining = language.any_of("and", "with", "glue")
    first, last = heard.words[window[0]].norm, heard.words[window[1] - 1].norm
    letters = sum(len(word.norm) for word in heard.words[window[0] : window[1]])
    return (
        letters >= SHORTEST and first not in joining and last not in language.any_of("and", "with", "glue", "articles")
    )


def is_strange(word: Word, linked: Linked) -> bool:
    """Whether neither the language nor the catalogue knows a word, so that it may be misheard."""
    return _strange(word.norm, word.stem, linked.index, linked.language)


def _windows(strange: Sequence[int], settled: set[int], count: int) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for at in strange:
        for first in range(max(0, at - 2), at + 1):
            for last in range(at + 1, min(first + 3, count) + 1):
                free = not settled & set(range(first, last))
                if free and (first, last) not in windows:
                    windows.append((first, last))
    return windows[:MOST_WINDOWS]


def _once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each term once, in order; told apart as objects, since comparing their many products takes long."""
    return tuple({id(term): term for term in terms}.values())


def _keep_apart(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Mentions that do not overlap: exact before alike where equally long, longer before shorter, left before right."""

    def rank(mention: Mention) -> tuple[float, float, int]:
        return (-(mention.last - mention.first) * mention.score**2, -mention.score, mention.first)

    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(mentions, key=rank):
        places = set(range(mention.first, mention.last))
        if not places & taken:
            kept.append(mention)
            taken |= places
    return tuple(sorted(kept, key=lambda mention: mention.first))


def nearest_offered(
    linked: Linked, first: int, last: int, product_ids: Sequence[str], taken: set[str]
) -> tuple[Term, float] | None:
    """The option choice of these products that words [first, last) sound most like; options `taken` are left out."""
    words = [word.norm for word in linked.heard.words[first:last]]
    places, scores = linked.index.likeness(words, linked.language, OFFERED_ALIKE, choices=True)
    wanted = frozenset(product_ids)
    best: tuple[Term, float] | None = None
    for place, score in zip(places, scores, strict=True):
        if best and score <= best[1]:
            continue
        for term, offered in linked.index.like_names[place].offers:
            if term.key not in taken and not wanted.isdisjoint(offered):
                best = (term, float(score))
                break
    return best


def product_candidates(linked: Linked, first: int, last: int, score: float = 1.0) -> tuple[Candidate, ...]:
    """Products that words [first, last) may name, best first, at most eight.

    1 for a product's own name; for a part of a name the share of its telling words that was said. Every telling word
    heard must be in the name for a good score. Where nothing is named, products that mean much the same.
    """
    return linked.once(_product_candidates, first, last, score)


def _product_candidates(linked: Linked, first: int, last: int, score: float) -> tuple[Candidate, ...]:
    index = linked.index
    stems = linked.stems[first:last]
    score *= min((doubt for at, doubt in linked.doubts.items() if first <= at < last), default=1.0)
    best: dict[str, float] = {}
    exact = index.names.get(tuple(stems))
    if exact:
        best = {term.key: score for term in exact.kinds.get("product", ())[:MOST_OF_A_NAME]}
    for product_id, value in _named_in_part(linked, stems):
        best[product_id] = max(best.get(product_id, 0.0), score * value)
    if not best:
        best = _meant(linked, first, last)
    return ranked(best)


def ranked(scores: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The best eight of product ids with scores."""
    best = sorted(scores.items(), key=lambda item: -item[1])[:MOST_CANDIDATES]
    return tuple(Candidate(product_id, round(value, 3)) for product_id, value in best if value >= LEAST)


def favour(linked: Linked, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Those the conversation is about before others that fit about as well."""
    likely = {one.product_id for one in candidates if one.score >= NEARLY * candidates[0].score}
    favoured = linked.favoured & likely
    if not favoured:
        return candidates
    return ranked({one.product_id: one.score * (1 if one.product_id in favoured else OTHERS) for one in candidates})


def _named_in_part(linked: Linked, stems: Sequence[str]) -> list[tuple[str, float]]:
    """Products with some of these stems in a name, and how well they fit, 0..0.95."""
    index, products = linked.index, linked.index.products
    said = {stem for stem in stems if stem in products.by_stem}
    if said <= set(linked.language.words["weak"]):
        return []
    total = sum(index.weight(stem) for stem in set(stems) if not _light(linked, stem))
    if not total:
        return []
    places = np.concatenate([products.by_stem[stem] for stem in said])
    weights = np.repeat([index.weight(stem) for stem in said], [len(products.by_stem[stem]) for stem in said])
    named, which = np.unique(places, return_inverse=True)
    shared = np.bincount(which, weights)
    values = 0.95 * np.minimum(shared / total, 1.0) ** 2 * (0.55 + 0.45 * shared / products.weights[named])
    heads = np.isin(named, products.by_head.get(stems[-1], ()))
    if heads.any():
        values[~heads] *= OF_ANOTHER_KIND
    elif len(said) > 1 and stems[-1] in said:
        values[np.isclose(shared, products.weights[named])] *= TURNED_AROUND
    order = np.argsort(-values, kind="stable")[:MOST_OF_A_NAME]
    return [(products.product_ids[named[at]], float(values[at])) for at in order if values[at] >= LEAST]


def _meant(linked: Linked, first: int, last: int) -> dict[str, float]:
    """Products that mean much what these words mean; never sure enough to be taken without asking."""
    meant = linked.index.meant
    words = [word.norm for word in linked.heard.words[first:last] if word.norm not in linked.language.known]
    if meant is None or all(word.isdecimal() for word in words) or linked.within(first, last):
        return {}  # numbers, and words that name a choice or a quality ("size M"), mean no product
    said = " ".join(linked.index.own_word(word, linked.language) for word in words)
    return {product_id: min(likeness, MEANT) for product_id, likeness in meant(said) if likeness >= MEANT_ALIKE}


def _light(linked: Linked, stem: str) -> bool:
    """Words that name nothing: articles, "of", "the"."""
    return stem in linked.language.words["glue"] or stem in linked.language.words["articles"]
