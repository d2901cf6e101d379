"""Dialogflow ES: WebhookRequest and WebhookResponse of google.cloud.dialogflow.v2, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from assistant.surfaces.dialogflow.shared import Message, at, cut, meaning, name_of, nothing, words
from assistant.types import Reply, Turn
from nlu.types import Understanding
from voice.types import Transcript

CHANNEL = "dialogflow-es"
CONTEXT = "handla"
"""The output context that says what Handla asked; it lives for LIFESPAN turns."""
LIFESPAN = 5
_TELEPHONY = "GOOGLE_TELEPHONY"


class Context(Message):
    name: str = ""


class Intent(Message):
    display_name: str = ""
    is_fallback: bool = False


class QueryResult(Message):
    query_text: str = ""
    language_code: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    output_contexts: tuple[Context, ...] = ()
    intent: Intent = Intent()
    speech_recognition_confidence: float = 0.0


class Origin(Message):
    source: str = ""
    payload: dict[str, Any] = Field(default_factory=dict)


class EsRequest(Message):
    response_id: str = Field(min_length=1, max_length=200)
    session: str = Field(min_length=1)
    query_result: QueryResult
    original_detect_intent_request: Origin = Origin()

    @property
    def language_code(self) -> str:
        return self.query_result.language_code

    @property
    def spoken(self) -> bool:
        """Whether the customer hears the reply."""
        origin = self.original_detect_intent_request
        return self.query_result.speech_recognition_confidence > 0 or origin.source == _TELEPHONY

    @property
    def event(self) -> bool:
        """Whether an event brought this: then the text is its name, and a context is called like it."""
        query = self.query_result
        contexts = {context.name.rsplit("/", 1)[-1] for context in query.output_contexts}
        return query.query_text.isupper() and query.query_text.lower() in contexts

    def customer(self, path: str) -> str | None:
        """Who speaks, as the payload has it at that path."""
        return at(path, self.original_detect_intent_request.payload)

    def said(self, language: str) -> Transcript | Understanding:
        """The words where there are any; what the matched intent or the event means where there are none."""
        query = self.query_result
        if query.query_text.strip() and not self.event and not _is_welcome(query):
            return words(query.query_text, language, query.speech_recognition_confidence)
        means = meaning(query.intent.display_name, query.parameters, language)
        return means or meaning(query.query_text, query.parameters, language) or nothing(language)

    def turn(self, customer: str | None, language: str, now: datetime) -> Turn:
        session = name_of(self.session)
        return Turn(self.response_id, session, customer, CHANNEL, language, self.said(language), now)


def response(reply: Reply, request: EsRequest, handover_event: str = "") -> dict[str, Any]:
    """What the agent is told. `handover_event`: what to trigger instead when a person is to take over."""
    if handover_event and reply.fetches:
        return {"followupEventInput": {"name": handover_event, "languageCode": request.language_code}}
    text = cut(reply.speech if request.spoken else reply.text)
    context = {
        "name": f"{request.session}/contexts/{CONTEXT}",
        "lifespanCount": 0 if reply.ended else LIFESPAN,
        "parameters": {"asks": reply.asks},
    }
    told = {"asks": reply.asks, "ended": reply.ended, "order": reply.done.order_number if reply.done else None}
    return {
        "fulfillmentText": text,
        "fulfillmentMessages": [{"text": {"text": [text]}}] if text else [],
        "outputContexts": [context],
        "payload": {"handla": told},
        "source": "handla",
    }


def _is_welcome(query: QueryResult) -> bool:
    """Telephony and assistants bring their events' names as text without a context."""
    return query.query_text.isupper() and query.query_text.endswith("WELCOME")
