"""What the shop learned, in rows: one for each rebuild, one for each product of it. The newest finished one counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from commerce.learned import Learned, Neighbours
from commerce.nextbasket import COLUMNS
from commerce.store.engine import in_transaction
from commerce.store.tables import UtcDateTime, metadata

learned_runs = Table(
    "learned_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("baskets", BigInteger, nullable=False),
    Column("products", BigInteger, nullable=False),
    # By question, the weight of each column by its name, as JSON.
    Column("weights", Text, nullable=False),
)
learned_products = Table(
    "learned_products",
    metadata,
    Column("run_id", ForeignKey("learned_runs.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("product_id", String(200), nullable=False),
    Column("sold", BigInteger, nullable=False),
    Column("recent", BigInteger, nullable=False),
    Column("buyers", BigInteger, nullable=False),
    Column("chances", BigInteger, nullable=False),
    Column("repeats", BigInteger, nullable=False),
    # Place, shared buyers and shared baskets of each neighbour: little-endian int32, three in a row.
    Column("neighbours", LargeBinary, nullable=False),
)

_FIGURES = ("sold", "recent", "buyers", "chances", "repeats")
_AT_ONCE = 1000
"""Products written in one transaction: others wait no longer than that takes."""
_weights = TypeAdapter(dict[str, dict[str, float]])


def current_run(connection: Connection) -> int | None:
    """The newest finished rebuild; None where there is none."""
    newest: int | None = connection.scalar(select(func.max(learned_runs.c.id)).where(learned_runs.c.finished))
    return newest


def write_learned(engine: Engine, learned: Learned, started: datetime) -> int | None:
    """Write a rebuild beside the one in use, then let it take over; its number.

    None where a later rebuild finished meanwhile and stays in use. A process that dies before the end leaves rows that
    nobody reads and that the next rebuild removes.
    """
    weights = {name: dict(zip(COLUMNS, values.tolist(), strict=True)) for name, values in learned.weights.items()}

    def begin(connection: Connection) -> int:
        values = {"baskets": learned.baskets, "products": len(learned.products), "finished": False}
        row = insert(learned_runs).values(started_at=started, weights=_weights.dump_json(weights).decode(), **values)
        return int(connection.execute(row.returning(learned_runs.c.id)).scalar_one())

    run = in_transaction(engine, begin)
    rows = _rows(learned, run)
    while some := list(islice(rows, _AT_ONCE)):
        if not in_transaction(engine, partial(_add, run=run, rows=some)):
            return None
    return run if in_transaction(engine, partial(_take_over, run=run)) else None


def _add(connection: Connection, run: int, rows: list[dict[str, Any]]) -> bool:
    """Whether the rebuild is still there to be written."""
    if connection.execute(select(learned_runs.c.id).where(learned_runs.c.id == run)).first() is None:
        return False
    places = [row["place"] for row in rows]
    of_these = learned_products.c.place.between(places[0], places[-1])
    connection.execute(delete(learned_products).where(learned_products.c.run_id == run, of_these))
    connection.execute(insert(learned_products), rows)
    return True


def _take_over(connection: Connection, run: int) -> bool:
    done = connection.execute(update(learned_runs).where(learned_runs.c.id == run).values(finished=True))
    if done.rowcount != 1:
        return False
    connection.execute(delete(learned_products).where(learned_products.c.run_id < run))
    connection.execute(delete(learned_runs).where(learned_runs.c.id < run))
    return True


def read_learned(connection: Connection, run: int) -> Learned | None:
    """None where the rebuild was replaced while it was read: ask for the current one again."""
    row = connection.execute(select(learned_runs).where(learned_runs.c.id == run)).first()
    if row is None:
        return None
    names: list[str] = []
    figures: dict[str, list[int]] = {name: [] for name in _FIGURES}
    near: list[bytes] = []
    of_run = select(learned_products).where(learned_products.c.run_id == run).order_by(learned_products.c.place)
    for product in connection.execute(of_run):
        names.append(product.product_id)
        near.append(product.neighbours)
        for name in _FIGURES:
            figures[name].append(getattr(product, name))
    if len(names) != row.products:
        return None
    flat = np.frombuffer(b"".join(near), "<i4").astype(np.int64).reshape(-1, 3)
    starts = np.cumsum([0, *(len(one) // 12 for one in near)], dtype=np.int64)
    stored = _weights.validate_json(row.weights)
    return Learned(
        products=tuple(names),
        neighbours=Neighbours(starts, flat[:, 0], flat[:, 1], flat[:, 2]),
        baskets=row.baskets,
        # A column that this version adds weighs nothing until the next rebuild; one that it dropped is passed over.
        weights={name: np.array([values.get(column, 0.0) for column in COLUMNS]) for name, values in stored.items()},
        **{name: np.array([*values, 0], np.int64) for name, values in figures.items()},
    )


def _rows(learned: Learned, run: int) -> Iterator[dict[str, Any]]:
    near = learned.neighbours
    packed = np.column_stack([near.place, near.buyers, near.baskets]).astype("<i4")
    for place, product_id in enumerate(learned.products):
        figures = {name: int(getattr(learned, name)[place]) for name in _FIGURES}
        body = packed[near.start[place] : near.start[place + 1]].tobytes()
        yield {"run_id": run, "place": place, "product_id": product_id, "neighbours": body, **figures}
