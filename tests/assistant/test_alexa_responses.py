"""What is said, shown and asked, within Amazon's limits."""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import parseString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.surfaces.alexa.directives import MOST_ENTITIES, asking, own_products
from assistant.surfaces.alexa.requests import Request
from assistant.surfaces.alexa.responses import LARGEST, Extras, Memory, can_fulfill, size, spoken
from assistant.surfaces.alexa.screen import Shown, products_shown
from assistant.surfaces.alexa.speech import LONGEST_SPEECH, question_in, ssml
from assistant.types import Asked, Reply
from commerce.types import Money, Product, Variant


def reply(speech: str, asks: Asked = "nothing", **more: Any) -> Reply:
    return Reply("t1", more.pop("text", speech), speech, asks, more.pop("ended", False), **more)


def said(response: dict[str, Any]) -> str:
    document = parseString(response["response"]["outputSpeech"]["ssml"])
    return "".join(node.data for node in document.documentElement.childNodes)


@given(st.text(max_size=200))
def test_any_words_are_ssml_that_can_be_read(words: str) -> None:
    parseString(ssml(words).encode("utf-8"))


def test_words_arrive_as_they_were() -> None:
    words = 'Salt & Pepper <hot> "mill" \'n more'
    assert said(spoken(reply(words), Memory(), Extras())) == words


@pytest.mark.parametrize("words", ["A sentence. " * 2_000, "word " * 4_000, "x" * 20_000, "&" * 20_000, "𝄞" * 20_000])
def test_speech_keeps_to_amazons_length_whatever_the_letters(words: str) -> None:
    response = spoken(reply(words, "choose"), Memory(), Extras(card_title="Shop"))
    assert 0 < len(response["response"]["outputSpeech"]["ssml"]) <= LONGEST_SPEECH
    assert size(response) <= LARGEST


def test_a_long_reply_ends_after_a_sentence() -> None:
    assert ssml("One. Two. Three.", longest=len("<speak>One. Two.</speak>")) == "<speak>One. Two.</speak>"


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("Added. Anything else?", "Anything else?"),
        ("Which one? Say its name.", "Which one?"),
        ('One says: "So good." What else would you like?', "What else would you like?"),
        ("Goodbye.", "Goodbye."),
        ("", ""),
    ],
)
def test_the_question_is_what_is_asked_again(words: str, question: str) -> None:
    assert question_in(words) == question


@pytest.mark.parametrize(
    ("asks", "ended", "launched", "ends"),
    [
        ("order", False, False, False),
        ("what", False, False, False),
        ("nothing", False, True, False),
        ("nothing", False, False, True),
        ("nothing", True, True, True),
        ("choose", False, False, False),
    ],
)
def test_alexa_listens_where_something_was_asked_or_the_skill_was_opened(
    asks: Asked, ended: bool, launched: bool, ends: bool
) -> None:
    response = spoken(reply("So it is.", asks, ended=ended), Memory(launched=launched), Extras(what_else="What else?"))
    assert response["response"]["shouldEndSession"] is ends
    assert ("reprompt" in response["response"]) is not ends
    assert said(response).endswith("What else?") == (asks in ("nothing", "what") and not ends)


def test_a_question_is_waited_for_even_where_the_skill_was_asked_one_thing_only() -> None:
    response = spoken(reply("I find what there is. What would you like?"), Memory(), Extras(what_else="What else?"))
    assert response["response"]["shouldEndSession"] is False
    assert said(response).endswith("is. What would you like?")


def test_whoever_is_to_come_back_is_not_listened_to() -> None:
    response = spoken(reply("Later."), Memory(launched=True), Extras(goes_away=True))
    assert response["response"]["shouldEndSession"] is True


def test_what_is_large_goes_without_names_then_screen_then_card() -> None:
    names = {"type": "Dialog.UpdateDynamicEntities", "types": ["x" * 20_000]}
    shows = products_shown([Shown("S", "T", "$1.00", "y" * 10_000)], "Shop")
    response = spoken(reply("Hello."), Memory(), Extras("Shop", shows=shows, names=names))
    assert [one["type"] for one in response["response"]["directives"]] == ["Alexa.Presentation.APL.RenderDocument"]
    assert "card" in response["response"]
    shows = products_shown([Shown("S", "T", "$1.00", "y" * 30_000)], "Shop")
    assert size(spoken(reply("Hello."), Memory(), Extras("Shop", shows=shows, names=names))) < 1_000


def test_a_customer_of_many_products_tells_alexa_of_a_hundred_names() -> None:
    def product(number: int) -> Product:
        title = f"Thing {number}"
        return Product(
            f"p{number}", title, (), (Variant(f"S{number}", title, Money(1, "USD"), 1),), aliases=("a", "x" * 141)
        )

    directive = own_products([(f"S{number}", product(number)) for number in range(90)])
    assert directive
    values = directive["types"][0]["values"]
    assert sum(1 + len(value["name"]["synonyms"]) for value in values) == MOST_ENTITIES
    assert own_products([]) is None


@pytest.mark.parametrize("odd", [None, 5, [], {"said": 5, "late": [], "launched": "yes", "heard_from": "now"}])
def test_what_alexa_kept_is_read_with_care(odd: Any) -> None:
    assert Memory.of({"handla": odd}) == Memory()


def test_what_alexa_kept_comes_back_as_it_was() -> None:
    memory = Memory("t1", 1234.5, True, "t0")
    assert Memory.of(memory.attributes()) == memory


@pytest.mark.parametrize("asks", ["option", "reason", "code", "order", "confirm", "add"])
def test_a_dialog_that_is_complete_or_over_is_asked_nothing_more(asks: Asked) -> None:
    intent = {"name": "ReturnItemIntent", "slots": {}}
    complete = Request.model_validate({"type": "IntentRequest", "intent": intent, "dialogState": "COMPLETED"})
    assert asking(complete, reply("?", asks, option="size")) is None
    going = Request.model_validate({"type": "IntentRequest", "intent": intent, "dialogState": "STARTED"})
    assert asking(going, reply("?", asks, option="size", ended=True)) is None
    assert (asking(going, reply("?", asks, option="size")) is None) == (asks == "add")


def test_what_cannot_be_done_at_all_is_no_and_what_is_half_understood_maybe() -> None:
    def answer(can: bool, slots: dict[str, bool]) -> str:
        found: str = can_fulfill(can, slots)["response"]["canFulfillIntent"]["canFulfill"]
        return found

    assert [answer(False, {}), answer(True, {}), answer(True, {"a": True, "b": False})] == ["NO", "YES", "MAYBE"]


def test_a_directive_that_has_no_room_is_left_out_and_the_question_still_asked() -> None:
    slots = {"product": {"name": "product", "value": "x" * 30_000}}
    asks = {"type": "Dialog.ConfirmIntent", "updatedIntent": {"name": "ReorderIntent", "slots": slots}}
    response = spoken(reply("Shall I order?", "order"), Memory(), Extras(asks=asks))
    assert size(response) <= LARGEST
    assert said(response) == "Shall I order?"
    assert response["response"]["shouldEndSession"] is False
