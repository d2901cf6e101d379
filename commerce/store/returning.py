"""Returns in rows: announced, received, decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Row,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from commerce.refunds import Pieces
from commerce.returns import Return, ReturnLabel, ReturnState, is_all_back
from commerce.store import ledger, refunding
from commerce.store.tables import UtcDateTime, metadata, order_lines, orders
from commerce.types import Money, OrderState

_pieces = TypeAdapter(tuple[Pieces, ...])
order_returns = Table(
    "order_returns",
    metadata,
    Column("number", String(60), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("pieces", Text, nullable=False),
    Column("reason", String(200), nullable=False),
    # A ReturnState; 'received' with decided_at: accepted, and the refund is on its way.
    Column("state", String(20), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("carrier", String(200), nullable=False),
    Column("address", String(400), nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("note", Text, nullable=False),
)


def add_return(connection: Connection, order_id: int, one: Return) -> None:
    connection.execute(
        insert(order_returns).values(
            number=one.number,
            order_id=order_id,
            pieces=_pieces.dump_json(one.pieces).decode(),
            reason=one.reason,
            state=one.state.value,
            amount=one.amount.minor,
            carrier=one.label.carrier,
            address=one.label.address,
            valid_until=one.label.valid_until,
            requested_at=one.requested_at,
            note=one.note,
        )
    )


def returns_of(connection: Connection, number: str) -> list[Return]:
    """The returns of an order, oldest first."""
    rows = connection.execute(
        select(order_returns, orders.c.number.label("order_number"), orders.c.currency)
        .join(orders)
        .where(orders.c.number == number)
        .order_by(order_returns.c.requested_at, order_returns.c.number)
    )
    return [_return(row) for row in rows]


def returned_products(connection: Connection, customer_id: str) -> frozenset[str]:
    """Ids of the products that this customer gave back or announced to."""
    back = select(order_lines.c.product_id).join(orders, order_lines.c.order_id == orders.c.id)
    whole = back.where(orders.c.customer_id == customer_id, orders.c.state == OrderState.RETURNED.value)
    found = set(connection.execute(whole).scalars())
    parts = select(order_returns.c.order_id, order_returns.c.pieces).join(orders)
    for order_id, pieces in connection.execute(parts.where(orders.c.customer_id == customer_id)).all():
        positions = [one.position for one in _pieces.validate_json(pieces)]
        of_order = select(order_lines.c.product_id).where(order_lines.c.order_id == order_id)
        found.update(connection.execute(of_order.where(order_lines.c.position.in_(positions))).scalars())
    return frozenset(found)


def find_return(connection: Connection, number: str) -> Return | None:
    row = connection.execute(
        select(order_returns, orders.c.number.label("order_number"), orders.c.currency)
        .join(orders)
        .where(order_returns.c.number == number)
    ).first()
    return _return(row) if row else None


def move(connection: Connection, one: Return, state: ReturnState, values: Mapping[str, datetime | str]) -> None:
    connection.execute(
        update(order_returns).where(order_returns.c.number == one.number).values(state=state.value, **values)
    )


def close(connection: Connection, number: str) -> None:
    """Close a return once all of its refund is paid, and its order once everything of it is back."""
    one = find_return(connection, number)
    found = ledger.placed(connection, one.order_number) if one else None
    if one is None or found is None:
        raise LookupError(f"a refund for a return that was never stored: {number}")
    if one.state is not ReturnState.RECEIVED or not refunding.all_paid(connection, number):
        return
    move(connection, one, ReturnState.REFUNDED, {})
    order_id, order = found
    if is_all_back(order, returns_of(connection, order.number)):
        ledger.mark_returned(connection, order_id)


def _return(row: Row[Any]) -> Return:
    return Return(
        number=row.number,
        order_number=row.order_number,
        pieces=_pieces.validate_json(row.pieces),
        reason=row.reason,
        state=ReturnState(row.state),
        amount=Money(row.amount, row.currency),
        requested_at=row.requested_at,
        label=ReturnLabel(row.number, row.carrier, row.address, row.valid_until),
        received_at=row.received_at,
        decided_at=row.decided_at,
        note=row.note,
    )
