"""The queue of handed over conversations over HTTP (docs/handing-over.md)."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from assistant import reports
from assistant.handoff import Message, State
from assistant.pipeline import bound
from assistant.records.handoffs import Handoffs, NotDone
from assistant.web.access import Access
from assistant.web.door import Door

T = TypeVar("T")
OPEN: tuple[State, ...] = ("waiting", "claimed")
STATUS = {"unknown": 404, "taken": 409, "not_claimed": 409, "closed": 409}
WHY = {
    "unknown": "there is no such handoff",
    "taken": "somebody else has claimed it",
    "not_claimed": "claim it first",
    "closed": "it is closed",
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ClaimBody(Body):
    who: str = Field(min_length=1, max_length=200)


class MessageBody(Body):
    text: str = Field(min_length=1, max_length=2000)


class CloseBody(Body):
    note: str = Field(default="", max_length=2000)


def routes(door: Door, access: Access, handoffs: Handoffs) -> APIRouter:
    """For the shop's people; and for channels that ask for a session's messages between turns."""
    router = APIRouter(prefix="/v1", dependencies=[Depends(access.allowed)])

    @router.get("/handoffs")
    def listed(state: State | None = None) -> list[dict[str, Any]]:
        return [reports.handoff_row(one) for one in handoffs.listed((state,) if state else OPEN)]

    @router.get("/handoffs/{handoff_id}")
    def one(handoff_id: str) -> dict[str, Any]:
        found = _done(handoffs.find(handoff_id) or NotDone("unknown"))
        return reports.handoff_report(found, handoffs.messages(handoff_id))

    @router.post("/handoffs/{handoff_id}/claim")
    def claim(handoff_id: str, body: ClaimBody) -> dict[str, Any]:
        return reports.handoff_row(_done(handoffs.claim(handoff_id, body.who, door.now())))

    @router.post("/handoffs/{handoff_id}/messages")
    def say(handoff_id: str, body: MessageBody) -> dict[str, Any]:
        return reports.message_report(_done(handoffs.say(handoff_id, body.text, door.now())))

    @router.post("/handoffs/{handoff_id}/close")
    def close(handoff_id: str, body: CloseBody) -> dict[str, Any]:
        return reports.handoff_row(_done(handoffs.close(handoff_id, body.note, door.now())))

    @router.get("/sessions/{session}/messages")
    def messages(session: str, customer: str | None = None, after: int = 0) -> dict[str, Any]:
        """What the person has said since message number `after`; up to there the customer has got them."""
        found = handoffs.newest_of(bound(session, customer))
        if found is None:
            return {"handoff": None, "state": None, "messages": []}
        if after > found.told:
            handoffs.told(found.id, after)
        return {"handoff": found.id, "state": found.state, "messages": _of_person(handoffs.messages(found.id, after))}

    return router


def _of_person(messages: list[Message]) -> list[dict[str, Any]]:
    return [reports.message_report(message) for message in messages if message.sender == "person"]


def _done(outcome: T | NotDone) -> T:
    if isinstance(outcome, NotDone):
        raise HTTPException(STATUS[outcome.reason], WHY[outcome.reason])
    return outcome
