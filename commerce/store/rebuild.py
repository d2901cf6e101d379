"""Learning from the orders in the database, customers in chunks, here or on other machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, Select, func, select

from commerce.foretell import day_of
from commerce.histories import Histories, histories
from commerce.learned import Learned
from commerce.learning import LEAST_BASKETS, Scope, Study, conclude, nothing_studied, scope, study
from commerce.store.engine import UnusableDatabase, open_engine, reading
from commerce.store.learned import write_learned
from commerce.store.ledger import COUNTED
from commerce.store.tables import order_lines, orders

CUSTOMERS = 2000
"""In one chunk."""
_COUNTED = [state.value for state in COUNTED]

Task = Callable[["Chunk"], Study]
Spread = Callable[[Task, Iterable["Chunk"]], Iterable[Study]]
"""Does a task for each chunk and gives the results in the order of the chunks; `map` is one."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Customers from one id to another, both included, and their orders up to one."""

    first: str
    last: str
    newest_order: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    run: int | None
    """None where a later rebuild finished first and is in use."""
    learned: Learned
    customers: int

    def __str__(self) -> str:
        of_what = f"{self.learned.baskets} orders of {self.customers} customers, {len(self.learned.products)} products"
        return f"Learned from {of_what}." + ("" if self.run else " A later rebuild finished first and is in use.")


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is known before the first chunk is read."""

    products: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    customers: int
    scope: Scope


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Studies chunks on a machine that can reach the database by its URL."""

    url: str
    products: tuple[str, ...]
    scope: Scope

    def __call__(self, chunk: Chunk) -> Study:
        with _engine(self.url).connect() as connection:
            return study(read_histories(connection, chunk, self.products), self.scope)


def rebuild(engine: Engine, now: datetime, spread: Spread | None = None) -> Rebuilt:
    """Learn from all counted orders and let the result take over. Holds one chunk and the sums in memory.

    With `spread`, chunks are studied by workers that open the engine's URL themselves. Raises UnusableDatabase.
    """
    with reading(engine).connect() as connection:
        whole = _survey(connection)
    if spread is None:
        studies: Iterable[Study] = _here(engine, whole)
    else:
        studies = spread(Elsewhere(_reachable(engine), whole.products, whole.scope), whole.chunks)
    total = nothing_studied(len(whole.products))
    for one in studies:
        total += one
    learned = conclude(total, whole.products)
    return Rebuilt(write_learned(engine, learned, now), learned, whole.customers)


def _reachable(engine: Engine) -> str:
    """The URL for workers, who may stand in another folder. Raises UnusableDatabase for a database in memory."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise UnusableDatabase("Workers cannot reach a database in memory; name a file or a server.")
        url = url.set(database=str(Path(str(url.database)).absolute()))
    return url.render_as_string(hide_password=False)


def _here(engine: Engine, whole: _Whole) -> Iterator[Study]:
    for chunk in whole.chunks:
        with engine.connect() as connection:
            past = read_histories(connection, chunk, whole.products)
        yield study(past, whole.scope)


def read_histories(connection: Connection, chunk: Chunk, products: Sequence[str]) -> Histories:
    """The counted orders of a chunk's customers; places are positions in `products`, which ascend."""
    places = {product_id: place for place, product_id in enumerate(products)}
    statement = (
        select(orders.c.customer_id, orders.c.id, orders.c.placed_at, order_lines.c.product_id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.customer_id.between(chunk.first, chunk.last), *_counted(chunk.newest_order))
        .order_by(orders.c.customer_id, orders.c.placed_at, orders.c.id, order_lines.c.position)
    )
    rows = connection.execute(statement).all()
    return of_rows([(row.customer_id, row.id, row.placed_at, row.product_id) for row in rows], places)


def of_rows(rows: Sequence[tuple[str, int, datetime, str]], places: dict[str, int]) -> Histories:
    """Customer, order, time and product of each line, those of a customer and of an order together."""
    customers: dict[str, int] = {}
    known = [row for row in rows if row[3] in places]
    return histories(
        np.array([customers.setdefault(row[0], len(customers)) for row in known], np.int64),
        np.array([row[1] for row in known], np.int64),
        np.array([places[row[3]] for row in known], np.int64),
        np.array([day_of(row[2]) for row in known], np.float64),
    )


def _survey(connection: Connection) -> _Whole:
    newest_order = connection.execute(select(func.max(orders.c.id))).scalar_one() or 0
    counted = _counted(newest_order)
    newest = connection.execute(select(func.max(orders.c.placed_at)).where(*counted)).scalar_one()
    sold = select(order_lines.c.product_id).join(orders, order_lines.c.order_id == orders.c.id).where(*counted)
    products = tuple(sorted(connection.execute(sold.distinct()).scalars()))
    able = select(orders.c.customer_id).where(*counted).group_by(orders.c.customer_id)
    enough = able.having(func.count() >= LEAST_BASKETS).subquery()
    teachers = connection.execute(select(func.count()).select_from(enough)).scalar_one()
    chunks, customers = _chunks(connection, able.order_by(orders.c.customer_id), newest_order)
    when = day_of(newest) if newest else np.nan
    return _Whole(products, tuple(chunks), customers, scope(len(products), when, teachers))


def _chunks(connection: Connection, ids: Select[Any], newest_order: int) -> tuple[list[Chunk], int]:
    found: list[Chunk] = []
    customers = 0
    rows: Iterable[Sequence[Row[Any]]] = connection.execute(ids.execution_options(yield_per=CUSTOMERS)).partitions()
    for some in rows:
        customers += len(some)
        found.append(Chunk(some[0][0], some[-1][0], newest_order))
    return found, customers


def _counted(newest_order: int) -> tuple[Any, ...]:
    return orders.c.state.in_(_COUNTED), orders.c.number.is_not(None), orders.c.id <= newest_order


@cache
def _engine(url: str) -> Engine:
    return open_engine(url)
