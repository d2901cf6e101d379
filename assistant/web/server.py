"""Handla over HTTP: the application, and the processes that serve it."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from assistant import bootstrap
from assistant.phrases.book import LANGUAGES
from assistant.pipeline import Assistant
from assistant.records.agents import AgentRecords
from assistant.records.grants import Grants
from assistant.records.sessions import Sessions
from assistant.settings import NAMED, PREFIX, BadSettings, Settings, read_settings
from assistant.web import dialogflow, handoffs, health, v1, v1_audio
from assistant.web.access import LOOPBACK, Access
from assistant.web.answering import Answering, Unanswered
from assistant.web.door import Clock, Door
from assistant.web.guards import Gate, Keys, Pace
from assistant.web.listeners import listener
from assistant.web.logs import log_json_lines
from assistant.web.metrics import FOLDER, Metrics
from assistant.web.settling import settling

if TYPE_CHECKING:  # extras: the protocol of tools; sound, which words alone do not need
    from assistant.web.mcp import Endpoint
    from assistant.web.sound import Sound

_log = logging.getLogger(__name__)
SHUTDOWN = 30
"""Seconds that turns may still take when the server is told to stop."""
STUCK = 30
"""Seconds without a sign of life after which a worker is replaced: a busy machine needs ten to import what it runs."""


def _now() -> datetime:
    return datetime.now(UTC)


def application(
    assistant: Assistant, settings: Settings, now: Clock = _now, sound: Sound | str = "this server hears words only"
) -> FastAPI:
    """The HTTP application around one assistant. `sound`: ears and mouth, or why there are none."""
    server, metrics = settings.server, Metrics()
    answering = Answering(assistant, metrics, server.threads, server.most_turns)
    door = Door(assistant, settings, now, metrics, answering)
    tools, admission = _tools(door)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.running() if tools else nullcontext():
            yield
        answering.close()
        if not isinstance(sound, str):
            sound.close()

    app = FastAPI(title="Handla", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    largest = {"": server.largest_body, v1_audio.PATH: server.largest_audio}
    pace = Pace(server.rate, server.burst) if server.rate else None
    app.add_middleware(Gate, largest=largest, pace=pace, rejected=metrics.rejected)
    access = Access(Keys(server.keys), metrics)
    app.include_router(health.routes(door, access))
    app.include_router(v1.routes(door, access))
    app.include_router(v1_audio.routes(door, access, sound))
    if settings.alexa.skill_id or settings.alexa.insecure:
        app.include_router(_alexa(door))
    if tools is not None:
        app.router.routes.append(Route("/mcp", tools))
    if assistant.people is not None:
        app.include_router(handoffs.routes(door, access, assistant.people.handoffs))
    app.include_router(dialogflow.routes(door))
    for router in admission:
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Unanswered, _unanswered)
    app.add_exception_handler(Exception, _broken)
    return app


def worker() -> FastAPI:
    """The application of one process, by the settings of its environment."""
    log_json_lines()
    settings = read_settings()
    assistant = bootstrap.open_assistant(settings)
    for language in LANGUAGES:
        assistant.warm_up(language)
    ready = application(assistant, settings, sound=_sound(settings))
    gc.collect()
    gc.freeze()  # looking through all that was read at start makes a turn wait a tenth of a second, for nothing
    return ready


def _sound(settings: Settings) -> Sound | str:
    if not settings.server.audio:
        return "this server takes no recordings; the setting server.audio = true changes that"
    try:
        from assistant.web.sound import Sound

        return Sound(bootstrap.open_ears(settings), bootstrap.open_mouth(settings))
    except ImportError as error:
        _log.warning("server.audio is set, but the package %s is missing: pip install 'handla[models]'", error.name)
        return f"this server takes no recordings: it lacks the package {error.name} (pip install 'handla[models]')"


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Its workers read the same settings anew: see `passed_on`.

    Raises UnusableDatabase. What is to be done beside the turns is done here, once whatever the number of workers.
    """
    server = settings.server
    premises = bootstrap.open_shop(settings)
    log_json_lines()
    if not server.keys:
        where = "this machine only" if server.host in LOOPBACK else f"nobody on {server.host}"
        _log.warning("no key is set (server.keys): /v1 and /metrics answer %s; `handla key` makes one", where)
    sessions, keep = Sessions(premises.engine), timedelta(days=settings.dialogue.keep_sessions)
    calls, audited = AgentRecords(premises.engine), timedelta(days=settings.agents.keep_calls)
    jobs = {
        "orders": lambda now: len(premises.shop.reconcile(now)),
        "points": premises.around.loyalty.settle,
        "sessions": lambda now: sessions.forget(now - keep),
        "links": Grants(premises.engine).forget,
        "calls": lambda now: calls.forget(now - audited),
    }
    shared = TemporaryDirectory(prefix="handla-metrics-") if server.workers > 1 else nullcontext()
    with shared as figures, settling(jobs, settings.shop.settle_every):
        if figures:
            os.environ[FOLDER] = figures
        config = uvicorn.Config(
            "assistant.web.server:worker",
            factory=True,
            host=server.host,
            port=server.port,
            workers=server.workers,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=",".join(server.proxies),
            timeout_graceful_shutdown=SHUTDOWN,
            timeout_worker_healthcheck=STUCK,
        )
        _run(config)


