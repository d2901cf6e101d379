"""The load of `handla bench webhook` measures what a customer waits, and counts what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks._load import Connection, Measured, in_turn, offered, saturated
from benchmarks.webhook import CONVERSATIONS, SEARCH, STATUS, turns

ANSWER = b"HTTP/1.1 %d x\r\nContent-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def answering(*statuses: int, after: float = 0.0) -> AsyncIterator[int]:
    """A server that gives these statuses in turn, each `after` so many seconds; its port."""
    given = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal given
        while head := await reader.readuntil(b"\r\n\r\n"):
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            await asyncio.sleep(after)
            writer.write(ANSWER % statuses[given % len(statuses)])
            given += 1

    async def until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(until_gone, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)


def test_an_open_loop_keeps_its_pace_when_answers_are_slow() -> None:
    async def load() -> Measured:
        async with answering(200, after=0.3) as port:
            return await offered(partial(Connection, port, "/"), in_turn(iter([b"{}"] * 20)), rate=40, seconds=0.5)

    measured = asyncio.run(load())
    assert len(measured.latencies) == 20
    assert measured.seconds < 1.5, "20 answers of 0.3 s one after the other would take 6 s"
    assert min(measured.latencies) >= 0.3


def test_what_is_not_200_and_what_is_no_answer_are_errors() -> None:
    async def load(port: int) -> Measured:
        return await offered(partial(Connection, port, "/"), in_turn(iter([b"{}"] * 8)), rate=100, seconds=0.08)

    async def both() -> tuple[Measured, Measured]:
        async with answering(200, 503) as port:
            refused = await load(port)
        return refused, await load(port)

    half, none = asyncio.run(both())
    assert (len(half.latencies), half.errors) == (4, 4)
    assert (len(none.latencies), none.errors) == (0, 8)


def test_a_closed_loop_has_one_request_on_each_connection() -> None:
    async def load() -> Measured:
        async with answering(200, after=0.05) as port:
            return await saturated(partial(Connection, port, "/"), lambda: b"{}", connections=3, seconds=0.4)

    measured = asyncio.run(load())
    assert 3 <= len(measured.latencies) <= 30
    assert measured.report()["errors"] == 0


def test_no_turn_comes_twice_and_searches_seldom_do() -> None:
    for patterns in (STATUS, SEARCH):
        body = turns(patterns)
        sent = [json.loads(body()) for _ in range(1000)]
        assert len({one["turn_id"] for one in sent}) == 1000
        assert len({one["session"] for one in sent}) == CONVERSATIONS
    assert len({one["text"] for one in sent}) > 700
