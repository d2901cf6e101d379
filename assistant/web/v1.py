"""/v1: turns as JSON, for whatever has no door of its own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.reports import reply_report
from assistant.surfaces.v1 import ErrorBody, ReplyBody, TurnBody, to_turn
from assistant.web.access import Access
from assistant.web.answering import Answer
from assistant.web.door import Door

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": why}
    for status, why in {
        400: "The body is no text.",
        401: "The key is missing or wrong.",
        403: "No key is set, and the request comes from another machine.",
        404: "There is no such customer.",
        413: "The body is too large.",
        422: "The body is not as described.",
        429: "Too many requests; `Retry-After` says when to come back.",
        500: "An error; ask again.",
        503: "Late or busy (`outcome`); send the same turn again.",
    }.items()
}
_STATUS = {"late": 503, "busy": 503, "failed": 500}


def routes(door: Door, access: Access) -> APIRouter:
    """POST /v1/turns."""
    router = APIRouter(prefix="/v1", dependencies=[Depends(access.allowed)], responses=REFUSALS)

    @router.post("/turns", response_model=ReplyBody, summary="One turn of a conversation")
    async def turns(body: TurnBody) -> Response:
        answer = await door.answering.answer(to_turn(body, door.now()), door.settings.server.deadline)
        return JSONResponse(reply_report(answer.reply)) if answer.outcome == "answered" else refused(answer)

    return router


def refused(answer: Answer) -> JSONResponse:
    """What is no reply: the apology in `error`, and when to try again. Raises 404 for an unknown customer."""
    if answer.outcome == "unknown":
        raise unknown_customer()
    told = {"error": answer.reply.text, "turn_id": answer.reply.turn_id, "outcome": answer.outcome}
    return JSONResponse(told, _STATUS[answer.outcome], {"retry-after": "1"} if answer.outcome != "failed" else None)


def unknown_customer() -> HTTPException:
    return HTTPException(404, "no such customer; leave customer out for a guest")
