"""HTTP: /health and a plain POST /turn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from assistant import bootstrap
from assistant.pipeline import Assistant
from assistant.reports import reply_report
from assistant.settings import Settings
from assistant.surfaces.text import TurnBody, to_turn
from assistant.wording import sentence

_log = logging.getLogger(__name__)


def application(assistant: Assistant, settings: Settings) -> FastAPI:
    """The HTTP application around one assistant."""
    app = FastAPI(title="Handla", docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def refuse_large(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if len(await request.body()) > settings.server.largest_body:
            limit = settings.server.largest_body
            return JSONResponse({"error": f"the body is larger than {limit} bytes"}, status_code=413)
        return await go_on(request)

    @app.get("/health")
    def health() -> dict[str, str]:
        assistant.shop.catalogue_version()
        return {"status": "ok"}

    @app.post("/turn")
    async def turn(body: TurnBody) -> Response:
        return await run_in_threadpool(_answer, assistant, body)

    return app


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    assistant = bootstrap.open_assistant(settings)
    app = application(assistant, settings)
    uvicorn.run(app, host=settings.server.host, port=settings.server.port, log_level="info", access_log=False)


def _answer(assistant: Assistant, body: TurnBody) -> Response:
    if body.customer is not None and assistant.shop.customer(body.customer) is None:
        return JSONResponse({"error": "no such customer; leave customer out for a guest"}, status_code=404)
    try:
        reply: dict[str, Any] = reply_report(assistant.handle(to_turn(body, "http", datetime.now(UTC))))
    except Exception:
        _log.exception("turn %s failed", body.turn_id)
        apology = sentence(body.language, "trouble")
        return JSONResponse({"turn_id": body.turn_id, "error": apology}, status_code=500)
    return JSONResponse(reply)
