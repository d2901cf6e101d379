"""Deadlines: what takes too long is said, goes on, and is told later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import Any

from fastapi.testclient import TestClient

from assistant.types import Turn
from assistant.web.answering import Answering, Unanswered
from assistant.web.metrics import Metrics
from tests.assistant.served import served
from tests.shops import NOW, Shops, assistant_on
from voice.types import Transcript


class SlowShop:
    """A shop whose answers about one kind of thing wait until they are let go."""

    def __init__(self, shop: Any, slow: str) -> None:
        self._shop, self._slow = shop, slow
        self.open = Event()

    def __getattr__(self, name: str) -> Any:
        if name == self._slow:
            assert self.open.wait(20)
        return getattr(self._shop, name)


@contextmanager
def slow(shops: Shops, what: str, **server: Any) -> Iterator[tuple[TestClient, SlowShop]]:
    assistant = assistant_on(shops.copy())
    shop = SlowShop(assistant.shop, what)
    assistant.shop = shop  # type: ignore[assignment]
    with served(assistant, server={"deadline": 0.1, **server}) as client:
        yield client, shop


def ask(client: TestClient, text: str, turn_id: str, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"session": "s1", "customer": "C001", "text": text, "turn_id": turn_id, **more}
    reply = client.post("/v1/turns", json=body)
    return reply.status_code, reply.json()


def eventually(client: TestClient, text: str, turn_id: str) -> dict[str, Any]:
    """The reply of a turn sent again and again, as a surface would."""
    for _ in range(100):
        status, body = ask(client, text, turn_id)
        if status == 200:
            return body
    raise AssertionError(body)


def test_a_late_turn_is_said_to_be_late_and_the_same_id_gets_its_reply(shops: Shops) -> None:
    with slow(shops, "orders_of") as (client, shop):
        status, body = ask(client, "where is my parcel", "t1")
        assert (status, body["outcome"]) == (503, "late")
        assert "say that again" in body["error"]
        shop.open.set()
        assert "on its way" in eventually(client, "where is my parcel", "t1")["text"]


def test_a_late_change_is_made_once_however_often_it_is_sent(shops: Shops) -> None:
    with slow(shops, "put_basket") as (client, shop):
        assert [ask(client, "add oat milk to my basket", "t1")[0] for _ in range(3)] == [503] * 3
        shop.open.set()
        eventually(client, "add oat milk to my basket", "t1")
        assert "That's Oat Milk, $7.69 in all" in eventually(client, "check out", "t2")["text"]


def test_a_yes_does_not_confirm_a_read_back_that_came_too_late_to_be_heard(shops: Shops) -> None:
    with slow(shops, "usual") as (client, shop):
        assert ask(client, "reorder my coffee", "t1")[1]["outcome"] == "late"
        shop.open.set()
        asked = eventually(client, "yes", "t2")
        assert (asked["asks"], asked["done"]) == ("order", None)
        assert eventually(client, "yes", "t3")["done"]["outcome"] == "placed"


def test_a_server_that_stops_finishes_what_it_began(shops: Shops) -> None:
    url = shops.copy()
    assistant = assistant_on(url)
    shop = SlowShop(assistant.shop, "put_basket")
    assistant.shop = shop  # type: ignore[assignment]
    with served(assistant, server={"deadline": 0.1}) as client:
        assert ask(client, "add oat milk to my basket", "t1")[0] == 503
        shop.open.set()
    assert assistant_on(url).shop.basket("C001").lines


def test_more_turns_than_allowed_are_told_to_come_back(shops: Shops) -> None:
    assistant = assistant_on(shops.copy())
    shop = SlowShop(assistant.shop, "orders_of")
    assistant.shop = shop  # type: ignore[assignment]
    answering = Answering(assistant, Metrics(), threads=2, most=1)

    async def both() -> list[str]:
        turns = [
            Turn(f"t{n}", f"s{n}", "C001", "http", "en", Transcript("where is my parcel", "en", 1.0), NOW)
            for n in range(2)
        ]
        answers = await asyncio.gather(*(answering.answer(turn, 0.2) for turn in turns))
        shop.open.set()
        return [answer.outcome for answer in answers]

    assert sorted(asyncio.run(both())) == ["busy", "late"]
    answering.close()


def test_who_comes_while_every_thread_is_taken_is_answered_within_the_deadline(shops: Shops) -> None:
    with slow(shops, "orders_of", threads=1) as (client, shop):
        assert ask(client, "where is my parcel", "t1")[1]["outcome"] == "late"
        began = monotonic()
        status, body = ask(client, "hello", "t2", session="s2", customer="C002")
        assert (status, body["outcome"]) == (503, "late")
        assert monotonic() - began < 2
        shop.open.set()


def test_a_question_is_bound_like_a_turn_and_dropped_where_nobody_waits_any_more(shops: Shops) -> None:
    shop, asked = Event(), list[str]()
    answering = Answering(shops.assistant(), Metrics(), threads=1, most=9)

    async def several() -> list[str]:
        outcomes = []
        for name, deadline in (("first", 0.05), ("second", 0.05), ("third", 0.05)):
            try:
                await answering.ask(lambda name=name: asked.append(name) or shop.wait(20), deadline)  # type: ignore[misc]
            except Unanswered as unanswered:
                outcomes.append(unanswered.outcome)
        shop.set()
        outcomes.append("ready" if await answering.ask(lambda: True) else "")
        return outcomes

    assert asyncio.run(several()) == ["late", "late", "late", "ready"]
    assert asked == ["first"]
    answering.close()


def test_a_customer_nobody_knows_is_told_so_and_nothing_is_done(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        status, body = ask(client, "add oat milk to my basket", "t1", customer="C999")
    assert (status, body["error"]) == (404, "no such customer; leave customer out for a guest")


def test_the_figures_count_turns_stages_effects_and_repeats(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        for _ in range(2):
            ask(client, "add oat milk to my basket", "t1", channel="kiosk")
        counted = client.get("/metrics").text
    turns = 'handla_turns_total{channel="kiosk",intent="add_to_basket",outcome='
    assert f'{turns}"answered"}} 1.0' in counted
    assert f'{turns}"repeated"}} 1.0' in counted
    assert 'handla_actions_total{action="basket",outcome="changed"} 1.0' in counted
    assert 'handla_stage_seconds_count{stage="understand"} 1.0' in counted


def test_ready_says_when_the_database_has_gone_and_health_does_not_care(shops: Shops) -> None:
    assistant = shops.assistant()
    with served(assistant) as client:
        assert client.get("/ready").json() == {"status": "ready"}
        with assistant.sessions._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE assistant_version SET version_num = 'r2999'")
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200


def test_the_description_names_the_doors_for_programs_only(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        paths = client.get("/openapi.json").json()["paths"]
    assert paths
    assert all(name.startswith("/v1/") for name in paths)


def test_a_late_read_back_that_a_retry_delivered_can_be_confirmed(shops: Shops) -> None:
    with slow(shops, "usual") as (client, shop):
        assert ask(client, "reorder my coffee", "t1")[1]["outcome"] == "late"
        shop.open.set()
        assert eventually(client, "reorder my coffee", "t1")["asks"] == "order"
        assert eventually(client, "yes", "t2")["done"]["outcome"] == "placed"
