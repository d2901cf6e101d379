"""Brings a database up to date, one revision after the other. Only here is Alembic imported: opening needs it not."""

from __future__ import annotations

import sqlite3
from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError

from commerce.store.engine import UnusableDatabase, writing
from commerce.store.history import SHOP, History, keep_revision, lock, refuse_unknown, revision_of


def upgrade(engine: Engine, history: History = SHOP, until: str | None = None) -> list[str]:
    """Carry out the revisions a database lacks, all or none, and keep what is in it; their names, oldest first.

    `until` names the last one to carry out; None: the newest.

    A database without tables gets them. Raises UnusableDatabase for one that cannot be opened or is newer than this
    program.
    """
    try:
        with writing(engine).connect() as connection:
            # SQLite would follow the foreign keys of a table that is replaced; it can be told so only between
            # transactions, and the keys are checked below.
            _follow_keys(connection, "OFF")
            with connection.begin():
                lock(connection)
                stored = revision_of(connection, history)
                refuse_unknown(engine, stored, history)
                lacking = [name for name in history.revisions() if (stored or "") < name <= (until or name)]
                _run(connection, history, lacking)
            _follow_keys(connection, "ON")
    except DatabaseError as error:
        raise UnusableDatabase(f"{engine.url.render_as_string()} could not be upgraded: {error.orig}.") from error
    return lacking


def _run(connection: Connection, history: History, names: list[str]) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        for name in names:
            import_module(f"{history.package}.{name}").upgrade()
    if names:
        keep_revision(connection, history, names[-1])
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()):
        raise RuntimeError(f"after {names[-1]}, a row of {broken[0]} points nowhere; nothing was changed")


def _follow_keys(connection: Connection, how: str) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA foreign_keys = {how}")
