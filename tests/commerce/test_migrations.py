"""A database is made whole, upgraded when told to, and left alone when it is newer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

import commerce.store
from assistant.bootstrap import upgrade_database
from assistant.records.tables import HISTORY as SESSIONS
from commerce.payments import SandboxPayments
from commerce.store import History, UnusableDatabase, create_tables, open_engine
from commerce.store.history import LONGEST_REVISION, SHOP
from commerce.store.migrations import upgrade
from tests.databases import Databases, give_tables, rows
from tests.shops import assistant_on

HISTORIES = pytest.mark.parametrize("history", [SHOP, SESSIONS], ids=["shop", "sessions"])
BEFORE = Path(__file__).with_name("before_revisions.sql")


@pytest.fixture
def url(shared: Databases) -> str:
    return shared.new()


@pytest.fixture
def old(tmp_path: Path) -> str:
    """A database from before there were revisions, with an order in it."""
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(BEFORE.read_text(encoding="utf-8"))
    connection.close()
    return f"sqlite:///{file}"


def differences(connection: Connection, history: History) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"version_table": history.table})
    found: list[Any] = compare_metadata(context, history.metadata)
    return found


# --- the revisions themselves


@HISTORIES
def test_the_revisions_are_one_line_in_the_order_of_their_names(history: History) -> None:
    folder = Path(str(import_module(history.package).__file__)).parent
    script = ScriptDirectory(str(folder), version_locations=[str(folder)])
    assert len(script.get_heads()) == 1, "two revisions follow the same one: docs/decisions/0014 says what to do"
    chain = [step.revision for step in script.walk_revisions()]
    assert chain[::-1] == list(history.revisions())
    assert all(len(name) <= LONGEST_REVISION for name in chain)


@HISTORIES
def test_the_revisions_lead_to_the_tables_that_the_program_uses(history: History, url: str) -> None:
    engine = open_engine(url)
    assert upgrade(engine, history) == list(history.revisions())
    with engine.connect() as connection:
        assert differences(connection, history) == []


@HISTORIES
def test_a_new_database_is_as_the_revisions_would_make_it(history: History, url: str) -> None:
    made, upgraded = open_engine(url), open_engine()
    create_tables(made, history)
    upgrade(upgraded, history)
    with made.connect() as connection:
        assert differences(connection, history) == []
    assert rows(made) == rows(upgraded)


def test_tests_are_given_the_tables_that_a_shop_makes(url: str) -> None:
    given, made = open_engine(url), open_engine()
    give_tables(given)
    create_tables(made)
    with given.connect() as connection:
        assert differences(connection, SHOP) == []
    assert rows(given) == rows(made)


def test_who_imports_the_store_has_every_table_of_the_shop() -> None:
    for module in iter_modules(commerce.store.__path__, "commerce.store."):
        import_module(module.name)
    tables = "import commerce.store, commerce.store.tables as t; print(*sorted(t.metadata.tables))"
    alone = subprocess.run([sys.executable, "-c", tables], capture_output=True, text=True, check=True)
    assert alone.stdout.split() == sorted(SHOP.metadata.tables)


# --- a database of another revision


def test_making_the_tables_again_keeps_what_is_there(url: str) -> None:
    create_tables(open_engine(url))
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE shop SET currency = 'SEK'"))
    create_tables(engine)
    assert rows(engine)["shop"][0]["currency"] == "SEK"


@HISTORIES
def test_a_database_of_a_newer_handla_is_refused_and_left_alone(history: History, url: str) -> None:
    engine = open_engine(url)
    create_tables(engine, history)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {history.table} SET version_num = 'r29990101_0000_flying'"))
    before = rows(engine)
    for attempt in (create_tables, upgrade):
        with pytest.raises(UnusableDatabase, match=r"newer Handla \(revision r29990101_0000_flying.*left as it is"):
            attempt(engine, history)
    assert rows(engine) == before


def test_an_older_database_is_refused_until_it_is_upgraded_and_keeps_its_rows(old: str) -> None:
    before = rows(open_engine(old))
    with pytest.raises(UnusableDatabase, match=r"older Handla\. `handla shop upgrade`"):
        assistant_on(old)
    assert rows(open_engine(old)) == before
    assert upgrade_database(old) == [*SHOP.revisions(), *SESSIONS.revisions()]
    assert upgrade_database(old) == []
    assistant = assistant_on(old)
    (order,) = assistant.shop.orders_of("C1")
    assert (order.number, order.lines[0].quantity, order.total.minor) == ("8919", 3, 1350)
    assert [product.stock for product in assistant.shop.products()] == [7]
    assert assistant.session("s1", "C1").asked == "anything_else"
    assert [charge.key for charge in SandboxPayments(open_engine(old)).captured()] == ["k1"]
    after = rows(open_engine(old))
    for name, found in before.items():
        if name != "schema_version":
            columns = found[0].keys() if found else ()
            assert [{column: row[column] for column in columns} for row in after[name]] == found, name
    assert after["order_charges"] == [{"key": "k1", "order_id": 1, "amount": 1350}]
    others = {*SESSIONS.metadata.tables, SESSIONS.table}
    with open_engine(old).connect() as connection:
        found = differences(connection, SHOP)
    assert {table.name for kind, table in found if kind == "remove_table"} == others
    assert {index.table.name for kind, index in found if kind != "remove_table"} <= others


FIRST = """
import sqlalchemy as sa
from alembic import op

