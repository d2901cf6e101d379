"""Who is let in, how often, and what an answer says to a browser."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import copy_context

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Settings
from assistant.web.guards import MOST_CLIENTS, Pace, client_of, hashed
from assistant.web.logs import JsonLines, turn_id
from assistant.web.server import application
from tests.assistant.served import served
from tests.shops import Shops

TURN = {"session": "s1", "customer": "C001", "text": "where is my parcel"}
KEYS = {"keys": {"kiosk": hashed("right"), "phone": hashed("other")}}


class Seconds:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_come_in_a_burst_and_then_at_the_rate() -> None:
    clock = Seconds()
    pace = Pace(rate=2.0, burst=3, clock=clock)
    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert pace.wait("b") == 0
    clock.now = 0.5
    assert [pace.wait("a"), pace.wait("a")] == [0, 0.5]


def test_who_has_been_quiet_is_forgotten_and_who_has_not_is_not() -> None:
    clock = Seconds()
    pace = Pace(rate=1.0, burst=1, clock=clock)
    for number in range(MOST_CLIENTS):
        pace.wait(str(number))
    clock.now = 0.5
    pace.wait("late")
    assert pace.wait("0") > 0
    clock.now = 1.2
    pace.wait("one more")
    assert len(pace._buckets) < MOST_CLIENTS
    assert pace.wait("late") > 0


def test_addresses_of_one_ipv6_network_are_one_client() -> None:
    first, second = ({"client": (address, 1)} for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"))
    assert client_of(first) == client_of(second)
    assert client_of({"client": ("2001:db8:1:3::1", 1)}) != client_of(first)
    assert client_of({"client": ("192.0.2.1", 1)}) == "192.0.2.1"


def test_too_many_requests_are_told_when_to_come_back_and_health_is_not_counted(shops: Shops) -> None:
    with served(shops.assistant(), server={"rate": 0.5, "burst": 1}) as client:
        assert client.post("/v1/turns", json=TURN).status_code == 200
        refused = client.post("/v1/turns", json=TURN)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [(None, 401), ("Bearer wrong", 401), ("Bearer ", 401), ("Basic right", 401), ("Bearer right", 200)],
)
def test_with_keys_set_only_a_right_one_opens_the_door(shops: Shops, given: str | None, status: int) -> None:
    with served(shops.assistant(), server=KEYS) as client:
        headers = {"authorization": given} if given else {}
        assert client.post("/v1/turns", json=TURN, headers=headers).status_code == status
        assert client.get("/metrics", headers=headers).status_code == status
        client.headers["authorization"] = "Bearer other"
        counted = client.get("/metrics").text
        assert ('handla_rejections_total{door="v1",reason="key"}' in counted) == (status == 401)


@pytest.mark.parametrize(
    ("host", "address"), [("shop.example", "127.0.0.1"), ("127.0.0.1", "192.0.2.7"), ("localhost.evil.example", "::1")]
)
def test_without_keys_other_machines_and_other_names_are_refused(shops: Shops, host: str, address: str) -> None:
    app = application(shops.assistant(), Settings())
    with TestClient(app, base_url=f"http://{host}:8765", client=(address, 50_000)) as client:
        assert client.post("/v1/turns", json=TURN).status_code == 403
        assert client.get("/metrics").status_code == 403
        assert client.get("/health").status_code == 200


def test_every_answer_carries_the_headers_that_browsers_obey(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        for reply in (client.get("/health"), client.get("/nowhere"), client.post("/v1/turns", json={})):
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert reply.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert set(client.get("/nowhere").json()) == {"error"}


def test_a_line_of_the_log_has_the_turn_and_of_an_error_no_words() -> None:
    try:
        raise ValueError("12 Rose Street")
    except ValueError:
        record = logging.LogRecord("handla", logging.ERROR, "f", 1, "turn %s failed", ("t7",), sys.exc_info())
    context = copy_context()
    context.run(turn_id.set, "t7")
    line = context.run(JsonLines().format, record)
    assert "Rose" not in line
    read = json.loads(line)
    assert (read["turn"], read["level"], read["error"]) == ("t7", "error", "ValueError")
    assert "test_guards.py" in read["where"][0]
