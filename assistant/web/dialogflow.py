"""POST /dialogflow/es and /dialogflow/cx: fulfilment of Dialogflow agents."""

from __future__ import annotations

import base64
import binascii
import logging
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from assistant.phrases.book import LANGUAGES
from assistant.settings import BadSettings, DialogflowSettings
from assistant.surfaces.dialogflow import cx, es
from assistant.types import Reply
from assistant.web.access import is_local
from assistant.web.door import Door
from assistant.web.guards import Keys

if TYPE_CHECKING:  # Google's tokens need the extra `dialogflow`; the other ways do not
    from assistant.web.id_tokens import IdTokens

_log = logging.getLogger(__name__)
NAME = "dialogflow"
_Request = TypeVar("_Request", bound=BaseModel)


def routes(door: Door) -> APIRouter:
    """The two doors; what neither holds nor can be read is refused before the shop hears of it."""
    settings = door.settings.dialogflow
    callers = Callers(settings)
    router = APIRouter(prefix="/dialogflow", include_in_schema=False)

    @router.post("/es")
    async def edition_es(request: Request) -> Response:
        asked = await admitted(request, es.EsRequest)
        return JSONResponse(es.response(await answered(asked), asked, settings.handover_event))

    @router.post("/cx")
    async def edition_cx(request: Request) -> Response:
        asked = await admitted(request, cx.CxRequest)
        return JSONResponse(cx.response(await answered(asked), asked))

    async def admitted(request: Request, kind: type[_Request]) -> _Request:
        refusal = await callers.refusal(request, door)
        if refusal:
            door.metrics.rejected(NAME, refusal)
            raise HTTPException(401, "not an agent that this server knows")
        try:
            return kind.model_validate_json(await request.body())
        except ValidationError as wrong:
            door.metrics.rejected(NAME, "body")
            faults = [".".join(map(str, fault["loc"])) + f": {fault['msg']}" for fault in wrong.errors()]
            raise HTTPException(400, "; ".join(faults)) from wrong

    async def answered(asked: es.EsRequest | cx.CxRequest) -> Reply:
        """The reply, or an apology: an agent has nothing better to say where it gets no answer.

        Whom the shop does not know is a guest.
        """
        language = asked.language_code.partition("-")[0].lower()
        known = language if language in LANGUAGES else door.settings.dialogue.language
        customer, until = asked.customer(settings.customer), monotonic() + settings.deadline
        answer = await door.answering.answer(asked.turn(customer or None, known, door.now()), settings.deadline)
        if answer.outcome == "unknown":
            answer = await door.answering.answer(asked.turn(None, known, door.now()), until - monotonic())
        return answer.reply

    return router


class Callers:
    """Who may call: any one of the ways that the settings name; without any, programs on this machine."""

    def __init__(self, settings: DialogflowSettings) -> None:
        if bool(settings.user) != bool(settings.password) or bool(settings.header) != bool(settings.secret):
            raise BadSettings("dialogflow: user goes with password, and header with secret; set both or none")
        self._user = settings.user
        self._password = Keys({"password": settings.password} if settings.password else {})
        self._header = settings.header
        self._secret = Keys({"secret": settings.secret} if settings.secret else {})
        self._tokens = _id_tokens(settings)
        self._anybody_here = not (self._user or self._header or self._tokens)

    async def refusal(self, request: Request, door: Door) -> str | None:
        """Why a request is turned away; None where it may pass."""
        if self._anybody_here:
            return None if is_local(request) else "elsewhere"
        if self._header and self._secret.holder(request.headers.get(self._header, "")):
            return None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self._user and scheme.lower() == "basic" and self._is_right(given):
            return None
        if self._tokens and scheme.lower() == "bearer":
            try:
                check = partial(self._tokens.refusal, given.strip())
                return await door.answering.ask(check, door.settings.dialogflow.deadline)
            except (OSError, ValueError):
                _log.exception("dialogflow.certificates cannot be read")
                return "certificates"
        return "credentials"

    def _is_right(self, given: str) -> bool:
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self._password.holder(password) is not None and user == self._user


def _id_tokens(settings: DialogflowSettings) -> IdTokens | None:
    if not settings.audience:
        return None
    try:
        from assistant.web.id_tokens import IdTokens
    except ImportError as error:
        raise BadSettings(
            f"dialogflow.audience needs the package {error.name}: pip install 'handla[dialogflow]'"
        ) from error
    return IdTokens(settings.audience, settings.email, settings.certificates)
