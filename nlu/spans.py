"""The parts that the model found, as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlu.heard import Heard
from nlu.linking import Linked
from nlu.model import Part
from nlu.units import canonical_unit


@dataclass(frozen=True, slots=True)
class Spanned:
    """A part as words."""

    tag: str
    words: range


def spanned(parts: Sequence[Part], heard: Heard) -> tuple[Spanned, ...]:
    """The parts as ranges of the words heard; parts without a word of their own are left out."""
    found = []
    for part in parts:
        words = [at for at, word in enumerate(heard.words) if part.start <= word.start < part.end]
        if words:
            found.append(Spanned(part.tag, range(words[0], words[-1] + 1)))
    return tuple(found)


def mended(parts: Sequence[Spanned], linked: Linked, counting: bool) -> Sequence[Spanned]:
    """The parts in the light of the catalogue.

    A product's name that was cut between what is wanted and what is taken back is wanted as a whole. Where quantities
    are changed (`counting`), goods that are counted and not named are a quantity: "to one pack".
    """
    for mention in linked.mentions:
        cut = [part for part in parts if part.words.start < mention.last and mention.first < part.words.stop]
        if mention.of("product") and {part.tag for part in cut} == {"item", "old"}:
            first, last = min(part.words.start for part in cut), max(part.words.stop for part in cut)
            whole = Spanned("item", range(first, last))
            parts = sorted([*(part for part in parts if part not in cut), whole], key=lambda part: part.words.start)
    return [replace(part, tag="quantity") if counting and _counts_only(part, linked) else part for part in parts]


def _counts_only(part: Spanned, linked: Linked) -> bool:
    first, last = linked.heard.words[part.words.start], linked.heard.words[part.words.stop - 1]
    counted = len(part.words) > 1 and first.stem.isdecimal() and canonical_unit(last.norm, linked.language) is not None
    return part.tag == "item" and counted
