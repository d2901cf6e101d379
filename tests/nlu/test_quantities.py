"""Numbers, money, positions and order numbers."""

from __future__ import annotations

import pytest

from nlu.heard import listen
from nlu.language import load_language
from nlu.numbers import read_number, read_order_number, read_ordinal
from nlu.quantities import minor_units, read_limits, read_money

ENGLISH = load_language("en")


def words(text: str) -> list[str]:
    return [word.norm for word in listen(text, ENGLISH).words]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("two", 2), ("a dozen", 12), ("half a dozen", 6), ("a couple of", 2), ("twenty five", 25), ("twentyfive", 25),
        ("two hundred", 200), ("a hundred and fifty", 150), ("two thousand three hundred and four", 2304),
        ("1,000.50", 1000.5), ("12,50", 12.5), ("3 thousand", 3000), ("ninety-nine", 99),
    ],
)  # fmt: skip
def test_a_number_in_words_or_digits_is_read_whole(said: str, value: float) -> None:
    heard = words(said)
    assert read_number(heard, 0, ENGLISH.numbers) == (value, len(heard))


def test_two_numbers_in_a_row_stay_two() -> None:
    assert read_number(words("one two"), 0, ENGLISH.numbers) == (1, 1)


def test_what_is_no_number_gives_none() -> None:
    assert read_number(words("hundred latte"), 0, ENGLISH.numbers) is None
    assert read_number([], 0, ENGLISH.numbers) is None


def test_absurdly_large_numbers_are_capped_instead_of_overflowing() -> None:
    assert read_number(["9" * 400], 0, ENGLISH.numbers) == (1e12, 1)
    assert read_number(["million"] * 0 + ["nine"] + ["million"] * 60, 0, ENGLISH.numbers) is not None


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("200 dollars", 20_000), ("$200", 20_000), ("two hundred bucks", 20_000), ("19 dollars and 50 cents", 1_950),
        ("fifty cents", 50), ("nineteen ninety nine", 1_999), ("9.99", 999), ("a hundred dollars", 10_000),
    ],
)  # fmt: skip
def test_money_becomes_whole_minor_units(said: str, minor: int) -> None:
    assert read_money(words(said), "USD", ENGLISH) == minor


def test_a_currency_without_minor_units_stays_whole() -> None:
    assert minor_units(1500, "JPY") == 1500
    assert minor_units(1.5, "KWD") == 1500


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ("a jacket under 200 dollars", {"price_max": 20_000}),
        ("at most 80", {"price_max": 8_000}),
        ("cheaper than fifty bucks", {"price_max": 5_000}),
        ("nothing over 30 dollars", {"price_max": 3_000}),
        ("forty dollars or less", {"price_max": 4_000}),
        ("over 100 euros", {"price_min": 10_000}),
        ("between 50 and 100", {"price_min": 5_000, "price_max": 10_000}),
        ("from a hundred to fifty dollars", {"price_min": 5_000, "price_max": 10_000}),
        ("around 50 dollars", {"price_min": 4_000, "price_max": 6_000}),
        ("at least four stars", {"rating_min": 4.0}),
        ("well rated", {"rating_min": 4.0}),
        ("under 2 kilos", {}),
        ("a jacket for two", {}),
    ],
)
def test_limits_are_found_in_a_sentence(said: str, limits: dict[str, object]) -> None:
    heard = listen(said, ENGLISH)
    found = read_limits(heard, 0, len(heard.words), "USD", ENGLISH)
    assert {slot.name: slot.value for slot in found.slots if slot.name != "currency"} == limits


@pytest.mark.parametrize(
    ("said", "position"),
    [("second", 2), ("number two", 2), ("last", -1), ("2 nd", 2), ("option three", 3), ("first", 1)],
)
def test_positions_count_from_one_and_the_last_is_minus_one(said: str, position: int) -> None:
    assert read_ordinal(words(said), ENGLISH.numbers) == position


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1274", "1274"), ("one two seven four", "1274"),
        ("seven three zero two", "7302"), ("twelve seventy four", "1274"), ("three oh oh nine", "3009"),
        ("00123", "00123"), ("double seven one two", "7712"),
        ("12", None), ("one two three", None), ("one latte", None),
    ],
)  # fmt: skip
def test_order_numbers_are_read_digit_by_digit_and_need_four(said: str, number: str | None) -> None:
    assert read_order_number(words(said), ENGLISH.numbers) == number
