"""Finding with the sentence model: what is meant, why it fits, and what this shop does not have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.pipeline import Assistant
from assistant.records.sessions import Sessions
from assistant.types import Turn
from commerce import sample
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from nlu.types import Candidate, HeardLine, Slot, Understanding
from tests.shops import meaning
from voice.types import Transcript

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    engine = open_engine()
    create_tables(engine)
    store = Store(engine, SandboxPayments(engine), meaning())
    store.import_products(sample.sample_products())
    return Assistant(store, Sessions(engine))


def answer(assistant: Assistant, said: str) -> str:
    turn = Turn("t1", f"about {said}", None, "text", "en", Transcript(said, "en", 1.0), NOW)
    return assistant.handle(turn).text


@pytest.mark.parametrize(
    "said", ["order a pizza", "do you have a laptop", "I'm looking for a sofa", "buy a helicopter"]
)
def test_what_the_shop_does_not_have_is_not_replaced_by_something_else(assistant: Assistant, said: str) -> None:
    assert "$" not in answer(assistant, said)


def test_a_name_heard_badly_is_still_understood(assistant: Assistant) -> None:
    assert "Cappuccino" in answer(assistant, "can I have a large capuchino")


def test_a_description_finds_what_is_meant_with_a_true_reason(assistant: Assistant) -> None:
    said = answer(assistant, "I need something warm for a windy hike")
    assert "$" in said
    assert "nothing" not in said


def about(assistant: Assistant, text: str, product: str, *slots: Slot) -> str:
    line = HeardLine(product, (0, 0), (Candidate(product, 1.0),))
    heard = Understanding(text, "product_details", 1.0, "en", slots, (line,))
    return assistant.handle(Turn("t1", text, None, "text", "en", heard, NOW)).text


def test_what_people_say_is_counted_and_quoted(assistant: Assistant) -> None:
    said = about(assistant, "what do people say about the oat milk", "oat-milk")
    assert "4.6 of 5 stars by 221 people" in said
    assert "does not split in my coffee" in said


@pytest.mark.parametrize(
    ("text", "product", "answer"),
    [
        ("how heavy is it", "two-person-tent", "2,300 grams"),
        ("what is it made of", "brown-leather-belt", "leather"),
        ("how heavy is it", "oat-milk", "I don't know"),
        ("which colours", "trail-rain-jacket", "yellow or black"),
        ("tell me more", "camping-stove", "boils half a litre"),
    ],
)
def test_what_the_shop_knows_is_told_and_nothing_else(
    assistant: Assistant, text: str, product: str, answer: str
) -> None:
    assert answer in about(assistant, f"{text} {product}", product)


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("waterproof", True, "Yes"),
        ("hooded", False, "No"),
        ("colour", "pink", "only yellow or black"),
        ("organic", True, "I don't know"),
    ],
)
def test_yes_no_and_unknown_are_told_apart(assistant: Assistant, name: str, value: str | bool, answer: str) -> None:
    slot = Slot(name, value, str(value), (0, 0))
    assert answer in about(assistant, f"is it {name} {value}", "trail-rain-jacket", slot)


def test_a_price_nothing_meets_comes_with_the_nearest(assistant: Assistant) -> None:
    said = answer(assistant, "I need a waterproof winter jacket under 50 dollars")
    assert "nothing for $50.00 or less" in said
    assert "$129.00" in said


def test_words_that_name_no_product_are_linked_by_what_they_mean_but_never_surely(assistant: Assistant) -> None:
    heard = assistant.understand("how heavy is the raincoat", "en")
    candidates = heard.lines[0].candidates
    assert {one.product_id for one in candidates} & {"kids-rain-jacket", "trail-rain-jacket"}
    assert all(one.score < 0.75 for one in candidates)
    assert not assistant.understand("how heavy is the fridge", "en").lines[0].candidates
