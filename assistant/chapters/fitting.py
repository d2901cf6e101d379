"""Why a product fits and what none of them meets, as things to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.scene import say
from assistant.types import Say, Value, Word
from commerce.types import AttributeValue, Found, Hit, Money, Query, Unmet, Why
from nlu.types import Understanding

CONSTRAINTS = ("category", "brand", "price_min", "price_max", "rating_min")
"""Constraints that are no attributes."""
PREFERENCES = ("occasion", "recipient", "season", "warmth", "fit")
"""Attributes that say what a thing is for: where nothing is marked so, what is like it will do. Never a colour, a size,
a material or a yes-or-no: those are conditions."""
MOST_REASONS = 3
LONGEST_TOLD = 100
"""Characters of a description that can be read out beside the name and the price."""


def softened(query: Query, heard: Understanding) -> Query:
    """The same query with what the thing is for as a description; the same where nothing of that was said."""
    uses = [slot for slot in heard.slots if slot.name in PREFERENCES and slot.name in query.attributes]
    if not uses:
        return query
    left = {name: value for name, value in query.attributes.items() if name not in PREFERENCES}
    free = [slot for slot in heard.slots if slot.name == "query"]
    parts = [*free, *uses]
    if all(slot.said.casefold() == str(slot.value).casefold() for slot in free):
        # In the catalogue's language already: said in one piece it means more than its words do.
        words = heard.text[min(slot.span[0] for slot in parts) : max(slot.span[1] for slot in parts)]
    else:
        words = " ".join(dict.fromkeys(str(slot.value) for slot in parts))
    return replace(query, words=words, attributes=left)


def shared_reasons(hits: Sequence[Hit]) -> tuple[Value, ...]:
    """What was asked for and all of these products have, as their own data words it; what a title says is left out."""
    shared = [_quality(reason) for reason in hits[0].why if all(reason in hit.why for hit in hits)]
    titles = " ".join(hit.product.title for hit in hits).casefold()
    told = [quality for quality in dict.fromkeys(shared) if quality and quality.casefold() not in titles]
    return tuple(Word(quality, many=len(hits) > 1) for quality in told[:MOST_REASONS])


def described(hit: Hit) -> str:
    """The product's own description where only its meaning speaks for it; empty where it is long or words do."""
    by_words = any(reason.kind == "words" and reason.name != "description" for reason in hit.why)
    by_meaning = any(reason.kind == "meaning" for reason in hit.why)
    text = hit.product.description
    return text if by_meaning and not by_words and len(text) <= LONGEST_TOLD and text.endswith(".") else ""


def nothing_like(found: Found, query: Query, currency: str) -> tuple[Say, ...]:
    """What was asked for and not found: only what nothing has at all, if there is such a thing."""
    alone = tuple(_wanted(unmet.name, unmet.wanted, currency) for unmet in found.unmet if unmet.alone)
    if alone:
        return alone
    asked: dict[str, AttributeValue] = dict(query.attributes)
    asked |= {name: value for name in CONSTRAINTS[1:] if (value := getattr(query, name)) is not None}
    return (
        *(_wanted(name, value, currency) for name, value in asked.items()),
        *(_wanted("without", thing, currency) for thing in query.without),
    )


def misses_of(found: Found) -> tuple[Say, ...]:
    """How the nearest product falls short."""
    return tuple(_miss(unmet) for unmet in found.unmet)


def _quality(reason: Why) -> str:
    if reason.kind != "attribute":
        return ""
    if reason.value is True:
        return reason.name.replace("_", " ")
    told = reason.value if isinstance(reason.value, str) else ""
    return "" if told.isdigit() else told  # of "size 42" the number alone says nothing


def _wanted(name: str, value: AttributeValue, currency: str) -> Say:
    match name:
        case "price_min" | "price_max":
            return say(f"wanted.{name}", price=Money(int(value), currency))
        case "without":
            return say("wanted.without", value=Word(str(value)))
        case "category" | "brand" | "rating_min":
            return say(f"wanted.{name}", value=value)
        case _:
            return _as_attribute("wanted", name, value)


def _miss(unmet: Unmet) -> Say:
    match unmet.name:
        case "without":
            return say("nearest.without", value=Word(str(unmet.wanted)))
        case name if name in CONSTRAINTS:
            return say(f"nearest.{name}")
        case name if isinstance(unmet.nearest, str) and isinstance(unmet.wanted, str):
            return say("nearest.attribute.other", attribute=Word(unmet.wanted), has=Word(unmet.nearest))
        case name:
            return _as_attribute("nearest", name, unmet.wanted)


def _as_attribute(key: str, name: str, value: AttributeValue) -> Say:
    many = key == "wanted"  # of all the things that were looked for
    if isinstance(value, bool):
        return say(f"{key}.attribute" if value else f"{key}.attribute.not", attribute=Word(name, many))
    if isinstance(value, str):
        return say(f"{key}.attribute", attribute=Word(value, many))
    return say(f"{key}.attribute.number", attribute=Word(name), value=value)
