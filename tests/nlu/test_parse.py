"""Intents and slots, and what the conversation expects."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import parse
from nlu.language import load_language
from nlu.types import INTENTS, Expectation, Understanding
from tests.nlu.shop import small_shop

SHOP = small_shop()
CONFIRM = Expectation(asked="confirm")
CHOOSE = Expectation(asked="choose", listed=("shell", "parka", "puffer"))
SIZE = Expectation(asked="option", product_id="latte", option="size")


def slots(heard: Understanding) -> dict[str, object]:
    return {slot.name: slot.value for slot in heard.slots}


def test_a_search_keeps_its_limits_and_its_words() -> None:
    heard = parse("I need a waterproof winter jacket under 200 dollars", SHOP)
    assert heard.intent == "find_product"
    assert slots(heard) == {
        "waterproof": True,
        "season": "winter",
        "category": "jackets",
        "price_max": 20_000,
        "currency": "USD",
        "query": "winter jacket",
    }


def test_a_kind_of_product_is_looked_for_and_a_product_is_ordered() -> None:
    assert parse("I want a jacket", SHOP).intent == "find_product"
    assert parse("I want a parka", SHOP).intent == "add_to_basket"


@pytest.mark.parametrize(("text", "language"), [("how can I pay", "en"), ("hur kan jag betala", "sv")])
def test_a_question_about_paying_is_no_checkout(text: str, language: str) -> None:
    assert parse(text, SHOP, language=language).intent == "store_info"


def test_what_the_shop_does_not_have_can_be_asked_for() -> None:
    heard = parse("do you sell toasters", SHOP)
    assert (heard.intent, heard.slot("query")) == ("find_product", "toasters")


@pytest.mark.parametrize("text", ["yes", "yeah sure", "go ahead", "do it", "okay", "yes, order it", "sounds good"])
def test_a_yes_to_a_question_is_a_yes(text: str) -> None:
    assert parse(text, SHOP, CONFIRM).intent == "affirm"


def test_a_bare_okay_is_no_yes_unless_one_was_asked_for() -> None:
    assert parse("okay", SHOP).intent == "out_of_scope"


@pytest.mark.parametrize(
    "text",
    ["yes but the small one", "yes but not that", "no okay", "yes no", "not yes", "check out",
     "yes the weather is nice",
     "no good", "okay wait", "sure, cancel it", "yes never", "yes unless it is late"],
)  # fmt: skip
def test_a_yes_with_anything_against_it_is_no_yes(text: str) -> None:
    assert parse(text, SHOP, CONFIRM).intent != "affirm"


def test_what_follows_a_yes_or_no_is_understood_and_the_answer_is_kept() -> None:
    heard = parse("no, two bags", SHOP, CONFIRM)
    assert (heard.intent, slots(heard)) == ("correct", {"quantity": 2, "answer": "no"})
    heard = parse("yes and a cappuccino", SHOP, Expectation(asked="anything_else"))
    assert (heard.intent, heard.lines[0].candidates[0].product_id) == ("add_to_basket", "cappuccino")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the second one", {"ordinal": 2}), ("number three", {"ordinal": 3}), ("the last one", {"ordinal": -1}),
        ("the cheaper one", {"superlative": "cheapest"}), ("the black one", {"colour": "black"}),
        ("add the second one to my basket", {"ordinal": 2}), ("two of the first one", {"quantity": 2, "ordinal": 1}),
        ("the parka", {"ordinal": 2}), ("two", {"ordinal": 2}),
    ],
)  # fmt: skip
def test_one_of_those_listed_is_chosen(text: str, wanted: dict[str, object]) -> None:
    heard = parse(text, SHOP, CHOOSE)
    assert (heard.intent, slots(heard)) == ("select_option", wanted)


@pytest.mark.parametrize(
    ("text", "value"),
    [("medium", "medium"), ("a large please", "large"), ("uh small", "small"), ("16 ounces", "large")],
)
def test_a_bare_choice_answers_the_option_that_was_asked_for(text: str, value: str) -> None:
    heard = parse(text, SHOP, SIZE)
    assert (heard.intent, slots(heard)) == ("select_option", {"size": value})


def test_it_and_a_bare_number_mean_the_product_being_talked_about() -> None:
    about = Expectation(product_id="parka")
    for text, quantity in (("add it to my basket", 1), ("I'll take two", 2), ("two of those", 2)):
        heard = parse(text, SHOP, about)
        if heard.lines:
            assert (heard.lines[0].candidates[0].product_id, heard.lines[0].quantity) == ("parka", quantity)
        else:
            assert (heard.intent, heard.slot("quantity")) == ("select_option", quantity)


@pytest.mark.parametrize(
    "text",
    ["turn on the kitchen light", "is the front door locked", "set a timer", "what's the weather", "the",
     "", "   ", "🙂🙂", "ありがとう", "привет", "\x00\x07", "bla bla"],
)  # fmt: skip
def test_what_the_shop_cannot_do_is_out_of_scope(text: str) -> None:
    assert parse(text, SHOP).intent == "out_of_scope"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("add apples to my shopping list", "list_add"), ("cancel my order 1234", "cancel_order"),
     ("I want to return a jacket", "return_item"), ("talk to a human", "talk_to_human"), ("good morning", "greet"),
     ("what's in my basket", "show_basket"), ("when do you close on Sunday", "store_info"),
     ("book a fitting for Friday", "book_appointment"), ("take the bread out of my basket", "remove_from_basket")],
)  # fmt: skip
def test_what_shops_are_asked_besides_is_told_apart(text: str, intent: str) -> None:
    assert parse(text, SHOP).intent == intent


def test_an_order_number_is_heard_spoken_or_typed() -> None:
    for text in ("what's the status of order 1274", "track order one two seven four"):
        heard = parse(text, SHOP)
        assert (heard.intent, heard.slot("order_number")) == ("order_status", "1274")


def test_a_request_among_remarks_is_heard() -> None:
    heard = parse("Hello, my name is Kim. Can I order one mocha, please. It's for my sister.", SHOP)
    assert (heard.intent, heard.lines[0].candidates[0].product_id) == ("add_to_basket", "mocha")
    assert heard.confidence < 1.0


def test_guesses_are_marked_by_low_confidence() -> None:
    assert parse("can I get a latte please", SHOP).confidence > 0.9
    assert parse("order a florbly wump", SHOP).confidence < 0.5


def test_prices_are_minor_units_of_the_shops_currency() -> None:
    assert parse("a jacket under 5000 yen", small_shop("JPY")).slot("price_max") == 5000


def test_an_unknown_language_is_a_bug_of_the_caller() -> None:
    for language in ("xx", "../en", "EN", ""):
        with pytest.raises(ValueError, match="not known"):
            parse("hello", SHOP, language=language)


def test_ten_thousand_characters_are_refused() -> None:
    for text in ("add two lattes and " * 600, "a" * 10_000, "one two " * 1300, "\u0301" * 10_000, "1" * 10_000):
        assert parse(text, SHOP).intent == "out_of_scope"


_PHRASES = st.lists(
    st.sampled_from(sorted(load_language("en").known | SHOP.index(load_language("en")).stems)), max_size=25
)
_ASKED = st.sampled_from(("nothing", "confirm", "choose", "anything_else", "option", "what"))


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=200), _PHRASES.map(" ".join)), asked=_ASKED)
def test_any_text_is_understood_or_out_of_scope(text: str, asked: str) -> None:
    expects = Expectation(asked=asked, listed=("parka", "shell"), product_id="latte", option="size")  # type: ignore[arg-type]
    heard = parse(text, SHOP, expects)
    assert heard.intent in INTENTS
    assert heard.text == text
    assert 0.0 <= heard.confidence <= 1.0
    for part in (*heard.slots, *heard.lines, *(option for line in heard.lines for option in line.options)):
        start, end = part.span
        assert 0 <= start <= end <= len(text)
        assert part.said == text[start:end]
    assert all(line.quantity >= 1 for line in heard.lines)


@settings(max_examples=100, deadline=None)
@given(
    words=_PHRASES, negation=st.sampled_from(("no", "not", "don't", "never", "cancel", "wait")), at=st.integers(0, 25)
)
def test_no_text_with_a_negation_is_a_yes(words: list[str], negation: str, at: int) -> None:
    text = " ".join([*words[:at], negation, *words[at:]])
    assert parse(text, SHOP, CONFIRM).intent != "affirm"


@pytest.mark.parametrize("text", ["without sugar", "no sugar", "no milk please", "hold the sugar"])
def test_what_is_only_to_be_left_out_is_not_bought(text: str) -> None:
    for asked in ("nothing", "anything_else", "what"):
        heard = parse(text, small_shop(), Expectation(asked=asked))
        assert heard.intent not in ("add_to_basket", "find_product")


def test_the_first_two_are_two_positions() -> None:
    for text, positions in (("compare the first two", [1, 2]), ("compare the last two", [-1, -2])):
        heard = parse(text, SHOP, CHOOSE)
        assert sorted(slot.value for slot in heard.slots if slot.name == "ordinal") == sorted(positions)


def test_of_two_days_in_a_change_the_new_one_is_meant() -> None:
    today = Expectation(today=date(2026, 3, 11))
    heard = parse("change my appointment from Monday to Tuesday morning", SHOP, today)
    assert (heard.intent, heard.slot("date"), heard.slot("time")) == ("change_appointment", "2026-03-17", "morning")


def test_one_word_of_a_choice_is_that_choice_where_its_option_was_asked_for() -> None:
    milk = Expectation(asked="option", product_id="latte", option="milk")
    assert slots(parse("with oat please", SHOP, milk)) == {"milk": "oat milk"}


def test_what_is_asked_of_a_product_is_a_quality_or_one_of_its_choices() -> None:
    assert slots(parse("does the latte come in large", SHOP)) == {"size": "large"}
    assert slots(parse("is the parka waterproof", SHOP)) == {"waterproof": True}


def test_what_is_excluded_is_never_looked_for_wherever_it_stands() -> None:
    heard = parse("a winter jacket, nothing blue, under 150", SHOP)
    assert (heard.slot("exclude"), heard.slot("colour")) == ("blue", None)
