"""Why a product fits what was asked for, by its own data. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from commerce.types import AttributeValue, Hit, Query, Why
from commerce.words import Words, terms

_LIKE = 0.35
"""Cosine from which the meaning is a reason."""


def why(words: Words, hit: Hit, query: Query, cosine: float | None) -> tuple[Why, ...]:
    """Constraints met first, then words that the product says, then likeness of meaning."""
    reasons = [*_constraints(hit, query), *_words(words, hit, query)]
    if cosine is not None and not math.isnan(cosine) and cosine >= _LIKE:
        reasons.append(Why("meaning", value=round(cosine, 3)))
    return tuple(dict.fromkeys(reasons))


def _constraints(hit: Hit, query: Query) -> Iterator[Why]:
    for name, wanted in query.attributes.items():
        value = hit.variant.selected.get(name, hit.product.attributes.get(name, wanted))
        yield Why("attribute", name, value)
    for thing in query.without:
        name = "_".join([*terms(thing), "free"])
        if hit.product.attributes.get(name) is True:
            yield Why("attribute", name, True)


def _words(words: Words, hit: Hit, query: Query) -> Iterator[Why]:
    said = words.said(hit.product.id)
    for word in terms(query.words):
        alike = words.alike(word)
        qualities = [name for name, value in _qualities(hit) if set(alike) & set(terms(str(value)))]
        for name in qualities:
            yield Why("attribute", name, hit.variant.selected.get(name, hit.product.attributes.get(name, "")))
        field = next((name for name, of_field in said.items() if set(alike) & set(of_field)), None)
        if field is not None and not qualities and (field != "description" or words.rare(word)):
            term = max(set(alike) & set(said[field]), key=lambda term: alike[term])
            yield Why("words", field, term)


def _qualities(hit: Hit) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in {**hit.product.attributes, **hit.variant.selected}.items():
        if value is True:
            yield name, name.replace("_", " ")
        elif isinstance(value, str):
            yield name, value
