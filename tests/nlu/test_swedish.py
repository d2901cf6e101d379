"""Swedish: numbers, bent and glued words, and requests at a shop whose catalogue is English."""

from __future__ import annotations

import pytest

from assistant.terms import terms
from commerce.sample import sample_products
from nlu import Vocabulary, parse
from nlu.heard import listen
from nlu.language import load_language
from nlu.numbers import read_number
from nlu.quantities import read_limits
from nlu.types import Expectation, Understanding

SWEDISH = load_language("sv")
PRODUCTS = sample_products()
SHOP = Vocabulary(terms(PRODUCTS), "USD")


def slots(heard: Understanding) -> dict[str, object]:
    return {slot.name: slot.value for slot in heard.slots}


def words(text: str) -> list[str]:
    return [word.norm for word in listen(text, SWEDISH).words]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("två och en halv", 2.5), ("tjugofem", 25), ("tolvhundra", 1200), ("tvåhundrafemtio", 250), ("2 000", 2000),
        ("hundrafemtio", 150), ("ett dussin", 12), ("ett par", 2), ("12,50", 12.5), ("två tusen fem hundra", 2500),
    ],
)  # fmt: skip
def test_a_number_is_read_whole(said: str, value: float) -> None:
    heard = words(said)
    assert read_number(heard, 0, SWEDISH.numbers) == (value, len(heard))


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ("under 2000 kronor", {"price_max": 200_000, "currency": "SEK"}),
        ("för max två tusen spänn", {"price_max": 200_000, "currency": "SEK"}),
        ("mellan tusen och två tusen", {"price_min": 100_000, "price_max": 200_000}),
        ("runt 500 kr", {"price_min": 40_000, "price_max": 60_000, "currency": "SEK"}),
        ("högst 20 euro", {"price_max": 2_000, "currency": "EUR"}),
        ("minst fyra stjärnor", {"rating_min": 4.0}),
        ("under två kilo", {}),
    ],
)
def test_limits_are_found_in_a_sentence(said: str, limits: dict[str, object]) -> None:
    heard = listen(said, SWEDISH)
    found = read_limits(heard, 0, len(heard.words), "SEK", SWEDISH)
    assert {slot.name: slot.value for slot in found.slots} == limits


@pytest.mark.parametrize(
    "forms",
    ["jacka jackan jackor jackorna", "svart svarta svartaste", "vattentät vattentätt vattentäta", "sko skor skorna",
     "skjorta skjortor skjortorna", "röd rött röda"],
)  # fmt: skip
def test_bent_forms_of_a_word_are_one(forms: str) -> None:
    assert len({SWEDISH.stem(word) for word in words(forms)}) == 1


def test_a_compound_is_its_parts_and_shares_their_place() -> None:
    heard = listen("vinterjackorna", SWEDISH)
    assert [word.norm for word in heard.words] == ["vinter", "jackorna"]
    assert {(word.start, word.end) for word in heard.words} == {(0, 14)}


def test_swedish_words_are_the_catalogues_words() -> None:
    assert SWEDISH.stem("jackor") == SWEDISH.stem("jackets")
    assert SWEDISH.stem("vinter") == SWEDISH.stem("winter")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Jag behöver en vinterjacka som är vattentät och kostar under 2000 kr",
         {"category": "jackets", "season": "winter", "waterproof": True, "price_max": 200_000}),
        ("Jag behöver professionella skor som är bekväma hela dagen, under 1500 kr och finns i svart",
         {"category": "shoes", "occasion": "office", "colour": "black", "price_max": 150_000}),
    ],
)  # fmt: skip
def test_the_named_searches_are_understood_whole(text: str, wanted: dict[str, object]) -> None:
    heard = parse(text, SHOP, language="sv")
    found = {slot.name: slot.value for slot in heard.slots}
    assert heard.intent == "find_product"
    assert {name: found.get(name) for name in wanted} == wanted
    assert set(found) - set(wanted) <= {"query", "currency"}


def test_an_order_is_lines_with_quantities_and_units() -> None:
    heard = parse("lägg till två liter havremjölk och en flaska olivolja", SHOP, language="sv")
    lines = [(line.candidates[0].product_id, line.quantity, line.unit) for line in heard.lines]
    assert (heard.intent, lines) == ("add_to_basket", [("oat-milk", 2, "litre"), ("olive-oil", 1, "bottle")])


def test_the_first_one_is_a_place_in_the_list_and_no_party() -> None:
    heard = parse("den första", SHOP, Expectation("choose", tuple(product.id for product in PRODUCTS[:2])), "sv")
    assert {slot.name: slot.value for slot in heard.slots} == {"ordinal": 1}


def test_a_small_one_is_a_size_and_not_a_little() -> None:
    (line,) = parse("en liten latte med havremjölk", SHOP, language="sv").lines
    assert {(option.name, option.value) for option in line.options} == {("size", "small"), ("milk", "oat milk")}


def test_a_catalogues_own_word_is_no_form_of_a_swedish_one() -> None:
    spelling = load_language("sv").spelling
    assert (spelling.stem("blå"), spelling.stem("blue")) == ("blue", "blue")
    assert spelling.stem("blusen") == "blouse"
    assert spelling.stem("socker") == "sugar" != spelling.stem("socks")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("choklad utan nötter", {"nuts"}), ("visa snacks utan jordnötter eller mjölk", {"peanuts", "milk"}),
     ("skor fast inget i läder tack", {"leather"})],
)  # fmt: skip
def test_a_request_excludes_what_the_catalogue_calls_by_an_english_word(text: str, wanted: set[str]) -> None:
    heard = parse(text, SHOP, language="sv")
    assert {slot.value for slot in heard.slots if slot.name == "exclude"} == wanted


def test_what_is_denied_is_not_chosen() -> None:
    listed = Expectation(asked="choose", listed=("trail-rain-jacket",))
    assert slots(parse("inte den röda, den blå", SHOP, listed, "sv"))["colour"] == "blue"


def test_a_common_word_is_not_what_it_looks_like_in_english() -> None:
    heard = parse("jag vill ha något varmt men inte för dyrt till skidåkning", SHOP, language="sv")
    assert heard.slot("recipient") is None


def test_a_word_that_ends_like_the_form_of_another_is_not_that_one() -> None:
    assert [SWEDISH.spelling.translate(word) for word in ("borde", "pappa", "vet", "bara")] == [None] * 4
    assert parse("nej, bara en påse", SHOP, Expectation(asked="confirm"), "sv").slot("recipient") is None
