"""Placing an order once: what happens before the payment is asked for, and what after.

Two transactions with the payment between them. The first stores the key, the lines and the reserved stock; the second
turns the provider's answer into the order's state. A process that dies in between, or a provider that does not answer,
leaves an attempt in state 'placing'. The next call with the same key takes it up, as the provider does a thing once for
each key; or it is settled, which takes no money: what was taken becomes an order, all else is called off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from commerce import delivery, loyalty
from commerce.lines import repriced
from commerce.ports import Charge
from commerce.store import ledger, refunding
from commerce.store import loyalty as points
from commerce.store.shelf import Shelf, Stand
from commerce.store.tables import customers, orders
from commerce.store.terms import read_terms
from commerce.terms import Terms
from commerce.types import Delivery, Discount, Line, Money, Order, OrderState, Quote, Refusal


@dataclass(frozen=True, slots=True)
class Attempt:
    key: str
    customer_id: str
    lines: tuple[Line, ...]
    now: datetime
    delivery: Delivery | None = None
    discounts: tuple[Discount, ...] = ()

    @property
    def order(self) -> Order:
        """The order it is to become, without a number yet. There must be lines."""
        total = delivery.price(self.lines, self.delivery, self.discounts, self.lines[0].unit_price.currency)
        return Order(
            number="",
            customer_id=self.customer_id,
            lines=self.lines,
            total=total,
            state=OrderState.PLACED,
            placed_at=self.now,
            delivery=self.delivery,
            discounts=self.discounts,
        )


def attempt(key: str, customer_id: str, wanted: Sequence[Line] | Quote, now: datetime) -> Attempt:
    """What is to be bought: lines alone, or lines with their delivery and discounts."""
    if isinstance(wanted, Quote):
        return Attempt(key, customer_id, wanted.lines, now, wanted.delivery, wanted.discounts)
    return Attempt(key, customer_id, tuple(wanted), now)


def check(stand: Stand, lines: Sequence[Line]) -> Refusal | None:
    """Whether these lines could be ordered at these prices. Raises ValueError for a quantity below 1."""
    if not lines:
        return Refusal("empty")
    if any(line.quantity < 1 for line in lines):
        raise ValueError("a line needs a quantity of 1 or more")
    wanted = ledger.pieces_by_sku(lines)
    for line in lines:
        product = stand.product_of(line.sku)
        variant = product.variant(line.sku) if product else None
        today = repriced(line, product) if product else None
        if variant is None or today is None:
            return Refusal("not_for_sale", line.sku, line.title)
        if variant.stock < wanted[line.sku]:
            return Refusal("out_of_stock", line.sku, line.title, left=variant.stock)
        if today.unit_price != line.unit_price:
            return Refusal("price_changed", line.sku, line.title, price=today.unit_price)
    return None


def check_delivery(terms: Terms, stand: Stand, attempt: Attempt) -> Refusal | None:
    """Whether the delivery is still to be had for the price and day it was quoted with."""
    quoted = attempt.delivery
    if quoted is None:
        return None
    categories = delivery.categories_of(attempt.lines, stand.product_of)
    choice = delivery.choose(terms, quoted.choice, quoted.address, categories)
    if isinstance(choice, Refusal):
        return choice
    goods = Money.total((line.total for line in attempt.lines), quoted.price.currency)
    today = delivery.deliver(terms, choice, quoted.address, goods, attempt.now)
    return None if today == quoted else Refusal("delivery_changed", title=today.title, price=today.price)


def check_discounts(connection: Connection, attempt: Attempt) -> Refusal | None:
    """Whether points pay what was quoted: as many as that must be reserved for this order."""
    by_points = sum(amount.minor for name, amount in attempt.discounts if name == loyalty.DISCOUNT)
    there = points.reserved(connection, attempt.key) if by_points else 0
    if by_points <= there:
        return None
    return Refusal("discount_changed", price=Money(there, attempt.lines[0].unit_price.currency))


def begin(connection: Connection, shelf: Shelf, attempt: Attempt) -> Money | Order | Refusal:
    """First transaction: the amount to charge, or what became of this key already."""
    row = ledger.attempt_of(connection, attempt.key)
    if row is not None:
        if row.customer_id != attempt.customer_id:
            raise ValueError(f"key {attempt.key} is that of another customer's order")
        if row.state != ledger.PLACING:
            return _outcome(connection, row)
        connection.execute(update(orders).where(orders.c.id == row.id).values(tried_at=attempt.now))
        return Money(row.total, row.currency)
    if connection.execute(select(customers.c.id).where(customers.c.id == attempt.customer_id)).first() is None:
        return Refusal("unknown_customer")
    stand = shelf.stand(connection)
    refusal = check(stand, attempt.lines) or check_delivery(read_terms(connection), stand, attempt)
    refusal = refusal or check_discounts(connection, attempt)
    if refusal is not None:
        return refusal
    order = attempt.order
    ledger.add_attempt(connection, attempt.key, order)
    ledger.reserve(connection, attempt.lines)
    return order.total


def finish(connection: Connection, charge: Charge) -> Order | Refusal:
    """Second transaction: the provider's answer becomes the order's state, once."""
    row = _known(connection, charge.key)
    if charge.outcome == "captured":
        if row.state == ledger.EXPIRED:
            # The payment outlived our patience. Money taken is an order, even if the shelf ran short since.
            ledger.take_what_is_left(connection, _lines(connection, row))
        if row.state in (ledger.PLACING, ledger.EXPIRED):
            ledger.mark_placed(connection, row)
            refunding.note_charge(connection, row.id, charge)
    elif charge.outcome not in ("declined", "voided"):
        raise ValueError(f"a payment that is {charge.outcome} finishes nothing")
    elif row.state == ledger.PLACING:
        ledger.mark(connection, row, ledger.DECLINED if charge.outcome == "declined" else ledger.EXPIRED)
        ledger.release(connection, _lines(connection, row))
    return _outcome(connection, _known(connection, charge.key))


def settled(connection: Connection, key: str) -> Order | Refusal | None:
    """What became of an attempt; None while its payment is open. Raises KeyError for a key that was never stored."""
    row = _known(connection, key)
    return None if row.state == ledger.PLACING else _outcome(connection, row)


def _lines(connection: Connection, row: Row[Any]) -> tuple[Line, ...]:
    return ledger.lines_of(connection, [row])[row.id]


def _known(connection: Connection, key: str) -> Row[Any]:
    row = ledger.attempt_of(connection, key)
    if row is None:
        raise KeyError(key)
    return row


def _outcome(connection: Connection, row: Row[Any]) -> Order | Refusal:
    if row.state == ledger.DECLINED:
        return Refusal("declined")
    if row.state == ledger.EXPIRED:
        return Refusal("expired")
    return ledger.read_orders(connection, orders.c.id == row.id)[0]
