"""What is kept about customers: where they have things sent, and what it takes to buy by voice."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from commerce.codes import CodeCheck, lock_after, rule, tries_left, weakness
from commerce.store import Store
from commerce.types import Address, Money, Refusal
from tests.commerce.goods import ANN, NOW, open_store, usd
from tests.databases import Databases, Memory, Postgres

HOME = Address("home", "Ann", "1 Long Lane", "04101", "Portland", "US")
WORK = replace(HOME, label="work", street="2 Mill Road")
CODE = "4711"


@pytest.fixture(params=["memory", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return open_store(Memory().new())[0]
    postgres: Postgres = request.getfixturevalue("postgres")
    return open_store(postgres.new())[0]


# --- addresses


def test_the_first_address_is_the_default_until_another_is_made_so(store: Store) -> None:
    book = store.addresses
    assert book.of(ANN.id) == []
    assert book.put(ANN.id, WORK) is None
    book.put(ANN.id, HOME)
    assert book.of(ANN.id) == [WORK, HOME]
    book.put(ANN.id, HOME, default=True)
    assert book.of(ANN.id) == [HOME, WORK]


def test_an_address_is_replaced_by_its_label_however_it_is_written(store: Store) -> None:
    book = store.addresses
    book.put(ANN.id, HOME)
    book.put(ANN.id, replace(HOME, label=" Home ", street="3 New Street"))
    assert book.of(ANN.id) == [replace(HOME, street="3 New Street")]
    assert book.find(ANN.id, "HOME") == book.of(ANN.id)[0]
    assert book.find(ANN.id, "work") is None


def test_when_the_default_is_removed_another_takes_its_place(store: Store) -> None:
    book = store.addresses
    for address in (HOME, WORK, replace(HOME, label="cabin")):
        book.put(ANN.id, address)
    assert book.remove(ANN.id, "home")
    assert not book.remove(ANN.id, "home")
    assert [address.label for address in book.of(ANN.id)] == ["cabin", "work"]


def test_an_address_needs_its_parts_and_a_known_customer(store: Store) -> None:
    assert store.addresses.put("nobody", HOME) == Refusal("unknown_customer")
    with pytest.raises(ValueError, match="ISO 3166"):
        store.addresses.put(ANN.id, replace(HOME, country="USA"))
    with pytest.raises(ValueError, match="a label, a name, a street and a city"):
        store.addresses.put(ANN.id, replace(HOME, street=""))


# --- codes: the rules


@pytest.mark.parametrize(
    ("code", "weak"),
    [
        ("4711", None),
        ("90210123", None),
        ("471", "too_short"),
        ("471147114", "too_long"),
        ("47a1", "not_digits"),
        ("٤٧١١", "not_digits"),
        ("", "not_digits"),
        ("0000", "too_simple"),
        ("1234", "too_simple"),
        ("8765", "too_simple"),
    ],
)
def test_a_code_that_is_easily_guessed_is_refused(code: str, weak: str | None) -> None:
    assert weakness(code) == weak


@pytest.mark.parametrize(
    ("has_code", "limit", "total", "buying"),
    [
        (False, None, 99_999, "free"),
        (True, None, 1, "code"),
        (True, 5000, 5000, "free"),
        (True, 5000, 5001, "code"),
        (False, 5000, 5000, "free"),
        (False, 5000, 5001, "too_much"),
    ],
)
def test_a_code_a_limit_or_both_decide_what_it_takes(
    has_code: bool, limit: int | None, total: int, buying: str
) -> None:
    assert rule(has_code, None if limit is None else usd(limit), usd(total)) == buying


def test_every_third_wrong_code_locks_for_twice_as_long_up_to_a_day() -> None:
    minutes = [lock.total_seconds() / 60 if (lock := lock_after(wrong)) else None for wrong in range(1, 10)]
    assert minutes == [None, None, 15, None, None, 30, None, None, 60]
    assert lock_after(3000) == timedelta(days=1)
    assert lock_after(0) is None
    assert [tries_left(wrong) for wrong in (1, 2, 4, 5)] == [2, 1, 2, 1]


# --- codes: kept


def test_without_anything_set_buying_by_voice_is_free(store: Store) -> None:
    assert store.codes.buying(ANN.id, usd(10**6)) == "free"
    with pytest.raises(KeyError):
        store.codes.verify_code("k", ANN.id, CODE, NOW)


def test_a_code_and_a_limit_are_set_and_taken_away(store: Store) -> None:
    codes = store.codes
    assert codes.set_code(ANN.id, "12 34") == "too_simple"
    assert codes.set_code(ANN.id, CODE) is None
    assert codes.needs_code(ANN.id, usd(1))
    codes.set_limit(ANN.id, usd(5000))
    assert not codes.needs_code(ANN.id, usd(5000))
    assert codes.needs_code(ANN.id, usd(5001))
    codes.set_code(ANN.id, None)
    assert codes.buying(ANN.id, usd(5001)) == "too_much"
    codes.set_limit(ANN.id, None)
    assert codes.buying(ANN.id, usd(5001)) == "free"
    assert codes.set_code("nobody", CODE) == codes.set_limit("nobody", None) == Refusal("unknown_customer")


def test_the_right_code_counts_however_its_digits_are_spaced(store: Store) -> None:
    store.codes.set_code(ANN.id, CODE)
    assert store.codes.verify_code("k", ANN.id, "4 7-1 1", NOW) == CodeCheck("right")


def test_three_wrong_codes_lock_it_even_for_the_right_one(store: Store) -> None:
    codes = store.codes
    codes.set_code(ANN.id, CODE)
    left = [codes.verify_code(f"k{n}", ANN.id, "9999", NOW) for n in range(2)]
    assert left == [CodeCheck("wrong", left=2), CodeCheck("wrong", left=1)]
    until = NOW + timedelta(minutes=15)
    assert codes.verify_code("k2", ANN.id, "9999", NOW) == CodeCheck("locked", until=until)
    assert codes.verify_code("k3", ANN.id, CODE, until - timedelta(seconds=1)) == CodeCheck("locked", until=until)
    assert codes.verify_code("k4", ANN.id, CODE, until) == CodeCheck("right")
    assert codes.verify_code("k5", ANN.id, "9999", until) == CodeCheck("wrong", left=2)


def test_one_try_counts_once_however_often_it_is_sent(store: Store) -> None:
    codes = store.codes
    codes.set_code(ANN.id, CODE)
    for _ in range(5):
        assert codes.verify_code("k", ANN.id, "9999", NOW) == CodeCheck("wrong", left=2)
    for _ in range(2):
        assert codes.verify_code("k2", ANN.id, CODE, NOW) == CodeCheck("right")


def test_guesses_at_the_same_time_are_all_counted(shared: Databases) -> None:
    codes = open_store(shared.new())[0].codes
    codes.set_code(ANN.id, CODE)
    with ThreadPoolExecutor(4) as pool:
        guesses = list(pool.map(lambda n: codes.verify_code(f"k{n}", ANN.id, f"{5000 + n}", NOW), range(6)))
    assert sorted(guess.left for guess in guesses if guess.outcome == "wrong") == [1, 2]
    assert sum(guess.outcome == "locked" for guess in guesses) == 4
    assert codes.verify_code("last", ANN.id, CODE, NOW).outcome == "locked"


def test_nobody_can_read_a_code_in_the_database_or_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        store.codes.set_code(ANN.id, CODE)
        store.codes.verify_code("k", ANN.id, "9182", NOW)
    with store._engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM voice_codes")).one()
    kept = repr(row) + caplog.text
    assert CODE not in kept
    assert "9182" not in kept
    assert len(row.salt) == 16
    store.codes.set_code(ANN.id, CODE)
    with store._engine.connect() as connection:
        again = connection.execute(text("SELECT * FROM voice_codes")).one()
    assert row.digest != again.digest


def test_a_limit_in_another_currency_is_an_error(store: Store) -> None:
    store.codes.set_limit(ANN.id, Money(500, "SEK"))
    with pytest.raises(ValueError, match="cannot compare"):
        store.codes.buying(ANN.id, usd(1))
