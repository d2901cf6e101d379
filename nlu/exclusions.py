"""What is not wanted: "without milk", "nothing leather", "sugar free"."""

from __future__ import annotations

from collections.abc import Iterator

from nlu.found import Found
from nlu.linking import Linked, Mention
from nlu.meanings import load_meanings
from nlu.types import Slot, TermKind

_KINDS: tuple[TermKind, ...] = ("attribute", "category", "brand")
"""What an excluded word is looked for as, in this order; products and choices are named by the words said."""
MOST_WORDS = 3
"""Words of something unwanted that the catalogue does not know."""


def read_exclusions(linked: Linked, words: range, ends: frozenset[int] = frozenset()) -> Found:
    """Slots `exclude`, one for each thing: the catalogue's label where it has one, else its word for what was said.

    A thing goes on behind "or" and "and": "without nuts or milk" excludes both. A name of the catalogue that says the
    exclusion itself ("gluten free") is an attribute and no exclusion. What the catalogue does not know ends before
    each of the words `ends`.
    """
    slots: list[Slot] = []
    used: set[int] = set()
    at = words.start
    while at < words.stop:
        marker = _marker(linked, at, words.stop)
        if marker:
            end = at + marker
            for first, last in _things(linked, range(end, words.stop), ends):
                slots.append(excluded(linked, range(first, last)))
                used |= set(range(at, last))
                end = last
            at = end
        elif at + 1 < words.stop and linked.heard.words[at + 1].norm in load_meanings(linked.language.code).after:
            if not _named(linked, at):
                slots.append(excluded(linked, range(at, at + 1)))
                used |= {at, at + 1}
            at += 2
        else:
            at += 1
    return Found(tuple(slots), frozenset(used))


def excluded(linked: Linked, words: range) -> Slot:
    """The slot for these words as what is not wanted; "free" behind it says nothing more."""
    after = load_meanings(linked.language.code).after
    while len(words) > 1 and linked.heard.words[words[-1]].norm in after:
        words = words[:-1]
    mention = next(iter(linked.within(words.start, words.stop)), None)
    plain = " ".join(linked.index.own_word(linked.heard.words[at].norm, linked.language) for at in words)
    said = linked.heard.said(words.start, words.stop)
    return Slot(
        "exclude", (_label(mention) if mention else None) or plain, said, linked.heard.span(words.start, words.stop)
    )


def _label(mention: Mention) -> str | None:
    terms = next((terms for kind in _KINDS if (terms := mention.of(kind))), ())
    if not terms:
        return None
    return terms[0].key if terms[0].value == "true" else terms[0].value


def _named(linked: Linked, at: int) -> bool:
    """Whether word `at` and the next are one name of the catalogue: "gluten free"."""
    return any(mention.first <= at and at + 2 <= mention.last for mention in linked.mentions)


def _marker(linked: Linked, at: int, end: int) -> int:
    """Words of the phrase at `at` behind which stands what is not wanted; 0 for none."""
    norms = [word.norm for word in linked.heard.words[at:end]]
    length, _ = next(load_meanings(linked.language.code).before.at(norms, 0), (0, ""))
    return length if length < end - at and not _within_a_name(linked, at) else 0


def _within_a_name(linked: Linked, at: int) -> bool:
    return any(mention.first <= at < mention.last for mention in linked.mentions)


def _things(linked: Linked, words: range, ends: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The word ranges of what is named behind a marker."""
    language, heard = linked.language, linked.heard
    skipped, joining = language.any_of("articles", "glue", "with"), language.any_of("or", "and")
    at = first = words.start
    while at < words.stop:
        if heard.words[at].norm in skipped:
            at += 1
            continue
        if at > first and heard.words[at].pause:
            return
        mention = linked.mention_at(at)
        last = mention.last if mention else at + 1
        while not mention and last < words.stop and last - at < MOST_WORDS:
            if last in ends or _ends(linked, last, joining):
                break
            last += 1
        if heard.words[at].norm in joining:
            return
        yield at, last
        if last >= words.stop or heard.words[last].norm not in joining:
            return
        at = last + 1
        first = at


def _ends(linked: Linked, at: int, joining: frozenset[str]) -> bool:
    """Whether the words of something unknown end before word `at`."""
    word, language = linked.heard.words[at], linked.language
    return word.pause or word.norm in joining or word.norm in language.known or linked.mention_at(at) is not None
