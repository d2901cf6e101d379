"""The shop's tables and the engine they live in. SQLite by default; PostgreSQL by URL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

SCHEMA_VERSION = 1
BUSY_MS = 15_000
"""How long a writer waits for another one, milliseconds."""


class UnusableDatabase(RuntimeError):
    """The database cannot be opened, or was written by a newer Handla; the message says which and what to do."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC outside, naive UTC in the database; a naive value is taken as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

schema = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

shop = Table(
    "shop",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("currency", String(3), nullable=False),
    # Three counters, so that what is kept in memory is read again only when it changed.
    Column("catalogue_version", Integer, nullable=False),
    Column("stock_version", Integer, nullable=False),
    Column("order_version", Integer, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("id", String(200), primary_key=True),
    # The product as JSON; price and stock of its variants count from the table below.
    Column("body", Text, nullable=False),
)

variants = Table(
    "variants",
    metadata,
    Column("sku", String(200), primary_key=True),
    Column("product_id", ForeignKey("products.id"), nullable=False, index=True),
    Column("price", BigInteger, nullable=False),
    Column("stock", BigInteger, nullable=False),
    # The shop's stock_version at the last change of price or stock.
    Column("changed", Integer, nullable=False, index=True),
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("language", String(20), nullable=False),
)

baskets = Table(
    "baskets",
    metadata,
    Column("owner", String(200), primary_key=True),
    Column("lines", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
"""`version` grows with every change."""
basket_changes = Table(
    "basket_changes",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("owner", String(200), nullable=False),
)
"""Keys of the changes made, so that none is made twice."""

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    # None until the payment is captured.
    Column("number", String(40), unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total", BigInteger, nullable=False),
    # An OrderState, or before it is an order: placing, declined, expired.
    Column("state", String(20), nullable=False, index=True),
    Column("placed_at", UtcDateTime, nullable=False),
    # When the payment was last asked for.
    Column("tried_at", UtcDateTime, nullable=False),
    Column("carrier", String(200)),
    Column("tracking", String(200)),
    Column("expected_on", Date),
    Column("delivered_on", Date),
    Index("orders_by_customer", "customer_id", "placed_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sku", String(200), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("title", String(400), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("options", Text, nullable=False),
)


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


def _open(url: URL) -> Engine:
    """Errors of the database never show its rows: `hide_parameters`."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database in (None, "", ":memory:"):
        # One connection for all threads, each waiting for its turn: another connection would be another database.
        one = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
        engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False}, **one)
    else:
        engine = create_engine(url, hide_parameters=True)
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: SQLite takes its write lock at once, not half-way."""
    return engine.execution_options(writing=True)


def create_tables(engine: Engine) -> None:
    """Make the tables where they are missing; a database of this version is left as it is.

    Raises UnusableDatabase when the database cannot be opened or is newer than this program.
    """
    try:
        with writing(engine).begin() as connection:
            version = _version(connection)
            if version is None:
                metadata.create_all(connection)
                connection.execute(insert(schema).values(version=SCHEMA_VERSION))
                counters = {"catalogue_version": 0, "stock_version": 0, "order_version": 0}
                connection.execute(insert(shop).values(id=1, currency="USD", **counters))
    except DatabaseError as error:
        raise UnusableDatabase(f"{engine.url.render_as_string()} cannot be used: {error.orig}.") from None
    if version is not None and version > SCHEMA_VERSION:
        raise UnusableDatabase(
            f"{engine.url.render_as_string()} has schema version {version}; this Handla knows {SCHEMA_VERSION}. "
            "Upgrade Handla, or name another database."
        )


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.name):
        return None
    return connection.scalar(select(schema.c.version))


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin by itself, and late; _begin_sqlite does it instead.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    how = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN"
    connection.exec_driver_sql(how)