revision = "r20260101_0000_first"
down_revision = None

def upgrade():
    op.create_table("shelves", sa.Column("id", sa.String(20), primary_key=True), sa.Column("colour", sa.String(20)))
    op.create_table("boards", sa.Column("shelf", sa.String(20), sa.ForeignKey("shelves.id"), primary_key=True))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "r20260102_0000_second"
down_revision = "r20260101_0000_first"

def upgrade():
    with op.batch_alter_table("shelves") as shelves:
        shelves.alter_column("colour", new_column_name="paint", existing_type=sa.String(20))
"""


class Shelves:
    """A history of two revisions; the second replaces a table that another one points at."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder / f"shelves_{folder.name}"
        self._folder.mkdir()
        (self._folder / "__init__.py").write_text("")
        (self._folder / "r20260101_0000_first.py").write_text(FIRST)
        monkeypatch.syspath_prepend(folder)

    def history(self, more: str = "") -> History:
        """`more` is what the second revision does at its end."""
        (self._folder / "r20260102_0000_second.py").write_text(f"{SECOND}    {more}\n")
        return History(MetaData(), self._folder.name, "shelves_version", before="no_such_table")


@pytest.fixture
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelves:
    return Shelves(tmp_path, monkeypatch)


def _fill_shelves(engine: Engine, history: History) -> None:
    upgrade(engine, history, until="r20260101_0000_first")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO shelves VALUES ('a', 'red')"))
        connection.execute(text("INSERT INTO boards VALUES ('a')"))


def test_a_table_that_others_point_at_is_changed_with_its_rows(shelves: Shelves, url: str) -> None:
    engine, history = open_engine(url), shelves.history()
    _fill_shelves(engine, history)
    assert upgrade(engine, history) == ["r20260102_0000_second"]
    after = rows(engine)
    assert (after["shelves"], after["boards"]) == ([{"id": "a", "paint": "red"}], [{"shelf": "a"}])


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(shelves: Shelves, url: str) -> None:
    engine, history = open_engine(url), shelves.history(more='op.execute("SELECT nonsense FROM nowhere")')
    _fill_shelves(engine, history)
    before = rows(engine)
    with pytest.raises(UnusableDatabase, match="could not be upgraded"):
        upgrade(engine, history)
    assert rows(engine) == before


def test_opening_a_database_does_not_import_what_only_an_upgrade_needs() -> None:
    opening = "import sys, commerce.store as s; s.create_tables(s.open_engine()); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", opening], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
