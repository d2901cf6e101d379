"""HTTP: /health and a plain POST /turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import bootstrap
from assistant.pipeline import Assistant
from assistant.records.sessions import Conflict
from assistant.reports import reply_report
from assistant.settings import Settings
from assistant.surfaces.text import TurnBody, to_turn
from assistant.types import Turn
from assistant.wording import sentence

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Job = Callable[[datetime], int]
"""Settles what is unfinished at that moment; how many there were."""


def _now() -> datetime:
    return datetime.now(UTC)


class LargestBody:
    """Refuses with 413 what is larger than `limit` bytes, without reading more of it than that."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                refusal = JSONResponse({"error": f"the body is larger than {self._limit} bytes"}, status_code=413)
                await refusal(scope, receive, send)
                return

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def application(assistant: Assistant, settings: Settings, now: Clock = _now) -> FastAPI:
    """The HTTP application around one assistant."""
    app = FastAPI(title="Handla", docs_url=None, redoc_url=None)
    app.add_middleware(LargestBody, limit=settings.server.largest_body)

    @app.exception_handler(RequestValidationError)
    def refuse(_: Request, wrong: RequestValidationError) -> Response:
        """Which fields are wrong and why, without what was sent: it may be personal, or no JSON at all."""
        faults = [".".join(str(part) for part in fault["loc"][1:]) + f": {fault['msg']}" for fault in wrong.errors()]
        return JSONResponse({"error": "; ".join(faults)}, status_code=422)

    @app.get("/health")
    def health() -> dict[str, str]:
        assistant.shop.catalogue_version()
        return {"status": "ok"}

    @app.post("/turn")
    async def turn(body: TurnBody) -> Response:
        return await run_in_threadpool(_answer, assistant, to_turn(body, "http", now()))

    return app


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    assistant = bootstrap.open_assistant(settings)
    app = application(assistant, settings)
    stopped = Event()
    shop, around = assistant.shop, bootstrap.open_shop(settings).around
    jobs = {"orders": lambda moment: len(shop.reconcile(moment)), "points": around.loyalty.settle}
    settling = Thread(target=keep_settling, args=(jobs, settings.shop.settle_every, stopped), daemon=True)
    settling.start()
    try:
        uvicorn.run(app, host=settings.server.host, port=settings.server.port, log_level="info", access_log=False)
    finally:
        stopped.set()


def keep_settling(jobs: Mapping[str, Job], every: float, stopped: Event, now: Clock = _now) -> None:
    """Settle what was left unfinished, each `every` seconds until stopped."""
    while not stopped.wait(every):
        for name, job in jobs.items():
            try:
                settled = job(now())
            except Exception:
                _log.exception("%s could not be settled; trying again in %.0f s", name, every)
            else:
                if settled:
                    _log.info("%s: %d settled that had been left unfinished", name, settled)


def _answer(assistant: Assistant, turn: Turn) -> Response:
    try:
        if turn.customer_id is not None and assistant.shop.customer(turn.customer_id) is None:
            return JSONResponse({"error": "no such customer; leave customer out for a guest"}, status_code=404)
        reply: dict[str, Any] = reply_report(assistant.handle(turn))
    except Conflict:
        return JSONResponse({"turn_id": turn.id, "error": sentence(turn.language, "busy")}, status_code=503)
    except Exception:
        _log.exception("turn %s failed", turn.id)
        apology = sentence(turn.language, "trouble")
        return JSONResponse({"turn_id": turn.id, "error": apology}, status_code=500)
    return JSONResponse(reply)
