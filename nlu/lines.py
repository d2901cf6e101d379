"""Items of a request: "two large lattes with a bit of oat milk and a cappuccino" is two lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlu.linking import Linked, Mention, is_strange, nearest_offered
from nlu.naming import best_name, offering_first, rows
from nlu.pieces import Piece, read_pieces, segments
from nlu.types import Candidate, HeardLine, HeardOption, Term

SURE = 0.85
"""A candidate from here on is named, not just touched upon."""

MOST_BEHIND = 12
"""A larger number behind a name is a size or a model unless a unit follows it."""
LIKELY = 0.75
"""Share of the best candidate's score from which another's choices count."""


@dataclass(slots=True)
class _Line:
    """A line while it is read."""

    first: int
    last: int
    candidates: tuple[Candidate, ...]
    quantity: int | None
    options: list[HeardOption] = field(default_factory=list)
    unit: str | None = None
    rest: int = 0
    """Pieces left of a line that was split, and not yet spoken for."""

    @property
    def product_ids(self) -> tuple[str, ...]:
        """Those about as likely as the likeliest: "honey" behind lemons is no choice of a lemon tea."""
        least = LIKELY * self.candidates[0].score if self.candidates else 0.0
        return tuple(candidate.product_id for candidate in self.candidates if candidate.score >= least)


@dataclass(frozen=True, slots=True)
class Items:
    """The lines of a range of words and how much of it they account for."""

    lines: tuple[HeardLine, ...]
    explained: frozenset[int]
    """Indices of words that play a part."""
    quantity: int | None = None
    """A quantity that belongs to no line: "I'll take two"."""
    not_offered: tuple[tuple[int, int], ...] = ()
    """Word ranges of choices that the product named does not have."""
    pointed: bool = False
    """Whether the words only point at something: "it", "two of those"."""

    @property
    def score(self) -> float:
        """The weakest line's best candidate; 0 where a line has none."""
        return min((line.candidates[0].score if line.candidates else 0.0 for line in self.lines), default=0.0)


