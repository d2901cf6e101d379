from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.surfaces.v1 import TurnBody, to_turn
from assistant.web.settling import settling
from tests.assistant.served import served
from tests.commerce.providers import NoAnswer, once
from tests.shops import NOW, Shops, assistant_on


@pytest.fixture
def client(shops: Shops) -> Iterator[TestClient]:
    with served(shops.assistant()) as client:
        yield client


def turn(**given: Any) -> dict[str, Any]:
    return {"session": "s1", "customer": "C001", **given}


def test_health_says_ok(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_a_turn_in_json_gets_a_reply_in_json(client: TestClient) -> None:
    reply = client.post("/v1/turns", json=turn(text="where is my parcel", turn_id="t1"))
    assert reply.status_code == 200
    body = reply.json()
    assert body["turn_id"] == "t1"
    assert body["intent"] == "order_status"
    assert "on its way" in body["text"]


def test_an_order_takes_a_read_back_and_a_yes_and_the_same_id_orders_once(client: TestClient) -> None:
    asked = client.post("/v1/turns", json=turn(text="reorder my coffee")).json()
    assert asked["asks"] == "order"
    first = client.post("/v1/turns", json=turn(text="yes", turn_id="y")).json()
    second = client.post("/v1/turns", json=turn(text="yes", turn_id="y")).json()
    assert first["done"]["outcome"] == "placed"
    assert second["done"] == first["done"]
    assert second["repeated"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "hello"}, 422),
        ({"session": "s1"}, 422),
        ({"text": 5, "session": "s1"}, 422),
        ({"text": "x" * 2_001, "session": "s1"}, 422),
        ({"text": "x", "session": "s1", "colour": "red"}, 422),
        ({"text": "x", "session": "s1", "language": "tlh"}, 422),
        ({"text": "x", "session": "s1", "customer": "C999"}, 404),
        ({"text": "x", "session": "s\ud800"}, 422),
        ({"text": "x", "session": "s\n1"}, 422),
    ],
)
def test_a_wrong_body_is_refused_with_the_right_status(client: TestClient, body: dict[str, Any], status: int) -> None:
    reply = client.post("/v1/turns", content=json.dumps(body), headers={"content-type": "application/json"})
    assert reply.status_code == status
    assert reply.json()["error"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"text": NaN, "session": "s1"}', b'{"text": "\\ud800"}'])
def test_what_is_not_json_is_refused_without_saying_what_was_sent(client: TestClient, content: bytes) -> None:
    reply = client.post("/v1/turns", content=content, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 422)
    assert "input" not in reply.text


def test_many_turns_of_one_session_at_once_are_all_answered(client: TestClient) -> None:
    with ThreadPoolExecutor(10) as pool:
        bodies = [turn(text="add oat milk to my basket", turn_id=f"t{number}") for number in range(10)]
        replies = list(pool.map(lambda body: client.post("/v1/turns", json=body), bodies))
    assert [reply.status_code for reply in replies] == [200] * 10
    checkout = client.post("/v1/turns", json=turn(text="check out")).json()
    assert "10 × Oat Milk" in checkout["text"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(client: TestClient, chunked: bool) -> None:
    body = b'{"session": "s1", "text": "' + b"x" * 70_000 + b'"}'
    content = iter([body[:40_000], body[40_000:]]) if chunked else body
    reply = client.post("/v1/turns", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 413


def test_a_failure_says_sorry_and_logs_the_turn_but_not_the_words(
    shops: Shops, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = shops.assistant()
    with served(assistant) as client:
        shops.break_sessions(assistant)
        with caplog.at_level(logging.INFO):
            reply = client.post("/v1/turns", json=turn(text="my secret address", turn_id="t9"))
    assert reply.status_code == 500
    assert "sorry" in reply.json()["error"].lower()
    assert "Traceback" not in reply.text
    assert "t9" in caplog.text
    assert "secret" not in caplog.text


def test_empty_words_are_answered_not_refused(client: TestClient) -> None:
    reply = client.post("/v1/turns", json=turn(text="  "))
    assert reply.status_code == 200
    assert reply.json()["intent"] is None


def test_what_was_left_unfinished_is_settled_while_the_server_runs(shops: Shops) -> None:
    assistant = assistant_on(shops.copy(), once(["after capture", "before void"], NoAnswer))
    for text in ("reorder my coffee", "yes"):
        assistant.handle(to_turn(TurnBody(session="s1", customer="C001", text=text), NOW))
    assert shops.orders_since(assistant.shop, NOW) == 0
    jobs = {"orders": lambda moment: len(assistant.shop.reconcile(moment))}
    with settling(jobs, 0.01, lambda: NOW + timedelta(hours=1)):
        deadline = time.monotonic() + 10
        while shops.orders_since(assistant.shop, NOW) == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert (shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)) == (1, 1)
