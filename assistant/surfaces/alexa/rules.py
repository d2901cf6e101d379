"""Amazon's rules for an interaction model, as far as they can be checked without Amazon.

Source: Interaction Model Schema; Create Intents, Utterances, and Slots; Choose the Invocation Name (Alexa Skills Kit).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.surfaces.alexa.directives import LONGEST_VALUE
from assistant.surfaces.alexa.language import SLOT, slots_of
from assistant.surfaces.alexa.model import LARGEST, size

NAME = re.compile(r"[A-Za-z][A-Za-z_]*")
SAMPLE = re.compile(r"(?:[^\W\d_]|\{\w+\}|[ '.\-])+")
INVOCATION = re.compile(r"[^\W\d_A-Z](?:[^\W\d_A-Z]|[ '.])+")
RESERVED = frozenset({"alexa", "amazon", "echo", "computer", "skill", "app"})
"""Words that no invocation name may hold."""
LAUNCHING = frozenset({"launch", "ask", "tell", "load", "begin", "enable", "open", "start", "run", "to", "from", "in"})
"""Words it may not begin or end with, since they stand beside it."""
MOST_INTENTS = 250
MOST_VALUES = 50_000
"""Values of all types together."""
REQUIRED = frozenset(f"AMAZON.{name}Intent" for name in ("Help", "Stop", "Cancel", "Fallback", "NavigateHome"))


def faults(model: Mapping[str, Any]) -> Iterator[str]:
    """What Amazon would refuse of a model, a sentence each."""
    whole = model["interactionModel"]
    words = whole["languageModel"]
    yield from _invocation(words["invocationName"])
    intents, types = words["intents"], words["types"]
    yield from _names("intent", [intent["name"] for intent in intents if not intent["name"].startswith("AMAZON.")])
    yield from _names("type", [one["name"] for one in types])
    missing = REQUIRED - {intent["name"] for intent in intents}
    if missing:
        yield f"built-in intents are missing: {', '.join(sorted(missing))}"
    if len(intents) > MOST_INTENTS:
        yield f"{len(intents)} intents, {MOST_INTENTS} at most"
    known = {one["name"] for one in types}
    for intent in intents:
        yield from _slots(intent, known)
        yield from _samples(intent)
    said = [sample for intent in intents for sample in intent["samples"]]
    yield from (f'two samples are "{sample}"' for sample in sorted({one for one in said if said.count(one) > 1}))
    yield from _values(types)
    yield from _dialog(whole)
    if size(dict(model)) > LARGEST:
        yield f"the model has {size(dict(model))} bytes, {LARGEST} at most"


def _invocation(name: str) -> Iterator[str]:
    parts = name.split()
    if not INVOCATION.fullmatch(name) or not 2 <= len(name) <= 50:
        yield f'invocation name "{name}": lower-case letters, spaces, apostrophes and full stops only, 2 to 50'
    elif len(parts) < 2:
        yield f'invocation name "{name}" has one word; two or more, unless it is your brand alone'
    elif RESERVED & set(parts) or LAUNCHING & {parts[0], parts[-1]}:
        yield f'invocation name "{name}" has a word that Alexa keeps for itself'


def _names(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"{what} {name}: letters and underscores only" for name in names if not NAME.fullmatch(name))
    yield from (f"two {what}s are called {name}" for name in sorted({one for one in names if names.count(one) > 1}))


def _slots(intent: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    slots = intent.get("slots", ())
    names = [slot["name"] for slot in slots]
    yield from _names(f"slot of {intent['name']}", names)
    for slot in slots:
        if slot["type"] not in known and not slot["type"].startswith("AMAZON."):
            yield f"{intent['name']}: slot {slot['name']} has the type {slot['type']}, which there is not"
        for sample in slot.get("samples", ()):
            if not set(slots_of(sample)) <= set(names):
                yield f'{intent["name"]}: the answer "{sample}" has a slot that the intent has not'
    if sum(slot["type"] == "AMAZON.SearchQuery" for slot in slots) > 1:
        yield f"{intent['name']}: more than one slot of free words"


def _samples(intent: Mapping[str, Any]) -> Iterator[str]:
    kinds = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
    if not intent["samples"] and not intent["name"].startswith("AMAZON."):
        yield f"{intent['name']}: no sample"
    for sample in intent["samples"]:
        slots = slots_of(sample)
        if not SAMPLE.fullmatch(sample):
            yield f'{intent["name"]}: "{sample}" has a figure or a mark in it'
        if not set(slots) <= set(kinds) or len(set(slots)) < len(slots):
            yield f'{intent["name"]}: "{sample}" has a slot twice, or one that the intent has not'
        elif "AMAZON.SearchQuery" in (kinds[slot] for slot in slots) and (
            len(slots) > 1 or not SLOT.sub("", sample).strip()
        ):
            yield f'{intent["name"]}: "{sample}" needs words beside its free words, and no other slot'


def _values(types: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    total = 0
    for one in types:
        values = one["values"]
        total += len(values)
        if not values:
            yield f"type {one['name']}: no value"
        own = [value["name"]["value"].lower() for value in values]
        if len(set(own)) < len(own) or len({value["id"] for value in values}) < len(values):
            yield f"type {one['name']}: two values of one name or id"
        for value in values:
            for name in (value["name"]["value"], *value["name"]["synonyms"]):
                if not 0 < len(name) <= LONGEST_VALUE:
                    yield f'type {one["name"]}: "{name[:40]}" has {len(name)} characters, {LONGEST_VALUE} at most'
    if total > MOST_VALUES:
        yield f"{total} values of slots, {MOST_VALUES} at most"


def _dialog(whole: Mapping[str, Any]) -> Iterator[str]:
    kinds = {
        intent["name"]: {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for intent in whole["languageModel"]["intents"]
    }
    prompts = {prompt["id"] for prompt in whole["prompts"] if prompt["variations"]}
    for intent in whole["dialog"]["intents"]:
        if {slot["name"]: slot["type"] for slot in intent["slots"]} != kinds.get(intent["name"]):
            yield f"dialog: the slots of {intent['name']} are not those of the intent"
        for part in (intent, *intent["slots"]):
            asked = (
                "elicitation" if part.get("elicitationRequired") else "",
                "confirmation" if part["confirmationRequired"] else "",
            )
            for way in filter(None, asked):
                if part["prompts"].get(way) not in prompts:
                    yield f"dialog: {intent['name']} has no prompt for the {way} of {part['name']}"
