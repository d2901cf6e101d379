"""A merchant's day at the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.sample.care import TERMS
from commerce.store import Store
from commerce.terms_file import read_terms
from commerce.types import Address, Order, Quote
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.commerce.goods import ANN, line, open_store, past_order, product

STOVE = product("Stove", 5900, categories=("outdoor",))
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def store(handla: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:  # noqa: ARG001, F811
    """A small shop that the commands work on."""
    monkeypatch.setenv("HANDLA_SHOP__SAMPLE", "false")
    store, _ = open_store(f"sqlite:///{tmp_path / 'shop.db'}", [STOVE])
    store.set_terms(read_terms(TERMS))
    store.addresses.put(ANN.id, Address("home", "Ann", "48 Lantern Lane", "04101", "Portland", "US"))
    store.addresses.put(ANN.id, Address("work", "Ann", "900 Quarry Road", "04106", "South Portland", "US"))
    return store


def place(store: Store, at: datetime = YESTERDAY) -> str:
    quote = store.quote([line(store, "stove", 2)], store.addresses.of(ANN.id)[0], "standard", at)
    assert isinstance(quote, Quote)
    order = store.place_order("k", ANN.id, quote, at)
    assert isinstance(order, Order)
    return order.number


def test_an_order_goes_from_the_list_to_the_door_and_back(handla: Command, store: Store) -> None:  # noqa: F811
    number = place(store)
    assert f"order {number} of C1: placed" in handla("shop", "order", "list")[1]
    assert handla("shop", "order", "pack", number) == (0, f"order {number}: packed, $118.00\n", "")
    assert f"order {number} " not in handla("shop", "order", "list")[1]
    shipped = handla(*f"shop order ship {number} --carrier Postbird --tracking PB7 --expected 2020-01-02".split())
    assert shipped[1] == f"order {number}: shipped, $118.00\n"
    told = handla("shop", "order", "show", number)[1]
    assert "shipped, delayed" in told
    assert "with Postbird PB7" in told
    assert "48 Lantern Lane" in told
    report = json.loads(handla("shop", "order", "show", number, "--json")[1])
    assert (report["delayed"], report["shipment"]["expected"]) == (True, "2020-01-02")
    assert handla("shop", "order", "deliver", number)[0] == 0
    one = store.aftercare.ask_return("r", number, [], "faulty", datetime.now(UTC))
    assert getattr(one, "reason", None) == "empty"


def test_what_is_sent_back_is_seen_decided_and_paid(handla: Command, store: Store) -> None:  # noqa: F811
    order = replace(past_order(0, (STOVE, 1)), number="2041", placed_at=YESTERDAY, delivered_on=YESTERDAY.date())
    store.import_orders([order], [ANN])
    waiting = store.aftercare.ask_return("r", "2041", [Pieces(0, 1)], "faulty", datetime.now(UTC))
    assert isinstance(waiting, Return)
    assert handla("shop", "order", "receive-return", waiting.number)[0] == 0
    assert "refund of $59.00 (returned): waits for the check" in handla("shop", "order", "show", "2041")[1]
    code, out, _ = handla("shop", "order", "accept-return", waiting.number, "--no-restock")
    assert (code, out) == (0, f"return {waiting.number}: received, $59.00; the refund is to be paid\n")
    listed = handla("shop", "order", "refunds")[1]
    key = next(line.split()[0] for line in listed.splitlines() if order.number in line)
    assert key not in handla("shop", "order", "refunds", "--paid", key)[1]
    assert [one.state.value for one in store.aftercare.returns(order.number)] == ["refunded"]
    assert handla("shop", "order", "refuse-return", waiting.number, "--because", "worn")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pack", "0000"], "order 0000: there is no order of that number"),
        (["show", "0000"], "order 0000: there is no order of that number"),
        (["accept-return", "R0"], "return R0: there is no return of that number"),
        (["refunds", "--paid", "x"], "there is no refund x"),
        (["cancel", "0000", "--line", "1"], "order 0000: there is no line 1"),
        (["cancel", "0000", "--pieces", "1"], "--pieces needs --line"),
        (["voice-code", "C999"], "no customer C999"),
        (["addresses", "C999"], "no customer C999"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_done(
    handla: Command,  # noqa: F811
    store: Store,
    arguments: list[str],
    says: str,
) -> None:
    before = store.orders_placed()
    code, out, err = handla("shop", "order", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert store.orders_placed() == before


def test_an_order_that_can_still_be_called_off_is_held_back(handla: Command, store: Store) -> None:  # noqa: F811
    number = place(store, datetime.now(UTC))
    code, _, err = handla("shop", "order", "pack", number)
    assert code == 2
    assert "its customer can call it off until" in err
    assert handla("shop", "order", "cancel", number, "--line", "1", "--pieces", "1")[1] == (
        f"order {number}: placed, $59.00\n"
    )
    assert handla("shop", "order", "cancel", number)[1] == f"order {number}: cancelled, $59.00\n"


def test_a_voice_code_is_set_without_being_shown(handla: Command, store: Store) -> None:  # noqa: F811
    code, out, _ = handla("shop", "order", "voice-code", ANN.id, "--limit", "5000", stdin="4711\n")
    assert code == 0
    assert "C1: a code is set, free up to $50.00." in out
    assert "4711" not in out
    assert store.codes.verify_code("k", ANN.id, "4711", YESTERDAY).outcome == "right"
    assert handla("shop", "order", "voice-code", ANN.id, stdin="1234\n")[0] == 2
    assert "without a code" in handla("shop", "order", "voice-code", ANN.id, "--clear")[1]


def test_addresses_are_listed_with_the_default_first(handla: Command, store: Store) -> None:  # noqa: F811
    assert store.customer(ANN.id)
    out = handla("shop", "order", "addresses", ANN.id)[1].splitlines()
    assert [line.split(":")[0] for line in out] == ["home", "work"]


def test_terms_are_taken_over_whole_or_not_at_all(handla: Command, store: Store, tmp_path: Path) -> None:  # noqa: F811
    before = store.terms()
    file = tmp_path / "terms.toml"
    file.write_text("cancel_minutes = -1")
    code, _, err = handla("shop", "import-terms", str(file))
    assert code == 2
    assert "cancel_minutes is -1; give 0 or more.\nNothing was imported." in err
    assert store.terms() == before
    file.write_text("cancel_minutes = 5")
    assert handla("shop", "import-terms", str(file))[0] == 0
    assert store.terms().cancel_window == timedelta(minutes=5)
