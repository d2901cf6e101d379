"""The endpoint: late replies, progress, odd requests, and what the settings turn on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.pipeline import Assistant
from assistant.settings import BadSettings
from assistant.web.amazon import amazon_api
from tests.assistant.amazon import SKILL, Amazon, Device, skill, speech
from tests.assistant.served import served
from tests.assistant.test_answering import SlowShop
from tests.shops import NOW, Shops

COFFEE = ("coffee", "COF-DARK-500")


class Directives(BaseHTTPRequestHandler):
    """Takes progressive responses, as Amazon's api does."""

    told: list[tuple[str, str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.told.append((self.path, self.headers["authorization"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on the tests' screen."""


@pytest.fixture
def directives() -> Iterator[tuple[str, list[tuple[str, str, dict[str, Any]]]]]:
    told: list[tuple[str, str, dict[str, Any]]] = []
    handler = type("Handler", (Directives,), {"told": told})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", told
        server.shutdown()
        thread.join()


def test_work_that_takes_a_while_is_told_of_meanwhile(shops: Shops, amazon: Amazon, directives: Any) -> None:
    endpoint, told = directives
    assistant = shops.assistant()
    shop = SlowShop(assistant.shop, "orders_of")
    assistant.shop = shop  # type: ignore[assignment]
    allowed = endpoint.__eq__
    with skill(assistant, amazon, allowed, progress_after=0.05, deadline=5) as device:
        device.api = {"apiEndpoint": endpoint, "apiAccessToken": "A-TOKEN"}
        device.new = False
        waiting = Thread(target=lambda: device.intent("OrderStatusIntent"))
        waiting.start()
        for _ in range(200):
            waiting.join(0.02)
            if told:
                break
        shop.open.set()
        waiting.join()
        assert "on its way" in speech(device.said[-1])
    ((path, authorization, body),) = told
    assert (path, authorization) == ("/v1/directives", "Bearer A-TOKEN")
    assert body["header"]["requestId"] == json.loads(device.sent)["request"]["requestId"]
    assert body["directive"] == {"type": "VoicePlayer.Speak", "speech": "<speak>One moment.</speak>"}


def test_nobody_but_amazon_is_told_of_progress(shops: Shops, amazon: Amazon, directives: Any) -> None:
    endpoint, told = directives
    assistant = shops.assistant()
    assistant.shop = SlowShop(assistant.shop, "orders_of")  # type: ignore[assignment]
    with skill(assistant, amazon, amazon_api, progress_after=0.01, deadline=0.3) as device:
        device.api = {"apiEndpoint": endpoint, "apiAccessToken": "A-TOKEN"}
        device.new = False
        device.intent("OrderStatusIntent")
        assistant.shop.open.set()  # type: ignore[attr-defined]
    assert told == []


@pytest.mark.parametrize("then", ["AMAZON.YesIntent", "AMAZON.RepeatIntent", "AMAZON.NoIntent", "ShowBasketIntent"])
def test_a_reply_that_came_too_late_is_told_at_the_next_request(shops: Shops, amazon: Amazon, then: str) -> None:
    assistant = shops.assistant()
    quick = assistant.shop
    assistant.shop = shop = SlowShop(quick, "usual")  # type: ignore[assignment]
    with skill(assistant, amazon, deadline=0.4) as device:
        late = device.intent("ReorderIntent", product=COFFEE)
        assert "longer than usual" in speech(late)
        assert late["response"]["shouldEndSession"] is False
        shop.open.set()
        told = answered(device, then)
        assert speech(told).count("2 times Dark Roast Coffee Beans") == 1 + (then == "ShowBasketIntent")
        assert ("basket" in speech(told)) == (then == "ShowBasketIntent")
        assert shops.orders_since(quick, NOW) == 0
        answered(device, "AMAZON.YesIntent")
        assert shops.orders_since(quick, NOW) == 1


def answered(device: Device, name: str) -> dict[str, Any]:
    """The response to an intent once it is there, however busy the machine."""
    response = device.intent(name)
    for _ in range(100):
        if "longer than usual" not in speech(response) and "still busy" not in speech(response):
            return response
        response = device.send(device.sent)
    raise AssertionError(response)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["AddProductIntent", "ChooseIntent", "SayFindIntent", "CodeIntent", "AMAZON.YesIntent", "Odd", ""]
)
KINDS = st.sampled_from(
    ["IntentRequest", "LaunchRequest", "CanFulfillIntentRequest", "Alexa.Presentation.APL.UserEvent"]
)
SLOTS = st.dictionaries(st.sampled_from(["product", "quantity", "size", "position", "words", "code"]), JSON, max_size=3)
PLACES = [
    ("session",), ("context",), ("context", "System"), ("context", "System", "user"), ("session", "attributes"),
    ("session", "attributes", "handla"), ("request", "intent"), ("request", "intent", "slots"), ("request", "locale"),
    ("request", "arguments"), ("request", "dialogState"), ("request", "requestId"), ("session", "user", "accessToken"),
]  # fmt: skip


@pytest.fixture
def odd_device(one_assistant: Assistant, amazon: Amazon) -> Iterator[Device]:
    with skill(one_assistant, amazon) as device:
        yield device


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_request_however_odd_is_an_error_of_ours(odd_device: Device, data: st.DataObject) -> None:
    intent = {"name": data.draw(NAMES), "slots": data.draw(SLOTS)}
    envelope = odd_device.envelope(data.draw(KINDS), intent=intent, arguments=["choose", "X"])
    place, odd = data.draw(st.sampled_from(PLACES)), data.draw(JSON)
    at: Any = envelope
    for step in place[:-1]:
        at = at.setdefault(step, {})
    at[place[-1]] = odd
    body = json.dumps(envelope).encode()
    answer = odd_device.client.post("/alexa", content=body, headers=odd_device.amazon.headers(body))
    assert answer.status_code in (200, 400)
    assert "went wrong" not in answer.text


def test_the_endpoint_is_there_only_where_the_settings_name_a_skill(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        assert client.post("/alexa", json={}).status_code == 404
    with served(shops.assistant(), alexa={"skill_id": SKILL}) as client:
        assert client.post("/alexa", json={}).json() == {"error": "refused: certificate_url"}
        assert 'handla_rejections_total{door="alexa",reason="certificate_url"} 1.0' in client.get("/metrics").text


def test_unsigned_requests_are_taken_only_where_the_settings_say_insecure(
    shops: Shops, caplog: pytest.LogCaptureFixture
) -> None:
    with served(shops.assistant(), alexa={"insecure": True}) as client:
        body = {"version": "1.0", "request": {"type": "LaunchRequest", "requestId": "r1"}}
        assert "Hello" in client.post("/alexa", json=body).text
    assert "alexa.insecure is set" in caplog.text


def test_settings_that_name_no_certificates_or_key_are_refused(shops: Shops, tmp_path: Any) -> None:
    (tmp_path / "empty.pem").write_text("")
    with (
        pytest.raises(BadSettings, match="roots"),
        served(shops.assistant(), alexa={"skill_id": SKILL, "roots": tmp_path / "empty.pem"}),
    ):
        pass
    with (
        pytest.raises(BadSettings, match="token_key"),
        served(shops.assistant(), alexa={"skill_id": SKILL, "token_key": tmp_path / "none"}),
    ):
        pass
