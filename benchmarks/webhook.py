"""Turns a second over HTTP, and how long they take, with 1 and 2 workers on SQLite and on PostgreSQL.

    python -m benchmarks.webhook [--seconds 10] [--rate 100] [--minute 60] [--databases sqlite,postgresql]

The server is `handla serve` with its usual settings but for the limit on one address's pace. A client of our own sends
turns to /v1/turns: an open loop at `--rate` turns a second (latency counts from when a turn was due), and a closed loop
of 32 connections for the rate at saturation. Order status asks in eight ways for one of eighty orders; product searches
are made of the catalogue's categories, colours and prices, so that few sentences come twice. Each turn is of one of 200
conversations. Beside them stand, with as many workers and in the same run, a bare FastAPI application that sends its
body back, which is what HTTP alone takes on this machine, and at saturation one that keeps a row of each turn in the
same database, which is what keeping anything takes. Last, 200 connections for `--minute` seconds on 2 workers. `cpu_ms`
is what a turn costs the server's processes (not the database's), on Linux: it says more than seconds on a machine kept
busy by others. Client, server and database share the machine. PostgreSQL is the server that HANDLA_TEST_POSTGRES names,
or one started here, durable; it is left out, and said so, where there is none. Data: the sample shop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks._load import Body, Connection, Measured, in_turn, offered, saturated
from benchmarks._machine import free_port
from benchmarks._webhook_peers import DATABASE
from tests.databases import NoServer, Postgres, Sqlite, postgres_server
from tests.shops import fill

SATURATED = 32
MANY = 200
"""Connections."""
CONVERSATIONS = 200
CUSTOMERS = tuple(f"C{number:03}" for number in range(1, 11))
STATUS = (
    "where is my parcel",
    "where is order {order}",
    "track order {order}",
    "has my order shipped yet",
    "when does order {order} come",
    "what is the status of order {order}",
    "any news on my delivery",
    "when will my order arrive",
)
SEARCH = (
    "show me {colour} {thing} under {price} dollars",
    "i need {thing} under {price} dollars",
    "do you have {colour} {thing} for less than {price} dollars",
    "i'm looking for {thing} between {price} and 300 dollars",
)
THINGS = (
    "jackets",
    "hiking boots",
    "sneakers",
    "sweaters",
    "coffee beans",
    "olive oil",
    "tents",
    "backpacks",
    "dresses",
)
COLOURS = ("red", "black", "blue", "green", "white", "grey")


def main(arguments: Sequence[str] = ()) -> None:
    options = argparse.ArgumentParser(prog="handla bench webhook")
    options.add_argument("--seconds", type=float, default=10.0, help="for each figure")
    options.add_argument("--rate", type=float, default=100.0, help="turns a second in the open loop")
    options.add_argument("--minute", type=float, default=60.0, help="seconds of the run with 200 connections; 0: none")
    options.add_argument("--databases", default="sqlite,postgresql")
    chosen = options.parse_args(arguments)
    report: dict[str, object] = {"benchmark": "webhook", "seconds": chosen.seconds, "offered": chosen.rate}
    report["echo"] = [of_echo(workers, chosen.seconds, chosen.rate) for workers in (1, 2)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if "sqlite" in chosen.databases:
            url = Sqlite(folder).new()
            fill(url)
            report["sqlite"] = [of_handla(url, workers, chosen) for workers in (1, 2)]
        if "postgresql" in chosen.databases:
            try:
                server = Postgres(stack.enter_context(postgres_server(durable=True)))
            except NoServer as missing:
                report["postgresql"] = str(missing)
            else:
                stack.callback(server.drop)
                url = server.template()
                fill(url)
                report["postgresql"] = [of_handla(url, workers, chosen) for workers in (1, 2)]
                if chosen.minute:
                    report[f"{MANY}_connections"] = of_many(url, chosen.minute)
    sys.stdout.write(json.dumps(report) + "\n")


def of_handla(url: str, workers: int, chosen: argparse.Namespace) -> dict[str, object]:
    """Order status and product search on one database."""
    found: dict[str, object] = {"workers": workers, "one_row": of_one_row(url, workers, chosen.seconds)}
    with serving(url, workers) as (port, pid):
        connect = partial(Connection, port, "/v1/turns")
        for kind, body in (("order_status", turns(STATUS)), ("product_search", turns(SEARCH))):
            asyncio.run(saturated(connect, body, 2 * workers, 2.0))  # what is read and compiled at first use
            found[kind] = {
                "open_loop": asyncio.run(offered(connect, body, chosen.rate, chosen.seconds)).report(),
                "saturated": with_cpu(partial(saturated, connect, body, SATURATED, chosen.seconds), pid),
            }
    return found


def of_many(url: str, seconds: float) -> dict[str, object]:
    with serving(url, 2) as (port, pid):
        return with_cpu(partial(saturated, partial(Connection, port, "/v1/turns"), turns(STATUS), MANY, seconds), pid)


def of_echo(workers: int, seconds: float, rate: float) -> dict[str, object]:
    with peer(["benchmarks._webhook_peers:echo"], workers, {}) as (port, pid):
        connect = partial(Connection, port, "/v1/turns")
        at_pace = asyncio.run(offered(connect, turns(STATUS), rate, seconds)).report()
        most = with_cpu(partial(saturated, connect, turns(STATUS), SATURATED, seconds), pid)
    return {"workers": workers, "open_loop": at_pace, "saturated": most}


def of_one_row(url: str, workers: int, seconds: float) -> dict[str, object]:
    """What an application reaches that keeps one row for each turn and does nothing else."""
    with peer(["--factory", "benchmarks._webhook_peers:one_row"], workers, {DATABASE: url}) as (port, pid):
        return with_cpu(
            partial(saturated, partial(Connection, port, "/v1/turns"), turns(STATUS), SATURATED, seconds), pid
        )


@contextmanager
def peer(application: Sequence[str], workers: int, settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    """An application on uvicorn; its port and its process id."""
    port = free_port()
    command = ["-m", "uvicorn", *application, "--log-level", "warning", "--no-access-log"]
    with running([*command, "--port", str(port), "--workers", str(workers)], port, settings) as pid:
        yield port, pid


def with_cpu(load: Callable[[], Coroutine[Any, Any, Measured]], pid: int) -> dict[str, object]:
    """The report of a load, with the milliseconds of processor time that the server spent on a request."""
    before = processor_time(pid)
    measured = asyncio.run(load())
    spent = processor_time(pid) - before
    each = spent * 1000 / max(1, len(measured.latencies))
    return measured.report() | ({"cpu_ms": round(each, 2)} if spent else {})


def processor_time(pid: int) -> float:
    """Seconds that a process and its children have computed so far; 0 where there is no /proc."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    ours = [one for one in ticks if one == pid or parents[one] == pid]
    return sum(ticks[one] for one in ours) / os.sysconf("SC_CLK_TCK")


