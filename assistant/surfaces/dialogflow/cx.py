"""Dialogflow CX: WebhookRequest and WebhookResponse of google.cloud.dialogflow.cx.v3, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import Field

from assistant.surfaces.dialogflow.shared import START_FLOW, Message, at, cut, meaning, name_of, nothing, words
from assistant.types import Reply, Turn
from nlu.types import Understanding
from voice.types import Transcript

CHANNEL = "dialogflow-cx"
_MUST_BE_HEARD = frozenset({"order", "confirm"})
"""Questions that a yes releases something by: playback is not to be interrupted."""


class Fulfillment(Message):
    tag: str = ""


class IntentParameter(Message):
    resolved_value: Any = None


class IntentInfo(Message):
    display_name: str = ""
    parameters: dict[str, IntentParameter] = Field(default_factory=dict)


class FormParameter(Message):
    display_name: str = ""
    state: str = ""
    value: Any = None


class FormInfo(Message):
    parameter_info: tuple[FormParameter, ...] = ()


class PageInfo(Message):
    current_page: str = ""
    form_info: FormInfo = FormInfo()


class SessionInfo(Message):
    session: str = Field(min_length=1)
    parameters: dict[str, Any] = Field(default_factory=dict)


class CxRequest(Message):
    detect_intent_response_id: str = Field(min_length=1, max_length=200)
    session_info: SessionInfo
    fulfillment_info: Fulfillment = Fulfillment()
    intent_info: IntentInfo = IntentInfo()
    page_info: PageInfo = PageInfo()
    payload: dict[str, Any] = Field(default_factory=dict)
    language_code: str = ""
    text: str = ""
    transcript: str = ""
    trigger_intent: str = ""
    trigger_event: str = ""
    dtmf_digits: str = ""

    @property
    def spoken(self) -> bool:
        """Whether the customer hears the reply."""
        return bool(self.transcript or self.dtmf_digits or "telephony" in self.payload)

    @property
    def turn_id(self) -> str:
        """One detected intent may call the webhook from several places; each of them is a turn of its own."""
        place = f"{self.fulfillment_info.tag} {self.page_info.current_page}"
        return f"{self.detect_intent_response_id[:60]}:{sha256(place.encode()).hexdigest()[:12]}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the intent brought, and what the page's form has collected."""
        form = self.page_info.form_info.parameter_info
        filled = {one.display_name: one.value for one in form if one.state == "FILLED"}
        return filled | {name: one.resolved_value for name, one in self.intent_info.parameters.items()}

    def customer(self, path: str) -> str | None:
        """Who speaks, as the payload has it at that path."""
        return at(path, self.payload)

    def said(self, language: str) -> Transcript | Understanding:
        """The words or digits where there are any; what the intent or the event means where there are none."""
        digits = self.dtmf_digits.strip("#* ")
        for given in (self.text, self.transcript, digits):
            if given.strip():
                return words(given, language)
        named = self.intent_info.display_name if self.trigger_intent or not self.trigger_event else self.trigger_event
        return meaning(named, self.parameters, language) or nothing(language)

    def turn(self, customer: str | None, language: str, now: datetime) -> Turn:
        session = name_of(self.session_info.session)
        return Turn(self.turn_id, session, customer, CHANNEL, language, self.said(language), now)


def response(reply: Reply, request: CxRequest) -> dict[str, Any]:
    """What the agent is told; where a person is to take over, so that the call can be handed on."""
    interruptible = reply.asks not in _MUST_BE_HEARD
    messages: list[dict[str, Any]] = []
    if reply.text:
        messages.append({"text": {"text": [cut(reply.text)], "allowPlaybackInterruption": interruptible}})
    if reply.speech and request.spoken:
        aloud = {"text": cut(reply.speech), "allowPlaybackInterruption": interruptible}
        messages.append({"outputAudioText": aloud})
    if reply.fetches or reply.handed_over:
        messages.append({"liveAgentHandoff": {"metadata": {"turn": reply.turn_id}}})
    order = reply.done.order_number if reply.done else None
    parameters = {"handla_asks": reply.asks, "handla_ended": reply.ended, "handla_order": order}
    told: dict[str, Any] = {
        "fulfillmentResponse": {"messages": messages, "mergeBehavior": "REPLACE"},
        "sessionInfo": {"session": request.session_info.session, "parameters": parameters},
    }
    if reply.ended:
        told["targetPage"] = f"{_flow(request)}/pages/END_SESSION"
    return told


def _flow(request: CxRequest) -> str:
    """The flow the conversation is in; where the page does not say, the one that every agent starts with."""
    flow, found, _ = request.page_info.current_page.partition("/pages/")
    agent = request.session_info.session.partition("/sessions/")[0].partition("/environments/")[0]
    return flow if found else f"{agent}/flows/{START_FLOW}"
