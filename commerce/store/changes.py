"""Changes and cancellations of orders, each once by its key.

A change that costs more is made in two transactions with the payment between them, as an order is placed: the first
stores the key and takes the added pieces off the shelf, the second changes the order or puts the pieces back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Row,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from commerce import aftercare
from commerce.aftercare import Cancellation, Change, Proposal
from commerce.ports import Charge
from commerce.refunds import Pieces
from commerce.store import ledger, refunding
from commerce.store.refunding import Because
from commerce.store.shelf import Shelf
from commerce.store.tables import UtcDateTime, metadata, orders
from commerce.store.terms import read_terms
from commerce.types import Money, Order, Refusal

CHARGING, DONE, DECLINED, EXPIRED = "charging", "done", "declined", "expired"
"""A change whose payment is open; one that was made; two that were not."""

_proposal = TypeAdapter(Proposal)
order_changes = Table(
    "order_changes",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    # The payment provider's key, where there is something to pay.
    Column("charge_key", String(200), unique=True),
    Column("amount", BigInteger, nullable=False),
    # The proposal as JSON, for a change.
    Column("proposal", Text),
    # Of the return that was asked for.
    Column("return_number", String(60)),
    Column("tried_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ToPay:
    """What a change costs more."""

    charge_key: str
    customer_id: str
    amount: Money


def known(connection: Connection, key: str, number: str) -> Row[Any] | None:
    """What was done by this key. Raises ValueError where that was about another order."""
    row = connection.execute(
        select(order_changes, orders.c.number, orders.c.customer_id, orders.c.currency)
        .join(orders)
        .where(order_changes.c.key == key)
    ).first()
    if row is not None and row.number != number:
        raise ValueError(f"key {key} is that of a change of another order")
    return row


def is_open(connection: Connection, order_id: int) -> bool:
    """Whether a change of this order is being paid."""
    open_one = select(order_changes.c.key).where(
        order_changes.c.order_id == order_id, order_changes.c.state == CHARGING
    )
    return connection.execute(open_one).first() is not None


def open_orders() -> Select[tuple[int]]:
    """Ids of the orders of which a change is being paid."""
    return select(order_changes.c.order_id).where(order_changes.c.state == CHARGING)


def touched_orders() -> Select[tuple[int]]:
    """Ids of the orders that were changed, cancelled or returned, or should have been."""
    return select(order_changes.c.order_id)


def note(
    connection: Connection,
    key: str,
    order_id: int,
    kind: Literal["change", "cancel", "return"],
    values: dict[str, Any],
) -> None:
    """Remember what a key did."""
    connection.execute(
        insert(order_changes).values(
            **{"key": key, "order_id": order_id, "kind": kind, "state": DONE, "amount": 0, **values}
        )
    )


def propose(connection: Connection, shelf: Shelf, number: str, change: Change, now: datetime) -> Proposal | Refusal:
    order = ledger.order_numbered(connection, number)
    if order is None:
        return Refusal("unknown_order")
    return aftercare.propose(order, change, read_terms(connection), shelf.stand(connection).product_of, now)


def begin(connection: Connection, shelf: Shelf, key: str, proposal: Proposal, now: datetime) -> ToPay | Order | Refusal:
    """First transaction: what is to be paid, the changed order where nothing is, or what became of this key already."""
    row = known(connection, key, proposal.order_number)
    if row is not None:
        return _again(connection, row, now)
    found = ledger.placed(connection, proposal.order_number)
    if found is None:
        return Refusal("unknown_order")
    order_id, order = found
    if is_open(connection, order_id):
        return Refusal("busy")
    product_of = shelf.stand(connection).product_of
    refusal = aftercare.same_again(order, proposal, read_terms(connection), product_of, now)
    if refusal is not None:
        return refusal
    taken, _ = aftercare.pieces_more(order.lines, proposal.quote.lines)
    if taken:
        ledger.take(connection, taken)
    more = proposal.difference
    if more.minor <= 0:
        note(connection, key, order_id, "change", {"tried_at": now})
        changed = _apply(connection, order_id, order, proposal)
        refunding.ask_refund(connection, order_id, more * -1, Because("changed"), now)
        return changed
    made = connection.execute(select(func.count()).where(order_changes.c.order_id == order_id)).scalar_one()
    charge_key = f"change:{order_id}:{made + 1}"
    values = {
        "state": CHARGING,
        "charge_key": charge_key,
        "amount": more.minor,
        "proposal": _proposal.dump_json(proposal).decode(),
        "tried_at": now,
    }
    note(connection, key, order_id, "change", values)
    return ToPay(charge_key, order.customer_id, more)


def finish(connection: Connection, charge: Charge) -> Order | Refusal:
    """Second transaction: the provider's answer changes the order or leaves it as it was, once."""
    row = connection.execute(
        select(order_changes, orders.c.number)
        .join(orders)
        .where(order_changes.c.charge_key == charge.key)
        .with_for_update()
    ).first()
    found = ledger.placed(connection, row.number) if row else None
    if row is None or found is None:
        raise LookupError(f"a payment for a change that was never stored: {charge.key}")
    order_id, order = found
    if row.state != CHARGING:
        return _outcome(order, row.state)
    proposal = _proposal.validate_json(row.proposal)
    if charge.outcome == "captured":
        state = DONE
        order = _apply(connection, order_id, order, proposal)
        refunding.note_charge(connection, order_id, charge)
    elif charge.outcome in ("declined", "voided"):
        state = DECLINED if charge.outcome == "declined" else EXPIRED
        taken, _ = aftercare.pieces_more(order.lines, proposal.quote.lines)
        ledger.put_back(connection, taken)
    else:
        raise ValueError(f"a payment that is {charge.outcome} finishes nothing")
    connection.execute(update(order_changes).where(order_changes.c.key == row.key).values(state=state))
    return _outcome(order, state)


