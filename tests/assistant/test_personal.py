"""What is kept about a customer is handed out whole and can be erased, on every database."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from assistant.bootstrap import linking
from assistant.pipeline import Assistant, sessions_of
from assistant.records.agents import AgentRecords, Call, Limits, Purchase
from assistant.records.clients import Client
from assistant.records.grants import Code, Grant
from assistant.records.personal import PersonalRecords
from assistant.types import Turn
from commerce.store import Store
from commerce.store.personal import Erased, NotErased, Personal
from commerce.types import OrderState
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.databases import rows
from tests.shops import NOW, Shops
from voice.types import Transcript

SAYINGS = ("I'm allergic to nuts", "add two oat milk", "reorder my coffee", "yes", "let me talk to someone", "hello?")
KEYS = frozenset({"key", "charge_key"})
"""Columns that tie orders and payments together; they hold ids of sessions."""


@pytest.fixture(params=["sqlite", "postgresql"])
def everywhere(request: pytest.FixtureRequest) -> Shops:
    found: Shops = request.getfixturevalue("shops" if request.param == "sqlite" else "postgres_shops")
    return found


def after_a_conversation(shops: Shops, customer: str) -> tuple[Assistant, Store, Personal, PersonalRecords]:
    assistant = shops.assistant(staffed=True)
    for number, text in enumerate(SAYINGS):
        said = Transcript(text, "en", 1.0)
        assistant.handle(Turn(str(number), "s1", customer, "text", "en", said, NOW + timedelta(seconds=number)))
    store = assistant.shop
    assert isinstance(store, Store)
    engine = assistant.sessions._engine
    link(engine, customer)
    return assistant, store, Personal(engine), PersonalRecords(engine)


def link(engine: Engine, customer: str) -> None:
    """What is kept of a customer who linked Alexa, bought by it, and has a code to link another program."""
    clients, grants = linking(engine)
    clients.add(Client("alexa-1", "Alexa", None, ("https://alexa.example/",), False, False, NOW))
    grant = Grant("g1", "alexa-1", customer, "shop.read", NOW)
    grants.open(Code("c" * 64, grant, "https://alexa.example/", "x" * 43, NOW))
    grants.put_refresh_token("r" * 64, "g1", NOW)
    grants.put_link_code("l" * 64, customer, NOW)
    used = AgentRecords(engine)
    used.note(Call(NOW, "alexa-1", "t" * 64, customer, "place_order", "done", "q-1", "4711", 9.5))
    assert used.take(Purchase("q-1", "alexa-1", customer, 2798, 1, NOW), Limits(None, None)) == "taken"


def deliver_all(store: Store, customer: str) -> None:
    for order in store.orders_of(customer, 100):
        if order.state not in (OrderState.RETURNED, OrderState.CANCELLED):
            store.set_state(order.number, OrderState.DELIVERED)


def test_everything_about_a_customer_is_handed_out(everywhere: Shops) -> None:
    assistant, store, personal, records = after_a_conversation(everywhere, "C001")
    kept = personal.export("C001")
    assert kept is not None
    assert kept["customers"] == [{"id": "C001", "name": "Alex Moreno", "language": "en"}]
    assert {row["number"] for row in kept["orders"]} == {order.number for order in store.orders_of("C001", 1000)}
    for name in ("addresses", "baskets", "shopping_lists", "points", "bookings", "consents", "order_lines"):
        assert kept[name], name
    talks = records.export("C001", sessions_of("C001"))
    assert {name: len(found) for name, found in talks.items()} == {
        "sessions": 1, "turns": len(SAYINGS), "handoffs": 1, "handoff_messages": 1, "customer_facts": 1,
        "news_told": 0, "oauth_codes": 1, "oauth_refresh_tokens": 1, "oauth_grants": 1, "link_codes": 1,
        "agent_calls": 1, "agent_purchases": 1, "agent_budgets": 1,
    }  # fmt: skip
    assert [(row["client_id"], row["scope"]) for row in talks["oauth_grants"]] == [("alexa-1", "shop.read")]
    assert "hash" not in json.dumps(talks)
    assert json.dumps({**kept, **talks})
    assert personal.export("nobody") is None
    del assistant


def test_what_is_under_way_must_be_finished_before_it_is_erased(everywhere: Shops) -> None:
    _, store, personal, _ = after_a_conversation(everywhere, "C001")
    outcome = personal.erase("C001", "erased-1")
    assert isinstance(outcome, NotErased)
    assert store.orders_of("C001", 1)[0].number in outcome.orders
    assert store.customer("C001") is not None


def test_after_erasing_nothing_tells_who_it_was_and_the_books_still_add_up(everywhere: Shops) -> None:
    assistant, store, personal, records = after_a_conversation(everywhere, "C001")
    deliver_all(store, "C001")
    addresses = store.addresses.of("C001")
    before = {order.number: order.total for order in store.orders_of("C001", 1000)}
    outcome = personal.erase("C001", "erased-1")
    assert isinstance(outcome, Erased)
    assert outcome.orders == len(before)
    records.erase("C001", sessions_of("C001"))
    assert {order.number: order.total for order in store.orders_of("erased-1", 1000)} == before
    telling = {"C001", "Alex Moreno", "nuts", *(part for one in addresses for part in (one.street, one.name))}
    for name, found in rows(assistant.sessions._engine).items():
        cells = {str(value) for row in found for column, value in row.items() if column not in KEYS}
        told = {word for word in telling for cell in cells if word in cell}
        assert told <= ({"nuts"} if name in ("products", "vectors", "learned_runs", "order_lines") else set()), name
    assert store.customer("C001") is None
    assert personal.erase("C001", "erased-2") is None


def test_other_customers_keep_everything(everywhere: Shops) -> None:
    _, store, personal, records = after_a_conversation(everywhere, "C001")
    deliver_all(store, "C001")
    others = personal.export("C002"), personal.export("C0010"), records.export("C002", sessions_of("C002"))
    personal.erase("C001", "erased-1")
    records.erase("C001", sessions_of("C001"))
    assert (personal.export("C002"), personal.export("C0010"), records.export("C002", sessions_of("C002"))) == others


def test_the_command_line_asks_before_it_erases(
    handla: Command,  # noqa: F811
    shops: Shops,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", shops.copy())
    assert json.loads(handla("customer", "export", "C024")[1])["customer"] == "C024"
    assert "orders" in handla("customer", "show", "C024")[1]
    code, _, error = handla("customer", "erase", "C024")
    assert (code, "--yes" in error) == (2, True)
    assert "kept for the books" in handla("customer", "erase", "C024", "--yes")[1]
    assert handla("customer", "show", "C024")[::2] == (2, "no customer C024 in this shop\n")
    assert "under way" in handla("customer", "erase", "C001", "--yes")[2]
