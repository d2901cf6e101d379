"""The plain door: a turn as JSON, and the reply to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.surfaces.text import LONGEST_TEXT, printable, typed
from assistant.types import Asked, Turn

Name = Annotated[str, AfterValidator(printable)]


class TurnBody(BaseModel):
    """What POST /v1/turns takes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)

    text: str = Field(max_length=LONGEST_TEXT)
    """What the customer said."""
    session: Name = Field(min_length=1, max_length=100)
    """The conversation; printable characters."""
    turn_id: Name = Field(default_factory=lambda: uuid4().hex, min_length=1, max_length=80)
    """The same id again gives the stored reply and does nothing twice."""
    customer: Name | None = Field(default=None, min_length=1, max_length=60)
    """Who speaks; a guest may look and fill a basket, but not order."""
    language: str = Field(default="en", pattern="^(en|sv)$")
    """ISO 639-1 code."""
    channel: str = Field(default="http", pattern="^[a-z][a-z0-9-]{0,19}$")
    """What the customer speaks through, for the figures: kiosk, shortcuts ..."""
    reply_was_heard: bool = True
    """Whether the last reply was read or played to its end; a yes counts only then."""


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
    repeated: bool
    """Whether this turn was answered before and nothing was done again."""
    intent: str | None
    done: DoneBody | None
    timings_ms: dict[str, float]


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
    return Turn(
        id=body.turn_id,
        session_id=body.session,
        customer_id=body.customer,
        channel=body.channel,
        language=body.language,
        said=typed(body.text, body.language),
        at=at,
        reply_was_heard=body.reply_was_heard,
    )
