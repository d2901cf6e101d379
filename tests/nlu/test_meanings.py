"""Values by table: references, topics, reasons, units, exclusions, feelings, and the values of tagged words."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.exclusions import read_exclusions
from nlu.heard import listen
from nlu.language import load_language
from nlu.linking import Linked, link
from nlu.meanings import read_label, read_references
from nlu.sentiment import read_haste, read_sentiment
from nlu.units import Amount, read_amount
from nlu.values import Setting, read_value
from tests.nlu.shop import small_shop

SHOP = small_shop()


def linked(text: str, code: str = "en") -> Linked:
    language = load_language(code)
    return link(listen(text, language), SHOP.index(language), language)


def everything(found: Linked) -> range:
    return range(len(found.heard.words))


def values(name: str, text: str, code: str = "en") -> dict[str, object]:
    found = linked(text, code)
    setting = Setting(found, "USD", date(2025, 12, 3))
    return {slot.name: slot.value for slot in read_value(name, everything(found), setting)}


@pytest.mark.parametrize(
    ("code", "text", "reference"),
    [
        ("en", "my usual please", "usual"), ("en", "like last time", "last_time"), ("en", "add it", "it"),
        ("en", "both of them", "them"), ("sv", "mitt vanliga kaffe", "usual"), ("sv", "som sist", "last_time"),
    ],
)  # fmt: skip
def test_references_point_back(code: str, text: str, reference: str) -> None:
    found = linked(text, code)
    assert [s.value for s in read_references(found.heard, everything(found), found.language).slots] == [reference]


def test_a_bare_pronoun_can_be_left_out() -> None:
    found = linked("it is raining")
    assert read_references(found.heard, everything(found), found.language, pronouns=False).slots == ()


@pytest.mark.parametrize(
    ("code", "name", "text", "value"),
    [
        ("en", "topic", "when do you close on Sunday", "hours"), ("sv", "topic", "vad kostar frakten", "shipping"),
        ("en", "reason", "they are too small", "too_small"), ("sv", "reason", "den gick sönder", "broken"),
        ("en", "alert", "when it goes on sale", "price"),
        ("sv", "alert", "när den finns i lager igen", "back_in_stock"),
    ],
)  # fmt: skip
def test_a_label_is_what_most_words_speak_for(code: str, name: str, text: str, value: str) -> None:
    found = linked(text, code)
    assert [s.value for s in read_label(name, found.heard, everything(found), found.language).slots] == [value]


@pytest.mark.parametrize(
    ("code", "text", "amount"),
    [
        ("en", "two litres", Amount(2, "litre", 2)), ("en", "half a kilo", Amount(500, "gram", 3)),
        ("en", "a dozen", Amount(12, None, 2)), ("en", "a bottle", Amount(1, "bottle", 2)),
        ("en", "two and a half litres", Amount(2500, "millilitre", 5)), ("en", "a jacket", None),
        ("sv", "två och en halv liter", Amount(2500, "millilitre", 5)),
        ("sv", "ett halvt kilo", Amount(500, "gram", 3)),
        ("sv", "tre paket", Amount(3, "pack", 2)),
    ],
)  # fmt: skip
def test_an_amount_is_whole_in_its_unit(code: str, text: str, amount: Amount | None) -> None:
    language = load_language(code)
    assert read_amount([word.norm for word in listen(text, language).words], 0, language) == amount


@pytest.mark.parametrize(
    ("code", "text", "excluded"),
    [
        ("en", "pasta without eggs or nuts", ["eggs", "nuts"]), ("en", "nothing black please", ["black"]),
        ("en", "sugar free", ["sugar"]), ("en", "not waterproof", ["waterproof"]), ("en", "a black jacket", []),
        ("sv", "inget svart", ["black"]), ("sv", "utan socker", ["sugar"]),
    ],
)  # fmt: skip
def test_what_is_not_wanted_is_named_as_the_catalogue_names_it(code: str, text: str, excluded: list[str]) -> None:
    found = linked(text, code)
    assert [slot.value for slot in read_exclusions(found, everything(found)).slots] == excluded


@pytest.mark.parametrize(
    ("code", "text", "sentiment"),
    [
        ("en", "this is ridiculous, I'm still waiting!!", "frustrated"), ("en", "not happy with this", "frustrated"),
        ("en", "thanks so much, you're great", "pleased"), ("en", "good morning", "neutral"),
        ("en", "not bad", "neutral"),
        ("en", "show me the best rated tent", "neutral"), ("sv", "det är oacceptabelt", "frustrated"),
        ("sv", "toppen, tack så mycket", "pleased"), ("sv", "god morgon", "neutral"),
    ],
)  # fmt: skip
def test_a_feeling_is_read_from_the_words(code: str, text: str, sentiment: str) -> None:
    language = load_language(code)
    found, score = read_sentiment(listen(text, language), language)
    assert found == sentiment
    assert (score == 0) == (sentiment == "neutral")


@pytest.mark.parametrize(
    ("code", "text", "hurried"),
    [
        ("en", "I'm in a hurry, where is my parcel", True), ("en", "make it quick please", True),
        ("en", "no time for that, just order it", True), ("en", "how fast can you deliver", False),
        ("sv", "jag har bråttom, var är mitt paket", True), ("sv", "hur snabbt levererar ni", False),
    ],
)  # fmt: skip
def test_haste_is_read_from_the_words(code: str, text: str, hurried: bool) -> None:
    language = load_language(code)
    assert read_haste(listen(text, language), language) is hurried


def test_more_words_of_anger_score_higher() -> None:
    language = load_language("en")
    mild = read_sentiment(listen("it came late", language), language)[1]
    plain = read_sentiment(listen("it came late and broken, this is unacceptable", language), language)[1]
    assert 0 < mild < plain <= 1


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("price_max", "200 dollars", {"price_max": 20_000, "currency": "USD"}),
        ("price_max", "under two hundred quid", {"price_max": 20_000, "currency": "GBP"}),
        ("price_max", "100ish", {"price_min": 8_000, "price_max": 12_000}),
        ("rating", "five stars", {"rating": 5}),
        ("ordinal", "the second one", {"ordinal": 2}),
        ("superlative", "the cheaper one", {"superlative": "cheapest"}),
        ("quantity", "half a kilo", {"quantity": 500, "unit": "gram"}),
        ("order_number", "order number twelve seventy-four", {"order_number": "1274"}),
        ("code", "the code is four seven one nine", {"code": "4719"}),
        ("date", "the third", {"date": "2025-12-03"}),
        ("time", "ten thirty", {"time": "10:30"}),
        ("exclude", "gluten free", {"exclude": "gluten"}),
        ("attribute", "black waterproof", {"colour": "black", "waterproof": True}),
        ("recipient", "for my mother", {"recipient": "mother"}),
        ("staff", "with Anna", {"staff": "Anna"}),
        ("reason", "my cat hates it", {"reason": "my cat hates it"}),
        ("query", "winter jacket", {"query": "winter jacket"}),
        ("answer", "nope", {"answer": "no"}),
        ("rating", "eleven", {}),
        ("order_number", "the blue one", {}),
        ("no_such_slot", "anything", {}),
    ],
)
def test_tagged_words_have_the_value_of_their_slot(name: str, text: str, wanted: dict[str, object]) -> None:
    assert values(name, text) == wanted
