"""Readings of a text by the sentence templates of a language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlu.captures import Scene, catch, named_lightly
from nlu.language import Frame
from nlu.linking import Linked
from nlu.templates import OPEN_KINDS
from nlu.types import Expectation, HeardLine, Slot
from nlu.wishes import superlatives

NOTHING_EXPECTED = Expectation()
ENOUGH = 0.4
"""A reading must score this much, or the request is out of scope; below 0.5 it is a guess."""
DOUBTFUL = 0.8
"""Below this it is worth reading the sentences one by one."""
UNCLEAR = 0.6
"""Below this it is worth looking for a request behind other words."""
CLEAR = 0.85
"""A request among other words must be this clear."""
BESIDE_REMARKS = 0.9
"""What other words around a request take from its score."""
MOST_REMARKS = 10
"""Words before a request."""
REQUESTS = ("find_product", "add_to_basket", "checkout", "reorder", "order_status", "recommend")
"""Intents that may stand behind remarks."""


COUNTED_TWICE = frozenset({"choice", "pick"})
"""Captures that may account for a word twice: as a part of a name, and as one that means nothing."""
WANTS = frozenset({"add_to_basket", "find_product"})
"""Intents that a product named only to be left out must not have."""


Rank = tuple[float, bool, int]
"""What readings are compared by: the score, whether it answers what was asked, and words of its own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a sentence."""

    intent: str
    score: float
    """0..1: the share of the words accounted for, times how surely the names were linked."""
    literals: int
    """Words of the template itself, and of its closed captures (numbers, positions)."""
    asked: bool = False
    """Whether it answers what was asked."""
    slots: tuple[Slot, ...] = ()
    lines: tuple[HeardLine, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A template that words [first, last) are a sentence of, not read yet."""

    frame: Frame
    spans: tuple[tuple[str, int, int], ...]
    """Kind, first and last word of each capture."""
    first: int
    last: int

    @property
    def literals(self) -> int:
        return self.last - self.first - sum(last - first for _, first, last in self.spans)

    @property
    def closed(self) -> int:
        return sum(last - first for kind, first, last in self.spans if kind not in OPEN_KINDS)

    def most(self, linked: Linked) -> Rank:
        """What its reading ranks by, at best."""
        twice = sum(named_lightly(linked, first, last) for kind, first, last in self.spans if kind in COUNTED_TWICE)
        share = 1 + twice / (self.last - self.first)
        return round(self.frame.weight * share, 2), self.frame.when is not None, self.literals + self.closed


def read_whole(scene: Scene) -> Reading | None:
    """The reading by the language's sentence templates that accounts for most of the words; None where none fits."""
    best = _best(scene, 0, len(scene.linked.heard.words))
    answer = answer_first(scene)
    if answer:
        name, rest = answer
        best = _continued(scene, name, rest, best)
    if best is None or best.score < DOUBTFUL:
        best = max(filter(None, (best, _by_sentence(scene))), key=lambda reading: reading.score, default=None)
    if best is None or best.score < UNCLEAR:
        best = _behind_remarks(scene) or best
    if best and best.intent == "affirm" and negated(scene):
        return Reading("deny", 0.5, 0)
    return best


def taken_off(scene: Scene) -> bool:
    """Whether the words only say what is not wanted: "without sugar"; not "no, a latte", which is a correction."""
    words, language = scene.linked.heard.words, scene.linked.language
    for after, amount in language.amounts.at([word.norm for word in words], 0):
        if amount == "no" and after < len(words):
            nxt = words[after]
            counted = nxt.norm in language.words["articles"] or nxt.stem.isdigit()
            return not (nxt.pause or counted)
    return False


def _best(scene: Scene, first: int, last: int) -> Reading | None:
    """The reading that accounts for most words; among equals the one with most words of its own, or the first."""
    matches = [match for a, b in _ranges(scene, first, last) for match in _matches(scene, a, b)]
    promising = sorted(((match.most(scene.linked), -place, match) for place, match in enumerate(matches)), reverse=True)
    best: tuple[Rank, int, Reading] | None = None
    for most, place, match in promising:
        if best and (most, place) < best[:2]:
            break  # neither this nor what comes after it can be better
        reading = _reading(scene, match)
        if reading is None or reading.score < ENOUGH:
            continue
        rank = (round(reading.score, 2), reading.asked, reading.literals)
        if best is None or (rank, place) > best[:2]:
            best = rank, place, reading
    return best[2] if best else None


def _ranges(scene: Scene, first: int, last: int) -> list[tuple[int, int]]:
    """The words as they are, and without the polite words around them."""
    words, (before, after) = scene.linked.heard.words, scene.linked.language.edges
    a, b = first, last
    while a < b and words[a].norm in before:
        a += 1
    while b > a and words[b - 1].norm in after:
        b -= 1
    return [(first, last)] if a >= b or (a, b) == (first, last) else [(first, last), (a, b)]


