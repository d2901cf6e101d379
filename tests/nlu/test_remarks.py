"""What customers say about themselves."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.parse import parse
from nlu.types import Asked, Expectation, Understanding
from tests.nlu.shop import small_shop

TODAY = date(2026, 3, 2)


def heard(text: str, language: str = "en", asked: Asked = "nothing") -> Understanding:
    return parse(text, small_shop(), Expectation(asked, today=TODAY), language)


def about(understanding: Understanding) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for slot in understanding.slots:
        found.setdefault(slot.name, []).append(slot.value)
        assert understanding.text[slice(*slot.span)] == slot.said
    return found


@pytest.mark.parametrize(
    ("language", "text", "intent", "slots"),
    [
        ("en", "I'm a vegetarian", "remember", {"diet": ["vegetarian"]}),
        ("en", "I am vegan.", "remember", {"diet": ["vegan"]}),
        ("en", "I'm lactose intolerant", "remember", {"diet": ["lactose_free"]}),
        ("en", "I wear size 42", "remember", {"wear": ["42"]}),
        ("en", "my shoe size is forty", "remember", {"wear": ["40"]}),
        ("en", "please remember that my size is medium", "remember", {"wear": ["medium"]}),
        ("en", "I'm allergic to nuts, milk and eggs", "remember", {"avoid": ["nuts", "milk", "eggs"]}),
        ("en", "I'm allergic to nuts and I wear size 42", "remember", {"avoid": ["nuts"], "wear": ["42"]}),
        ("en", "I have a peanut allergy", "remember", {"avoid": ["peanut"]}),
        ("en", "I don't eat pork", "remember", {"avoid": ["pork"]}),
        ("en", "remember that I like dark roast", "remember", {"like": ["dark roast"]}),
        ("en", "my favourite coffee is dark roast", "remember", {"like": ["dark roast"]}),
        ("en", "remember I hate mushrooms", "remember", {"dislike": ["mushrooms"]}),
        ("en", "what do you know about me?", "recall", {}),
        ("en", "forget my size", "forget", {"forget": ["wear"]}),
        ("en", "forget what you know about me", "forget", {"forget": ["all"]}),
        ("en", "delete everything you know about me", "forget", {"forget": ["all"]}),
        ("en", "I'm not vegetarian any more", "forget", {"forget": ["diet"], "diet": ["vegetarian"]}),
        ("en", "I'm no longer allergic to nuts", "forget", {"forget": ["avoid"], "avoid": ["nuts"]}),
        ("sv", "jag är vegetarian", "remember", {"diet": ["vegetarian"]}),
        ("sv", "jag har storlek 42", "remember", {"wear": ["42"]}),
        ("sv", "jag är allergisk mot nötter och mjölk", "remember", {"avoid": ["nuts", "milk"]}),
        ("sv", "kom ihåg att jag gillar mörkrost", "remember", {"like": ["dark roast"]}),
        ("sv", "vad vet du om mig?", "recall", {}),
        ("sv", "glöm min storlek", "forget", {"forget": ["wear"]}),
        ("sv", "glöm allt du vet om mig", "forget", {"forget": ["all"]}),
    ],
)
def test_a_remark_is_read_with_what_it_names(
    language: str, text: str, intent: str, slots: dict[str, list[object]]
) -> None:
    understanding = heard(text, language)
    assert (understanding.intent, about(understanding)) == (intent, slots)


@pytest.mark.parametrize(
    ("text", "intent", "name", "value"),
    [
        ("I'm allergic to nuts, what chocolate do you have?", "find_product", "avoid", "nuts"),
        ("find me a jacket, I wear size 42", "find_product", "wear", "42"),
        ("I'm vegetarian and I'm looking for chocolate", "find_product", "diet", "vegetarian"),
        ("where is my parcel? by the way I'm vegan", "order_status", "", ""),
    ],
)
def test_a_remark_beside_a_request_changes_nothing_about_it(text: str, intent: str, name: str, value: str) -> None:
    understanding = heard(text)
    assert understanding.intent == intent
    if name:
        assert about(understanding)[name] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "forget that", "forget it", "I don't like it", "I like it", "I'll have the medium", "I love dark chocolate",
        "remember the milk", "do you have size 42", "I am looking for a vegan cheese", "delete the oat milk",
        "I'd like a vegetarian pizza", "I can't find my parcel", "what size is it", "clear my basket",
    ],
)  # fmt: skip
def test_other_requests_are_no_remarks(text: str) -> None:
    understanding = heard(text)
    assert understanding.intent not in ("remember", "recall", "forget")
    assert not {"wear", "diet", "avoid", "like", "dislike", "forget"} & {slot.name for slot in understanding.slots}


def test_a_size_said_when_one_is_asked_for_is_an_answer_too() -> None:
    understanding = heard("I wear size 42", asked="option")
    assert understanding.intent not in ("remember", "recall", "forget")
    assert about(understanding)["wear"] == ["42"]
