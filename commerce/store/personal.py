"""All that the shop keeps about one customer: handed out whole, or erased but for what the books need."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, insert, select, update

from commerce.store import ledger
from commerce.store.changes import CHARGING, order_changes
from commerce.store.engine import in_transaction
from commerce.store.refunding import refunds
from commerce.store.returning import order_returns
from commerce.store.tables import customers, metadata, orders, sandbox_charges
from commerce.types import OrderState

Rows = dict[str, list[dict[str, Any]]]
SECRET = frozenset({"salt", "digest", "last_key"})
"""Columns that say nothing about a customer but could be used against one."""
BOOKS = frozenset({"customers", "orders", "sandbox_charges"})
"""Tables of which the rows stay, with nobody's name."""
UNDER_WAY = (OrderState.PLACED.value, OrderState.PACKED.value, OrderState.SHIPPED.value, ledger.PLACING)
OPEN_RETURNS = ("requested", "received")
PLACE = frozenset({"street", "postcode", "city"})
"""What tells an address from anything else in a stored text."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of it."""

    removed: Mapping[str, int]
    """Table -> rows."""
    orders: int
    """Orders that are kept for the books, under nobody's name and without an address."""


@dataclass(frozen=True, slots=True)
class NotErased:
    """Nothing was changed: something is under way that cannot be finished without knowing whose it is."""

    orders: tuple[str, ...]
    """Numbers of the orders that are under way, are being paid or changed, or have a return or refund open."""


class Personal:
    """Tables are found by their columns `customer_id` and `owner`, so that a new one is not forgotten."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def export(self, customer_id: str) -> Rows | None:
        """Table -> rows as plain values, what belongs to orders and appointments included; None for a stranger."""
        with self._engine.connect() as connection:
            if connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
                return None
            return {
                table.name: found
                for table, theirs in _theirs(customer_id)
                if (found := [_plain(row._mapping) for row in connection.execute(select(table).where(theirs))])
            }

    def erase(self, customer_id: str, nobody: str) -> Erased | NotErased | None:
        """Erase the customer; the orders go to the customer `nobody`, a new id. None for a stranger."""

        def work(connection: Connection) -> Erased | NotErased | None:
            if connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
                return None
            under_way = _under_way(connection, customer_id)
            if under_way:
                return NotErased(tuple(under_way))
            kept = _nameless(connection, customer_id, nobody)
            removed = {}
            for table, theirs in reversed(list(_theirs(customer_id))):
                if table.name not in BOOKS and not _of_orders(table):
                    removed[table.name] = connection.execute(delete(table).where(theirs)).rowcount
            connection.execute(delete(customers).where(customers.c.id == customer_id))
            ledger.count_order_change(connection)
            return Erased({name: count for name, count in removed.items() if count}, kept)

        return in_transaction(self._engine, work)


def _theirs(customer_id: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows of this customer, those first that others point to."""
    for table in metadata.sorted_tables:
        if table is customers:
            yield table, customers.c.id == customer_id
        elif "customer_id" in table.c or "owner" in table.c:
            yield table, (table.c.customer_id if "customer_id" in table.c else table.c.owner) == customer_id
        elif table.name == "baskets_reminded":
            yield table, table.c.key.startswith(f"basket:{customer_id}:", autoescape=True)
        else:
            for key in table.foreign_keys:
                parent = key.column.table
                if "customer_id" in parent.c:
                    of_theirs = select(key.column).where(parent.c.customer_id == customer_id)
                    yield table, key.parent.in_(of_theirs)
                    break


def _of_orders(table: Table) -> bool:
    return any(key.column.table in (orders, sandbox_charges) for key in table.foreign_keys)


def _under_way(connection: Connection, customer_id: str) -> list[str]:
    theirs = select(orders.c.id, orders.c.number, orders.c.state).where(orders.c.customer_id == customer_id)
    busy = (
        select(order_changes.c.order_id).where(order_changes.c.state == CHARGING),
        select(refunds.c.order_id).where(refunds.c.paid_at.is_(None)),
        select(order_returns.c.order_id).where(order_returns.c.state.in_(OPEN_RETURNS)),
    )
    open_ids = {order_id for one in busy for order_id in connection.execute(one).scalars()}
    found = connection.execute(theirs.order_by(orders.c.id)).all()
    return [row.number or "unfinished" for row in found if row.state in UNDER_WAY or row.id in open_ids]


def _nameless(connection: Connection, customer_id: str, nobody: str) -> int:
    """Give the orders and payments to nobody, and blank every address in them; how many orders."""
    row = connection.execute(select(customers.c.language).where(customers.c.id == customer_id)).one()
    connection.execute(insert(customers).values(id=nobody, name="", language=row.language))
    found = connection.execute(select(orders.c.id, orders.c.delivery).where(orders.c.customer_id == customer_id)).all()
    for order in found:
        values = {"customer_id": nobody, "delivery": _blanked(order.delivery), "tracking": None}
        connection.execute(update(orders).where(orders.c.id == order.id).values(values))
    changed = select(order_changes.c.key, order_changes.c.proposal)
    for change in connection.execute(changed.where(order_changes.c.order_id.in_([order.id for order in found]))).all():
        blank = update(order_changes).where(order_changes.c.key == change.key)
        connection.execute(blank.values(proposal=_blanked(change.proposal)))
    theirs = sandbox_charges.c.customer_id == customer_id
    connection.execute(update(sandbox_charges).where(theirs).values(customer_id=nobody))
    return len(found)


def _blanked(stored: str | None) -> str | None:
    """The JSON with nothing left of its addresses but the country, which taxes go by."""
    return None if stored is None else json.dumps(_without_places(json.loads(stored)))


def _without_places(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_places(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() >= PLACE:
        return {name: given if name == "country" else "" for name, given in value.items()}
    return {name: _without_places(one) for name, one in value.items()}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row for JSON: moments in ISO 8601, stored JSON opened, secrets left out."""
    return {name: _value(value) for name, value in row.items() if name not in SECRET}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
