"""The skill's interaction model: what Alexa is to understand, from Handla's intents and the merchant's catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.surfaces.alexa.directives import LONGEST_VALUE, option_type
from assistant.surfaces.alexa.intents import BUILT_IN, INTENTS, TYPES, SkillIntent, option_slot
from assistant.surfaces.alexa.language import SkillLanguage, slots_of
from commerce.types import Product

LARGEST = 1_500_000
"""Bytes of a model (Interaction Model Schema, Alexa Skills Kit)."""
MOST_EXAMPLES = 12
"""Of Handla's own example sentences, for each intent."""
SPOKEN = "abcdefghijklmnopqrstuvwxyzåäöéèüß' -"
"""Characters of a sample."""
Model = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the model is made for."""

    invocation: str
    products: Sequence[Product]
    examples: Callable[[str], Iterable[str]]
    """Handla's intent -> sentences that mean it and name nothing."""
    topics: Mapping[str, Sequence[str]]
    """What is asked about the shop -> ways to say it."""
    reasons: Mapping[str, Sequence[str]]
    """Why something goes back -> ways to say it."""
    labels: Mapping[str, Sequence[str]]
    """A choice as the catalogue has it, lower case -> further ways to say it."""


@dataclass(frozen=True, slots=True)
class Made:
    model: Model
    left_out: int
    """Products for which there was no room; they are understood as free words all the same."""


def interaction_model(language: SkillLanguage, offer: Offer) -> Made:
    """The model of one language, with as many products as there is room for, the most rated first."""
    products = sorted(offer.products, key=lambda product: -product.rating_count)
    kept = len(products)
    model = _model(language, offer, products)
    while kept and size(model) > LARGEST:
        kept = min(kept - 1, kept * LARGEST * 9 // (size(model) * 10))
        model = _model(language, offer, products[:kept])
    return Made(model, len(products) - kept)


def size(model: Model) -> int:
    """Bytes on the wire."""
    return len(json.dumps(model, ensure_ascii=False).encode())


def spoken_name(name: str, language: SkillLanguage) -> str:
    """A name as a slot's value: letters, digits and what stands inside words."""
    named = name.replace("&", f" {language.ampersand} ").replace("’", "'")
    return " ".join("".join(letter if letter.isalnum() or letter in "'-. " else " " for letter in named).split())


def _model(language: SkillLanguage, offer: Offer, products: Sequence[Product]) -> Model:
    options = _options(products, language, offer.labels)
    intents = [_intent(intent, language, tuple(options), offer) for intent in INTENTS]
    free = [
        {"name": name, "slots": [{"name": "words", "type": TYPES["words"]}], "samples": list(samples)}
        for name, samples in language.free.items()
    ]
    built_in = [{"name": name, "samples": list(language.built_in.get(name, ()))} for name in BUILT_IN]
    dialog = [_in_dialog(intent, tuple(options)) for intent in INTENTS if intent.in_dialog]
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": offer.invocation,
                "modelConfiguration": {"fallbackIntentSensitivity": {"level": "LOW"}},
                "intents": [*_once([*built_in, *intents]), *free],
                "types": [*_types(language, offer, products), *(_type(name, rows) for name, rows in options.items())],
            },
            "dialog": {"delegationStrategy": "SKILL_RESPONSE", "intents": dialog},
            "prompts": list(_prompts(dialog, language)),
        }
    }


def _intent(intent: SkillIntent, language: SkillLanguage, options: tuple[str, ...], offer: Offer) -> Model:
    slots: list[Model] = [{"name": kind, "type": TYPES[kind]} for kind in intent.slots]
    samples = list(language.samples[intent.name])
    if intent.options:
        slots += [{"name": option, "type": option_type(option)} for option in options]
        for option in options:
            samples += [said.replace("{option}", f"{{{option}}}") for said in language.option_samples[intent.name]]
    if not (slots or intent.fixed):  # what they name beside the intent would be lost
        samples += [said for said in map(_sample, offer.examples(intent.means)) if said][:MOST_EXAMPLES]
    for slot in slots:
        if slot["name"] == "product" and intent.options:
            slot["multipleValues"] = {"enabled": True}
        if slot["name"] == intent.needs:
            known = {each["name"] for each in slots}
            slot["samples"] = [said for said in language.answers[slot["name"]] if set(slots_of(said)) <= known]
    return {"name": intent.name, "slots": slots, "samples": samples}


def _sample(sentence: str) -> str:
    """A sentence as Amazon takes it; empty where it has figures or marks inside."""
    said = " ".join(sentence.lower().replace("’", "'").rstrip(" .!?").split())
    return said if said and set(said) <= set(SPOKEN) else ""


