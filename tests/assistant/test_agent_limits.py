"""What keeps programs within bounds: limits, the customer's code, and a row for each call."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

from tests.assistant.programs import COFFEE, Program, Refused, coffee_quote, orders, shopping
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.shops import NOW, Shops


@pytest.fixture
def own(shops: Shops) -> Iterator[Program]:
    """In a shop of the test's own."""
    with shopping(shops.assistant()) as program:
        yield program


def test_a_voice_code_is_asked_for_and_counts_once(own: Program, shops: Shops) -> None:
    codes = own.assistant.services.codes
    assert codes is not None
    codes.set_code("C001", "2468")
    name = coffee_quote(own)
    with pytest.raises(Refused, match="voice_code"):
        own.call("place_order", quote_id=name, confirmation="yes")
    with pytest.raises(Refused, match="not the customer's code"):
        own.call("place_order", quote_id=name, confirmation="yes", voice_code="1111")
    assert orders(shops, own) == 0
    for _ in range(2):
        assert own.call("place_order", quote_id=name, confirmation="yes", voice_code="2468")["status"] == "placed"
    assert orders(shops, own) == 1


def test_a_program_spends_no_more_than_it_may(shops: Shops) -> None:
    assistant = shops.assistant()
    with shopping(assistant, most_per_order=5_000, most_per_day=8_000, orders_a_day=None) as program:
        with pytest.raises(Refused, match=r"\$50.00 at most"):
            program.call("quote", items=[{**COFFEE, "quantity": 9}])
        names = [coffee_quote(program) for _ in range(4)]  # $32.88 each

        def buy(name: str) -> str:
            try:
                program.call("place_order", quote_id=name, confirmation="yes")
            except Refused as refused:
                return str(refused)
            return "placed"

        with ThreadPoolExecutor(4) as pool:
            told = sorted(pool.map(buy, names))
        assert told[2:] == ["placed", "placed"]
        assert all("spend more" in one for one in told[:2])
        assert orders(shops, program) == 2
        program.clock.now += timedelta(days=1)
        assert buy(coffee_quote(program)) == "placed"


def test_a_program_places_so_many_orders_a_day_and_what_failed_does_not_count(shops: Shops) -> None:
    with shopping(shops.assistant(), orders_a_day=1) as program:
        failed = coffee_quote(program)
        shops.change(program.assistant.shop, {"price": {"product": "dark-roast-coffee-beans", "amount": 1299}})
        with pytest.raises(Refused):
            program.call("place_order", quote_id=failed, confirmation="yes")
        program.call("place_order", quote_id=coffee_quote(program), confirmation="yes")
        with pytest.raises(Refused, match="place more orders"):
            program.call("place_order", quote_id=coffee_quote(program), confirmation="yes")


def test_every_call_leaves_a_row_without_words(own: Program) -> None:
    name = coffee_quote(own)
    with pytest.raises(Refused):
        own.call("place_order", quote_id=name, confirmation="my secret words")
    bought = own.call("place_order", quote_id=name, confirmation="yes")
    rows = [replace(row, milliseconds=0.0) for row in own.audit()]
    assert [(row.tool, row.outcome, row.about, row.order_number) for row in rows] == [
        ("quote", "done", name, ""),
        ("place_order", "unclear", name, ""),
        ("place_order", "done", name, bought["order"]["number"]),
    ]
    assert {(row.client, row.customer, row.at) for row in rows} == {("local", "C001", NOW)}
    assert "secret" not in repr(rows)


def test_a_caller_that_goes_away_stops_nothing_and_is_noted(own: Program) -> None:
    name = coffee_quote(own)
    body = {"name": "place_order", "arguments": {"quote_id": name, "confirmation": "yes"}}
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": body}).encode()
    at = urlsplit(own.url)
    with socket.create_connection((str(at.hostname), int(at.port or 0))) as wire:
        head = f"POST /mcp HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
        accept = "Accept: application/json, text/event-stream\r\n"
        wire.sendall(f"{head}{accept}Content-Length: {len(message)}\r\n\r\n".encode() + message)
    deadline = monotonic() + 30
    while len(own.audit()) < 2 and monotonic() < deadline:
        sleep(0.02)
    assert [(call.tool, call.outcome) for call in own.audit()] == [("quote", "done"), ("place_order", "done")]
    assert own.call("place_order", quote_id=name, confirmation="yes")["status"] == "placed"


@pytest.mark.models
def test_the_audit_can_be_read_on_the_command_line(
    handla: Command,  # noqa: F811
    shops: Shops,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = shops.copy()
    with shopping(shops.assistant(url)) as program:
        name = coffee_quote(program)
        number = program.call("place_order", quote_id=name, confirmation="yes")["order"]["number"]
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", url)
    _, out, _ = handla("agents", "audit", "--limit", "1")
    assert "local for C001: place_order done, " in out
    assert out.rstrip().endswith(f"{name} order {number}")
    _, out, _ = handla("agents", "audit", "--json", "--customer", "C001")
    assert [json.loads(line)["tool"] for line in out.splitlines()] == ["place_order", "quote"]
    assert handla("agents", "audit", "--client", "nobody")[1] == ""


def test_a_customer_who_is_erased_in_the_middle_of_a_call_is_told_of_and_nothing_is_done(own: Program) -> None:
    shop = own.assistant.shop
    look_up, asked = shop.customer, list[str]()

    def until_erased(customer: str) -> object:
        asked.append(customer)
        return look_up(customer) if len(asked) == 1 else None

    object.__setattr__(shop, "customer", until_erased)
    with pytest.raises(Refused, match="does not know this customer any more"):
        own.call("view_basket")
    assert own.audit()[-1].outcome == "unknown"
