"""What speech and its recognition do to a sentence: hesitations, repeats, restarts, lost and misheard words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from nlu.training.frames import Sampler

Pair = tuple[str, str]
"""A word and its tag."""

LOSABLE = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "for",
        "is",
        "please",
        "my",
        "me",
        "do",
        "you",
        "i",
        "en",
        "ett",
        "att",
        "på",
        "till",
        "det",
        "jag",
        "min",
        "mitt",
        "för",
    ]
)
"""Words that a recogniser loses or a hurried speaker leaves out."""
MOST_CONFUSED = 3
"""Words of one mishearing."""


def around(pairs: Sequence[Pair], sampler: Sampler, chooser: random.Random) -> list[Pair]:
    """Openings and remarks before, endings behind."""
    before: list[Pair] = []
    if chooser.random() < 0.22:
        before += _plain(sampler.words("opening"))
    if chooser.random() < 0.05:
        before += _plain(sampler.words("remark"))
    after = _plain(sampler.words("ending")) if chooser.random() < 0.13 else []
    return [*before, *pairs, *after]


def restarted(pairs: Sequence[Pair], sampler: Sampler, chooser: random.Random) -> list[Pair]:
    """ "two no wait three apples": what is taken back is tagged 'old'."""
    begins = [at for at, (_, tag) in enumerate(pairs) if tag == "B-item"]
    if len(begins) != 1:
        return list(pairs)
    taken_back = sampler.words(chooser.choice(("measured", "served", "thing")))
    old = [(word, "B-old" if at == 0 else "I-old") for at, word in enumerate(taken_back)]
    return [*pairs[: begins[0]], *old, *_plain(sampler.words("restart")), *pairs[begins[0] :]]


def hesitant(pairs: Sequence[Pair], sampler: Sampler, chooser: random.Random) -> list[Pair]:
    """A filler or a doubled word somewhere within."""
    at = chooser.randrange(len(pairs))
    if chooser.random() < 0.3:
        return [*pairs[: at + 1], *_continued(pairs[at : at + 1]), *pairs[at + 1 :]]
    inside = pairs[at][1].startswith("I-")
    filler = [(word, pairs[at][1] if inside else "O") for word in sampler.words("filler")]
    return [*pairs[:at], *filler, *pairs[at:]]


def misheard(pairs: Sequence[Pair], confusions: Mapping[str, Sequence[str]], chooser: random.Random) -> list[Pair]:
    """One or two places where other words of like sound were heard, or a word was lost."""
    changed = list(pairs)
    for _ in range(chooser.choice((1, 1, 2))):
        at = chooser.randrange(len(changed))
        end = _confusable(changed, at, confusions)
        if end > at:
            said = " ".join(word for word, _ in changed[at:end])
            heard = [(word, changed[at][1]) for word in chooser.choice(confusions[said]).split()]
            changed[at:end] = [*heard[:1], *_continued(heard[1:])]
        elif changed[at][0] in LOSABLE and len(changed) > 3:
            del changed[at]
            changed = _well_formed(changed)
    return changed


def _confusable(pairs: Sequence[Pair], at: int, confusions: Mapping[str, Sequence[str]]) -> int:
    """Where the longest known mishearing that starts at `at` ends; `at` where there is none. It keeps within a part."""
    for end in range(min(at + MOST_CONFUSED, len(pairs)), at, -1):
        within = all(tag == pairs[at][1].replace("B-", "I-") for _, tag in pairs[at + 1 : end])
        if within and " ".join(word for word, _ in pairs[at:end]) in confusions:
            return end
    return at


def mistyped(pairs: Sequence[Pair], chooser: random.Random) -> list[Pair]:
    """One word with two letters swapped, one lost or one doubled."""
    at = chooser.randrange(len(pairs))
    word, tag = pairs[at]
    if len(word) < 4:
        return list(pairs)
    place = chooser.randrange(1, len(word) - 1)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    typed = chooser.choice((swapped, word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:]))
    return [*pairs[:at], (typed, tag), *pairs[at + 1 :]]


def punctuated(pairs: Sequence[Pair], chooser: random.Random) -> list[Pair]:
    """A mark at the end, perhaps commas where a part begins: as typed, or as a recogniser writes."""
    marked = [
        (
            f"{word},"
            if at + 1 < len(pairs) and pairs[at + 1][1].startswith("B-") and chooser.random() < 0.15
            else word,
            tag,
        )
        for at, (word, tag) in enumerate(pairs)
    ]
    word, tag = marked[-1]
    marked[-1] = (word + chooser.choice("..?!"), tag)
    return marked


def _plain(words: Sequence[str]) -> list[Pair]:
    return [(word, "O") for word in words]


def _continued(pairs: Sequence[Pair]) -> list[Pair]:
    return [(word, tag.replace("B-", "I-")) for word, tag in pairs]


def _well_formed(pairs: Sequence[Pair]) -> list[Pair]:
    """A part whose first word was lost begins with its next."""
    formed: list[Pair] = []
    for word, tag in pairs:
        before = formed[-1][1] if formed else "O"
        begins = tag.startswith("I-") and before[2:] != tag[2:]
        formed.append((word, tag.replace("I-", "B-") if begins else tag))
    return formed
