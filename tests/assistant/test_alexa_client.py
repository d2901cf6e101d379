"""An independent client, virtual-alexa, with the generated model, against the running server on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.commands.alexa import made_model
from assistant.pipeline import Assistant
from assistant.settings import AlexaSettings
from tests.assistant.amazon import SKILL, Amazon, skill_app, speech, token
from tests.shops import NOW, Shops

pytestmark = pytest.mark.models
FOLDER = Path(__file__).parents[1] / "alexa_client"
HEARD = 6_000
"""Milliseconds until the customer can have heard a read-back."""


@pytest.fixture(autouse=True, scope="module")
def node() -> str:
    """Node.js with virtual-alexa; the tests are skipped where it is missing."""
    found = shutil.which("node")
    if found and (FOLDER / "node_modules" / "virtual-alexa").is_dir():
        return found
    missing = "no virtual-alexa: install Node.js, then run `npm install` in tests/alexa_client"
    if os.environ.get("HANDLA_TEST_NODE") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


class Signing:
    """Signs each request on its way in, as Amazon does, byte for byte."""

    def __init__(self, app: ASGIApp, amazon: Amazon) -> None:
        self._app, self._amazon = app, amazon

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        signed = [(name.lower().encode(), value.encode()) for name, value in self._amazon.headers(body).items()]

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": [*scope["headers"], *signed]}, replay, send)


@dataclass
class Behind:
    """The real clock, as if it had been NOW at the start."""

    began: float

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=time.time() - self.began)


@contextmanager
def running(assistant: Assistant, amazon: Amazon, clock: Behind) -> Iterator[str]:
    with skill_app(assistant, amazon, clock) as app:
        server = uvicorn.Server(uvicorn.Config(Signing(app, amazon), port=0, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}/alexa"
        finally:
            server.should_exit = True
            thread.join()


def converse(assistant: Assistant, node: str, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the skill answers to each step."""
    clock, model = Behind(time.time()), made_model(assistant, AlexaSettings(), "en").model
    behind = round((clock.began - NOW.timestamp()) * 1000)
    with running(assistant, Amazon(), clock) as url:
        given = {"url": url, "skill": SKILL, "model": model, "token": token("C001"), "behind": behind, "steps": steps}
        command = [node, str(FOLDER / "converse.js")]
        done = subprocess.run(
            command, input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_whole_purchase(shops: Shops, node: str) -> None:
    assistant = shops.assistant()
    steps = [
        {"launch": True},
        {"utter": "find a waterproof winter jacket under two hundred dollars"},
        {"utter": "the second one"},
        {"utter": "medium"},
        {"utter": "add two oat milk"},
        {"utter": "check out"},
        {"utter": "yes", "wait": HEARD},
        {"utter": "stop"},
    ]
    said = [speech(response) for response in converse(assistant, node, steps)]
    assert "waterproof" in said[1]
    assert "which size" in said[2]
    assert "2 times Oat Milk" in said[4]
    assert "Harbor Winter Parka" in said[5]
    assert "rder" in said[6]
    assert "oodbye" in said[7]
    newest = assistant.shop.orders_of("C001", 1)[0]
    assert sorted((line.title, line.quantity) for line in newest.lines) == [
        ("Harbor Winter Parka, M", 1),
        ("Oat Milk", 2),
    ]
    assert shops.charges(assistant.shop) == 1


def test_an_order_status(shops: Shops, node: str) -> None:
    latest, named = converse(shops.assistant(), node, [{"utter": "where is my parcel"}, {"utter": "track order 6015"}])
    assert "6 0 1 5" in speech(latest)
    assert "on its way with Postbird" in speech(latest)
    assert latest["response"]["shouldEndSession"] is True
    assert "6 0 1 5" in speech(named)


def test_a_cancellation_that_alexa_has_confirmed(shops: Shops, node: str) -> None:
    assistant = shops.assistant()
    steps = [
        {"utter": "reorder coffee"},
        {"utter": "yes", "wait": HEARD},
        {"utter": "cancel my order"},
        {"confirm": "CancelOrderIntent", "status": "CONFIRMED", "wait": HEARD},
    ]
    responses = converse(assistant, node, steps)
    assert responses[2]["response"]["directives"][-1]["type"] == "Dialog.ConfirmIntent"
    assert "back" in speech(responses[3])
    newest = assistant.shop.orders_of("C001", 1)[0]
    assert newest.state == "cancelled"
