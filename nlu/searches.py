"""What is looked for, out of the parts of a request: limits, exclusions, attributes and the free words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlu.exclusions import read_exclusions
from nlu.quantities import read_limits
from nlu.spans import Spanned
from nlu.types import Slot
from nlu.values import Setting
from nlu.wishes import read_wish, superlatives

MOST_PURPOSE = 4
"""Words behind "for"."""


def read_search(parts: Sequence[Spanned], setting: Setting) -> Iterator[Slot]:
    """What is looked for; limits and exclusions count wherever they stand."""
    linked, every = setting.linked, range(len(setting.linked.heard.words))
    limits = read_limits(linked.heard, 0, every.stop, setting.currency, linked.language)
    yield from limits.slots
    described: list[range] = []
    unwanted, excluded = _excluded_names(parts, setting)
    yield from excluded
    for part in parts:
        if part.tag not in ("item", "exclude"):
            continue
        found = read_exclusions(linked, part.words)
        unwanted |= found.used
        yield from found.slots
        if part.tag == "exclude" and found.slots:
            continue
        if described and described[-1].stop == part.words.start:
            described[-1] = range(described[-1].start, part.words.stop)
        else:
            described.append(part.words)
    queries: list[Slot] = []
    for stretch in (*described, *_purposes(parts, setting)):
        for words in _without(stretch, unwanted | limits.used):
            wish = read_wish(linked, words.start, words.stop, setting.currency)
            queries += [slot for slot in wish.slots if slot.name == "query"]
            yield from (slot for slot in wish.slots if slot.name != "query")
    for slot, _ in superlatives(linked, 0, every.stop, set(limits.used))[:1]:
        yield slot
    if queries:
        queries.sort(key=lambda slot: slot.span)
        span = (queries[0].span[0], max(slot.span[1] for slot in queries))
        value = " ".join(str(slot.value) for slot in queries)
        yield Slot("query", value, linked.heard.text[span[0] : span[1]], span)


def _excluded_names(parts: Sequence[Spanned], setting: Setting) -> tuple[frozenset[int], tuple[Slot, ...]]:
    """Catalogue words that the whole text excludes, though their part does not say so: "nothing | leather"."""
    linked = setting.linked
    found = read_exclusions(linked, range(len(linked.heard.words)))
    items = {at for part in parts if part.tag == "item" for at in part.words}
    used: set[int] = set()
    slots = []
    for slot in found.slots:
        inside = [at for at, word in enumerate(linked.heard.words) if slot.span[0] <= word.start < slot.span[1]]
        named = any(mention.first in inside for mention in linked.mentions)
        if named and inside[0] in items and inside[0] - 1 not in items:
            used |= {inside[0] - 1, *inside}
            slots.append(slot)
    return frozenset(used), tuple(slots)


def _purposes(parts: Sequence[Spanned], setting: Setting) -> Iterator[range]:
    """What something is for, where no part says so: the words behind "for" up to the next part or pause."""
    words, purpose = setting.linked.heard.words, setting.linked.language.words["purpose"]
    taken = {at for part in parts for at in part.words}
    for at, word in enumerate(words):
        if word.norm not in purpose or at in taken:
            continue
        last = at + 1
        while last < len(words) and last not in taken and not words[last].pause and last - at <= MOST_PURPOSE:
            last += 1
        yield range(at, last)


def _without(words: range, taken: frozenset[int]) -> Iterator[range]:
    """The stretches of `words` that are not taken."""
    first = words.start
    for at in range(words.start, words.stop + 1):
        if at == words.stop or at in taken:
            if at > first:
                yield range(first, at)
            first = at + 1
