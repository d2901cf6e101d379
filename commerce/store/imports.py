"""Customers and orders taken over from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from commerce.refused import ImportRefused
from commerce.store import ledger
from commerce.store.changes import touched_orders
from commerce.store.shelf import Counts
from commerce.store.tables import customers, order_lines, orders
from commerce.types import Customer, Order


def put_customer(connection: Connection, customer: Customer) -> None:
    """Add or replace."""
    values = {"name": customer.name, "language": customer.language}
    result = connection.execute(update(customers).where(customers.c.id == customer.id).values(**values))
    if result.rowcount == 0:
        connection.execute(insert(customers).values(id=customer.id, **values))


def import_orders(connection: Connection, incoming: Sequence[Order], who: Sequence[Customer]) -> Counts:
    """Add orders, replacing those imported before. Raises ImportRefused for the number of an order placed here."""
    known = {row.number: row for row in connection.execute(select(orders.c.id, orders.c.number, orders.c.key))}
    again = [known[order.number] for order in incoming if order.number in known]
    ours = [row.number for row in again if row.key != ledger.imported_key(row.number)]
    if ours:
        raise ImportRefused([f"Order {number} was placed here; it cannot be imported." for number in ours])
    touched = set(connection.execute(select(orders.c.number).where(orders.c.id.in_(touched_orders()))).scalars())
    done = sorted(touched.intersection(row.number for row in again))
    if done:
        raise ImportRefused(
            [f"Order {number} was changed, cancelled or returned here; it cannot be imported again." for number in done]
        )
    for customer in who:
        put_customer(connection, customer)
    for row in again:
        connection.execute(delete(order_lines).where(order_lines.c.order_id == row.id))
        connection.execute(delete(orders).where(orders.c.id == row.id))
    # The newest order gets the highest id, as if they had been placed here.
    for order in sorted(incoming, key=lambda order: order.placed_at):
        ledger.add_order(connection, order)
    ledger.count_order_change(connection)
    return Counts(len(incoming) - len(again), len(again), 0)
