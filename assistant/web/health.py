"""For those who keep the server running: is it alive, is it ready, what has it done."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from assistant.web.access import Access
from assistant.web.door import Door
from assistant.web.metrics import CONTENT_TYPE

_log = logging.getLogger(__name__)
CHECKED = 5.0
"""Seconds after which a server that is too busy to look at its database is not ready."""


def routes(door: Door, access: Access) -> APIRouter:
    """GET /health, /ready and, for who has a key, /metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health")
    async def health() -> dict[str, str]:
        """Whether this process answers at all; restart it if not."""
        return {"status": "ok"}

    @router.get("/ready")
    async def ready() -> Response:
        """Whether turns can be answered: the models are loaded before the first request, the database may go away."""

        def check() -> None:
            door.assistant.sessions.check()
            door.assistant.shop.catalogue_version()

        try:
            await door.answering.ask(check, CHECKED)
        except Exception:
            _log.exception("not ready")
            return JSONResponse({"status": "the database cannot be used"}, status_code=503)
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", dependencies=[Depends(access.allowed)])
    async def metrics() -> Response:
        return Response(door.metrics.exposition(), media_type=CONTENT_TYPE)

    return router
