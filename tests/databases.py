"""Real databases for tests: SQLite files, and a PostgreSQL server of our own where there is none to use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, create_mock_engine, event, insert, inspect, make_url, text
from sqlalchemy.pool import Pool

from commerce.store import copy_database, create_tables, open_engine
from commerce.store.engine import writing
from commerce.store.history import SHOP, keep_revision, revision_of

VARIABLE = "HANDLA_TEST_POSTGRES"
"""A URL of a PostgreSQL server whose user may make databases; 'required': fail instead of skip where there is none."""


class NoServer(Exception):
    """There is no PostgreSQL here; the message says what is missing."""


class Databases(Protocol):
    """Where a test gets its databases from, as URLs."""

    def new(self) -> str:
        """An empty one."""
        ...

    def copy(self, url: str) -> str:
        """One like that, which nobody may be using."""
        ...


def rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows as they are stored."""
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: [dict(row._mapping) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in names
        }


def give_tables(engine: Engine) -> None:
    """Make the shop's tables in an empty database like `create_tables`, in a third of the time.

    SQLite gets a copy of a database that has them, PostgreSQL all statements at once.
    """
    with engine.connect() as connection:
        there = revision_of(connection, SHOP) is not None
    if there:
        return
    if engine.dialect.name == "sqlite":
        copy_database(_empty_shop(), engine)
        return
    with writing(engine).begin() as connection:
        connection.exec_driver_sql(_statements())
        for table, row in SHOP.rows.items():
            connection.execute(insert(table).values(**row))
        keep_revision(connection, SHOP, SHOP.revisions()[-1])


@cache
def _empty_shop() -> Engine:
    engine = open_engine()
    create_tables(engine)
    return engine


@cache
def _statements() -> str:
    made: list[str] = []
    mock = create_mock_engine(
        "postgresql+psycopg://", lambda statement, *_, **__: made.append(str(statement.compile(dialect=mock.dialect)))
    )
    SHOP.metadata.create_all(mock, checkfirst=False)
    return ";".join(made)


@dataclass(frozen=True)
class Sqlite:
    folder: Path

    def new(self) -> str:
        return f"sqlite:///{self.folder / uuid4().hex}.db"

    def copy(self, url: str) -> str:
        target = self.new()
        shutil.copy(str(make_url(url).database), str(make_url(target).database))
        return target


class Memory:
    """SQLite in memory: every engine has a database of its own."""

    def new(self) -> str:
        return "sqlite://"

    def copy(self, url: str) -> str:
        raise NotImplementedError(f"{url} cannot be copied")


class Postgres:
    """Databases on one server; `drop` closes their connections and removes them.

    An empty one is a schema, which is made in a moment; a copy is a database, which takes longer.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._server: psycopg.Connection[Any] | None = None
        self._made: list[str] = []
        self._connections: list[psycopg.Connection[Any]] = []
        event.listen(Pool, "connect", self._remember)

    def new(self) -> str:
        name = _name()
        self._run(f"CREATE SCHEMA {name}")
        self._made.append(f"SCHEMA {name} CASCADE")
        url = self._url.update_query_dict({"options": f"-c search_path={name}"})
        return url.render_as_string(hide_password=False)

    def template(self) -> str:
        """An empty one to be copied."""
        return self._database("template1")

    def copy(self, url: str) -> str:
        return self._database(str(make_url(url).database))

    def drop(self) -> None:
        event.remove(Pool, "connect", self._remember)
        for connection in self._connections:
            connection.close()
        for made in self._made:
            self._run(f"DROP {made}")
        if self._server is not None:
            self._server.close()

    def _database(self, template: str) -> str:
        name = _name()
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(f"DATABASE {name} WITH (FORCE)")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        if self._server is None:
            plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._server = psycopg.connect(plain, autocommit=True)
        self._server.execute(statement.encode())

    def _remember(self, connection: Any, _record: object) -> None:
        if isinstance(connection, psycopg.Connection):
            self._connections.append(connection)


def _name() -> str:
    return f"handla_{uuid4().hex}"


@contextmanager
def postgres_server(durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one the environment names, or one started for as long as the tests run.

    That one forgets everything when the machine stops, unless it is to be `durable`. Raises NoServer.
    """
    named = os.environ.get(VARIABLE, "")
    if named not in ("", "required"):
        yield named
        return
    binaries = _binaries()
    memory = Path("/dev/shm")
    # Memory is faster than a disk, and the path of a socket must be short.
    folder = Path(
        tempfile.mkdtemp(prefix="handla-pg-", dir=memory if not durable and os.access(memory, os.W_OK) else "/tmp")
    )
    try:
        server = _Server(binaries, folder)
        server.start(durable)
        try:
            yield f"postgresql+psycopg://handla@/postgres?host={folder}"
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    of_debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = of_debian[-1] if of_debian else shutil.which("initdb")
    if found is None:
        raise NoServer(f"no PostgreSQL: install it (Debian: postgresql), or name a server in {VARIABLE}")
    return Path(found).resolve().parent


class _Server:
    """A server of our own, reached by a socket in its folder. It refuses to run as root, so root lends it a user."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._folder = binaries, folder
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("nobody")
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
            os.chown(folder, user.pw_uid, user.pw_gid)

    def start(self, durable: bool) -> None:
        self._run("initdb", "-U", "handla", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c max_connections=150"
        if not durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
        self._run("pg_ctl", "-l", str(self._folder / "log"), "-o", options, "-w", "start")

        # Whoever kills the tests ends the server too: the guard's input ends with them, and then the guard acts.
        guard = 'read _; "$0" -D "$1/data" -m immediate -w stop; rm -rf "$1"'
        command = ["sh", "-c", guard, self._binaries / "pg_ctl", self._folder]
        quiet = subprocess.DEVNULL
        self._guard = subprocess.Popen(
            command, cwd="/", stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True, **self._as
        )

    def stop(self) -> None:
        self._guard.communicate()

    def _run(self, name: str, *arguments: str) -> None:
        command = [self._binaries / name, "-D", self._folder / "data", *arguments]
        # The server keeps its parent's output open: a pipe would never end.
        output = self._folder / f"{name}.log"
        with output.open("w") as log:
            done = subprocess.run(command, cwd=self._folder, stdout=log, stderr=log, check=False, **self._as)
        if done.returncode != 0:
            raise NoServer(f"no PostgreSQL: {name} failed: {output.read_text()}")
