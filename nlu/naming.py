"""Which product the words of an item name, when they may name a choice as well."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.linking import MOST_OF_A_NAME, Linked, favour, product_candidates, ranked
from nlu.pieces import Piece
from nlu.types import Candidate, HeardOption

ALL_WORDS = 0.75
"""A score from which on a product has every telling word that was said."""
FOLLOWED_BY_UNKNOWN = 0.7
"""In many languages the last word says what a thing is, the words before it only which one."""


def best_name(linked: Linked, head: Sequence[Piece]) -> tuple[list[Piece], tuple[Candidate, ...]]:
    """The pieces that name the product, and which products they may mean.

    Choices ("dark roast") may also be part of a name ("dark roast beans"): both readings count.
    """
    packed = any(piece.kind == "unit" for piece in head)
    choices = [] if packed else _choices_of_others(head)
    narrow = rows([piece for piece in head if piece not in choices and _names(piece, with_options=False)])
    wide = rows([piece for piece in head if _names(piece, with_options=True)])
    best: tuple[list[Piece], tuple[Candidate, ...]] = ([], ())
    every: dict[str, float] = {}
    for run in [*narrow, *wide]:
        candidates = _candidates(linked, run)
        for candidate in candidates:
            every[candidate.product_id] = max(candidate.score, every.get(candidate.product_id, 0.0))
        if not best[0] or (candidates and (not best[1] or candidates[0].score > best[1][0].score)):
            best = (run, candidates)
    return best[0], favour(linked, ranked(every))


def _choices_of_others(head: Sequence[Piece]) -> list[Piece]:
    """Pieces that name a product, but as well a choice of another product named beside them: "dark roast | coffee"."""
    named = [piece for piece in head if piece.mention and piece.mention.of("product")]
    choices = []
    for piece in named:
        others = [
            term.key for other in named if other is not piece and other.mention for term in other.mention.of("product")
        ]
        if piece.mention and piece.mention.options_of(others):
            choices.append(piece)
    return choices if len(choices) < len(named) else []


def _names(piece: Piece, with_options: bool) -> bool:
    if piece.kind == "other":
        return True
    if piece.mention is None:
        return False
    if piece.mention.of("product") or not piece.mention.of("option"):
        return True
    return with_options


def rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces in unbroken rows."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        if runs and runs[-1][-1].last == piece.first:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _share_after(run: Sequence[Piece], piece: Piece) -> float:
    """What a name is worth before words unknown to the catalogue: a "blueberry muffin" is hardly blueberries."""
    unknown = any(later.kind == "other" and later.mention is None for later in run if later.first >= piece.last)
    return FOLLOWED_BY_UNKNOWN if unknown else 1.0


def _share_beside(linked: Linked, run: Sequence[Piece], piece: Piece) -> float:
    """What a name is worth beside a misspelt word of another: a "fjort winter jacket" is not any winter jacket."""
    beside = {at for other in run if other is not piece for at in range(other.first, other.last)}
    return FOLLOWED_BY_UNKNOWN if beside & set(linked.doubts) else 1.0


def _share_of_all(product_id: str, whole: Sequence[Candidate]) -> float:
    """What a name is worth where another product has all the words: the "harbor parka" is not the one called parka."""
    best = whole[0] if whole else None
    other = best is not None and best.product_id != product_id and best.score >= ALL_WORDS
    return FOLLOWED_BY_UNKNOWN if other else 1.0


def _candidates(linked: Linked, run: Sequence[Piece]) -> tuple[Candidate, ...]:
    best = whole = product_candidates(linked, run[0].first, run[-1].last)
    for piece in run:
        if piece.mention is None or not piece.mention.of("product"):
            continue
        mention = piece.mention
        share = _share_after(run, piece) * _share_beside(linked, run, piece)
        named = {term.key: share * mention.score for term in mention.of("product")[:MOST_OF_A_NAME]}
        for candidate in product_candidates(linked, mention.first, mention.last, share):
            named[candidate.product_id] = max(candidate.score, named.get(candidate.product_id, 0.0))
        named = {product_id: score * _share_of_all(product_id, whole) for product_id, score in named.items()}
        for candidate in best:
            named[candidate.product_id] = max(candidate.score, named.get(candidate.product_id, 0.0))
        merged = ranked(named)
        if not best or merged[0].score > best[0].score:
            best = merged
    return best


def offering_first(
    linked: Linked, candidates: tuple[Candidate, ...], options: Sequence[HeardOption]
) -> tuple[Candidate, ...]:
    """Candidates that offer the choices heard come before those that do not."""
    if not options or len(candidates) < 2:
        return candidates
    offers = {candidate.product_id: 0 for candidate in candidates}
    for option in {(option.name, option.value) for option in options}:
        for product_id in offers.keys() & linked.index.offers.get(option, frozenset()):
            offers[product_id] += 1
    most = max(offers.values())
    scored = [
        Candidate(c.product_id, round(c.score * (1.0 if offers[c.product_id] == most else 0.8), 3)) for c in candidates
    ]
    return tuple(sorted(scored, key=lambda candidate: -candidate.score))
