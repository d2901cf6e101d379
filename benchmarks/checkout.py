"""How many orders a second are placed and paid, by one and by eight processes, on SQLite and on PostgreSQL.

    python -m benchmarks.checkout [--seconds 5] [--writers 1,8]

Each order is one line of one of 50 products, paid at the sandbox, whose books are in the same database: four durable
transactions. The peer writes as many durable transactions of one row each with the bare driver and nothing else: what
the database and the disk allow at most. PostgreSQL is the server that HANDLA_TEST_POSTGRES names, or one started here
with its usual settings; it is left out, and said so, where there is none. Data: made up.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import psycopg
from sqlalchemy import make_url

from commerce.lines import make_line
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from commerce.types import Customer, Money, Order, Product, Variant
from tests.databases import NoServer, Postgres, Sqlite, postgres_server

PRODUCTS = 50
COMMITS = 4
"""Transactions of a checkout: reserve, set the money aside, take it, place."""
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["commerce.store", "commerce.payments", "tests.databases"])
Worker = Callable[[str, str, float, Any], None]


def main(arguments: Sequence[str] = ()) -> None:
    options = argparse.ArgumentParser(prog="handla bench checkout")
    options.add_argument("--seconds", type=float, default=5.0, help="for each figure")
    options.add_argument("--writers", default="1,8", help="numbers of processes")
    chosen = options.parse_args(arguments)
    writers = [int(number) for number in chosen.writers.split(",")]
    report: dict[str, object] = {"benchmark": "checkout", "products": PRODUCTS, "seconds": chosen.seconds}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        report["sqlite"] = [measure(Sqlite(folder).new(), number, chosen.seconds) for number in writers]
        try:
            server = Postgres(stack.enter_context(postgres_server(durable=True)))
        except NoServer as missing:
            report["postgresql"] = str(missing)
        else:
            stack.callback(server.drop)
            report["postgresql"] = [measure(server.new(), number, chosen.seconds) for number in writers]
    print(json.dumps(report))


def measure(url: str, writers: int, seconds: float) -> dict[str, object]:
    """Orders a second of that many processes, beside the bare driver."""
    _open_shop(url)
    taken = sorted(chain(*at_once(order_for, url, writers, seconds)))
    bare = sum(chain(*at_once(commit_for, url, writers, seconds))) / seconds / COMMITS
    return {
        "writers": writers,
        "orders_per_s": round(len(taken) / seconds, 1),
        "p50_ms": round(taken[len(taken) // 2] * 1000, 1),
        "p95_ms": round(taken[int(len(taken) * 0.95)] * 1000, 1),
        "bare_driver_per_s": round(bare, 1),
        "ratio_to_bare_driver": round(len(taken) / seconds / bare, 2),
    }


def at_once(work: Worker, url: str, writers: int, seconds: float) -> list[list[float]]:
    """What each of these processes answers; they begin together, once all are ready."""
    pipes = [_PROCESSES.Pipe() for _ in range(writers)]
    processes = [_PROCESSES.Process(target=work, args=(url, f"w{n}", seconds, end)) for n, (_, end) in enumerate(pipes)]
    for process in processes:
        process.start()
    for step in ("ready", "done"):
        answers = [here.recv() for here, _ in pipes]
        if step == "ready":
            for here, _ in pipes:
                here.send("go")
    for process in processes:
        process.join()
    return answers


def order_for(url: str, name: str, seconds: float, pipe: Any) -> None:
    """Place orders for that long; the seconds that each took."""
    engine = open_engine(url)
    store = Store(engine, SandboxPayments(engine))
    lines = [line for one in store.products() if (line := make_line(one, one.variants[0].sku))]
    run = f"{name}-{datetime.now(UTC).isoformat()}"
    pipe.send("ready")
    pipe.recv()
    taken = []
    ends = monotonic() + seconds
    for number in count():
        began = perf_counter()
        if monotonic() >= ends:
            break
        order = store.place_order(f"{run}-{number}", "C1", [lines[number % len(lines)]], datetime.now(UTC))
        assert isinstance(order, Order), order
        taken.append(perf_counter() - began)
    engine.dispose()
    pipe.send(taken)


def commit_for(url: str, name: str, seconds: float, pipe: Any) -> None:
    """Commit one row after the other for that long; how many there were."""
    with closing(_driver(url)) as connection:
        place = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        statement = f"INSERT INTO bare VALUES ({place}, {place})"
        pipe.send("ready")
        pipe.recv()
        done = 0
        ends = monotonic() + seconds
        while monotonic() < ends:
            connection.execute("BEGIN IMMEDIATE" if place == "?" else "BEGIN")
            connection.execute(statement, (name, done))
            connection.execute("COMMIT")
            done += 1
    pipe.send([float(done)])


def _open_shop(url: str) -> None:
    engine = open_engine(url)
    create_tables(engine)
    store = Store(engine, SandboxPayments(engine))
    variants = [Variant(f"s{n:02}", f"Thing {n}", Money(100 + n, "USD"), 1_000_000) for n in range(PRODUCTS)]
    store.import_products([Product(one.sku, one.title, (), (one,)) for one in variants])
    store.put_customer(Customer("C1", "Ann"))
    engine.dispose()
    with closing(_driver(url)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (writer TEXT, number INTEGER)")


def _driver(url: str) -> Any:
    """A connection of the bare driver, as durable as ours."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(found.database), timeout=15, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection
    _, options = found.get_dialect()().create_connect_args(found)
    return psycopg.connect(**options, autocommit=True)


if __name__ == "__main__":
    main(sys.argv[1:])
