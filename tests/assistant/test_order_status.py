"""Where an order is, in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from assistant.pipeline import Assistant
from assistant.types import Turn
from commerce.lines import make_line
from commerce.store import Store
from commerce.types import Order, Quote, Shipment
from tests.shops import NOW, Shops
from voice.types import Transcript

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def assistant(shops: Shops) -> Assistant:
    return shops.assistant()


def store_of(assistant: Assistant) -> Store:
    assert isinstance(assistant.shop, Store)
    return assistant.shop


def ordered(assistant: Assistant, way: str) -> str:
    store = store_of(assistant)
    product = store.product_of("GER-STOV")
    line = make_line(product, "GER-STOV") if product else None
    assert line is not None
    quote = store.quote([line], store.addresses.of("C001")[0], way, NOW)
    assert isinstance(quote, Quote)
    order = store.place_order("k", "C001", quote, NOW)
    assert isinstance(order, Order)
    return order.number


def told(assistant: Assistant, number: str, days: int = 0) -> str:
    at = LATER + timedelta(days=days)
    turn = Turn(f"t{days}", "s", "C001", "text", "en", Transcript(f"where is order {number}", "en", 1.0), at)
    return assistant.handle(turn).text


def test_an_order_tells_how_far_it_is_and_when_it_comes(assistant: Assistant) -> None:
    number, desk = ordered(assistant, "standard"), store_of(assistant).desk
    assert "placed and not packed yet; it should arrive on Thursday" in told(assistant, number)
    assert "is late: it should have arrived yesterday and is not packed yet" in told(assistant, number, 4)
    desk.pack(number, LATER)
    assert "packed and leaves soon" in told(assistant, number, 1)
    assert "packed, but not on its way" in told(assistant, number, 5)
    desk.ship(number, Shipment("Postbird", "PB1", date(2026, 3, 6)), LATER)
    assert "on its way with Postbird, expected on Friday" in told(assistant, number, 2)
    assert "it was expected on 6 March and has not arrived" in told(assistant, number, 6)


def test_what_is_to_be_picked_up_says_so_once_it_is_packed(assistant: Assistant) -> None:
    number = ordered(assistant, "pick-up")
    store_of(assistant).desk.pack(number, LATER)
    assert "is ready to be picked up" in told(assistant, number, 3)


def test_where_an_order_is_takes_few_questions_to_the_database(assistant: Assistant) -> None:
    number, asked = ordered(assistant, "standard"), list[str]()
    told(assistant, number)
    event.listen(
        assistant.sessions._engine, "before_cursor_execute", lambda _, __, statement, *___: asked.append(statement)
    )
    told(assistant, number, days=1)
    questions = [statement for statement in asked if "BEGIN" not in statement]
    assert [statement.split()[0] for statement in questions] == [*["SELECT"] * 4, "UPDATE", "INSERT"], questions
