"""Load on a server from one process: turns at a fixed pace whatever becomes of them, or as many as it bears."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

Body = Callable[[], bytes]
"""Makes the body of the next request."""
GIVEN_UP = 30.0
"""Seconds after which a request counts as an error."""


@dataclass
class Measured:
    """What came of a load."""

    seconds: float = 0.0
    """From the first request to the last answer."""
    latencies: list[float] = field(default_factory=list)
    """Seconds from when a request was due to its answer, of every request answered with 200."""
    errors: int = 0

    def report(self) -> dict[str, object]:
        taken = np.array(self.latencies or [float("nan")]) * 1000
        p50, p95, p99 = (round(float(value), 1) for value in np.percentile(taken, (50, 95, 99)))
        rate = round(len(self.latencies) / self.seconds, 1) if self.seconds else 0.0
        return {"per_second": rate, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "errors": self.errors}


class Connection:
    """One kept-alive HTTP/1.1 connection, with as little work between socket and clock as asyncio allows."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes) -> bool:
        """Whether the answer was 200."""
        try:
            async with asyncio.timeout(GIVEN_UP):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._streams
                writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                return head.startswith(b"http/1.1 200")
        except (OSError, EOFError, IndexError, TimeoutError, asyncio.IncompleteReadError):
            await self.close()
            return False

    async def close(self) -> None:
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def offered(connect: Callable[[], Connection], body: Body, rate: float, seconds: float) -> Measured:
    """An open loop: a request each 1/`rate` seconds, waiting for no answer; latency counts from when it was due."""
    measured, idle, running = Measured(), deque[Connection](), set[asyncio.Task[None]]()

    async def one(due: float) -> None:
        connection = idle.popleft() if idle else connect()  # all in turn, as if each were a client of its own
        if await connection.post(body()):
            measured.latencies.append(perf_counter() - due)
        else:
            measured.errors += 1
        idle.append(connection)

    started = perf_counter()
    for number in range(round(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        task = asyncio.create_task(one(due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    measured.seconds = perf_counter() - started
    await asyncio.gather(*(connection.close() for connection in idle))
    return measured


async def saturated(connect: Callable[[], Connection], body: Body, connections: int, seconds: float) -> Measured:
    """A closed loop: each of so many connections sends its next request when the last is answered."""
    measured = Measured()
    held = [connect() for _ in range(connections)]
    started = perf_counter()

    async def keep_asking(connection: Connection) -> None:
        while (begun := perf_counter()) - started < seconds:
            if await connection.post(body()):
                measured.latencies.append(perf_counter() - begun)
            else:
                measured.errors += 1

    await asyncio.gather(*(keep_asking(connection) for connection in held))
    measured.seconds = perf_counter() - started
    await asyncio.gather(*(connection.close() for connection in held))
    return measured


def in_turn(texts: Iterator[bytes]) -> Body:
    """The next of them each time."""
    return lambda: next(texts)
