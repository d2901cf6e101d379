"""/v1/turns/audio: a recording as a turn, and the reply as sound to who asks for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.pipeline import Assistant
from assistant.reports import reply_report
from assistant.surfaces.v1 import AudioQuery, AudioReplyBody, ErrorBody, spoken_turn
from assistant.types import Reply
from assistant.web.access import Access
from assistant.web.door import Door
from assistant.web.v1 import REFUSALS, refused, unknown_customer
from voice.types import BadAudio

if TYPE_CHECKING:  # sound needs the extra `voice`; words alone do not
    from assistant.ears import Heard
    from assistant.web.sound import Sound

PATH = "/v1/turns/audio"
WEBM = frozenset({"audio/webm", "video/webm"})
HEARD = WEBM | {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/ogg", "audio/opus", "audio/flac"}
"""Media types of recordings, as browsers and phones name them."""
SPOKEN = {"audio/wav": "wav", "audio/ogg": "ogg"}
"""Media types a reply can be asked for in, by Accept, and the kind of file each is."""
ABOUT_AUDIO: dict[int | str, dict[str, Any]] = {
    415: {"model": ErrorBody, "description": "No kind of recording that is taken."},
    501: {"model": ErrorBody, "description": "This server has no ears: see the setting server.audio."},
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(HEARD)},
    }
}


def routes(door: Door, access: Access, sound: Sound | str) -> APIRouter:
    """POST /v1/turns/audio. `sound` is why there is none, where there is none."""
    router = APIRouter(dependencies=[Depends(access.allowed)], responses=REFUSALS | ABOUT_AUDIO)
    in_sound = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in SPOKEN}

    @router.post(
        PATH,
        response_model=AudioReplyBody,
        responses={200: {"content": in_sound, "description": "The reply; as sound where Accept asks for it first."}},
        openapi_extra=BODY,
        summary="One turn of a conversation, spoken",
    )
    async def turns_audio(request: Request, query: Annotated[AudioQuery, Query()]) -> Response:
        if isinstance(sound, str):
            raise HTTPException(501, sound)
        kind = media_type(request.headers.get("content-type", ""))
        if kind not in HEARD:
            raise HTTPException(415, f"send one of {', '.join(sorted(HEARD))}, named by Content-Type")
        deadline = door.settings.server.deadline
        hints = await door.answering.ask(partial(_hints, door.assistant, query), deadline)
        if hints is None:
            raise unknown_customer()
        try:
            heard = await sound.hear(await request.body(), kind in WEBM, hints)
        except BadAudio as error:
            door.metrics.rejected("v1", "audio")
            raise HTTPException(422, str(error)) from error
        turn = spoken_turn(query, heard.transcript, sound.language, door.now())
        answer = await door.answering.answer(turn, deadline)
        if answer.outcome != "answered":
            return refused(answer)
        wanted = media_type(request.headers.get("accept", ""))
        if wanted in SPOKEN:
            content = await sound.speak(answer.reply.speech, SPOKEN[wanted])
            return Response(content, media_type=wanted, headers=_beside(answer.reply))
        return JSONResponse(_report(answer.reply, heard))

    return router


def _hints(assistant: Assistant, query: AudioQuery) -> tuple[str, ...] | None:
    """What the customer is likely to say; None for a customer whom the shop does not know."""
    known = query.customer is None or assistant.shop.customer(query.customer) is not None
    return assistant.hints(query.session, query.customer) if known else None


def media_type(header: str) -> str:
    """The first media type of a header, without parameters."""
    return header.split(",")[0].split(";")[0].strip().lower()


def _report(reply: Reply, heard: Heard) -> dict[str, Any]:
    said = heard.transcript
    words = {"transcript": said.text, "confidence": round(said.confidence, 3), "refused": said.refused}
    report = reply_report(reply)
    return report | words | {"timings_ms": {**heard.timings_ms, **report["timings_ms"]}}


def _beside(reply: Reply) -> dict[str, str]:
    """What a program needs to know of a reply that is sound; the text percent-encoded."""
    return {
        "handla-turn": quote(reply.turn_id),
        "handla-asks": reply.asks,
        "handla-ended": str(reply.ended).lower(),
        "handla-text": quote(reply.text),
    }
