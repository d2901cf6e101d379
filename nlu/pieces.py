"""The parts of an order: "two | bags of | dark roast | and | a little bit of | oat milk"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nlu.linking import Linked, Mention
from nlu.numbers import read_number
from nlu.units import canonical_unit, read_amount

PieceKind = Literal[
    "mention", "number", "article", "amount", "with", "and", "unit", "serving", "measure", "glue", "other"
]

MOST_PIECES_OF_ONE = 999
"""Larger numbers are no quantities."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words [first, last) and the part they play."""

    kind: PieceKind
    first: int
    last: int
    mention: Mention | None = None
    quantity: int | None = None
    amount: str | None = None
    unit: str | None = None
    """What a measure or a unit is, canonical."""


def read_pieces(linked: Linked, first: int, last: int) -> list[Piece]:
    """Words [first, last) as pieces, in order and without gaps."""
    pieces: list[Piece] = []
    at = first
    while at < last:
        piece = _piece(linked, at, last)
        pieces.append(piece)
        at = piece.last
    return pieces


def _piece(linked: Linked, at: int, last: int) -> Piece:
    words, norms = linked.language.words, _norms(linked, at, last)
    mention = linked.mention_at(at)
    if mention and mention.last <= last and not _holds(linked, mention, last):
        return Piece("mention", at, mention.last, mention=mention)
    for length, amount in linked.language.amounts.at(norms, 0):
        if length < len(norms):
            return Piece("amount", at, at + length, amount=amount)
    read = read_number(norms, 0, linked.language.numbers)
    if read and not _cut_off(linked, at, at + read[1], last):
        return _number(linked, at, at + read[1], last, read[0])
    if norms[0] in words["articles"]:
        return Piece("article", at, at + 1)
    for kind, role in (("with", "with"), ("and", "and"), ("unit", "units"), ("serving", "servings"), ("glue", "glue")):
        length = _longest(norms, words[role])
        if length:
            unit = canonical_unit(norms[0], linked.language) if kind == "unit" else None
            return Piece(kind, at, at + length, unit=unit)  # type: ignore[arg-type]
    return Piece("other", at, at + 1)


def _holds(linked: Linked, mention: Mention, last: int) -> bool:
    """Whether a name is but the container of what is named behind it: Swedish "en flaska | olivolja"."""
    unit = (
        mention.last - mention.first == 1 and linked.heard.words[mention.first].norm in linked.language.words["units"]
    )
    held = linked.mention_at(mention.last) if unit else None
    return held is not None and held.last <= last and bool(held.of("product"))


def _cut_off(linked: Linked, first: int, end: int, last: int) -> bool:
    """Whether a name begins within the number words and goes on behind them: "a | dozen eggs"."""
    inside = (linked.mention_at(at) for at in range(first + 1, end))
    return any(mention is not None and end < mention.last <= last for mention in inside)


def _number(linked: Linked, at: int, end: int, last: int, value: float) -> Piece:
    """A quantity; with a unit of measure behind it ("500 grams of") a measure."""
    measured = end < last and linked.heard.words[end].norm in linked.language.words["measures"]
    if measured:
        amount = read_amount(_norms(linked, at, last), 0, linked.language)
        if amount is None or amount.words != end + 1 - at:
            return Piece("measure", at, end + 1)
        return Piece("measure", at, end + 1, quantity=amount.quantity, unit=amount.unit)
    whole = int(value) if value == int(value) and 1 <= value <= MOST_PIECES_OF_ONE else None
    return Piece("number", at, end, quantity=whole) if whole else Piece("other", at, end)


def _norms(linked: Linked, first: int, last: int) -> tuple[str, ...]:
    return tuple(word.norm for word in linked.heard.words[first:last])


def _longest(norms: tuple[str, ...], phrases: tuple[str, ...]) -> int:
    """Words of the longest of `phrases` that `norms` begins with; 0 for none."""
    begun = _by_first_word(phrases).get(norms[0], ())
    return max((len(phrase) for phrase in begun if norms[: len(phrase)] == phrase), default=0)


@cache
def _by_first_word(phrases: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in map(str.split, phrases):
        found[phrase[0]].append(tuple(phrase))
    return dict(found)


def segments(linked: Linked, pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces split at "and", at pauses, and where a new quantity begins behind a product."""
    current: list[Piece] = []
    has_product = False
    for piece in pieces:
        starts_item = has_product and piece.kind in ("number", "article") and current[-1].kind != "with"
        if piece.kind == "and" or linked.heard.words[piece.first].pause or starts_item:
            if current:
                yield current
            current, has_product = [], False
        if piece.kind != "and":
            current.append(piece)
            has_product |= piece.mention is not None and bool(piece.mention.of("product"))
    if current:
        yield current
