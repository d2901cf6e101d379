"""What a merchant says about the shop: where it is, when it is open, what its policies are. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from commerce.hours import Hours
from commerce.words import terms

Wording = Mapping[str, str]
"""Language code -> the text in it; at least one."""

Topic = Literal["shipping", "returns", "payment", "contact"]
"""What the merchant has words for; hours and addresses are data."""

_ALIKE = 0.5
"""Least share of weighted words that a question and what was asked must have in common."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go to."""

    name: str
    address: str
    hours: Hours
    directions: Wording = field(default_factory=dict)
    """Empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Empty where there is none."""

    phone: str = ""
    email: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the merchant's own with its answer."""

    asked: tuple[str, ...]
    """Ways to ask it, in any language; at least one."""
    answer: Wording


@dataclass(frozen=True, slots=True)
class ShopInfo:
    name: str
    language: str
    """Of texts for which no language is given."""
    places: tuple[Place, ...]
    """At least one; the first is the main one."""
    contact: Contact = field(default_factory=Contact)
    topics: Mapping[Topic, Wording] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()


def in_language(wording: Wording, language: str, otherwise: str) -> str:
    """The text in that language, or else in `otherwise`, or else in the first; empty where there is none."""
    return wording.get(language) or wording.get(otherwise) or next(iter(wording.values()), "")


def told(info: ShopInfo, topic: Topic, language: str) -> str:
    """The merchant's words on a topic; empty where there are none."""
    return in_language(info.topics.get(topic, {}), language, info.language)


def place_named(info: ShopInfo, words: str = "") -> Place | None:
    """The place whose name or address says all these words; the main one where none are given."""
    wanted = set(terms(words))
    return next((place for place in info.places if wanted <= set(terms(f"{place.name} {place.address}"))), None)


def question_like(info: ShopInfo, words: str) -> Question | None:
    """The merchant's question that was asked with these words, None where none is alike.

    Alike is the share of words in common (Dice), each word weighed by its rarity among the merchant's questions, so
    that "do you" counts for little. Words in no question weigh most: they are about something else.
    """
    known = [(question, set(terms(asked))) for question in info.questions for asked in question.asked]
    rarity = _Rarity(said for _, said in known)
    heard = set(terms(words))
    best = max(known, key=lambda one: rarity.dice(heard, one[1]), default=None)
    return best[0] if best and rarity.dice(heard, best[1]) >= _ALIKE else None


class _Rarity:
    def __init__(self, questions: Iterable[set[str]]) -> None:
        said = list(questions)
        self._count = len(said)
        self._in = Counter(word for words in said for word in words)

    def dice(self, one: set[str], other: set[str]) -> float:
        both = self._weight(one) + self._weight(other)
        return 2 * self._weight(one & other) / both if both else 0.0

    def _weight(self, words: set[str]) -> float:
        return sum(math.log1p(self._count / max(1, self._in[word])) for word in words)