def settled(connection: Connection, key: str) -> str | Order | Refusal:
    """What became of a change, or the key of its payment while that is open. Raises KeyError for an unknown key."""
    row = connection.execute(
        select(order_changes, orders.c.number).join(orders).where(order_changes.c.key == key)
    ).first()
    found = ledger.placed(connection, row.number) if row else None
    if row is None or found is None:
        raise KeyError(key)
    return str(row.charge_key) if row.state == CHARGING else _outcome(found[1], row.state)


def stale(connection: Connection, before: datetime) -> Sequence[str]:
    """Keys of the payments that were asked for so long ago that nobody waits for them."""
    keys = select(order_changes.c.charge_key).where(
        order_changes.c.state == CHARGING, order_changes.c.tried_at <= before
    )
    return connection.execute(keys).scalars().all()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What is to be called off."""

    number: str
    pieces: Sequence[Pieces]
    """None for all of it."""
    version: int | None
    """Of the order that was read back; None: whatever it is now."""


def cancel(connection: Connection, key: str, what: Cancelled, now: datetime) -> Order | Refusal:
    """Take pieces off an order, or all of it, and write the refund down."""
    row = known(connection, key, what.number)
    found = ledger.placed(connection, what.number)
    if found is None:
        return Refusal("unknown_order")
    order_id, order = found
    if row is not None:
        return order
    if is_open(connection, order_id):
        return Refusal("busy")
    done = aftercare.cancel(order, what.pieces)
    if isinstance(done, Cancellation) and what.version not in (None, order.version):
        return Refusal("order_changed")
    if not isinstance(done, Cancellation):
        return done
    note(connection, key, order_id, "cancel", {"tried_at": now})
    ledger.release(connection, done.released)
    refunding.ask_refund(connection, order_id, done.refund, Because("cancelled"), now)
    return ledger.rewrite(connection, order_id, done.order)


def _apply(connection: Connection, order_id: int, order: Order, proposal: Proposal) -> Order:
    """Write the changed order; the pieces it needs more are off the shelf already, those it needs no more go back."""
    _, back = aftercare.pieces_more(order.lines, proposal.quote.lines)
    if back:
        ledger.put_back(connection, back)
    quote = proposal.quote
    changed = replace(order, lines=quote.lines, total=quote.total, delivery=quote.delivery, discounts=quote.discounts)
    return ledger.rewrite(connection, order_id, changed)


def _again(connection: Connection, row: Row[Any], now: datetime) -> ToPay | Order | Refusal:
    """What a key that was used before leads to."""
    if row.state == CHARGING:
        connection.execute(update(order_changes).where(order_changes.c.key == row.key).values(tried_at=now))
        return ToPay(row.charge_key, row.customer_id, Money(row.amount, row.currency))
    found = ledger.placed(connection, row.number)
    if found is None:
        raise LookupError(f"a change of an order that is not there: {row.number}")
    return _outcome(found[1], row.state)


def _outcome(order: Order, state: str) -> Order | Refusal:
    if state == DECLINED:
        return Refusal("declined")
    return Refusal("expired") if state == EXPIRED else order
