"""A Reply as Alexa's response, within the size Amazon takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.surfaces.alexa.speech import LONGEST_SPEECH, plain, question_in, ssml
from assistant.types import Reply

LARGEST = 24_576
"""Bytes of a whole response."""
LONGEST_REPROMPT = 1_000
"""Characters."""
LONGEST_TITLE = 100
LONGEST_CARD = 2_000
"""Characters; Amazon takes 8,000 for a whole card, no phone shows them."""
OPEN = ("nothing", "what", "anything_else", "change")
"""What is asked where any wish is an answer: "what else?" asks for it."""
Response = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Memory:
    """What Alexa keeps for Handla between the requests of one of its sessions."""

    said: str = ""
    """The turn whose reply was spoken last in this session."""
    heard_from: float = 0.0
    """Seconds since 1970; before that nobody can have heard that reply to its end."""
    launched: bool = False
    """Whether the session was opened for a conversation, not for one question."""
    late: str = ""
    """A turn whose reply was not there in time and has yet to be told."""

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> Memory:
        """What was kept; what is not as we keep it counts as nothing."""
        memory = attributes.get("handla")
        if not isinstance(memory, Mapping):
            return cls()
        said, heard, late = (memory.get(name) for name in ("said", "heard_from", "late"))
        return cls(
            said if isinstance(said, str) else "",
            heard if isinstance(heard, float) else 0.0,
            memory.get("launched") is True,
            late if isinstance(late, str) else "",
        )

    def attributes(self) -> dict[str, Any]:
        kept = {"said": self.said, "heard_from": self.heard_from, "launched": self.launched, "late": self.late}
        return {"handla": {name: value for name, value in kept.items() if value}}


@dataclass(frozen=True, slots=True)
class Extras:
    """What goes with a reply beside its words."""

    card_title: str = ""
    """No card where empty."""
    link_account: bool = False
    asks: Mapping[str, Any] | None = None
    """A directive of the Dialog interface that Alexa is to listen by."""
    shows: Mapping[str, Any] | None = None
    """A directive for the screen."""
    names: Mapping[str, Any] | None = None
    """A directive with the customer's own products."""
    what_else: str = ""
    """The question asked where Alexa goes on listening and the reply itself asks nothing."""
    goes_away: bool = False
    """Whether the answer to this reply takes longer than anybody listens."""


def spoken(reply: Reply, memory: Memory, extras: Extras) -> Response:
    """The response to a turn whose reply has words.

    Alexa listens where something was asked, or the skill was opened for a conversation, and never without a question.
    """
    speech = reply.speech.rstrip()
    asks = speech.endswith("?")
    nothing_wanted = reply.asks == "nothing" and not (asks or memory.launched or reply.handed_over)
    ends = reply.ended or extras.link_account or extras.goes_away or nothing_wanted
    if not ends and not asks and reply.asks in OPEN:
        speech = f"{speech} {extras.what_else}".rstrip()
    response: Response = {"outputSpeech": _speech(speech), "shouldEndSession": ends}
    if not ends:
        response["reprompt"] = {"outputSpeech": _speech(question_in(speech), LONGEST_REPROMPT)}
    if extras.link_account:
        response["card"] = {"type": "LinkAccount"}
    elif extras.card_title and reply.text:
        response["card"] = _card(extras.card_title, reply.text)
    directives = [extras.names, extras.shows, None if ends else extras.asks]
    if any(directives):
        response["directives"] = [dict(directive) for directive in directives if directive]
    return fitted(envelope(response, memory))


def sentence(words: str, memory: Memory, ends: bool) -> Response:
    """A response of one sentence of our own; a question where it does not end."""
    response: Response = {"outputSpeech": _speech(words), "shouldEndSession": ends}
    if not ends:
        response["reprompt"] = {"outputSpeech": _speech(question_in(words), LONGEST_REPROMPT)}
    return envelope(response, memory)


def delegated(directive: Mapping[str, Any], memory: Memory) -> Response:
    """Alexa goes on by itself."""
    return envelope({"directives": [dict(directive)], "shouldEndSession": False}, memory)


def silent() -> Response:
    """To what takes no answer: a session that ended, an event."""
    return {"version": "1.0", "response": {}}


def can_fulfill(can: bool, slots: Mapping[str, bool]) -> Response:
    """To Alexa's question whether the skill could; `slots` says of each whether its value is understood."""

    def answer(yes: bool) -> str:
        return "YES" if yes else "NO"

    known = {name: {"canUnderstand": answer(yes), "canFulfill": answer(yes and can)} for name, yes in slots.items()}
    whole = "NO" if not can else "YES" if all(slots.values()) else "MAYBE"
    return {"version": "1.0", "response": {"canFulfillIntent": {"canFulfill": whole, "slots": known}}}


def envelope(response: Response, memory: Memory) -> Response:
    return {"version": "1.0", "sessionAttributes": memory.attributes(), "response": response}


def fitted(whole: Response) -> Response:
    """The response at its limit of bytes: without names, screen, card and dialog where there is no room."""
    response = whole["response"]
    for what in ("Dialog.UpdateDynamicEntities", "Alexa.Presentation.APL.RenderDocument"):
        if size(whole) > LARGEST:
            response["directives"] = [one for one in response.get("directives", ()) if one["type"] != what]
    for what in ("card", "directives"):
        if size(whole) > LARGEST:
            response.pop(what, None)
    return whole


def size(whole: Response) -> int:
    """Bytes on the wire."""
    return len(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())


def _speech(words: str, longest: int = LONGEST_SPEECH) -> dict[str, str]:
    return {"type": "SSML", "ssml": ssml(words, longest)}


def _card(title: str, text: str) -> dict[str, str]:
    return {"type": "Simple", "title": plain(title)[:LONGEST_TITLE], "content": plain(text)[:LONGEST_CARD]}