def turns(patterns: Sequence[str]) -> Body:
    """Bodies of turns that nobody sent before."""
    chooser, run = random.Random(1), os.urandom(4).hex()

    def bodies() -> Iterator[bytes]:
        for number in count():
            text = chooser.choice(patterns).format(
                order=chooser.randrange(6000, 6080),
                thing=chooser.choice(THINGS),
                colour=chooser.choice(COLOURS),
                price=chooser.randrange(20, 200),
            )
            conversation = number % CONVERSATIONS
            yield json.dumps(
                {
                    "session": f"{run}-{conversation}",
                    "customer": CUSTOMERS[conversation % len(CUSTOMERS)],
                    "turn_id": f"{run}-{number}",
                    "text": text,
                }
            ).encode()

    return in_turn(bodies())


@contextmanager
def serving(url: str, workers: int) -> Iterator[tuple[int, int]]:
    """`handla serve` on a database; its port and its process id."""
    port = free_port()
    command = ["-m", "assistant.cli", "serve", "--port", str(port), "--workers", str(workers)]
    settings = {"HANDLA_SHOP__DATABASE": url, "HANDLA_SERVER__RATE": "0"}
    with running(command, port, settings) as pid:
        yield port, pid


@contextmanager
def running(command: Sequence[str], port: int, settings: dict[str, str]) -> Iterator[int]:
    environment = os.environ | settings
    with subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield server.pid
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Until the server is ready; the other workers take about as long as the first."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                time.sleep(3)
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the server did not become ready in 120 s")


if __name__ == "__main__":
    main(sys.argv[1:])
