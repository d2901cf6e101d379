"""SQLAlchemy's dialects, made quick for tests.

What one engine has compiled, the next one of its kind need not compile again: each test has an engine of its own, and
to compile every statement anew took a tenth of the time of all the tests. SQLite's files are not forced to the disk:
that would keep them when the machine stops, and no test stops it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class _Alike:
    """A dialect that is equal to all of its kind, since it is a part of the key under which a statement is kept."""

    compiled: dict[Any, Any]

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls.compiled)


class SqliteDialect(_Alike, SQLiteDialect_pysqlite):
    supports_statement_cache = True
    compiled: dict[Any, Any] = {}  # noqa: RUF012  (shared is what it is to be)

    def on_connect(self) -> Callable[[Any], None]:
        set_up = super().on_connect()

        def connected(connection: Any) -> None:
            set_up(connection)
            connection.execute("PRAGMA synchronous = OFF")

        return connected


class PostgresDialect(_Alike, PGDialect_psycopg):
    supports_statement_cache = True
    compiled: dict[Any, Any] = {}  # noqa: RUF012


def share_statements() -> None:
    """Have every engine that is made from now on share its statements with those of its kind."""
    registry.register("sqlite", __name__, SqliteDialect.__name__)
    registry.register("postgresql.psycopg", __name__, PostgresDialect.__name__)
