"""A conversation handed to a person: what the person is told, what is said meanwhile, how far it has come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from commerce.types import Line

Reason = Literal["asked", "frustrated", "misses"]
"""Why: the customer asked for a person; was angry again and again; was not understood again and again."""
State = Literal["waiting", "claimed", "closed"]
Standing = Literal["waiting", "claimed", "closed", "unanswered", "left"]
"""A state, or what time makes of it: nobody claimed it, or who claimed it has long been silent."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn."""

    heard: str
    """Empty where nothing was heard, or where it was a code."""
    replied: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the person needs, so that the customer need say nothing twice."""

    channel: str
    language: str
    """ISO 639-1 code."""
    reason: Reason
    mood: str
    """One of assistant.types.Mood."""
    summary: str
    """In the customer's language: what was wanted, what was done, what stands open."""
    transcript: tuple[Said, ...]
    """Oldest first."""
    basket: tuple[Line, ...]
    last_order: str | None
    """Its number."""


@dataclass(frozen=True, slots=True)
class Handoff:
    id: str
    session_id: str
    customer_id: str | None
    """None for a guest."""
    brief: Brief
    opened_at: datetime
    """UTC, as are all of these."""
    state: State = "waiting"
    who: str | None = None
    """Who claimed it."""
    spoke_at: datetime | None = None
    """When that person claimed it or last said something."""
    closed_at: datetime | None = None
    note: str = ""
    """What was noted when it was closed."""
    told: int = 0
    """Messages up to this number have reached the customer."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something said while a person has the conversation."""

    number: int
    """1, 2, 3 ... within its handoff."""
    sender: Literal["customer", "person"]
    text: str
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class Open:
    """Put a conversation into the queue."""

    handoff: Handoff


@dataclass(frozen=True, slots=True)
class PassOn:
    """Pass what the customer said on to the person, or to the queue; only while the handoff is open."""

    handoff_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tell:
    """Note that the customer has heard the messages up to this number."""

    handoff_id: str
    number: int


@dataclass(frozen=True, slots=True)
class End:
    """Take the conversation back; nothing where it was closed already."""

    handoff_id: str
    note: str
    at: datetime


HandoffMove = Open | PassOn | Tell | End
"""What a turn changes about a handoff; kept in the transaction that keeps the session."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a customer is left waiting."""

    unclaimed: timedelta = timedelta(minutes=2)
    """A handoff that nobody has claimed for so long goes back to Handla with the customer's next turn."""
    silent: timedelta = timedelta(minutes=30)
    """So does one whose person has said nothing for so long."""


def standing(handoff: Handoff, now: datetime, patience: Patience) -> Standing:
    """How the handoff stands at that moment."""
    if handoff.state == "waiting" and now - handoff.opened_at > patience.unclaimed:
        return "unanswered"
    if handoff.state == "claimed" and handoff.spoke_at and now - handoff.spoke_at > patience.silent:
        return "left"
    return handoff.state
