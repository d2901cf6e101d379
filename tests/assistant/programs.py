"""Programs that shop over the Model Context Protocol, by its own library, at a running server on loopback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Any, TypeVar

import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from mcp import Client
from mcp.types import CallToolResult

from assistant.pipeline import Assistant
from assistant.records.agents import AgentRecords, Call
from assistant.settings import Settings
from assistant.web.server import application
from tests.shops import NOW, Shops

T = TypeVar("T")
COFFEE = {"sku": "COF-DARK-500", "quantity": 2}
MILK = {"sku": "MLK-OAT-1L"}


@dataclass
class Clock:
    """The server's time, moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Refused(Exception):
    """A tool error; its words are the message."""


@dataclass(frozen=True)
class Program:
    """One program, connected; any thread of a test may call."""

    url: str
    client: Client
    portal: BlockingPortal
    assistant: Assistant
    clock: Clock

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The structured content. Raises Refused."""
        return content(self.ask(lambda client: client.call_tool(name, arguments)))

    def ask(self, question: Callable[[Client], Awaitable[T]]) -> T:
        return self.portal.call(question, self.client)

    def audit(self, newest: int = 1_000) -> list[Call]:
        """Oldest first."""
        return list(reversed(AgentRecords(self.assistant.sessions.engine).calls(newest)))


def content(result: CallToolResult) -> dict[str, Any]:
    if result.is_error:
        raise Refused(getattr(result.content[0], "text", ""))
    assert isinstance(result.structured_content, dict)
    return result.structured_content


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """A server for this application; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.005)
            assert thread.is_alive(), "the server did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def shopping(assistant: Assistant, customer: str = "C001", **agents: Any) -> Iterator[Program]:
    """A program on the server's own machine, for this customer; `agents`: settings of that section."""
    clock = Clock()
    settings = Settings(
        agents={"local": True, "customer": customer, "calls_a_minute": 10_000, **agents},  # type: ignore[arg-type]
        server={"rate": 0.0},  # type: ignore[arg-type]
    )
    with listening(application(assistant, settings, clock)) as address, start_blocking_portal() as portal:
        url = f"{address}/mcp"
        with portal.wrap_async_context_manager(Client(url, mode="legacy")) as client:
            yield Program(url, client, portal, assistant, clock)


def orders(shops: Shops, program: Program) -> int:
    return shops.orders_since(program.assistant.shop, NOW)


def coffee_quote(program: Program, **more: Any) -> str:
    return str(program.call("quote", items=[COFFEE], **more)["quote_id"])