class _Reader:
    """Reads segment by segment; knows the line before, which later options may belong to."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.lines: list[_Line] = []
        self.held: list[list[Piece]] = []
        self.explained: set[int] = set()
        self.refused: list[Piece] = []

    def read(self, segment: list[Piece]) -> None:
        at = next((at for at, piece in enumerate(segment) if piece.kind == "with"), len(segment))
        head, tail = segment[:at], segment[at + 1 :]
        self._explain(piece for piece in segment if piece.kind not in ("mention", "other", "number"))
        if self._split(head, tail) or self._counted_behind(segment):
            return
        if self._only_options(head):
            if self.lines:
                self._take_options(self.lines[-1], head)
            else:
                self.held.append(head)
        else:
            self._new_line(head)
        if tail and self.lines:
            self._extras(tail)

    def _explain(self, pieces: object) -> None:
        for piece in pieces:  # type: ignore[attr-defined]
            self.explained |= set(range(piece.first, piece.last))

    def _only_options(self, head: Sequence[Piece]) -> bool:
        """Whether a segment names choices only: of the line before, or of the one to come."""
        mentions = [piece.mention for piece in head if piece.mention]
        if not mentions:
            return not any(piece.kind == "other" for piece in head)
        if not any(mention.of("product") for mention in mentions):
            loose = any(piece.kind == "other" for piece in head)
            if self.lines and not _counted(head) and self._offered(mentions):
                return True
            return all(mention.of("option") for mention in mentions) and not loose
        return self.lines != [] and not _counted(head) and self._offered(mentions)

    def _aside(self, head: Sequence[Piece], candidates: Sequence[Candidate]) -> bool:
        """Whether a few uncounted words behind something made to order are no item but a wish about it: "extra hot"."""
        if not self.lines or _counted(head) or not self._made_to_order(self.lines[-1]):
            return False
        return not candidates or candidates[0].score < SURE

    def _offered(self, mentions: Sequence[Mention]) -> bool:
        return all(mention.options_of(self.lines[-1].product_ids) for mention in mentions)

    def _new_line(self, head: Sequence[Piece]) -> None:
        run, candidates = best_name(self.linked, head)
        if not run or self._aside(head, candidates):
            return
        quantity = next((piece.quantity for piece in head if piece.quantity and piece.kind != "measure"), None)
        unit = next((piece.unit for piece in head if piece.kind == "unit"), None)
        line = _Line(run[0].first, run[-1].last, candidates, quantity, unit=unit)
        if not _counted(head) and not self._brewed(line):
            measure = next((piece for piece in head if piece.kind == "measure" and piece.unit), None)
            line.quantity, line.unit = (measure.quantity, measure.unit) if measure else (None, None)
        if candidates:
            self._explain(piece for piece in run if piece.mention or self._in_a_name(piece))
        rest = [piece for piece in head if piece not in run]
        for held in self.held:
            counted = next((piece.quantity for piece in held if piece.quantity), None)
            if counted:
                self._explain(held)
                self.lines.append(_Line(line.first, line.last, candidates, counted))
                self._take_options(self.lines[-1], held)
            else:
                rest = [*held, *rest]
        self.held.clear()
        self.lines.append(line)
        self._take_options(line, rest)

    def _in_a_name(self, piece: Piece) -> bool:
        stems = (self.linked.stems[at] for at in range(piece.first, piece.last))
        return all(stem in self.linked.index.products.by_stem for stem in stems)

    def _extras(self, tail: list[Piece]) -> None:
        """What stands behind "with": choices of the line, or further products."""
        line = self.lines[-1]
        named = [piece.mention for piece in tail if piece.mention]
        products = [mention for mention in named if mention.of("product")]
        if products and not all(mention.options_of(line.product_ids) for mention in products):
            if _counted(tail) or not self._made_to_order(line):
                self._new_line(tail)
            else:
                self._take_options(line, tail)
        else:
            self._take_options(line, tail)

    def _made_to_order(self, line: _Line) -> bool:
        """Whether the product has choices: what is said to go "with" it is then one of them, or not to be had."""
        return bool(self.linked.index.offering & set(line.product_ids))

    def _brewed(self, line: _Line) -> bool:
        """Whether what the words most likely mean has choices: "twelve ounces" is then a size of it."""
        return bool(self.linked.index.offering & set(line.product_ids[:1]))

    def _split(self, head: Sequence[Piece], tail: Sequence[Piece]) -> bool:
        """ "two mochas, one with oat milk": pieces of the line before that differ become a line of their own."""
        counts = [piece.quantity for piece in head if piece.quantity]
        bare = all(piece.kind in ("number", "glue", "article") for piece in head) and len(counts) == 1
        whole = next((line for line in reversed(self.lines) if line.rest or (line.quantity or 1) > 1), None)
        count = counts[0] if counts else None
        if not (bare and tail and whole and count):
            return False
        left = whole.rest or whole.quantity or 1
        if count > left or (count == left and not whole.rest):
            return False
        self._explain(head)
        if count == left:
            whole.rest = 0
            self._take_options(whole, tail)
            return True
        whole.quantity = whole.rest = left - count
        self.lines.append(_Line(whole.first, whole.last, whole.candidates, count, list(whole.options), whole.unit))
        self._take_options(self.lines[-1], tail)
        return True

    def _counted_behind(self, segment: Sequence[Piece]) -> bool:
        """ "the coffee two bags": how many of the line before, where nothing before it said so."""
        counts = [piece for piece in segment if piece.kind in ("number", "measure") and piece.quantity]
        plain = all(piece.kind in ("number", "measure", "unit", "glue") for piece in segment)
        if not self.lines or self.lines[-1].quantity is not None or len(counts) != 1 or not plain:
            return False
        unit = next((piece.unit for piece in segment if piece.unit), None)
        if unit is None and (counts[0].quantity or 0) > MOST_BEHIND:
            return False
        self.lines[-1].quantity, self.lines[-1].unit = counts[0].quantity, unit
        self._explain(segment)
        return True

    def _take_options(self, line: _Line, pieces: Sequence[Piece]) -> None:
        amount: str | None = None
        amount_first: int | None = None
        loose: list[Piece] = []
        for piece in pieces:
            if piece.kind == "amount":
                amount, amount_first = piece.amount, piece.first
                continue
            terms = piece.mention.options_of(line.product_ids) if piece.mention else ()
            if piece.mention and terms:
                self._take(line, self._likeliest(line, terms), piece, amount, amount_first)
                amount = amount_first = None
            elif piece.mention and self._made_to_order(line) and piece.mention.of("option"):
                self.refused.append(piece)
                self._explain([piece])
            elif piece.kind in ("other", "number", "mention", "measure"):
                loose.append(piece)
        self._take_alike(line, loose)

    def _likeliest(self, line: _Line, terms: Sequence[Term]) -> Term:
        """One of several choices of the same name: of an option not chosen yet, and called by that name in full.

        "medium" is a size rather than a roast where the roast is also called "medium roast".
        """
        taken = {option.name for option in line.options}

        def rank(term: Term) -> tuple[bool, bool]:
            short = min(term.names, key=len)
            return term.key in taken, any(f"{short} " in name for name in term.names)

        return min(terms, key=rank)

    def _take(self, line: _Line, term: Term, piece: Piece, amount: str | None, amount_first: int | None) -> None:
        kept = amount if term.amounts or amount == "no" else None
        first = piece.first if amount_first is None or kept is None else amount_first
        heard = self.linked.heard
        option = HeardOption(term.key, term.value, kept, heard.said(first, piece.last), heard.span(first, piece.last))
        if not any(taken.name == option.name and taken.value == option.value for taken in line.options):
            line.options.append(option)
        self.explained |= set(range(first, piece.last))

    def _take_alike(self, line: _Line, loose: Sequence[Piece]) -> None:
        """Words that say nothing as they stand may be a misheard choice of this very product."""
        for run in rows(loose):
            first, last = run[0].first, run[-1].last
            taken = {option.name for option in line.options}
            found = None
            counted = run[0].kind == "number" and len(run) > 1
            sized = self._brewed(line) and any(piece.kind == "measure" for piece in run)
            if counted or sized or any(self._is_strange(piece) for piece in run):
                found = nearest_offered(self.linked, first, last, line.product_ids, taken)
            if found:
                if run[0].kind == "number" and line.quantity == run[0].quantity:
                    line.quantity = None
                self._take(line, found[0], Piece("other", first, last), None, None)
            elif run[0].kind == "number":
                self._explain(run[:1])

    def _is_strange(self, piece: Piece) -> bool:
        words = self.linked.heard.words[piece.first : piece.last]
        return piece.kind == "other" and any(is_strange(word, self.linked) for word in words)

    def items(self) -> Items:
        self._name_held()
        loose = next((piece.quantity for held in self.held for piece in held if piece.quantity), None)
        if loose is not None:
            self._explain(self.held[0])
        refused = tuple((piece.first, piece.last) for piece in self.refused)
        return Items(tuple(self._finished(line) for line in self.lines), frozenset(self.explained), loose, refused)

    def _name_held(self) -> None:
        """Choices that no product followed may name one themselves: "two cartons of oat milk"."""
        held, self.held = self.held, []
        for head in held:
            candidates = best_name(self.linked, head)[1]
            if self.lines or not candidates:
                self.held.append(head)
                continue
            self._new_line(head)

    def _finished(self, line: _Line) -> HeardLine:
        heard = self.linked.heard
        candidates = offering_first(self.linked, line.candidates, line.options)
        options = tuple(sorted(line.options, key=lambda option: option.span))
        span = heard.span(line.first, line.last)
        return HeardLine(
            said=heard.said(line.first, line.last),
            span=span,
            candidates=candidates,
            quantity=line.quantity or 1,
            options=options,
            counted=line.quantity is not None,
            unit=line.unit,
        )


def read_items(linked: Linked, first: int, last: int) -> Items:
    """The items named in words [first, last)."""
    return linked.once(_read_items, first, last)


def _read_items(linked: Linked, first: int, last: int) -> Items:
    reader = _Reader(linked)
    pieces = read_pieces(linked, first, last)
    reader._explain(piece for piece in pieces if piece.kind == "and")
    for segment in segments(linked, pieces):
        reader.read(segment)
    return reader.items()


def _counted(pieces: Sequence[Piece]) -> bool:
    """Whether the pieces say how many of what: they are an item of their own then."""
    return any(piece.kind in ("number", "article", "unit", "serving") for piece in pieces)
