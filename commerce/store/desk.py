"""The merchant's side of an order: packing, shipping, delivering, taking back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from commerce.aftercare import held_until
from commerce.returns import Return, ReturnState
from commerce.store import changes, ledger, refunding, returning
from commerce.store.aftercare import StoreAftercare
from commerce.store.engine import in_transaction
from commerce.store.refunding import Because
from commerce.store.tables import orders
from commerce.store.terms import read_terms
from commerce.terms import Terms
from commerce.types import Line, Money, Order, OrderState, Refusal, Shipment

T = TypeVar("T")
Step = Callable[[Order, Terms], "Order | Refusal"]


@dataclass(frozen=True, slots=True)
class OpenRefund:
    """A refund that the merchant has to pay by hand."""

    key: str
    order_number: str
    amount: Money
    asked_on: date


class Desk:
    """What the merchant does, each thing once: asked again, it answers with the order or return as it is by then."""

    def __init__(self, engine: Engine, aftercare: StoreAftercare) -> None:
        self._engine = engine
        self._aftercare = aftercare

    def packable(self, now: datetime) -> Sequence[Order]:
        """What may be packed, oldest first: placed, no longer held back, and no change of it being paid."""
        with self._engine.connect() as connection:
            window = read_terms(connection).cancel_window
            ready = (orders.c.state == OrderState.PLACED.value) & (orders.c.placed_at <= now - window)
            being_changed = orders.c.id.in_(changes.open_orders())
            return ledger.read_orders(connection, ready & ~being_changed)[::-1]

    def pack(self, number: str, now: datetime) -> Order | Refusal:
        def step(order: Order, terms: Terms) -> Order | Refusal:
            if order.state is not OrderState.PLACED:
                return _later(order)
            until = held_until(order, terms)
            if now < until:
                return Refusal("held", until=until)
            return replace(order, state=OrderState.PACKED, packed_at=now)

        return self._step(number, step)

    def ship(self, number: str, shipment: Shipment, now: datetime) -> Order | Refusal:
        def step(order: Order, _: Terms) -> Order | Refusal:
            if order.state is OrderState.PLACED:
                return Refusal("too_early")
            if order.state is not OrderState.PACKED:
                return _later(order)
            return replace(order, state=OrderState.SHIPPED, shipment=shipment, shipped_at=now)

        return self._step(number, step)

    def deliver(self, number: str, now: datetime) -> Order | Refusal:
        """Note that it arrived, or that it was picked up."""

        def step(order: Order, terms: Terms) -> Order | Refusal:
            picked_up = order.delivery is not None and order.delivery.address is None
            ready = OrderState.PACKED if picked_up else OrderState.SHIPPED
            if order.state in (OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED):
                return _later(order)
            if order.state not in (ready, OrderState.SHIPPED):
                return Refusal("too_early")
            return replace(order, state=OrderState.DELIVERED, delivered_on=terms.today(now))

        return self._step(number, step)

    # --- taking back

    def receive_return(self, number: str, now: datetime) -> Return | Refusal:
        """Note that the parcel has come."""

        def work(connection: Connection) -> Return | Refusal:
            one = self._locked(connection, number)
            if isinstance(one, Refusal) or one.state is not ReturnState.REQUESTED:
                return one
            returning.move(connection, one, ReturnState.RECEIVED, {"received_at": now})
            return _found(connection, number)

        return self._write(work)

    def accept_return(self, number: str, now: datetime, restock: bool = True) -> Return | Refusal:
        """Give the money back, and put the pieces back on the shelf where `restock`."""

        def work(connection: Connection) -> Return | Refusal:
            one = self._locked(connection, number)
            if isinstance(one, Refusal):
                return one
            if one.state is ReturnState.REFUSED:
                return Refusal("settled")
            if one.decided_at is not None:
                return one
            found = ledger.placed(connection, one.order_number)
            assert found is not None  # _locked has seen it
            order_id, order = found
            when = {"received_at": one.received_at or now, "decided_at": now}
            returning.move(connection, one, ReturnState.RECEIVED, when)
            refunding.ask_refund(connection, order_id, one.amount, Because("returned", number), now)
            if restock:
                ledger.release(connection, [_pieces_of(order, piece.position, piece.quantity) for piece in one.pieces])
            returning.close(connection, number)
            return one

        answer = self._write(work)
        if isinstance(answer, Refusal):
            return answer
        self._aftercare.pay_refunds(now, answer.order_number)
        with self._engine.connect() as connection:
            return _found(connection, number)

    def refuse_return(self, number: str, why: str, now: datetime) -> Return | Refusal:
        """Take the pieces not back; `why` is told to the customer."""

        def work(connection: Connection) -> Return | Refusal:
            one = self._locked(connection, number)
            if isinstance(one, Refusal) or one.state is ReturnState.REFUSED:
                return one
            if one.decided_at is not None:
                return Refusal("settled")
            returning.move(connection, one, ReturnState.REFUSED, {"decided_at": now, "note": why})
            return _found(connection, number)

        return self._write(work)

    def refunds_to_pay(self) -> Sequence[OpenRefund]:
        """What the provider did not pay and the merchant has to, oldest first."""
        with self._engine.connect() as connection:
            terms = read_terms(connection)
            rows = refunding.to_pay_by_hand(connection)
        return [
            OpenRefund(row.key, row.number, Money(row.amount, row.currency), terms.today(row.asked_at)) for row in rows
        ]

    def refund_paid(self, key: str, now: datetime) -> bool:
        """Note that the merchant has paid it; False for an unknown key."""
        return self._aftercare.mark_refunded(key, now)

    # --- inside

    def _step(self, number: str, step: Step) -> Order | Refusal:
        """Move a locked order on; the same order where nothing is to be done."""

        def work(connection: Connection) -> Order | Refusal:
            found = ledger.placed(connection, number)
            if found is None:
                return Refusal("unknown_order")
            order_id, order = found
            if changes.is_open(connection, order_id):
                return Refusal("busy")
            moved = step(order, read_terms(connection))
            if isinstance(moved, Refusal) or moved == order:
                return moved
            return ledger.rewrite(connection, order_id, moved)

        return self._write(work)

    def _locked(self, connection: Connection, number: str) -> Return | Refusal:
        """The return, its order locked before it is read."""
        one = returning.find_return(connection, number)
        if one is None or ledger.placed(connection, one.order_number) is None:
            return Refusal("unknown_return")
        return _found(connection, number)

    def _write(self, work: Callable[[Connection], T]) -> T:
        return in_transaction(self._engine, work)


def _later(order: Order) -> Order | Refusal:
    """An order that is past a step: fine, unless it was called off."""
    return Refusal("cancelled") if order.state is OrderState.CANCELLED else order


def _pieces_of(order: Order, position: int, quantity: int) -> Line:
    return replace(order.lines[position], quantity=quantity)


def _found(connection: Connection, number: str) -> Return:
    one = returning.find_return(connection, number)
    if one is None:
        raise LookupError(f"a return that is not there: {number}")
    return one
