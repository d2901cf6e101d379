"""A payment provider to try things with: it takes no money, but keeps its books like one that does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from commerce.ports import Charge, ChargeOutcome, Refund
from commerce.store.engine import in_transaction
from commerce.store.tables import sandbox_charges as _charges
from commerce.store.tables import sandbox_refunds as _refunds
from commerce.types import Money

NO_CURRENCY = "XXX"
"""ISO 4217's code where there is none: that of a charge called off before it was asked for."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Above which amounts the sandbox does not answer, for tests and demonstrations."""

    time_out_over: Money | None = None
    """Asked to set the money aside, it does not, nor does it answer."""
    lose_over: Money | None = None
    """Asked to take the money, it takes it, and the answer is lost."""


class SandboxPayments:
    """ports.Payments that remembers every answer in its own tables and commits on its own, as an outside provider does.

    Its tables are among the shop's (create_tables); the engine may be that of another database.
    Declines amounts above `decline_over` and the customers in `declined`; captures all else.
    """

    def __init__(
        self,
        engine: Engine,
        decline_over: Money | None = None,
        declined: Collection[str] = frozenset(),
        silence: Silence = Silence(),
    ) -> None:
        self._engine = engine
        self._decline_over = decline_over
        self._declined = frozenset(declined)
        self._silence = silence

    def authorise(self, key: str, customer_id: str, amount: Money) -> Charge:
        if _above(amount, self._silence.time_out_over):
            return Charge(key, amount, "unknown")
        declines = customer_id in self._declined or _above(amount, self._decline_over)
        new = Charge(key, amount, "declined" if declines else "authorised")
        return in_transaction(self._engine, lambda connection: _kept(connection, new, customer_id))

    def capture(self, key: str) -> Charge:
        """Raises KeyError for a key that was never authorised."""
        charge = in_transaction(self._engine, lambda connection: _moved_on(connection, key, "captured"))
        if charge is None:
            raise KeyError(key)
        return Charge(key, charge.amount, "unknown") if _above(charge.amount, self._silence.lose_over) else charge

    def void(self, key: str) -> Charge:
        def work(connection: Connection) -> Charge:
            never = Charge(key, Money(0, NO_CURRENCY), "voided")
            return _moved_on(connection, key, "voided") or _kept(connection, never, customer_id="")

        return in_transaction(self._engine, work)

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        """Raises ValueError for an amount that is not above zero."""
        if amount.minor <= 0:
            raise ValueError(f"a refund of {amount}")
        return in_transaction(self._engine, lambda connection: _refunded(connection, key, charge_key, amount))

    def lookup(self, key: str) -> Charge | None:
        with self._engine.connect() as connection:
            return _charge(connection, key)

    def captured(self) -> list[Charge]:
        """Every charge that was captured, by key: what the customers' banks would show."""
        return self._charges("captured")

    def set_aside(self) -> list[Charge]:
        """Every charge that is authorised and neither captured nor called off, by key."""
        return self._charges("authorised")

    def refunded(self) -> list[Refund]:
        """Every refund that was given, by key."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_refunds).where(_refunds.c.outcome == "refunded").order_by(_refunds.c.key))
            return [_refund(row) for row in rows]

    def _charges(self, outcome: ChargeOutcome) -> list[Charge]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(_charges).where(_charges.c.outcome == outcome).order_by(_charges.c.key))
            return [Charge(row.key, Money(row.amount, row.currency), row.outcome) for row in rows]


def _above(amount: Money, limit: Money | None) -> bool:
    return limit is not None and amount.currency == limit.currency and amount > limit


def _charge(connection: Connection, key: str) -> Charge | None:
    """The charge, locked until the transaction ends where the database locks rows."""
    row = connection.execute(select(_charges).where(_charges.c.key == key).with_for_update()).first()
    return Charge(row.key, Money(row.amount, row.currency), row.outcome) if row else None


def _kept(connection: Connection, new: Charge, customer_id: str) -> Charge:
    """The charge of that key as it is, written down now if it is new."""
    known = _charge(connection, new.key)
    if known is None:
        values = {"customer_id": customer_id, "amount": new.amount.minor, "currency": new.amount.currency}
        connection.execute(insert(_charges).values(key=new.key, outcome=new.outcome, **values))
    return known or new


def _moved_on(connection: Connection, key: str, outcome: ChargeOutcome) -> Charge | None:
    """What was set aside is captured or voided; all else stays as it is."""
    known = _charge(connection, key)
    if known is None or known.outcome != "authorised":
        return known
    connection.execute(update(_charges).where(_charges.c.key == key).values(outcome=outcome))
    return Charge(key, known.amount, outcome)


def _refunded(connection: Connection, key: str, charge_key: str, amount: Money) -> Refund:
    charge = _charge(connection, charge_key)
    known = connection.execute(select(_refunds).where(_refunds.c.key == key)).first()
    if known is not None:
        return _refund(known)
    if charge is None:
        return Refund(key, charge_key, amount, "declined")
    given = connection.execute(
        select(func.coalesce(func.sum(_refunds.c.amount), 0)).where(
            _refunds.c.charge_key == charge_key, _refunds.c.outcome == "refunded"
        )
    ).scalar_one()
    covered = charge.amount.currency == amount.currency and given + amount.minor <= charge.amount.minor
    refund = Refund(key, charge_key, amount, "refunded" if covered and charge.outcome == "captured" else "declined")
    values = {"charge_key": charge_key, "amount": amount.minor, "currency": amount.currency}
    connection.execute(insert(_refunds).values(key=key, outcome=refund.outcome, **values))
    return refund


def _refund(row: Row[Any]) -> Refund:
    return Refund(row.key, row.charge_key, Money(row.amount, row.currency), row.outcome)
