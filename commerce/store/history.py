"""Which tables a database holds: made where there are none, refused where this program cannot know them.

A schema's changes are files of a package, one after the other; docs/decisions/0014 says how to add one. To carry them
out is the work of commerce.store.migrations, asked for by name (`handla shop upgrade`): opening changes no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError

from commerce.store.engine import UnusableDatabase, writing
from commerce.store.tables import metadata, shop

LONGEST_REVISION = 32
"""Characters that the table of the revision keeps."""
_LOCK = 4_842_113
"""Names the lock under which tables are made and changed on PostgreSQL; any number that nobody else uses."""


@dataclass(frozen=True)
class History:
    """The tables of one owner and the package of their changes. Several histories may share a database."""

    metadata: MetaData
    package: str
    """Modules r<date>_<time>_<slug>.py, each a revision of that name."""
    table: str
    """Where the revision of a database is kept."""
    before: str
    """A table that databases have from before there were revisions."""
    rows: Mapping[Table, Mapping[str, Any]] = field(default_factory=dict)
    """What a new database starts with, one row a table."""

    def revisions(self) -> tuple[str, ...]:
        """Every revision, oldest first."""
        return _revisions(self.package)

    @cached_property
    def revision_table(self) -> Table:
        """The table as Alembic makes it."""
        return Table(self.table, MetaData(), Column("version_num", String(LONGEST_REVISION), primary_key=True))


@cache
def _revisions(package: str) -> tuple[str, ...]:
    # The package itself is not imported: that would import Alembic, which opening a database need not wait for.
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return tuple(sorted(file.stem for folder in folders or () for file in Path(folder).glob("r2*.py")))


SHOP = History(
    metadata,
    "commerce.store.migrations",
    "alembic_version",
    before="schema_version",
    rows={shop: {"id": 1, "currency": "USD", "catalogue_version": 0, "stock_version": 0, "order_version": 0}},
)


def create_tables(engine: Engine, history: History = SHOP) -> None:
    """Make the tables in an empty database; one that is of this program's revision is left as it is.

    Raises UnusableDatabase when the database cannot be opened, has yet to be upgraded, or is newer than this program.
    """
    try:
        with engine.connect() as connection:
            stored = revision_of(connection, history)
        if stored is None:
            with writing(engine).begin() as connection:
                lock(connection)
                stored = revision_of(connection, history)
                if stored is None:
                    stored = _create(connection, history)
    except DatabaseError as error:
        raise UnusableDatabase(f"{engine.url.render_as_string()} cannot be used: {error.orig}.") from None
    refuse_unknown(engine, stored, history)
    if stored != history.revisions()[-1]:
        raise UnusableDatabase(
            f"{engine.url.render_as_string()} was made by an older Handla. `handla shop upgrade` brings the settings' "
            "database up to date and keeps what is in it (--database names another one)."
        )


def revision_of(connection: Connection, history: History) -> str | None:
    """How far a database has come; "" from before there were revisions, None where the tables are missing."""
    there = inspect(connection)
    if there.has_table(history.table):
        return connection.scalar(select(history.revision_table.c.version_num))
    return "" if there.has_table(history.before) else None


def refuse_unknown(engine: Engine, stored: str | None, history: History) -> None:
    """Raise UnusableDatabase for a revision that this program does not know."""
    if stored and stored not in history.revisions():
        raise UnusableDatabase(
            f"{engine.url.render_as_string()} was made by a newer Handla (revision {stored}, unknown here) and is left "
            "as it is. Upgrade Handla, or name another database."
        )


def lock(connection: Connection) -> None:
    """Let one process at a time make or change tables; SQLite has its write lock for that."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _create(connection: Connection, history: History) -> str:
    newest = history.revisions()[-1]
    history.metadata.create_all(connection)
    for table, row in history.rows.items():
        connection.execute(insert(table).values(**row))
    keep_revision(connection, history, newest)
    return newest


def keep_revision(connection: Connection, history: History, revision: str) -> None:
    table = history.revision_table
    table.create(connection, checkfirst=True)
    connection.execute(delete(table))
    connection.execute(insert(table).values(version_num=revision))
