"""The engine a database is reached through. SQLite by default; PostgreSQL by URL."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, Pool, QueuePool

BUSY_MS = 15_000
"""How long a writer waits for another one, milliseconds."""
RESTED = 1.0
"""Seconds after which a connection is asked whether it still is one."""
TRIES = 8
_PAUSE = 0.005
"""Seconds before the second try, at most; twice as long before each further one."""
_COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a transaction that could not be put in order with another, and for a deadlock."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_turns: WeakKeyDictionary[Pool, Lock] = WeakKeyDictionary()
T = TypeVar("T")


class UnusableDatabase(RuntimeError):
    """The database cannot be opened, or is not of this Handla's revision; the message says which and what to do."""


def open_engine(url: str = "sqlite://") -> Engine:
    """An engine for a database URL: sqlite:///shop.db, sqlite:// (in memory), postgresql+psycopg://...

    Raises UnusableDatabase for a URL that no driver takes.
    """
    try:
        return _open(make_url(url))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise UnusableDatabase(f"database URL {url.split('://')[0]}://...: {error}") from None
    except OSError as error:
        raise UnusableDatabase(f"database {url}: {error.strerror} ({error.filename}).") from None


def copy_database(source: Engine, target: Engine) -> None:
    """Make one SQLite database the copy of another; both stay open, and what `target` held is gone."""
    with closing(source.raw_connection()) as one, closing(target.raw_connection()) as other:
        cast(sqlite3.Connection, one.driver_connection).backup(cast(sqlite3.Connection, other.driver_connection))


def _open(url: URL) -> Engine:
    """Errors of the database never show its rows: `hide_parameters`."""
    if url.get_backend_name() != "sqlite":
        # A question is one statement or needs no more than each statement's own view, which is all that READ COMMITTED
        # gives: without BEGIN and ROLLBACK around it, it takes a third of the round trips.
        engine = create_engine(url, hide_parameters=True, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
        event.listen(engine, "checkin", _rests)
        event.listen(engine, "checkout", partial(_still_there, engine))
        return _with_writer(engine, engine.execution_options(isolation_level="READ COMMITTED"))
    if url.database in (None, "", ":memory:"):
        # One connection for all threads, each waiting for its turn: another connection would be another database.
        one = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
        engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False}, **one)
    else:
        engine = create_engine(url, hide_parameters=True)
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _set_up_sqlite)
    writer = engine.execution_options()
    event.listen(writer, "begin", _takes_write_lock)
    return _with_writer(engine, writer)


def _with_writer(engine: Engine, writer: Engine) -> Engine:
    """Kept with the engine it is for: to make one for each transaction costs as much as a statement."""
    engine.update_execution_options(writer=writer)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for transactions: SQLite takes its write lock at once, not half-way."""
    writer: Engine = engine.get_execution_options()["writer"]
    return writer


def reading(engine: Engine) -> Engine:
    """The same engine for a long look at one state of the database, row by row."""
    if engine.dialect.name == "sqlite":
        reader = engine.execution_options()
        event.listen(reader, "begin", _begins)
        return reader
    return engine.execution_options(isolation_level="REPEATABLE READ")


def in_transaction(engine: Engine, work: Callable[[Connection], T], *again: type[Exception]) -> T:
    """What `work` gives in one transaction that may write; run anew where another one came in between.

    That is a row inserted by both, a deadlock, a database too busy, a connection lost, or an error in `again`. What
    `work` does must be fit for being done twice: its commit may have gone through before the connection was lost.
    """
    collisions: tuple[type[Exception], ...] = (IntegrityError, *again)
    for number in range(1, TRIES):
        try:
            with _in_turn(engine), writing(engine).begin() as connection:
                return work(connection)
        except collisions:
            pass
        except DBAPIError as error:
            if not _collided(error):
                raise
        time.sleep(random.uniform(0, _PAUSE * 2**number))
    with _in_turn(engine), writing(engine).begin() as connection:
        return work(connection)


def _in_turn(engine: Engine) -> AbstractContextManager[object]:
    """One writer of this process at a time on SQLite, which would have the others look again now and then, asleep."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _turns.setdefault(engine.pool, Lock())


def _collided(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF in _BUSY
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin by itself, and late; what writes or looks long does it instead.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _takes_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begins(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _still_there(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has not been used for a while whether it still is one; another takes its place if not."""
    rested = time.monotonic() - record.info.get("rests_since", float("inf"))
    if RESTED < rested < float("inf"):
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error
