"""What is looked for, out of the parts of a request: limits, exclusions, attributes and the free words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlu.exclusions import read_exclusions
from nlu.found import Found
from nlu.quantities import read_limits
from nlu.spans import Spanned
from nlu.types import Slot
from nlu.values import Setting
from nlu.wishes import read_wish, superlatives

GOODS = ("item", "exclude")
"""Parts that say what is looked for and what is not."""
MOST_PURPOSE = 4
"""Words behind "for"."""


def read_search(parts: Sequence[Spanned], setting: Setting) -> Iterator[Slot]:
    """What is looked for; limits and exclusions count wherever they stand."""
    linked, every = setting.linked, range(len(setting.linked.heard.words))
    limits = read_limits(linked.heard, 0, every.stop, setting.currency, linked.language)
    yield from limits.slots
    described: list[range] = []
    excluded = _excluded(parts, setting)
    unwanted = excluded.used
    yield from excluded.slots
    for part in parts:
        if part.tag not in GOODS or (part.tag == "exclude" and not unwanted.isdisjoint(part.words)):
            continue
        words = _whole_names(part.words, parts, setting)
        if described and described[-1].stop >= words.start:
            described[-1] = range(described[-1].start, max(words.stop, described[-1].stop))
        else:
            described.append(words)
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


def _whole_names(words: range, parts: Sequence[Spanned], setting: Setting) -> range:
    """A part with the rest of the catalogue's names that it cuts off, and with those beside it: "blue | shirt"."""
    taken = {at for part in parts if part.words != words for at in part.words}
    for mention in setting.linked.mentions:
        beside = mention.first <= words.stop and words.start <= mention.last
        if beside and taken.isdisjoint(range(mention.first, mention.last)):
            words = range(min(words.start, mention.first), max(words.stop, mention.last))
    return words


def _excluded(parts: Sequence[Spanned], setting: Setting) -> Found:
    """What the whole text excludes of the catalogue's words and of the parts, wherever "not" stands.

    Exclusions of other words are remarks: "no idea", "can't make up my mind".
    """
    linked = setting.linked
    goods = [part.words for part in parts if part.tag in GOODS]
    found = read_exclusions(linked, range(len(linked.heard.words)), frozenset(words.stop for words in goods))
    inside_parts = {at for words in goods for at in words}
    used: set[int] = set()
    slots = []
    for slot in found.slots:
        inside = [at for at, word in enumerate(linked.heard.words) if slot.span[0] <= word.start < slot.span[1]]
        if inside[0] in inside_parts or linked.within(inside[0], inside[-1] + 1):
            first = inside[0]
            while first - 1 in found.used and first - 1 not in used:
                first -= 1
            used |= set(range(first, inside[-1] + 1))
            slots.append(slot)
    return Found(tuple(slots), frozenset(used))


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
