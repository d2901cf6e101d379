"""Which product the words of an item name, when they may name a choice as well."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.linking import Linked, product_candidates
from nlu.pieces import Piece
from nlu.types import Candidate, HeardOption

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
    ranked = sorted(every.items(), key=lambda item: -item[1])
    return best[0], tuple(Candidate(product_id, score) for product_id, score in ranked[:8])


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


def _candidates(linked: Linked, run: Sequence[Piece]) -> tuple[Candidate, ...]:
    best = product_candidates(linked, run[0].first, run[-1].last)
    for piece in run:
        if piece.mention is None or not piece.mention.of("product"):
            continue
        mention = piece.mention
        share = _share_after(run, piece)
        named = {term.key: share * mention.score for term in mention.of("product")}
        parts = product_candidates(linked, mention.first, mention.last, share)
        for candidate in [*parts, *best]:
            named[candidate.product_id] = max(candidate.score, named.get(candidate.product_id, 0.0))
        ranked = sorted(named.items(), key=lambda item: -item[1])
        merged = tuple(Candidate(product_id, round(score, 3)) for product_id, score in ranked[:8])
        if not best or merged[0].score > best[0].score:
            best = merged
    return best


def offering_first(
    linked: Linked, candidates: tuple[Candidate, ...], options: Sequence[HeardOption]
) -> tuple[Candidate, ...]:
    """Candidates that offer the choices heard come before those that do not."""
    if not options or len(candidates) < 2:
        return candidates
    wanted = {(option.name, option.value) for option in options}
    offers = {candidate.product_id: 0 for candidate in candidates}
    for name in linked.index.like_names:
        for term in name.terms:
            if term.kind == "option" and (term.key, term.value) in wanted:
                for product_id in offers.keys() & set(term.product_ids):
                    offers[product_id] += 1
    most = max(offers.values())
    scored = [
        Candidate(c.product_id, round(c.score * (1.0 if offers[c.product_id] == most else 0.8), 3)) for c in candidates
    ]
    return tuple(sorted(scored, key=lambda candidate: -candidate.score))