def _matches(scene: Scene, first: int, last: int) -> Iterator[_Match]:
    heard = scene.linked.heard
    begin, end = heard.starts[first], heard.starts[last]
    for frame in scene.linked.once(_possible):
        if frame.when is not None and frame.when != scene.expects.asked:
            continue
        match = frame.template.pattern.fullmatch(heard.line, begin, end)
        if match is None:
            continue
        spans = tuple(
            (kind, heard.word_at(match.start(group)), heard.word_at(match.end(group)))
            for kind, group in frame.template.captures
            if match.group(group) is not None
        )
        yield _Match(frame, spans, first, last)


def _possible(linked: Linked) -> Sequence[Frame]:
    return linked.language.shortlist.possible(linked.heard.norms)


def _reading(scene: Scene, match: _Match) -> Reading | None:
    """What the captures mean; None where one of them cannot be what it stands for."""
    frame, spans, total = match.frame, match.spans, match.last - match.first
    explained, quality = float(match.literals), 1.0
    slots: list[Slot] = []
    lines: list[HeardLine] = []
    for kind, first, last in spans:
        caught = catch(kind, scene, first, last)
        if caught is None:
            return None
        explained += caught.explained - caught.penalty * max(0.0, last - first - caught.explained - caught.forgiven)
        quality = min(quality, caught.quality)
        slots += caught.slots
        lines += caught.lines
    if not any(slot.name == "superlative" for slot in slots):
        caught_words = {at for _, first, last in spans for at in range(first, last)}
        slots += [slot for slot, _ in superlatives(scene.linked, match.first, match.last, caught_words)[:1]]
    score = frame.weight * quality * explained / total
    return Reading(
        frame.intent, score, match.literals + match.closed, frame.when is not None, tuple(slots), tuple(lines)
    )


def _by_sentence(scene: Scene) -> Reading | None:
    """The sentences one by one: what is asked for counts, remarks do not; items of several sentences add up."""
    words = scene.linked.heard.words
    starts = [0, *(at for at, word in enumerate(words) if at and word.begins_sentence), len(words)]
    if len(starts) < 3:
        return None
    found = [reading for a, b in pairwise(starts) if (reading := _best(scene, a, b))]
    asking = [one for one in found if one.intent not in ("out_of_scope", "affirm", "deny")]
    if not asking:
        return None
    first = max(asking, key=lambda reading: (bool(reading.lines), reading.score))
    same = [one for one in asking if one.intent == first.intent]
    return replace(
        first,
        score=BESIDE_REMARKS * min(one.score for one in same),
        slots=tuple(slot for one in same for slot in one.slots),
        lines=tuple(line for one in same for line in one.lines),
    )


def _behind_remarks(scene: Scene) -> Reading | None:
    """A request that begins behind other words: "if you can, I'd love a mocha"."""
    linked = scene.linked
    count, reported = len(linked.heard.words), linked.language.words["reported"]
    for start in range(1, min(count - 1, MOST_REMARKS + 1)):
        before = linked.heard.words[start - 1].norm
        if before in reported or _negated(scene, start - 1, start):
            return None
        if linked.heard.words[start].norm not in linked.language.starters:
            continue
        best = _best(scene, start, count)
        if best and best.score >= CLEAR and best.literals > 1 and best.intent in REQUESTS:
            return replace(best, score=best.score * BESIDE_REMARKS * (1 - 0.5 * start / count))
    return None


def _negated(scene: Scene, first: int, last: int) -> bool:
    negations = scene.linked.language.words["negations"]
    return any(word.norm in negations for word in scene.linked.heard.words[first:last])


def negated(scene: Scene) -> bool:
    """Whether any word denies."""
    return _negated(scene, 0, len(scene.linked.heard.words))


def answer_first(scene: Scene) -> tuple[str, int] | None:
    """A yes or no before something else: its name and the word where the rest begins."""
    heard = scene.linked.heard
    for name, pattern in scene.linked.language.answers.items():
        match = pattern.match(heard.line)
        rest = heard.word_at(match.end()) if match else len(heard.words)
        if rest < len(heard.words) and not _points(scene, rest):
            return name, rest
    return None


def _points(scene: Scene, rest: int) -> bool:
    """Whether an answer goes on without a pause: in "not that blue one" nothing is answered yet."""
    words, pointing = scene.linked.heard.words, scene.linked.language.words["pointing"]
    return rest > 1 and words[rest - 1].norm in pointing and not words[rest].pause


def _continued(scene: Scene, name: str, rest: int, whole: Reading | None) -> Reading | None:
    """ "yes, but the small one": what follows the answer counts; a yes with a rest nobody understands is no yes."""
    if whole and whole.score >= 0.95:
        return whole
    heard, expects = scene.linked.heard, scene.expects
    if expects.asked == "nothing":
        expects = replace(expects, asked="confirm")
    best = _best(replace(scene, expects=expects), rest, len(heard.words))
    if best and (best.intent == "affirm" or (best.intent == "deny" and name == "yes")):
        # "no, okay" and "yes, no": neither is a yes.
        return Reading("deny", 0.5, rest)
    answer = Slot("answer", name, heard.said(0, rest), heard.span(0, rest))
    if best and best.intent != "out_of_scope":
        return replace(best, slots=(*best.slots, answer))
    if name == "no":
        return Reading("deny", 0.5, rest, slots=(answer,))
    return None
