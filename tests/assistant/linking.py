"""A served shop whose customers link their account with programs, and a customer's browser."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from assistant import bootstrap
from assistant.link_codes import LASTS, hashed_code, new_code
from assistant.pipeline import Assistant
from assistant.records.clients import Client, Clients
from assistant.records.grants import Code, Grant, Grants
from assistant.settings import Settings
from assistant.surfaces.agents.callers import BUY, PERSONAL, READ, Caller, Unauthorised, WhoAsks
from assistant.web.answering import Answering
from assistant.web.door import Door
from assistant.web.guards import hashed
from assistant.web.metrics import Metrics
from assistant.web.oauth.admission import open_admission
from assistant.web.oauth.flows import CODE_LASTS
from assistant.web.server import application
from tests.shops import NOW

HOST = "http://127.0.0.1:8765"
URL = f"{HOST}/mcp"
BACK = "https://agent.example/back?tenant=7"
SECRET = "a secret of forty-three characters, or nearly"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
TOOLS = "/tools"
"""A stand-in for what needs a token: the caller's view of `WhoAsks`, without a tool behind it."""


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Linked:
    """The server, and everybody around it."""

    app: FastAPI
    http: TestClient
    clients: Clients
    grants: Grants
    clock: Clock
    settings: Settings

    def register(self, name: str = "Agent", **differs: Any) -> Client:
        values = {"id": f"{name.lower()}-1", "secret": hashed(SECRET), "redirects": (BACK,)}
        client = Client(
            **{"name": name, "service": False, "itself": False, "made_at": self.clock.now, **values, **differs}
        )
        self.clients.add(client)
        return client

    def link_code(self, customer: str = "C001") -> str:
        code = new_code()
        self.grants.put_link_code(hashed_code(code), customer, self.clock.now + LASTS)
        return code

    def authorise(self, code: str | None = None, decision: str = "all", **asked: str) -> Any:
        """A customer's browser: opens the page and answers it; what the form gave."""
        query = urlencode(request_of(**asked))
        page = self.http.get(f"/oauth/authorize?{query}")
        assert page.status_code == 200, page.text
        return self.send(page, code if code is not None else self.link_code(), decision)

    def send(self, page: Any, code: str, decision: str = "all") -> Any:
        form = {"check": check_of(page), "code": code, "decision": decision}
        return self.http.post(str(page.request.url), data=form, follow_redirects=False)

    def code(self, scope: str = f"{READ} {PERSONAL} {BUY}", client: str = "agent-1") -> str:
        """An authorisation code as C001 allows it, without the page."""
        code = token_urlsafe(32)
        grant = Grant(uuid4().hex, client, "C001", scope, self.clock.now)
        self.grants.open(Code(hashed(code), grant, BACK, CHALLENGE, self.clock.now + CODE_LASTS))
        return code

    def clear(self) -> None:
        """As if nobody had been here, and no time had gone by."""
        for client, _ in self.clients.listed():
            self.grants.revoke(client.id)
        self.grants.forget(self.clock.now + timedelta(days=1))
        self.clock.now = NOW
        self.http.cookies.clear()

    def token(self, code: str | None = None, **form: str | None) -> Any:
        """What the token endpoint says to a code."""
        values = {
            "grant_type": "authorization_code",
            "code": code if code is not None else self.code(),
            "redirect_uri": BACK,
            "client_id": "agent-1",
            "client_secret": SECRET,
            "code_verifier": VERIFIER,
        }
        sent = {name: value for name, value in {**values, **form}.items() if value is not None}
        return self.http.post("/oauth/token", data=sent)

    def refresh(self, token: str, **form: str) -> Any:
        values = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "agent-1"}
        return self.http.post("/oauth/token", data={**values, "client_secret": SECRET, **form})

    def call(self, token: str | None, tool: str, **arguments: Any) -> Any:
        """What /mcp says to the call of a tool."""
        asked = {"method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return self.http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, **asked}, headers=headers)

    def use(self, token: str | None, scope: str = "") -> Any:
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        return self.http.post(TOOLS, params={"scope": scope} if scope else {}, headers=headers)


@contextmanager
def linked(assistant: Assistant, folder: Path, started: bool = True, **agents: Any) -> Iterator[Linked]:
    """A server on loopback with its own authorisation server, unless `agents` names another.

    Where it is not `started`, a test runs its lifespan in an event loop of its own.
    """
    values = {"url": URL, "signing_key": folder / "agents-key.pem", **agents}
    settings = Settings(agents=values, server={"rate": 0})
    clock = Clock()
    app = application(assistant, settings, clock)
    clients, grants = bootstrap.linking(assistant.sessions.engine)
    metrics = Metrics()
    answering = Answering(assistant, metrics, threads=1, most=1)
    who, _ = open_admission(Door(assistant, settings, clock, metrics, answering), clients, grants)
    stand_in(app, who, clock)
    http = TestClient(app, base_url=HOST, client=("192.0.2.7", 50_000))
    with http if started else nullcontext():
        yield Linked(app, http, clients, grants, clock, settings)
    answering.close()


def stand_in(app: FastAPI, who: WhoAsks, clock: Clock) -> None:
    @app.post(TOOLS)
    async def tools(request: Request) -> JSONResponse:
        caller, wanted = await who(request.headers.get("authorization"), clock()), request.query_params.get("scope")
        if isinstance(caller, Caller) and wanted and wanted not in caller.scopes:
            caller = who.lacking(BUY)
        if isinstance(caller, Unauthorised):
            headers = {"www-authenticate": caller.challenge} if caller.challenge else {}
            return JSONResponse({"error": caller.reason}, caller.status, headers)
        told = {"client": caller.client_id, "customer": caller.customer_id, "scopes": sorted(caller.scopes)}
        return JSONResponse({**told, "token": caller.token, "expires_at": str(caller.expires_at)})


def request_of(**differs: str) -> dict[str, str]:
    """The fields of a good authorisation request; those given as '' are left out."""
    values = {
        "response_type": "code",
        "client_id": "agent-1",
        "redirect_uri": BACK,
        "scope": "shop.read shop.personal shop.buy",
        "state": '{"a": "ö & 1"}',
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "resource": URL,
    }
    return {name: value for name, value in {**values, **differs}.items() if value}


def check_of(page: Any) -> str:
    found = re.search(r'name="check" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def sent_back(answer: Any) -> dict[str, str]:
    """The fields that a browser was sent back to the program with."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
