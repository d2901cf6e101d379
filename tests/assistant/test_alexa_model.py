"""The interaction model: from the catalogue, within Amazon's rules, and understood by Handla as by Alexa."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from assistant.commands.alexa import made_model
from assistant.commands.mistakes import UserMistake
from assistant.pipeline import Assistant
from assistant.settings import AlexaSettings
from assistant.surfaces.alexa.intents import INTENTS
from assistant.surfaces.alexa.language import filled, skill_language, slots_of
from assistant.surfaces.alexa.model import LARGEST, Model, Offer, interaction_model, size
from assistant.surfaces.alexa.rules import faults
from commerce.types import Choice, Money, Option, Product, Variant
from nlu.language import load_language

VALUES = {
    "product": "oat milk", "quantity": "2", "order": "6015", "position": "second", "superlative": "cheapest",
    "topic": "returns", "reason": "too small", "code": "4719",
}  # fmt: skip


@pytest.fixture(scope="module")
def model(one_assistant: Assistant) -> Model:
    return made_model(one_assistant, AlexaSettings(), "en").model


def words(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = model["interactionModel"]["languageModel"]
    return found


def intents(model: Model) -> dict[str, dict[str, Any]]:
    return {intent["name"]: intent for intent in words(model)["intents"]}


def values(model: Model, kind: str) -> dict[str, dict[str, Any]]:
    return next(
        {value["id"]: value["name"] for value in one["values"]} for one in words(model)["types"] if one["name"] == kind
    )


def test_the_sample_shops_model_is_within_amazons_rules(model: Model) -> None:
    assert list(faults(model)) == []
    assert {intent.name for intent in INTENTS} <= intents(model).keys()


def test_products_are_values_with_their_sku_as_id(model: Model, one_assistant: Assistant) -> None:
    products = values(model, "HANDLA_PRODUCT")
    assert products["MLK-OAT-1L"] == {"value": "Oat Milk", "synonyms": ["oat drink", "barista oat milk"]}
    assert len(products) == len(one_assistant.shop.products())
    assert all(one_assistant.shop.product_of(sku) for sku in products)


def test_options_of_the_catalogue_are_slots_with_their_choices(model: Model) -> None:
    kinds = {slot["name"]: slot["type"] for slot in intents(model)["AddProductIntent"]["slots"]}
    assert kinds["milk"] == "HANDLA_OPTION_MILK"
    assert "skimmed milk" in values(model, "HANDLA_OPTION_MILK")["skim milk"]["synonyms"]


def test_handlas_own_examples_are_samples_where_they_name_nothing(model: Model) -> None:
    assert "what's the total" in intents(model)["ShowBasketIntent"]["samples"]
    assert "cancel the order from yesterday" not in intents(model)["CancelOrderIntent"]["samples"]


def test_nearly_every_sample_means_to_handla_what_its_intent_means(one_assistant: Assistant) -> None:
    language = skill_language("en")
    said = [
        (intent.means, sample)
        for intent in INTENTS
        for sample in language.samples[intent.name]
        if len(sample.split()) > 2
    ]
    wrong = [s for means, s in said if one_assistant.understand(filled(s, VALUES), "en").intent != means]
    assert len(wrong) <= 0.15 * len(said), wrong


def test_every_slot_of_every_sample_has_a_value_here() -> None:
    said = [sample for samples in skill_language("en").samples.values() for sample in samples]
    assert {slot for sample in said for slot in slots_of(sample)} == VALUES.keys()


BREAKS: dict[str, Callable[[Model], Any]] = {
    "one word": lambda model: words(model).update(invocationName="handla"),
    "keeps for itself": lambda model: words(model).update(invocationName="alexa shop"),
    "lower-case": lambda model: words(model).update(invocationName="Handla Shop 24"),
    "figure or a mark": lambda model: intents(model)["PointsIntent"]["samples"].append("points, please"),
    "two samples": lambda model: intents(model)["PointsIntent"]["samples"].append("check out"),
    "the intent has not": lambda model: intents(model)["PointsIntent"]["samples"].append("points for {product}"),
    "beside its free words": lambda model: intents(model)["SayFindIntent"]["samples"].append("{words}"),
    "letters and underscores": lambda model: intents(model)["PointsIntent"].update(name="Points2Intent"),
    "two intents": lambda model: intents(model)["PointsIntent"].update(name="PersonIntent"),
    "which there is not": lambda model: intents(model)["ReasonIntent"]["slots"][0].update(type="NO_TYPE"),
    "no sample": lambda model: intents(model)["PointsIntent"].update(samples=[]),
    "built-in intents": lambda model: intents(model)["AMAZON.StopIntent"].update(name="AMAZON.PauseIntent"),
    "no value": lambda model: words(model)["types"][1].update(values=[]),
    "one name or id": lambda model: words(model)["types"][1]["values"].append(words(model)["types"][1]["values"][0]),
    "characters": lambda model: words(model)["types"][0]["values"][0]["name"]["synonyms"].append("x" * 141),
    "not those of": lambda model: model["interactionModel"]["dialog"]["intents"][0]["slots"].pop(),
    "no prompt": lambda model: model["interactionModel"].update(prompts=[]),
}


def test_a_model_that_amazon_would_refuse_is_not_made(one_assistant: Assistant) -> None:
    with pytest.raises(UserMistake, match="keeps for itself"):
        made_model(one_assistant, AlexaSettings(invocation="alexa shop"), "en")


@pytest.mark.parametrize("says", BREAKS)
def test_what_amazon_would_refuse_is_found(model: Model, says: str) -> None:
    broken = deepcopy(model)
    BREAKS[says](broken)
    assert any(says in fault for fault in faults(broken)), list(faults(broken))


def product(number: int, title: str, **more: Any) -> Product:
    return Product(f"p{number}", title, ("things",), (Variant(f"S-{number}", title, Money(100, "USD"), 5),), **more)


def offer(products: list[Product]) -> Offer:
    one = {"a": ["a word"]}
    return Offer("corner shop", products, lambda _: (), one, one, {})


def test_names_are_made_sayable_and_belong_to_one_product_each() -> None:
    products = [
        product(1, 'Salt & Pepper "Mill" (2-in-1)', aliases=("mill", "mill", "grinder")),
        product(2, "Grinder", aliases=("GRINDER", "coffee grinder")),
        product(3, "Grinder", aliases=("hand grinder",)),
        product(4, "%%%"),
    ]
    model = interaction_model(skill_language("en"), offer(products)).model
    assert values(model, "HANDLA_PRODUCT") == {
        "S-1": {"value": "Salt and Pepper Mill 2-in-1", "synonyms": ["mill"]},
        "S-2": {"value": "Grinder", "synonyms": ["coffee grinder"]},
        "S-3": {"value": "hand grinder", "synonyms": []},
    }
    assert list(faults(model)) == []


@pytest.mark.parametrize("name", ["bag size", "Größe", "quantity", "42", "size (EU)"])
def test_an_option_of_any_name_is_a_slot_or_none(name: str) -> None:
    option = Option(name, (Choice("one"), Choice("two")))
    assert (
        list(faults(interaction_model(skill_language("en"), offer([product(1, "Bag", options=(option,))])).model)) == []
    )


def test_a_catalogue_larger_than_amazon_takes_keeps_what_is_rated_most() -> None:
    products = [product(n, f"Thing {n}", aliases=(f"thing {n} " + "of a long name " * 8,)) for n in range(9_000)]
    products[-1] = replace(products[-1], rating_count=9)
    made = interaction_model(skill_language("en"), offer(products))
    assert size(made.model) <= LARGEST
    assert 0 < made.left_out < 4_000
    assert "S-8999" in values(made.model, "HANDLA_PRODUCT")


def test_most_of_what_people_say_begins_like_a_sample_for_free_words() -> None:
    begins = tuple(sample.partition("{")[0] for samples in skill_language("en").free.values() for sample in samples)
    examples = [
        str(one["text"] if isinstance(one, dict) else one).lower()
        for many in load_language("en").examples.values()
        for one in many
    ]
    missed = [one for one in examples if len(one.split()) > 2 and not one.startswith(begins)]
    assert len(missed) < 0.25 * len(examples), missed


def test_goodbye_is_a_sample_of_stop_and_of_nothing_else(model: Model) -> None:
    having = [name for name, intent in intents(model).items() if "goodbye" in intent["samples"]]
    assert having == ["AMAZON.StopIntent"]


BEHIND: Mapping[str, str] = {
    "SayFindIntent": "a winter jacket",
    "SayNeedIntent": "two oat milk",
    "SayWouldLikeIntent": "two oat milk",
    "SayOrderIntent": "two oat milk",
    "SayTakeIntent": "the second one",
    "SayRemoveIntent": "the oat milk",
    "SayAndIntent": "two oat milk",
    "SayCanYouIntent": "find me a winter jacket",
    "SayWhatIsIntent": "in my basket",
    "SayWhereIsIntent": "my parcel",
    "SayTellMeIntent": "about the oat milk",
    "SayMakeItIntent": "three oat milk",
    "SayReturnIntent": "the hiking boots",
    "SayBookIntent": "for a fitting on monday",
    "SaySomethingIntent": "warmer",
    "SayActuallyIntent": "two oat milk",
}
"""Free words that fit behind every sample of an intent which has several."""


@pytest.mark.parametrize("name", [name for name, samples in skill_language("en").free.items() if len(samples) > 1])
def test_words_behind_any_sample_of_an_intent_mean_what_they_mean_behind_its_first(
    one_assistant: Assistant, name: str
) -> None:
    said = [filled(sample, {"words": BEHIND[name]}) for sample in skill_language("en").free[name]]
    assert len({one_assistant.understand(one, "en").intent for one in said}) == 1, said
