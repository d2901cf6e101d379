"""What a customer may still do about an order, on a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select

from commerce.aftercare import Change, Proposal
from commerce.ports import Charge, Payments
from commerce.refunds import Pieces
from commerce.returns import RefundStatus, Return, Returnable, ReturnState, ask_return, awaited, label, returnable
from commerce.store import changes, ledger, refunding, returning
from commerce.store.changes import ToPay
from commerce.store.engine import in_transaction
from commerce.store.shelf import Shelf
from commerce.store.tables import order_lines, orders, shop
from commerce.store.terms import read_terms
from commerce.types import Money, Order, OrderState, Refusal

T = TypeVar("T")
STUCK = timedelta(minutes=15)
"""Age at which `reconcile` takes an unfinished change for abandoned."""


class StoreAftercare:
    """aftercare_ports.Aftercare on the shop's database. Safe to share between threads and processes, as Store is."""

    def __init__(self, engine: Engine, payments: Payments, shelf: Shelf) -> None:
        self._engine = engine
        self._payments = payments
        self._shelf = shelf

    # --- changing and cancelling

    def propose_change(self, number: str, change: Change, now: datetime) -> Proposal | Refusal:
        with self._engine.connect() as connection:
            return changes.propose(connection, self._shelf, number, change, now)

    def change_order(self, key: str, proposal: Proposal, now: datetime) -> Order | Refusal:
        answer = self._write(lambda connection: changes.begin(connection, self._shelf, key, proposal, now))
        if isinstance(answer, ToPay):
            # No transaction is open here: the provider may take its time, and the process may die.
            charge = self._payments.authorise(answer.charge_key, answer.customer_id, answer.amount)
            if charge.outcome == "authorised":
                charge = self._payments.capture(answer.charge_key)
            return self._finish(charge)
        self.pay_refunds(now, proposal.order_number)
        return answer

    def settle_change(self, key: str) -> Order | Refusal:
        answer = self._write(lambda connection: changes.settled(connection, key))
        return self._finish(self._payments.void(answer)) if isinstance(answer, str) else answer

    def cancel_order(
        self, key: str, number: str, pieces: Sequence[Pieces], now: datetime, version: int | None = None
    ) -> Order | Refusal:
        what = changes.Cancelled(number, pieces, version)
        answer = self._write(lambda connection: changes.cancel(connection, key, what, now))
        self.pay_refunds(now, number)
        return answer

    # --- sending back

    def returnable(self, number: str, now: datetime) -> Sequence[Returnable]:
        with self._engine.connect() as connection:
            order = ledger.order_numbered(connection, number)
            if order is None:
                return []
            made = returning.returns_of(connection, number)
            return returnable(order, made, read_terms(connection), self._shelf.stand(connection).product_of, now)

    def ask_return(
        self, key: str, number: str, pieces: Sequence[Pieces], reason: str, now: datetime
    ) -> Return | Refusal:
        def work(connection: Connection) -> Return | Refusal:
            known = changes.known(connection, key, number)
            made = returning.returns_of(connection, number)
            if known is not None:
                return next(one for one in made if one.number == known.return_number)
            found = ledger.placed(connection, number)
            if found is None:
                return Refusal("unknown_order")
            order_id, order = found
            made = returning.returns_of(connection, number)  # as it stands now that the order is locked
            terms = read_terms(connection)
            if reason not in terms.returns.reasons:
                return Refusal("unknown_reason", title=reason)
            amount = ask_return(order, made, pieces, (terms, self._shelf.stand(connection).product_of), now)
            if isinstance(amount, Refusal):
                return amount
            name = f"R{number}-{len(made) + 1}"
            tag = label(name, terms, now)
            one = Return(name, number, tuple(pieces), reason, ReturnState.REQUESTED, amount, now, tag)
            returning.add_return(connection, order_id, one)
            changes.note(connection, key, order_id, "return", {"return_number": name, "tried_at": now})
            return one

        return self._write(work)

    def returns(self, number: str) -> Sequence[Return]:
        with self._engine.connect() as connection:
            return returning.returns_of(connection, number)

    def refunds(self, number: str) -> Sequence[RefundStatus]:
        with self._engine.connect() as connection:
            terms = read_terms(connection)
            coming = [awaited(one, terms) for one in returning.returns_of(connection, number)]
            return [*refunding.statuses(connection, number, terms), *(one for one in coming if one)]

    # --- looking back

    def purchases(
        self, customer_id: str, since: datetime | None = None, until: datetime | None = None, of: Sequence[str] = ()
    ) -> Sequence[Order]:
        kept = orders.c.state.in_([state.value for state in ledger.COUNTED])
        with self._engine.connect() as connection:
            condition = (orders.c.customer_id == customer_id) & kept
            if since is not None:
                condition &= orders.c.placed_at >= since
            if until is not None:
                condition &= orders.c.placed_at < until
            if of:
                with_one = select(order_lines.c.order_id).where(order_lines.c.product_id.in_(of))
                condition &= orders.c.id.in_(with_one)
            return ledger.read_orders(connection, condition)

    def spent(self, customer_id: str, since: datetime | None = None, until: datetime | None = None) -> Money:
        made = [state.value for state in (*ledger.COUNTED, OrderState.RETURNED)]
        condition = (orders.c.customer_id == customer_id) & orders.c.state.in_(made)
        if since is not None:
            condition &= orders.c.placed_at >= since
        if until is not None:
            condition &= orders.c.placed_at < until
        back = (
            select(func.coalesce(func.sum(refunding.refunds.c.amount), 0))
            .join(orders)
            .where(condition, refunding.refunds.c.cause == "returned")
        )
        with self._engine.connect() as connection:
            currency = connection.execute(select(shop.c.currency)).scalar_one()
            cost = connection.execute(select(func.coalesce(func.sum(orders.c.total), 0)).where(condition)).scalar_one()
            return Money(int(cost) - int(connection.execute(back).scalar_one()), currency)

    # --- settling

    def reconcile(self, now: datetime, stuck: timedelta = STUCK) -> None:
        """Settle changes whose process died or whose payment did not answer, and pay the refunds that still wait."""
        with self._engine.connect() as connection:
            keys = changes.stale(connection, now - stuck)
        for key in keys:
            self._finish(self._payments.void(key))
        self.pay_refunds(now)

    def pay_refunds(self, now: datetime, number: str | None = None) -> None:
        """Have the provider pay what it has yet to pay, for one order where named; what it does not answer waits."""
        with self._engine.connect() as connection:
            rows = refunding.unpaid(connection, number)
        for row in rows:
            done = self._payments.refund(row.key, row.charge_key, Money(row.amount, row.currency))
            if done.outcome == "refunded":
                self.mark_refunded(row.key, now)
            elif done.outcome == "declined":
                self._leave_to_hand(row.key)

    def mark_refunded(self, key: str, now: datetime) -> bool:
        """Note that a refund was paid; its return is closed with the last one. False for an unknown key."""

        def work(connection: Connection) -> bool:
            row = refunding.mark_paid(connection, key, now)
            if row is not None and row.return_number is not None:
                returning.close(connection, row.return_number)
            return row is not None

        return self._write(work)

    def _leave_to_hand(self, key: str) -> None:
        self._write(lambda connection: refunding.leave_to_hand(connection, key))

    def _finish(self, charge: Charge) -> Order | Refusal:
        if charge.outcome == "unknown":
            return Refusal("payment_unknown")
        return self._write(lambda connection: changes.finish(connection, charge))

    def _write(self, work: Callable[[Connection], T]) -> T:
        return in_transaction(self._engine, work, ledger.OutOfStock)
