"""Money given back: written down with what causes it, then paid by the provider, each refund once.

What was paid elsewhere (an imported order) or what the provider will not pay is left to the merchant's hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Row,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from commerce.ports import Charge
from commerce.returns import RefundStatus
from commerce.store.tables import UtcDateTime, metadata, orders
from commerce.terms import Terms
from commerce.types import Money

charges = Table(
    "order_charges",
    metadata,
    # The payment provider's.
    Column("key", String(200), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
)
refunds = Table(
    "order_refunds",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    # None where it was paid elsewhere.
    Column("charge_key", ForeignKey("order_charges.key"), index=True),
    Column("amount", BigInteger, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("return_number", String(60)),
    # Whether the merchant has to pay it.
    Column("by_hand", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class Because:
    """What a refund is for."""

    cause: Literal["cancelled", "changed", "returned"]
    return_number: str | None = None


def note_charge(connection: Connection, order_id: int, charge: Charge) -> None:
    """Remember money that was taken for an order."""
    connection.execute(insert(charges).values(key=charge.key, order_id=order_id, amount=charge.amount.minor))


def ask_refund(connection: Connection, order_id: int, amount: Money, because: Because, now: datetime) -> None:
    """Write down that so much is to be given back, out of what was charged for this order; its row must be locked.

    Raises ValueError where less than that is left of what the provider took.
    """
    if amount.minor == 0:
        return
    made = connection.execute(select(func.count()).where(refunds.c.order_id == order_id)).scalar_one()
    for charge_key, part in _parts(connection, order_id, amount.minor):
        made += 1
        connection.execute(
            insert(refunds).values(
                key=f"refund:{order_id}:{made}",
                order_id=order_id,
                charge_key=charge_key,
                amount=part,
                cause=because.cause,
                return_number=because.return_number,
                by_hand=charge_key is None,
                asked_at=now,
            )
        )


def _parts(connection: Connection, order_id: int, amount: int) -> list[tuple[str | None, int]]:
    """Which charge gives back how much (minor units)."""
    taken = connection.execute(select(charges).where(charges.c.order_id == order_id).order_by(charges.c.key)).all()
    if not taken:
        return [(None, amount)]
    given = _given(connection, order_id)
    parts: list[tuple[str | None, int]] = []
    for charge in taken:
        part = min(amount, charge.amount - given.get(charge.key, 0))
        if part > 0:
            parts.append((charge.key, part))
            amount -= part
    if amount:
        raise ValueError("more is to be refunded than was charged")
    return parts


def _given(connection: Connection, order_id: int) -> dict[str | None, int]:
    rows = connection.execute(
        select(refunds.c.charge_key, func.sum(refunds.c.amount))
        .where(refunds.c.order_id == order_id)
        .group_by(refunds.c.charge_key)
    )
    return {charge_key: int(amount) for charge_key, amount in rows}


def unpaid(connection: Connection, number: str | None = None) -> Sequence[Row[Any]]:
    """What the provider has yet to pay, oldest first; for one order where named."""
    of_whom = [orders.c.number == number] if number is not None else []
    statement = (
        select(refunds, orders.c.currency)
        .join(orders)
        .where(refunds.c.paid_at.is_(None), refunds.c.by_hand.is_(False), *of_whom)
        .order_by(refunds.c.asked_at, refunds.c.key)
    )
    return connection.execute(statement).all()


def to_pay_by_hand(connection: Connection) -> Sequence[Row[Any]]:
    """What the merchant has to pay, oldest first, with the order's number and currency."""
    statement = (
        select(refunds, orders.c.currency, orders.c.number)
        .join(orders)
        .where(refunds.c.paid_at.is_(None), refunds.c.by_hand)
        .order_by(refunds.c.asked_at, refunds.c.key)
    )
    return connection.execute(statement).all()


def leave_to_hand(connection: Connection, key: str) -> None:
    connection.execute(update(refunds).where(refunds.c.key == key, refunds.c.paid_at.is_(None)).values(by_hand=True))


def mark_paid(connection: Connection, key: str, now: datetime) -> Row[Any] | None:
    """The refund, paid now or before; None for an unknown key."""
    row = connection.execute(select(refunds).where(refunds.c.key == key).with_for_update()).first()
    if row is not None and row.paid_at is None:
        connection.execute(update(refunds).where(refunds.c.key == key).values(paid_at=now))
    return row


def all_paid(connection: Connection, return_number: str) -> bool:
    still = select(refunds.c.key).where(refunds.c.return_number == return_number, refunds.c.paid_at.is_(None))
    return connection.execute(still).first() is None


def statuses(connection: Connection, number: str, terms: Terms) -> list[RefundStatus]:
    """Every refund of an order that was asked for, oldest first."""
    rows = connection.execute(
        select(refunds, orders.c.currency)
        .join(orders)
        .where(orders.c.number == number)
        .order_by(refunds.c.asked_at, refunds.c.key)
    )
    return [
        RefundStatus(
            order_number=number,
            amount=Money(row.amount, row.currency),
            cause=row.cause,
            waits_for="" if row.paid_at else "merchant" if row.by_hand else "provider",
            asked_on=terms.today(row.asked_at),
            paid_on=terms.today(row.paid_at) if row.paid_at else None,
        )
        for row in rows
    ]
