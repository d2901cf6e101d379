"""The plain door: a typed turn as JSON, and the reply to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.types import Turn
from voice.types import Transcript

LONGEST_TEXT = 2_000
"""Characters of one turn."""


def printable(name: str) -> str:
    """The name itself. Raises ValueError where it holds control characters or halves of characters."""
    if not name.isprintable():
        raise ValueError("give printable characters only")
    return name


Name = Annotated[str, AfterValidator(printable)]


class TurnBody(BaseModel):
    """What POST /turn takes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field(max_length=LONGEST_TEXT)
    """What the customer said."""
    session: Name = Field(min_length=1, max_length=100)
    """The conversation; printable characters."""
    turn_id: Name = Field(default_factory=lambda: uuid4().hex, min_length=1, max_length=80)
    """The same id again gives the stored reply and does nothing twice."""
    customer: Name | None = Field(default=None, min_length=1, max_length=60)
    """Who speaks; a guest may look and fill a basket, but not order."""
    language: str = Field(default="en", pattern="^(en|sv)$")
    reply_was_heard: bool = True
    """Whether the last reply was read or played to its end; a yes counts only then."""


def typed(text: str, language: str) -> Transcript:
    """Typed words are heard as they are, but for what is no text at all (halves of characters)."""
    return Transcript(text.encode("utf-8", "ignore").decode(), language, 1.0)


def to_turn(body: TurnBody, channel: str, at: datetime) -> Turn:
    """The turn a body stands for."""
    return Turn(
        id=body.turn_id,
        session_id=body.session,
        customer_id=body.customer,
        channel=channel,
        language=body.language,
        said=typed(body.text, body.language),
        at=at,
        reply_was_heard=body.reply_was_heard,
    )
