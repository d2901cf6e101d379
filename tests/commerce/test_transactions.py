"""Transactions that meet each other on PostgreSQL are run anew and reach nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Connection, Engine, text, update
from sqlalchemy.exc import IntegrityError

from commerce.store import in_transaction, open_engine
from commerce.store.tables import customers, variants
from tests.commerce.goods import ANN, open_store, product, stock_of
from tests.databases import Postgres


@pytest.fixture
def url(postgres: Postgres) -> str:
    url = postgres.new()
    open_store(url, [product("Tea"), product("Mug")])
    return url


@pytest.fixture
def engine(url: str) -> Engine:
    return open_engine(url)


def take_one(connection: Connection, sku: str) -> None:
    connection.execute(update(variants).where(variants.c.sku == sku).values(stock=variants.c.stock - 1))


@pytest.mark.models
def test_a_deadlock_is_resolved_and_both_do_their_work_once(engine: Engine, url: str) -> None:
    both_hold_one = Barrier(2)
    tries = []

    def work(first: str, second: str) -> None:
        def change(connection: Connection) -> None:
            tries.append(first)
            take_one(connection, first)
            with suppress(BrokenBarrierError):  # a second try is alone
                both_hold_one.wait(2)
            take_one(connection, second)

        in_transaction(engine, change)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ["tea", "mug"], ["mug", "tea"]))
    assert len(tries) > 2
    store, _ = open_store(url)
    assert (stock_of(store, "tea"), stock_of(store, "mug")) == (8, 8)


def test_work_whose_connection_is_lost_is_done_on_another(engine: Engine, url: str) -> None:
    tries = []

    def change(connection: Connection) -> None:
        take_one(connection, "tea")
        tries.append(connection.scalar(text("SELECT pg_backend_pid()")))
        if len(tries) == 1:
            with open_engine(url).connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": tries[0]})
        take_one(connection, "mug")

    in_transaction(engine, change)
    assert len(set(tries)) == 2
    store, _ = open_store(url)
    assert (stock_of(store, "tea"), stock_of(store, "mug")) == (9, 9)


def test_what_never_fits_is_an_error_in_the_end(engine: Engine) -> None:
    def change(connection: Connection) -> None:
        connection.execute(customers.insert().values(id=ANN.id, name="Another", language="en"))

    with pytest.raises(IntegrityError):
        in_transaction(engine, change)
