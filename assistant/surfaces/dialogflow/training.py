"""What agents are trained with: Handla's own example sentences, with the merchant's goods in them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.surfaces.dialogflow.shared import PRODUCT
from commerce.types import Product
from nlu.language import load_language
from nlu.templates import Template
from nlu.types import INTENTS, Term

ORDER = "order_number"
UNHANDLED = "out_of_scope"
"""No intent of an agent: what it would be matched with is the fallback's."""
MOST_PHRASES = 60
"""For one intent; Dialogflow takes 2,000, and more of the same kind teaches it nothing."""
MOST_ENTRIES = 30_000
MOST_SYNONYMS = 200
LONGEST_SYNONYM = 512
"""Dialogflow's limits of an entity type."""
_GOODS = frozenset({"items", "goods", "counted", "wish", "known", "catalogue", "listed"})
"""Captures that a product's name stands for."""
_TRIES = 5
"""Samples drawn from one template."""
_MARK = re.compile(r"\x02(\w+)\x03(.*?)\x04")
_NAME = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a training phrase."""

    text: str
    parameter: str = ""
    """The parameter that it is an example of; empty for plain words."""


Phrase = tuple[Part, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing of the catalogue and what it is called."""

    value: str
    synonyms: tuple[str, ...]


class _Leading(random.Random):
    """Chooses what stands first more often than what stands later: templates begin with what people say most."""

    def choice(self, options: Sequence[T]) -> T:  # type: ignore[override]
        return options[min(int(self.expovariate(1.2)), len(options) - 1)]


class _Unfit(Exception):
    """A template holds something that the catalogue has no words for."""


def intents() -> tuple[str, ...]:
    """Handla's intents as an agent has them."""
    return tuple(intent for intent in INTENTS if intent != UNHANDLED)


def parameters(phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """The parameters that the phrases of an intent have examples of."""
    return tuple(dict.fromkeys(part.parameter for phrase in phrases for part in phrase if part.parameter))


def training_phrases(intent: str, language: str, products: Sequence[Product]) -> tuple[Phrase, ...]:
    """Example sentences of the language pack, then samples of its templates with products and order numbers marked.

    The same catalogue gives the same phrases.
    """
    pack = load_language(language)
    examples = [one if isinstance(one, str) else str(one["text"]) for one in pack.examples.get(intent, ())]
    found: dict[str, Phrase] = {example.lower(): (Part(example),) for example in examples}
    chooser = _Leading(f"{intent} {language}")
    for frame in pack.frames:
        if frame.intent != intent:
            continue
        for phrase in _samples(frame.template, products, chooser):
            said = "".join(part.text for part in phrase)
            if " " in said:
                found.setdefault(said.lower(), phrase)
    return tuple(found.values())[:MOST_PHRASES]


def entity_types(terms: Sequence[Term]) -> dict[str, tuple[Entry, ...]]:
    """The catalogue's products, categories, brands and options -> what each may be called. Keys are display names."""
    found: dict[str, dict[str, Entry]] = {}
    for term in terms:
        if term.kind == "attribute":
            continue
        kind = f"option_{term.key}" if term.kind == "option" else term.kind
        name = _NAME.sub("_", kind).strip("_").lower()[:60]
        value = term.key if term.kind == "product" else term.value
        names = tuple({said.lower(): said[:LONGEST_SYNONYM] for said in (*term.names, term.value)}.values())
        found.setdefault(name, {}).setdefault(value, Entry(value, names[:MOST_SYNONYMS]))
    return {name: tuple(entries.values())[:MOST_ENTRIES] for name, entries in found.items()}


def _samples(template: Template, products: Sequence[Product], chooser: _Leading) -> Iterator[Phrase]:
    def fill(kind: str) -> str:
        if kind in _GOODS and products:
            return f"\x02{PRODUCT}\x03{products[chooser.randrange(len(products))].title.lower()}\x04"
        if kind == "order":
            return f"\x02{ORDER}\x03{chooser.randrange(1_000, 10_000)}\x04"
        raise _Unfit

    for _ in range(_TRIES):
        try:
            yield tuple(_parts(template.sample(fill, chooser)))
        except _Unfit:
            continue


def _parts(marked: str) -> Iterator[Part]:
    end = 0
    for found in _MARK.finditer(marked):
        if found.start() > end:
            yield Part(marked[end : found.start()])
        yield Part(found[2], found[1])
        end = found.end()
    if end < len(marked):
        yield Part(marked[end:])
