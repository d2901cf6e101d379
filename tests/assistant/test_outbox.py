"""What is told to customers without their asking: in a conversation once, and by channels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assistant.acts import PlaceOrder
from assistant.memory import Told
from assistant.outbox import Message, messages
from assistant.pipeline import Assistant
from assistant.records.memory import NewsTold
from assistant.types import Session, Turn
from commerce.alerts import AlertWish
from commerce.store import Around, Store, around
from commerce.types import OrderState
from tests.shops import NOW, Shops
from voice.types import Transcript


@pytest.fixture(params=["sqlite", "postgresql"])
def everywhere(request: pytest.FixtureRequest) -> Shops:
    found: Shops = request.getfixturevalue("shops" if request.param == "sqlite" else "postgres_shops")
    return found


class Premises:
    """An assistant on a shop, and what is around it."""

    def __init__(self, shops: Shops) -> None:
        self.assistant: Assistant = shops.assistant()
        assert isinstance(self.assistant.shop, Store)
        self.store: Store = self.assistant.shop
        engine = self.assistant.sessions._engine
        self.around: Around = around(engine, self.store)
        self.told = NewsTold(engine)

    def due(self, now: datetime = NOW) -> list[Message]:
        return list(messages(self.store, self.around, self.told, now))

    def says(self, text: str, at: datetime = NOW, customer: str = "C001", session: str = "s1") -> Any:
        said = Transcript(text, "en", 1.0)
        return self.assistant.handle(Turn(f"{text} {at}", session, customer, "text", "en", said, at))

    def wait_for_the_jacket(self) -> None:
        """C001 waits for something that is sold out and comes back."""
        self.store.set_stock("JKT-GLAC-M", 0)
        product = self.store.product_of("JKT-GLAC-M")
        assert product is not None
        wish = AlertWish(product.id, "JKT-GLAC-M")
        self.around.alerts.set_alert("k", "C001", wish, NOW)
        self.store.set_stock("JKT-GLAC-M", 3)


def test_what_is_due_is_taken_by_one_caller_only(everywhere: Shops) -> None:
    premises = Premises(everywhere)
    premises.wait_for_the_jacket()
    (message,) = [one for one in premises.due() if one.kind == "alert"]
    assert (message.customer_id, message.language) == ("C001", "en")
    assert "Glacier Down Jacket" in message.text
    assert message.take()
    assert not message.take()
    assert [one for one in premises.due() if one.kind == "alert"] == []


def test_nothing_is_due_for_who_took_the_consent_back(everywhere: Shops) -> None:
    premises = Premises(everywhere)
    premises.wait_for_the_jacket()
    premises.around.consents.set_consent("C001", "alerts", False, NOW)
    assert [one for one in premises.due() if one.kind == "alert"] == []
    assert "Glacier" not in premises.says("hello").text


def test_what_was_told_in_a_conversation_is_not_sent_too(everywhere: Shops) -> None:
    premises = Premises(everywhere)
    premises.wait_for_the_jacket()
    reply = premises.says("hello")
    assert "Glacier Down Jacket" in reply.text
    assert reply.asks == "add"
    assert [one for one in premises.due() if one.kind == "alert"] == []


def test_the_same_thing_is_told_once_a_day(shops: Shops) -> None:
    premises = Premises(shops)
    first = premises.says("hello", session="s1").text
    second = premises.says("hello", session="s2").text
    assert first != second
    premises.told.note(Told("C004", "x", NOW - timedelta(days=2)))
    assert premises.told.since("C004", NOW - timedelta(days=1)) == frozenset()


def test_a_parcel_of_today_comes_first_and_only_once_in_a_session(shops: Shops) -> None:
    premises = Premises(shops)
    (order,) = (one for one in premises.store.orders_of("C001", 5) if one.state is OrderState.SHIPPED)
    assert order.expected is not None
    at = datetime.combine(order.expected, NOW.time(), NOW.tzinfo) + timedelta(hours=6)
    assert order.number in premises.says("hello", at).text
    assert order.number not in premises.says("hello", at + timedelta(seconds=9)).text


def test_a_basket_left_is_spoken_of_in_the_next_conversation_with_consent_only(shops: Shops) -> None:
    premises = Premises(shops)
    for agreed in (False, True):
        premises.around.consents.set_consent("C028", "baskets", agreed, NOW)
        premises.says("add two oat milk", NOW + timedelta(hours=agreed), customer="C028", session=f"s{agreed}")
        reply = premises.says("hello", NOW + timedelta(hours=7), customer="C028", session=f"later {agreed}")
        assert ("basket still has" in reply.text) is agreed


def test_after_a_long_silence_a_conversation_begins_anew_and_loses_no_order(shops: Shops) -> None:
    premises = Premises(shops)
    assert premises.says("reorder my coffee").asks == "order"
    late = NOW + timedelta(hours=13)
    assert premises.says("yes", late).done is None
    assert premises.store.orders_of("C001", 1)[0].placed_at < NOW
    session = premises.assistant.session("s1", "C001")
    assert (session.pending, session.turns) == (None, 2)


def test_where_old_conversations_stood_is_removed_unless_something_is_unfinished(everywhere: Shops) -> None:
    premises = Premises(everywhere)
    sessions = premises.assistant.sessions
    premises.says("hello", session="old")
    premises.says("hello", at=NOW + timedelta(days=2), session="new")
    order = PlaceOrder("k", "C001", (), premises.store.basket("C001").total, from_basket=False)
    turn = Turn("t", "open", "C001", "text", "en", Transcript("yes", "en", 1.0), NOW)
    sessions.save(Session("open", unsettled=(order,)), turn)
    assert sessions.forget(NOW + timedelta(days=1)) == 1
    assert sessions.load("open") is not None
    assert premises.assistant.session("new", "C001").turns == 1
    assert premises.assistant.session("old", "C001").turns == 0
    assert premises.says("where is my parcel", session="old").text
