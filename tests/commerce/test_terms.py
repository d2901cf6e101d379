from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from commerce import delivery
from commerce.refused import ImportRefused
from commerce.sample import FOLDER
from commerce.terms import REASONS, DeliveryChoice, Terms
from commerce.terms_file import read_terms
from commerce.types import Address, Line, Money, Refusal
from tests.commerce.goods import usd

STANDARD = DeliveryChoice("standard", "Standard", 490, days=3, cut_off=15, countries=("US",), free_from=5000)
WORLD = DeliveryChoice("world", "World", 1990, days=9)
PICK_UP = DeliveryChoice("pick-up", "Pick-up", 0, days=0, cut_off=16, weekdays=(0, 5), pick_up="12 Harbor Street")
TERMS = Terms((STANDARD, WORLD, PICK_UP), time_zone="America/New_York")
HOME = Address("home", "Ann", "1 Long Lane", "04101", "Portland", "US")
ABROAD = replace(HOME, country="SE")
TEA = Line("tea", "tea", "Tea", 2, usd(1000))


def in_new_york(day: int, hour: int) -> datetime:
    """A moment of March 2026; the clocks there went forward on Sunday the 8th."""
    return datetime(2026, 3, day, hour + (4 if day >= 8 else 5), tzinfo=UTC)


# --- the day


@pytest.mark.parametrize(
    ("day", "hour", "arrives"),
    [
        (2, 10, date(2026, 3, 5)),  # Monday: Thursday
        (2, 14, date(2026, 3, 5)),
        (2, 15, date(2026, 3, 6)),  # past the cut-off
        (4, 10, date(2026, 3, 9)),  # over the weekend
        (6, 16, date(2026, 3, 12)),  # late on Friday: sent on Monday
        (7, 9, date(2026, 3, 12)),  # on Saturday
        (9, 14, date(2026, 3, 12)),  # still before the cut-off, in summer time
    ],
)
def test_an_order_arrives_after_so_many_working_days(day: int, hour: int, arrives: date) -> None:
    assert delivery.expected_day(TERMS, STANDARD, in_new_york(day, hour)) == arrives


def test_the_merchants_midnight_counts_not_that_of_utc() -> None:
    late_on_monday = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    assert TERMS.today(late_on_monday) == date(2026, 3, 2)
    any_time = replace(STANDARD, cut_off=24)
    assert delivery.expected_day(TERMS, any_time, late_on_monday) == date(2026, 3, 5)


def test_nothing_is_sent_or_arrives_on_a_holiday() -> None:
    closed = replace(TERMS, holidays=frozenset({date(2026, 3, 2), date(2026, 3, 5)}))
    assert delivery.expected_day(closed, STANDARD, in_new_york(2, 10)) == date(2026, 3, 9)


def test_what_is_picked_up_is_there_the_same_day_or_the_next_one_the_shop_is_open() -> None:
    assert delivery.expected_day(TERMS, PICK_UP, in_new_york(2, 10)) == date(2026, 3, 2)
    assert delivery.expected_day(TERMS, PICK_UP, in_new_york(2, 16)) == date(2026, 3, 7)


def test_a_choice_that_never_works_is_an_error() -> None:
    with pytest.raises(ValueError, match="no working day"):
        delivery.expected_day(TERMS, replace(STANDARD, weekdays=()), in_new_york(2, 10))


# --- the choice and the price


def test_where_nothing_was_said_the_first_that_serves_the_address_is_meant() -> None:
    assert delivery.choose(TERMS, None, HOME) == STANDARD
    assert delivery.choose(TERMS, None, ABROAD) == WORLD
    assert delivery.choose(TERMS, None, None) == PICK_UP
    assert [choice.key for choice in delivery.choices_for(TERMS, ABROAD)] == ["world", "pick-up"]