def _once(intents: Iterable[Model]) -> Iterator[Model]:
    """Each sample in the first intent that has it: the same words cannot mean two."""
    taken: set[str] = set()
    for intent in intents:
        samples = [sample for sample in dict.fromkeys(intent["samples"]) if sample not in taken]
        taken |= set(samples)
        yield {**intent, "samples": samples}


def _options(
    products: Iterable[Product], language: SkillLanguage, labels: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, list[str]]]:
    """Slot of each option of the catalogue -> its choices and further ways to say them."""
    found: dict[str, dict[str, list[str]]] = {}
    for option in (option for product in products for option in product.options):
        slot = option_slot(option.name)
        if slot:
            choices = found.setdefault(slot, {})
            for choice in option.choices:
                choices.setdefault(choice.label, list(labels.get(choice.label.lower(), ()))).extend(choice.aliases)
    return {
        slot: {label: [spoken_name(name, language) for name in (label, *aliases)] for label, aliases in rows.items()}
        for slot, rows in sorted(found.items())
    }


def _types(language: SkillLanguage, offer: Offer, products: Sequence[Product]) -> Iterator[Model]:
    rows = {
        product.variants[0].sku: [spoken_name(name, language) for name in (product.title, *product.aliases)]
        for product in sorted(products, key=lambda product: product.id)
    }
    yield _values(TYPES["product"], rows)
    yield _values(TYPES["position"], language.positions)
    yield _values(TYPES["superlative"], language.superlatives)
    yield _values(TYPES["topic"], offer.topics)
    yield _values(TYPES["reason"], offer.reasons)


def _type(option: str, rows: Mapping[str, Sequence[str]]) -> Model:
    return _values(option_type(option), rows)


def _values(name: str, rows: Mapping[str, Sequence[str]]) -> Model:
    """A type whose values are id -> names, the first the value's own; a name is one value's own at most."""
    values: list[Model] = []
    fitting = {key: [name for name in names if 0 < len(name) <= LONGEST_VALUE] for key, names in rows.items()}
    own: set[str] = set()
    for key, names in fitting.items():
        free = [each for each in dict.fromkeys(names) if each.lower() not in own]
        if free:
            own.add(free[0].lower())
            values.append({"id": key, "name": {"value": free[0], "synonyms": free[1:]}})
    for value in values:
        said: dict[str, str] = {}
        for synonym in value["name"]["synonyms"]:
            if synonym.lower() not in own:
                said.setdefault(synonym.lower(), synonym)
        value["name"]["synonyms"] = list(said.values())
    return {"name": name, "values": values}


def _in_dialog(intent: SkillIntent, options: tuple[str, ...]) -> Model:
    """What Alexa may be given to ask about an intent; when, says Handla (delegationStrategy SKILL_RESPONSE)."""
    slots: list[Model] = []
    for kind in intent.slots:
        asked = kind in (intent.needs, intent.asked_for)
        confirmed = kind == "product" and intent.options
        prompts = {"elicitation": f"Elicit.{intent.name}.{kind}"} if asked else {}
        prompts |= {"confirmation": f"Confirm.{intent.name}.{kind}"} if confirmed else {}
        slots.append(_asked_slot(kind, TYPES[kind], (asked, confirmed), prompts))
    if intent.options:
        asked = "product" not in intent.slots
        for option in options:
            prompts = {"elicitation": f"Elicit.{intent.name}.{option}"} if asked else {}
            slots.append(_asked_slot(option, option_type(option), (asked, False), prompts))
    prompts = {"confirmation": f"Confirm.{intent.name}"} if intent.confirmed else {}
    return {
        "name": intent.name,
        "delegationStrategy": "SKILL_RESPONSE",
        "confirmationRequired": intent.confirmed,
        "prompts": prompts,
        "slots": slots,
    }


def _asked_slot(name: str, kind: str, required: tuple[bool, bool], prompts: Mapping[str, str]) -> Model:
    elicited, confirmed = required
    return {
        "name": name,
        "type": kind,
        "elicitationRequired": elicited,
        "confirmationRequired": confirmed,
        "prompts": dict(prompts),
    }


def _prompts(dialog: Iterable[Model], language: SkillLanguage) -> Iterator[Model]:
    """What every prompt that the dialog names says."""
    for part in (part for intent in dialog for part in (intent, *intent["slots"])):
        for way, name in part["prompts"].items():
            slot = name.split(".")[2] if name.count(".") == 2 else ""
            if way == "confirmation":
                words = language.prompts["product_meant" if slot else "go_ahead"]
            else:
                words = language.prompts.get(slot, language.prompts["option"])
            yield {"id": name, "variations": [{"type": "PlainText", "value": said} for said in words]}
