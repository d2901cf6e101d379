"""Heard words to catalogue entries: exact names first, then names that are spelled or sound alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlu.heard import Heard, Word
from nlu.language import Language
from nlu.types import Candidate, Term, TermKind
from nlu.vocabulary import Index, Name

ALIKE = 0.78
"""A misheard name must be at least this much like the name."""
ALIKE_SHORT = 0.84
"""The same for names of up to SHORT letters, where chance likeness is common."""
SHORT = 5
SHORTEST = 4
"""Letters; anything shorter is like too much."""
OFFERED_ALIKE = 0.68
"""Enough where only the options of one product come into question."""
WITH_ARTICLE = 0.93
"""An article is seldom a piece of a misheard name ("a town's" for "eight ounce")."""
LONGEST = 30
"""Letters; nothing longer is a word."""
MOST_WINDOWS = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """Words [first, last) that name one or more catalogue entries."""

    first: int
    last: int
    terms: tuple[Term, ...]
    score: float
    """0..1, 1 for an exact name."""

    def of(self, kind: TermKind) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.kind == kind)

    def options_of(self, product_ids: Iterable[str]) -> tuple[Term, ...]:
        """The option choices that one of these products offers."""
        wanted = set(product_ids)
        return tuple(term for term in self.terms if term.kind == "option" and wanted & set(term.product_ids))


@dataclass(frozen=True, slots=True)
class Linked:
    """A text with the catalogue entries named in it."""

    heard: Heard
    language: Language
    index: Index
    mentions: tuple[Mention, ...]
    """In order, not overlapping."""
    _starts: dict[int, Mention] = field(repr=False)

    def mention_at(self, at: int) -> Mention | None:
        """The mention that begins at word `at`."""
        return self._starts.get(at)

    def within(self, first: int, last: int) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if first <= mention.first and mention.last <= last)


def link(heard: Heard, index: Index, language: Language) -> Linked:
    """Every catalogue entry named in the text, the longest names first."""
    exact = _exact(heard, index)
    mentions = _keep_apart([*exact, *_alike(heard, exact, index, language)])
    return Linked(heard, language, index, mentions, {mention.first: mention for mention in mentions})


def _exact(heard: Heard, index: Index) -> list[Mention]:
    stems = [word.stem for word in heard.words]
    found = []
    for first in range(len(stems)):
        for last in range(first + 1, min(first + index.longest, len(stems)) + 1):
            name = index.names.get(tuple(stems[first:last]))
            if name:
                found.append(Mention(first, last, name.terms, 1.0))
    return found


def _alike(heard: Heard, exact: Sequence[Mention], index: Index, language: Language) -> list[Mention]:
    """Misheard names: windows of up to three words around a word that neither the language nor the catalogue knows."""
    if not index.like_names:
        return []
    strange = [at for at, word in enumerate(heard.words) if _strange(word.norm, word.stem, index, language)]
    settled = {at for mention in exact if mention.last - mention.first > 1 for at in range(mention.first, mention.last)}
    windows = [window for window in _windows(strange, settled, len(heard.words)) if _plain(heard, window, language)]
    if not windows:
        return []
    phrases = [[word.norm for word in heard.words[first:last]] for first, last in windows]
    likeness = index.likeness(phrases, language)
    found: list[Mention] = []
    for (first, last), scores in zip(windows, likeness, strict=True):
        if heard.words[first].norm in language.words["articles"]:
            scores = scores * WITH_ARTICLE
        inside = [mention.terms for mention in exact if first <= mention.first and mention.last <= last]
        scores = np.array(
            [0.0 if name.terms in inside else score for name, score in zip(index.like_names, scores, strict=True)]
        )
        best = float(scores.max())
        letters = sum(len(word.norm) for word in heard.words[first:last])
        if best < (ALIKE_SHORT if letters <= SHORT else ALIKE):
            continue
        names = [name for name, score in zip(index.like_names, scores, strict=True) if score >= best - 0.001]
        found.append(Mention(first, last, _terms(names), best * 0.97))
    return [mention for mention in found if not _swollen(mention, [*exact, *found])]


def _swollen(mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a shorter mention within this one names the same at least as well."""
    return any(
        mention.first <= other.first
        and other.last <= mention.last
        and other.last - other.first < mention.last - mention.first
        and other.score >= mention.score
        and set(other.terms) & set(mention.terms)
        for other in others
    )


def _strange(norm: str, stem: str, index: Index, language: Language) -> bool:
    length = 1 < len(norm) <= LONGEST
    return length and stem not in index.stems and norm not in language.known and not norm.isdecimal()


def _plain(heard: Heard, window: tuple[int, int], language: Language) -> bool:
    """Whether a window neither begins nor ends with a joining word; those belong to the sentence."""
    joining = {*language.words["and"], *language.words["with"], *language.words["glue"]}
    first, last = heard.words[window[0]].norm, heard.words[window[1] - 1].norm
    letters = sum(len(word.norm) for word in heard.words[window[0] : window[1]])
    return letters >= SHORTEST and first not in joining and last not in {*joining, *language.words["articles"]}


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


def _terms(names: Iterable[Name]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(term for name in names for term in name.terms))


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
    scores = linked.index.likeness([words], linked.language)[0]
    best: tuple[Term, float] | None = None
    for name, score in zip(linked.index.like_names, scores, strict=True):
        if score < OFFERED_ALIKE or (best and score <= best[1]):
            continue
        for term in name.terms:
            offered = term.kind == "option" and set(term.product_ids) & set(product_ids)
            if offered and term.key not in taken:
                best = (term, float(score))
                break
    return best


def product_candidates(linked: Linked, first: int, last: int, score: float = 1.0) -> tuple[Candidate, ...]:
    """Products that words [first, last) may name, best first, at most eight.

    1 for a product's own name; for a part of a name the share of its telling words that was said. Every telling word
    heard must be in the name for a good score.
    """
    index = linked.index
    stems = [word.stem for word in linked.heard.words[first:last]]
    best: dict[str, float] = {}
    exact = index.names.get(tuple(stems))
    if exact:
        best = {term.key: score for term in exact.terms if term.kind == "product"}
    said = {stem for stem in stems if stem in index.by_stem}
    if said <= set(linked.language.words["weak"]):
        said = set()
    total = sum(index.weight(stem) for stem in set(stems) if not _light(linked, stem))
    for number in {number for stem in said for number in index.by_stem[stem]}:
        name = index.product_names[number]
        shared = sum(index.weight(stem) for stem in said & name.stems)
        heard_share = shared / total if total else 0.0
        value = 0.95 * score * min(heard_share, 1.0) ** 2 * (0.55 + 0.45 * shared / name.weight)
        best[name.product_id] = max(best.get(name.product_id, 0.0), value)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return tuple(Candidate(product_id, round(value, 3)) for product_id, value in ranked[:8] if value >= 0.25)


def _light(linked: Linked, stem: str) -> bool:
    """Words that name nothing: articles, "of", "the"."""
    return stem in linked.language.words["glue"] or stem in linked.language.words["articles"]
