"""Dialogflow's webhooks, every response read back by the types of Google's own clients."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from google.cloud import dialogflow_v2, dialogflowcx_v3
from google.protobuf.json_format import ParseDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.pipeline import Assistant
from assistant.surfaces.dialogflow import cx, es
from assistant.surfaces.dialogflow.shared import MOST_BYTES
from assistant.types import Reply
from tests.assistant.served import served
from tests.assistant.test_answering import SlowShop
from tests.shops import NOW, Shops, assistant_on
from voice.types import Transcript

AGENT = "projects/shop/locations/global/agents/2b1f"
FLOW = f"{AGENT}/flows/00000000-0000-0000-0000-000000000000"
READERS = {"es": dialogflow_v2.WebhookResponse, "cx": dialogflowcx_v3.WebhookResponse}


def asked_es(text: str, turn_id: str = "", intent: str = "Default Fallback Intent", **query: Any) -> dict[str, Any]:
    return {
        "responseId": turn_id or text or intent,
        "session": "projects/shop/agent/sessions/abc",
        "queryResult": {
            "queryText": text,
            "languageCode": "en-US",
            "parameters": {},
            "allRequiredParamsPresent": True,
            "intent": {"name": "projects/shop/agent/intents/1", "displayName": intent},
            "intentDetectionConfidence": 1.0,
            "outputContexts": None,
            **query,
        },
        "originalDetectIntentRequest": {"source": "kiosk", "payload": {"customer": "C001"}},
        "alternativeQueryResults": [],
    }


def asked_cx(text: str, turn_id: str = "", intent: str = "", **fields: Any) -> dict[str, Any]:
    return {
        "detectIntentResponseId": turn_id or text or intent,
        "languageCode": "en",
        "text": text,
        "fulfillmentInfo": {"tag": "turn"},
        "intentInfo": {"lastMatchedIntent": f"{AGENT}/intents/1", "displayName": intent, "confidence": 1.0},
        "pageInfo": {"currentPage": f"{FLOW}/pages/START_PAGE", "displayName": "Start Page"},
        "sessionInfo": {"session": f"{AGENT}/sessions/abc", "parameters": {"x": None}},
        "payload": {"customer": "C001"},
        **fields,
    }


ASKED = {"es": asked_es, "cx": asked_cx}


class Agent:
    """Stands for Dialogflow: sends, and reads what comes back as its clients would."""

    def __init__(self, client: TestClient, edition: str) -> None:
        self.client, self.edition = client, edition

    def send(self, body: dict[str, Any]) -> Any:
        reply = self.client.post(f"/dialogflow/{self.edition}", json=body)
        assert reply.status_code == 200, reply.text
        assert len(reply.content) < MOST_BYTES
        reader = READERS[self.edition]
        return reader(ParseDict(reply.json(), reader.pb(reader())))

    def says(self, text: str, turn_id: str = "") -> str:
        return self.text(self.send(ASKED[self.edition](text, turn_id)))

    def text(self, response: Any) -> str:
        if self.edition == "es":
            return str(response.fulfillment_text)
        messages = response.fulfillment_response.messages
        return " ".join(text for message in messages for text in message.text.text)


@pytest.fixture
def client(shops: Shops) -> Iterator[TestClient]:
    with served(shops.assistant(), dialogflow={"customer": "customer", "deadline": 29}) as client:
        yield client


@pytest.fixture(params=["es", "cx"])
def agent(request: pytest.FixtureRequest, client: TestClient) -> Agent:
    return Agent(client, request.param)


def test_a_purchase_takes_a_read_back_and_a_yes_and_a_retry_orders_nothing(agent: Agent) -> None:
    assert "$32.88" in agent.says("reorder my coffee")
    placed = agent.says("yes please", "y1")
    assert re.search(r"\d{4}", placed)
    assert agent.says("yes please", "y1") == placed
    assert agent.says("what did I order last").count("Dark Roast") == 1


def test_words_win_over_the_matched_intent(agent: Agent) -> None:
    body = ASKED[agent.edition]("where is my parcel", intent="clear_basket")
    assert "on its way" in agent.text(agent.send(body))


def test_without_words_the_intent_and_its_parameters_count(agent: Agent) -> None:
    given = {"product": ["oat-milk"], "quantity": 3.0}
    if agent.edition == "es":
        body = asked_es("", "t1", "add_to_basket", parameters=given)
    else:
        resolved = {name: {"originalValue": "x", "resolvedValue": value} for name, value in given.items()}
        info = {"displayName": "add_to_basket", "parameters": resolved}
        body = asked_cx("", "t1", triggerIntent=f"{AGENT}/intents/9", intentInfo=info)
    assert "3 × Oat Milk" in agent.text(agent.send(body))


def test_welcome_events_are_greeted(agent: Agent) -> None:
    if agent.edition == "es":
        contexts = [{"name": "projects/shop/agent/sessions/abc/contexts/welcome", "lifespanCount": 1}]
        body = asked_es("WELCOME", "w", "Default Welcome Intent", outputContexts=contexts)
    else:
        body = asked_cx("", "w", triggerEvent="WELCOME")
    assert "Hello" in agent.text(agent.send(body))


def test_an_agent_without_words_intent_or_event_is_told_that_nothing_was_heard(agent: Agent) -> None:
    silence = asked_cx("", "n", triggerEvent="sys.no-input-default") if agent.edition == "cx" else asked_es("", "n")
    assert agent.text(agent.send(silence))


def test_a_customer_nobody_knows_is_a_guest(agent: Agent) -> None:
    body = copy.deepcopy(ASKED[agent.edition]("where is my parcel"))
    body.get("originalDetectIntentRequest", body)["payload"]["customer"] = "C999"
    assert "on its way" not in agent.text(agent.send(body))


def test_an_unknown_language_is_answered_in_the_settings_language(agent: Agent) -> None:
    body = ASKED[agent.edition]("where is my parcel")
    body.get("queryResult", body)["languageCode"] = "pt-BR"
    assert "on its way" in agent.text(agent.send(body))
    body = ASKED[agent.edition]("var är mitt paket", "sv1")
    body.get("queryResult", body)["languageCode"] = "sv"
    assert "på väg" in agent.text(agent.send(body))


def test_a_goodbye_ends_the_conversation(agent: Agent) -> None:
    response = agent.send(ASKED[agent.edition]("goodbye"))
    if agent.edition == "es":
        assert response.output_contexts[0].lifespan_count == 0
        assert response.payload["handla"]["ended"] is True
    else:
        assert response.target_page == f"{FLOW}/pages/END_SESSION"


def test_a_late_turn_gets_an_apology_and_is_told_on_being_asked_again(shops: Shops) -> None:
    assistant = assistant_on(shops.copy())
    shop = SlowShop(assistant.shop, "orders_of")
    assistant.shop = shop  # type: ignore[assignment]
    with served(assistant, dialogflow={"customer": "customer", "deadline": 0.1}) as client:
        agent = Agent(client, "cx")
        assert "longer than usual" in agent.says("where is my parcel")
        shop.open.set()
        told = ""
        for number in range(50):
            told = agent.says("say that again", f"again {number}")
            if "on its way" in told:
                break
        assert "on its way" in told


def test_es_keeps_what_was_asked_in_a_context_and_speaks_to_who_spoke(client: TestClient) -> None:
    agent = Agent(client, "es")
    response = agent.send(asked_es("reorder my coffee", speechRecognitionConfidence=0.9))
    assert response.output_contexts[0].name == "projects/shop/agent/sessions/abc/contexts/handla"
    assert response.output_contexts[0].parameters["asks"] == "order"
    assert "32 dollars and 88 cents" in response.fulfillment_text
    assert "$32.88" in agent.says("say that again")


def test_es_doubts_a_yes_that_was_hardly_heard(client: TestClient) -> None:
    agent = Agent(client, "es")
    agent.says("reorder my coffee")
    doubted = agent.send(asked_es("yes", "y", speechRecognitionConfidence=0.2))
    assert doubted.output_contexts[0].parameters["asks"] == "order"


def test_es_triggers_the_event_for_a_person(shops: Shops) -> None:
    staffed = shops.assistant(staffed=True)
    with served(staffed, dialogflow={"customer": "customer", "handover_event": "HANDOVER", "deadline": 29}) as client:
        told = Agent(client, "es").send(asked_es("I want to talk to a person"))
    assert told.followup_event_input.name == "HANDOVER"
    assert told.followup_event_input.language_code == "en-US"
    assert not told.fulfillment_text
    with served(staffed, dialogflow={"customer": "customer", "deadline": 29}) as client:
        assert "fetching a person" in Agent(client, "es").says("I want to talk to a person")


def test_cx_says_a_read_back_aloud_and_uninterrupted_and_forgets_the_last_order(client: TestClient) -> None:
    agent = Agent(client, "cx")
    response = agent.send(asked_cx("", "s1", transcript="reorder my coffee"))
    text, aloud = response.fulfillment_response.messages
    assert "$32.88" in text.text.text[0]
    assert "32 dollars and 88 cents" in aloud.output_audio_text.text
    assert not text.text.allow_playback_interruption
    assert not aloud.output_audio_text.allow_playback_interruption
    assert response.fulfillment_response.merge_behavior.name == "REPLACE"
    assert response.session_info.parameters["handla_order"] is None
    placed = agent.send(asked_cx("yes", "s2"))
    assert str(placed.session_info.parameters["handla_order"]).isdigit()


def test_cx_takes_digits_from_the_telephone_as_words_and_answers_aloud(client: TestClient) -> None:
    body = asked_cx("", "d", dtmfDigits="6015#")
    said = cx.CxRequest.model_validate(body).said("en")
    assert said == Transcript("6015", "en", 1.0)
    assert len(Agent(client, "cx").send(body).fulfillment_response.messages) == 2


def test_cx_hands_a_call_on_when_a_person_is_asked_for(shops: Shops) -> None:
    with served(shops.assistant(staffed=True), dialogflow={"customer": "customer", "deadline": 29}) as client:
        said, handed = Agent(client, "cx").send(asked_cx("I want to talk to a person")).fulfillment_response.messages
    assert "fetching a person" in said.text.text[0]
    assert handed.live_agent_handoff.metadata["turn"]


def test_cx_hands_a_call_on_and_bears_an_empty_reply() -> None:
    request = cx.CxRequest.model_validate(asked_cx("a person please"))
    told = cx.response(Reply("t", "", "", "nothing", False, handed_over=True), request)
    assert told["fulfillmentResponse"]["messages"] == [{"liveAgentHandoff": {"metadata": {"turn": "t"}}}]
    ParseDict(told, dialogflowcx_v3.WebhookResponse.pb(dialogflowcx_v3.WebhookResponse()))


def test_cx_calls_of_one_detected_intent_from_two_places_are_two_turns() -> None:
    first = cx.CxRequest.model_validate(asked_cx("hello", "t"))
    second = cx.CxRequest.model_validate(asked_cx("hello", "t", fulfillmentInfo={"tag": "entry"}))
    assert first.turn_id != second.turn_id
    assert first.turn_id == cx.CxRequest.model_validate(asked_cx("hello", "t")).turn_id


def test_a_reply_of_any_length_fits_into_a_response() -> None:
    long = "ä\u2028" * 200_000
    reply = Reply("t", long, long, "nothing", False)
    for told in (
        es.response(reply, es.EsRequest.model_validate(asked_es("x"))),
        cx.response(reply, cx.CxRequest.model_validate(asked_cx("", "t", transcript="x"))),
    ):
        assert len(json.dumps(told, ensure_ascii=False).encode()) < MOST_BYTES


@pytest.mark.parametrize("edition", ["es", "cx"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"responseId": 5, "detectIntentResponseId": 5}', b"\xff"])
def test_what_is_no_request_is_refused(client: TestClient, edition: str, body: bytes) -> None:
    reply = client.post(f"/dialogflow/{edition}", content=body)
    assert reply.status_code == 400
    assert 'reason="body"' in client.get("/metrics").text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PLACES = {
    "es": [
        ("queryResult", "parameters"), ("queryResult", "intent"), ("queryResult", "outputContexts"), ("session",),
        ("queryResult", "queryText"), ("queryResult", "speechRecognitionConfidence"), ("originalDetectIntentRequest",),
        ("originalDetectIntentRequest", "payload"), ("queryResult", "languageCode"), ("responseId",),
    ],
    "cx": [
        ("intentInfo", "parameters"), ("intentInfo",), ("pageInfo", "formInfo"), ("pageInfo", "currentPage"),
        ("sessionInfo", "parameters"), ("payload",), ("transcript",), ("dtmfDigits",), ("triggerEvent",), ("text",),
    ],
}  # fmt: skip


@pytest.fixture
def odd_client(one_assistant: Assistant) -> Iterator[TestClient]:
    with served(one_assistant, dialogflow={"customer": "customer", "deadline": 29}, server={"rate": 0}) as client:
        yield client


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_request_however_odd_is_an_error_of_ours(odd_client: TestClient, data: st.DataObject) -> None:
    edition = data.draw(st.sampled_from(["es", "cx"]))
    named = data.draw(st.sampled_from(["add_to_basket", "order_status", "give_value", "Default Welcome Intent", ""]))
    body = ASKED[edition](data.draw(st.sampled_from(["", "hello"])), "odd", named)
    place = data.draw(st.sampled_from(PLACES[edition]))
    at: Any = body
    for step in place[:-1]:
        at = at.setdefault(step, {})
    at[place[-1]] = data.draw(JSON)
    answer = odd_client.post(f"/dialogflow/{edition}", content=json.dumps(body).encode())
    assert answer.status_code in (200, 400)
    assert "went wrong" not in answer.text


def test_one_request_sent_to_two_doors_has_one_effect(shops: Shops) -> None:
    url = shops.copy()
    with (
        served(assistant_on(url), dialogflow={"customer": "customer"}) as one,
        served(assistant_on(url), dialogflow={"customer": "customer"}) as other,
    ):
        Agent(one, "es").says("reorder my coffee")
        texts = [Agent(client, "es").says("yes", "y1") for client in (one, other)]
        assert texts[0] == texts[1]
        assert shops.orders_since(assistant_on(url).shop, NOW) == 1
