"""The sandbox's provider: each key once, money set aside before it is taken, given back at most once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.payments import SandboxPayments
from commerce.ports import Charge, Refund
from commerce.store import open_engine
from commerce.types import Money
from tests.commerce.goods import usd
from tests.databases import Databases, give_tables


@pytest.fixture
def payments(databases: Databases) -> SandboxPayments:
    return new_payments(databases.new())


def new_payments(url: str = "sqlite://") -> SandboxPayments:
    engine = open_engine(url)
    give_tables(engine)
    return SandboxPayments(engine)


def take(payments: SandboxPayments, key: str = "k", amount: int = 500) -> Charge:
    payments.authorise(key, "C1", usd(amount))
    return payments.capture(key)


def test_the_provider_forgets_nothing_and_charges_a_key_once(payments: SandboxPayments) -> None:
    assert payments.lookup("k") is None
    assert payments.authorise("k", "C1", usd(5)).outcome == "authorised"
    first = payments.capture("k")
    assert first == Charge("k", usd(5), "captured") == payments.capture("k") == payments.lookup("k")
    stricter = SandboxPayments(payments._engine, declined={"C1"})
    assert stricter.authorise("k", "C1", usd(9)) == first
    assert payments.captured() == [first]


def test_what_was_declined_stays_declined(payments: SandboxPayments) -> None:
    declined = SandboxPayments(payments._engine, declined={"C1"}).authorise("k", "C1", usd(5))
    assert declined == Charge("k", usd(5), "declined")
    assert declined == payments.authorise("k", "C1", usd(5)) == payments.capture("k") == payments.void("k")


def test_what_was_called_off_is_never_taken_whichever_comes_first(payments: SandboxPayments) -> None:
    payments.authorise("k", "C1", usd(5))
    assert payments.void("k").outcome == payments.capture("k").outcome == "voided"
    assert payments.void("later").outcome == payments.authorise("later", "C1", usd(5)).outcome == "voided"
    assert payments.captured() == payments.set_aside() == []


def test_what_was_taken_cannot_be_called_off(payments: SandboxPayments) -> None:
    assert take(payments) == payments.void("k")


def test_what_was_never_set_aside_cannot_be_taken(payments: SandboxPayments) -> None:
    with pytest.raises(KeyError):
        payments.capture("k")


def test_a_refund_is_given_once_for_each_key_and_never_more_than_was_taken(payments: SandboxPayments) -> None:
    take(payments)
    assert payments.refund("r1", "k", usd(300)) == Refund("r1", "k", usd(300), "refunded")
    assert payments.refund("r1", "k", usd(300)).outcome == "refunded"
    assert payments.refund("r2", "k", usd(300)).outcome == "declined"
    assert payments.refund("r3", "k", usd(200)).outcome == "refunded"
    assert [refund.key for refund in payments.refunded()] == ["r1", "r3"]


@pytest.mark.parametrize("before", [lambda _: None, lambda payments: payments.authorise("k", "C1", usd(500))])
def test_what_was_not_taken_is_not_given_back(
    payments: SandboxPayments, before: Callable[[SandboxPayments], object]
) -> None:
    before(payments)
    assert payments.refund("r", "k", usd(500)).outcome == "declined"
    take(payments)
    assert payments.refund("kronor", "k", Money(500, "SEK")).outcome == "declined"
    with pytest.raises(ValueError, match="refund"):
        payments.refund("nothing", "k", usd(0))


STEPS = st.tuples(st.sampled_from(["authorise", "capture", "void", "refund"]), st.sampled_from("ab"), st.integers(1, 3))


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=12))
def test_what_is_given_back_never_exceeds_what_was_taken(steps: list[tuple[str, str, int]]) -> None:
    payments = new_payments()
    for what, key, amount in steps:
        if what == "authorise":
            payments.authorise(key, "C1", usd(amount))
        elif what == "refund":
            payments.refund(f"{key}{amount}", key, usd(amount))
        elif what == "void" or payments.lookup(key) is not None:
            (payments.void if what == "void" else payments.capture)(key)
        for charge in payments.captured():
            given_back = [one.amount.minor for one in payments.refunded() if one.charge_key == charge.key]
            assert sum(given_back) <= charge.amount.minor
        assert {one.charge_key for one in payments.refunded()} <= {one.key for one in payments.captured()}