def _run(config: uvicorn.Config) -> None:
    if config.workers > 1:
        Multiprocess(config, [listener(config.bind_socket())]).run()
        return
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


def passed_on(said: Mapping[str, str], file: Path | None) -> dict[str, str]:
    """Environment variables by which every worker reads the same settings: the file, and keys of [server] over it."""
    variables = {f"{PREFIX}SERVER__{name.upper()}": value for name, value in said.items()}
    return variables | ({NAMED: str(file.absolute())} if file else {})


def _alexa(door: Door) -> APIRouter:
    """The skill's endpoint; its libraries are an extra."""
    try:
        from assistant.web import alexa
    except ImportError as error:
        raise BadSettings(f"[alexa] needs the package {error.name}: pip install 'handla[alexa]'") from error
    return alexa.routes(door, alexa.outside(door.settings.alexa))


def _tools(door: Door) -> tuple[Endpoint | None, list[APIRouter]]:
    """The shop as tools, and the routes that lead programs to a token; their libraries are an extra."""
    settings = door.settings.agents
    if not (settings.url or settings.local):
        return None, []
    if settings.url and settings.local:
        raise BadSettings("settings agents.url and agents.local: with tokens, programs on this machine need one too")
    try:
        from assistant.web import mcp
        from assistant.web.oauth import admission
    except ImportError as error:
        raise BadSettings(f"[agents] needs the package {error.name}: pip install 'handla[agents]'") from error
    if settings.local:
        return mcp.Endpoint(door, None), []
    who_asks, routers = admission.open_admission(door, *bootstrap.linking(door.assistant.sessions.engine))
    return mcp.Endpoint(door, who_asks), routers


async def _unfit(_: Request, wrong: Exception) -> Response:
    """Which fields are wrong and why, without what was sent: it may be personal, or no JSON at all."""
    faults = wrong.errors() if isinstance(wrong, RequestValidationError) else []
    said = [".".join(str(part) for part in fault["loc"][1:]) + f": {fault['msg']}" for fault in faults]
    return JSONResponse({"error": "; ".join(said)}, status_code=422)


async def _refused(_: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, HTTPException):
        raise refusal
    return JSONResponse({"error": refusal.detail}, refusal.status_code, refusal.headers)


async def _unanswered(_: Request, unanswered: Exception) -> Response:
    """A question before any turn: nothing was done."""
    outcome = unanswered.outcome if isinstance(unanswered, Unanswered) else "busy"
    told = {"error": "there is too much to do here; ask again", "outcome": outcome}
    return JSONResponse(told, 503, {"retry-after": "1"})


async def _broken(_: Request, error: Exception) -> Response:
    """Nothing of an error of ours leaves the house; the log has its place."""
    _log.error("request failed", exc_info=error)
    return JSONResponse({"error": "something went wrong here"}, status_code=500)
