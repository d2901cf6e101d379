"""The plain door: a turn as JSON, and the reply to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.surfaces.text import LONGEST_TEXT, printable, typed
from assistant.types import Asked, Turn
from voice.types import Transcript

Name = Annotated[str, AfterValidator(printable)]


class Told(BaseModel):
    """What is told of a turn beside its words."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)

    session: Name = Field(min_length=1, max_length=100)
    """The conversation; printable characters."""
    turn_id: Name = Field(default_factory=lambda: uuid4().hex, min_length=1, max_length=80)
    """The same id again gives the stored reply and does nothing twice."""
    customer: Name | None = Field(default=None, min_length=1, max_length=60)
    """Who speaks; a guest may look and fill a basket, but not order."""
    channel: str = Field(default="http", pattern="^[a-z][a-z0-9-]{0,19}$")
    """What the customer speaks through, for the figures: kiosk, shortcuts ..."""
    reply_was_heard: bool = True
    """Whether the last reply was read or played to its end; a yes counts only then."""


class TurnBody(Told):
    """What POST /v1/turns takes."""

    text: str = Field(max_length=LONGEST_TEXT)
    """What the customer said."""
    language: str = Field(default="en", pattern="^(en|sv)$")
    """ISO 639-1 code."""


class AudioQuery(Told):
    """What POST /v1/turns/audio takes in its address; the recording is the body."""


class DoneBody(BaseModel):
    """What a turn did."""

    action: str
    outcome: str
    order_number: str | None


class ReplyBody(BaseModel):
    """What comes back."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    turn_id: str
    text: str
    """For a screen; may be empty."""
    speech: str
    """For the ear; may be empty."""
    asks: Asked
    """What an answer would be an answer to."""
    ended: bool
    """Whether the conversation is over."""
    handed_over: bool
    """Whether a person has the conversation; GET /v1/sessions/{session}/messages has what they say between turns."""
    repeated: bool
    """Whether this turn was answered before and nothing was done again."""
    intent: str | None
    done: DoneBody | None
    timings_ms: dict[str, float]


class AudioReplyBody(ReplyBody):
    """What comes back for a recording."""

    transcript: str
    """The words that were heard."""
    confidence: float
    """How sure the words are, 0..1."""
    refused: str | None
    """Why there are no words: silence, noise ..."""


class ErrorBody(BaseModel):
    """Why there is no reply."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    error: str
    """Words for the customer, where a turn came so far."""
    turn_id: str | None = None
    outcome: Literal["late", "busy", "failed"] | None = None
    """'late': it is being worked on, the same turn_id gets the reply; 'busy': nothing was done, send it again."""


def to_turn(body: TurnBody, at: datetime) -> Turn:
    """The turn a body stands for."""
    return _turn(body, typed(body.text, body.language), body.language, at)


def spoken_turn(query: AudioQuery, heard: Transcript, language: str, at: datetime) -> Turn:
    """The turn a recording stands for. `language`: what is answered in."""
    return _turn(query, heard, language, at)


def _turn(told: Told, said: Transcript, language: str, at: datetime) -> Turn:
    return Turn(
        id=told.turn_id,
        session_id=told.session,
        customer_id=told.customer,
        channel=told.channel,
        language=language,
        said=said,
        at=at,
        reply_was_heard=told.reply_was_heard,
    )
