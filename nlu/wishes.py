"""What is looked for: "a waterproof winter jacket under 200 dollars" as search slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.linking import Linked, Mention
from nlu.quantities import read_limits
from nlu.types import Slot, SlotValue, Term

_TRUE_FALSE: dict[str, bool] = {"true": True, "false": False}

GENERIC = 3
"""A name that this many products share names a kind, not a product."""
IGNORED = ("glue", "articles", "units", "and", "joints", "with", "things", "polite_after", "asking")
"""Lists of words that describe nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Search slots and how much of the words they account for."""

    slots: tuple[Slot, ...]
    explained: frozenset[int]
    """Words that name something of the catalogue, set a limit, or join."""
    named: int
    """Words that name something of the catalogue or set a limit."""
    free: int
    """Words that are left as a free description."""
    known: bool
    """Whether anything named is in the catalogue."""
    quality: float
    """0..1, how surely the names were linked."""


def read_wish(linked: Linked, first: int, last: int, currency: str) -> Wish:
    """Search slots of words [first, last): limits, category, brand, attributes, and the free words as `query`."""
    return linked.once(_read_wish, first, last, currency)


def _read_wish(linked: Linked, first: int, last: int, currency: str) -> Wish:
    limits = read_limits(linked.heard, first, last, currency, linked.language)
    mentions = [m for m in linked.within(first, last) if not limits.used & set(range(m.first, m.last))]
    slots: list[Slot] = list(limits.slots)
    query: set[int] = set()
    for mention in mentions:
        found, keep = _mention_slots(linked, mention)
        slots += [slot for slot in found if slot.name not in {taken.name for taken in slots}]
        query |= set(range(mention.first, mention.last)) if keep else set()
    named = {at for mention in mentions for at in range(mention.first, mention.last)}
    free = _free_words(linked, first, last, named | limits.used, slots)
    query |= set(free)
    if query:
        slots.append(query_slot(linked, sorted(query)))
    explained = frozenset(range(first, last)) - frozenset(free)
    sure = min((mention.score for mention in mentions), default=1.0)
    return Wish(tuple(slots), explained, len(named | limits.used), len(free), bool(mentions), sure)


def _mention_slots(linked: Linked, mention: Mention) -> tuple[list[Slot], bool]:
    """Slots of one mention, and whether its words stay in the query."""
    slots = []
    for kind, name in (("category", "category"), ("brand", "brand")):
        terms = mention.of(kind)  # type: ignore[arg-type]
        slots += [_slot(linked, mention, name, terms[0].value)] if terms else []
    named = bool(mention.of("product") or mention.of("category"))
    attributes = _one_per_name(mention.of("attribute"))
    called = [term for term in mention.of("option") if term.key in _neighbours(linked, mention)]
    if called:
        return [_slot(linked, mention, called[0].key, called[0].value)], False
    if not named:
        attributes += [term for term in _one_per_name(mention.of("option")) if not attributes]
    slots += [_slot(linked, mention, term.key, _TRUE_FALSE.get(term.value, term.value)) for term in attributes]
    if len(mention.of("product")) >= GENERIC or (named and mention.last - mention.first > 1):
        slots += _slots_inside(linked, mention)
    fixed = any(term.value in _TRUE_FALSE for term in attributes)
    return slots, named or not slots or (_part_of_a_name(linked, mention) and not fixed)


def _neighbours(linked: Linked, mention: Mention) -> set[str]:
    """The words beside a mention: "size" in "size medium" tells which choice is meant."""
    words = linked.heard.words
    return {words[at].stem for at in (mention.first - 1, mention.last) if 0 <= at < len(words)}


def _slots_inside(linked: Linked, mention: Mention) -> list[Slot]:
    """What a name shared by several products says about them: "winter jacket" is a season and a category."""
    slots = []
    for at in range(mention.first, mention.last):
        name = linked.index.names.get((linked.heard.words[at].stem,))
        part = Mention(at, at + 1, (name,) if name else (), mention.score)
        slots += [_slot(linked, part, "category", term.value) for term in part.of("category")[:1]]
        attributes = _one_per_name(part.of("attribute"))
        slots += [_slot(linked, part, term.key, _TRUE_FALSE.get(term.value, term.value)) for term in attributes]
    return slots


def _one_per_name(terms: Sequence[Term]) -> list[Term]:
    first: dict[str, Term] = {}
    for term in terms:
        first.setdefault(term.key, term)
    return list(first.values())


def _part_of_a_name(linked: Linked, mention: Mention) -> bool:
    """Whether the words also belong to a name together with their neighbour: "winter" in "winter jacket"."""
    words = linked.heard.words
    before = (words[mention.first - 1].stem, words[mention.first].stem) if mention.first else None
    after = (words[mention.last - 1].stem, words[mention.last].stem) if mention.last < len(words) else None
    return before in linked.index.pairs or after in linked.index.pairs


def _free_words(linked: Linked, first: int, last: int, taken: set[int], slots: list[Slot]) -> list[int]:
    """Words that describe in words the catalogue does not have; superlatives become a slot on the way."""
    language = linked.language
    free: list[int] = []
    best = superlatives(linked, first, last, taken)
    slots += [slot for slot, _ in best[:1]]
    taken = taken | {at for _, places in best for at in places}
    ignored = language.any_of(*IGNORED)
    for at in range(first, last):
        word = linked.heard.words[at]
        if at in taken or word.norm in ignored:
            continue
        free.append(at)
    return free


def superlatives(linked: Linked, first: int, last: int, taken: set[int]) -> list[tuple[Slot, range]]:
    """ "the cheapest", "best rated": slots and the words they take."""
    found: list[tuple[Slot, range]] = []
    at, said = first, linked.once(_superlatives)
    while at < last:
        end, label = next((one for one in said.get(at, ()) if one[0] <= last), (at + 1, ""))
        if label and not taken & set(range(at, end)):
            slot = Slot("superlative", label, linked.heard.said(at, end), linked.heard.span(at, end))
            found.append((slot, range(at, end)))
        at = end
    return found


def _superlatives(linked: Linked) -> dict[int, list[tuple[int, str]]]:
    """Where superlatives begin -> where each ends, the longest first, and what it means."""
    norms = tuple(word.norm for word in linked.heard.words)
    found: dict[int, list[tuple[int, str]]] = {}
    for phrase, label in linked.language.superlatives:
        if phrase[0] not in linked.heard.norms:
            continue
        for at in (at for at, norm in enumerate(norms) if norm == phrase[0]):
            if norms[at : at + len(phrase)] == phrase:
                found.setdefault(at, []).append((at + len(phrase), label))
    return found


def query_slot(linked: Linked, places: Sequence[int]) -> Slot:
    """The words at `places` as free words of a search, in the words that the catalogue uses where it is known."""
    words = linked.heard.words
    value = " ".join(linked.index.own_word(words[at].norm, linked.language) for at in places)
    first, last = places[0], places[-1] + 1
    return Slot("query", value, linked.heard.said(first, last), linked.heard.span(first, last))


def catalogue_slots(linked: Linked, words: range) -> tuple[Slot, ...]:
    """Category, brand, attributes and options named in `words`, each under its own name, the first of each name."""
    slots: dict[str, Slot] = {}
    for mention in linked.within(words.start, words.stop):
        for slot in _mention_slots(linked, mention)[0]:
            slots.setdefault(slot.name, slot)
    return tuple(slots.values())


def _slot(linked: Linked, mention: Mention, name: str, value: SlotValue) -> Slot:
    heard = linked.heard
    return Slot(name, value, heard.said(mention.first, mention.last), heard.span(mention.first, mention.last))