@pytest.mark.parametrize(
    ("key", "address", "reason"),
    [
        ("drone", HOME, "delivery_unknown"),
        ("standard", ABROAD, "delivery_elsewhere"),
        ("standard", None, "delivery_address"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_with_the_reason(key: str, address: Address | None, reason: str) -> None:
    refusal = delivery.choose(TERMS, key, address)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_a_shop_that_serves_nobody_there_says_so() -> None:
    only = replace(TERMS, delivery=(STANDARD,))
    assert delivery.choose(only, None, ABROAD) == Refusal("delivery_elsewhere")
    assert delivery.choose(only, None, None) == Refusal("delivery_address")


@pytest.mark.parametrize(("goods", "price"), [(4999, 490), (5000, 0), (9000, 0)])
def test_delivery_is_free_from_an_amount_of_goods_on(goods: int, price: int) -> None:
    assert delivery.price_of(STANDARD, usd(goods)) == usd(price)


def test_a_quote_names_lines_delivery_and_what_is_paid() -> None:
    sent = delivery.deliver(TERMS, STANDARD, HOME, TEA.total, in_new_york(2, 10))
    quote = delivery.quote([TEA], sent, [("points", usd(300))])
    assert quote.total == usd(2000 + 490 - 300)
    assert (sent.expected, sent.address, sent.title) == (date(2026, 3, 5), HOME, "Standard")


def test_what_is_picked_up_has_no_address() -> None:
    assert delivery.deliver(TERMS, PICK_UP, HOME, TEA.total, in_new_york(2, 10)).address is None


@pytest.mark.parametrize("discount", [2001, -1])
def test_a_discount_beyond_the_goods_or_below_zero_is_an_error(discount: int) -> None:
    with pytest.raises(ValueError, match="discounts"):
        delivery.quote([TEA], None, [("points", usd(discount))])


# --- the file


def test_the_samples_terms_are_read_as_they_stand() -> None:
    terms = read_terms(FOLDER / "terms.toml")
    assert [choice.key for choice in terms.delivery] == ["standard", "express", "pick-up"]
    assert terms.delivery[0].free_from == 5000
    assert terms.delivery[1].weekdays == (0, 1, 2, 3, 4, 5)
    assert terms.cancel_window == timedelta(minutes=30)
    assert (terms.returns.days, terms.returns.days_by_category["groceries"]) == (30, 0)


def test_an_empty_file_has_terms_that_work(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text("")
    assert read_terms(tmp_path / "terms.toml") == Terms()
    assert Terms().returns.reasons == REASONS


DELIVERY = '[[delivery]]\nkey = "post"\ntitle = "Post"\nprice = 490\ndays = 3\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cancel_minuts = 3", '"cancel_minuts" is not a known key; did you mean "cancel_minutes"?'),
        ("cancel_minutes = -1", "cancel_minutes is -1; give 0 or more"),
        ('time_zone = "Mars/Olympus"', 'time_zone is "Mars/Olympus"; give an IANA name such as "Europe/Stockholm"'),
        ('holidays = ["christmas"]', "holidays is 'christmas'; give a date such as 2026-12-25"),
        (DELIVERY + 'free = 3\ncountries = ["US"]', 'delivery 1: "free" is not a known key; did you mean "free_from"?'),
        (DELIVERY + 'countries = ["usa"]', "delivery 1: countries is 'usa'; give two capital letters of ISO 3166"),
        (DELIVERY + 'weekdays = ["mondey"]', 'delivery 1 "Post": weekdays has "mondey"; did you mean "monday"?'),
        (DELIVERY + DELIVERY, 'delivery 2 "Post": key "post" is taken by an earlier one; give each its own.'),
        (
            DELIVERY.replace("490", "4.9"),
            "delivery 1: price is 4.9; give a whole number of minor units (490 for $4.90)",
        ),
        (DELIVERY.replace('title = "Post"\n', ""), "delivery 1: title is missing."),
        ("[returns]\nreasons = []", "returns.reasons is []; give at least one."),
        ("[returns", "terms.toml: not valid TOML"),
    ],
)
def test_a_fault_says_where_what_and_what_instead(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(text)
    with pytest.raises(ImportRefused) as refused:
        read_terms(file)
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_terms(tmp_path / "none.toml")


def test_money_in_the_file_is_that_of_the_goods() -> None:
    assert delivery.price_of(WORLD, Money(1, "SEK")) == Money(1990, "SEK")
