"""Finding with the sentence model: what is meant, why it fits, and what this shop does not have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.pipeline import Assistant
from assistant.sessions import Sessions
from assistant.types import Turn
from commerce import sample
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from nlu.meaning import SentenceMeaning
from voice.types import Transcript

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    engine = open_engine()
    create_tables(engine)
    store = Store(engine, SandboxPayments(engine), SentenceMeaning())
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


def test_a_price_nothing_meets_comes_with_the_nearest(assistant: Assistant) -> None:
    said = answer(assistant, "I need a waterproof winter jacket under 50 dollars")
    assert "nothing for $50.00 or less" in said
    assert "$129.00" in said
