"""A payment provider to try things with: it takes no money, but keeps its books like one that does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from commerce.ports import Charge
from commerce.store.engine import writing
from commerce.store.tables import sandbox_charges as _charges
from commerce.types import Money


class SandboxPayments:
    """ports.Payments that remembers every answer in its own table and commits on its own, as an outside provider does.

    Its tables are among the shop's (create_tables); the engine may be that of another database.
    Declines amounts above `decline_over` and the customers in `declined`; captures all else.
    """

    def __init__(
        self, engine: Engine, decline_over: Money | None = None, declined: Collection[str] = frozenset()
    ) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._decline_over = decline_over
        self._declined = frozenset(declined)

    def charge(self, key: str, customer_id: str, amount: Money) -> Charge:
        outcome = "declined" if self._declines(customer_id, amount) else "captured"
        values = {"customer_id": customer_id, "amount": amount.minor, "currency": amount.currency, "outcome": outcome}
        try:
            with self._writing.begin() as connection:
                known = _find(connection, key)
                if known is None:
                    connection.execute(insert(_charges).values(key=key, **values))
        except IntegrityError:
            pass  # another caller with the same key was first: its answer counts
        answer = self.lookup(key)
        assert answer is not None
        return answer

    def lookup(self, key: str) -> Charge | None:
        with self._engine.connect() as connection:
            row = _find(connection, key)
        return Charge(row.key, Money(row.amount, row.currency), row.outcome) if row else None

    def captured(self) -> list[Charge]:
        """Every charge that was captured, by key: what the customers' banks would show."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_charges).where(_charges.c.outcome == "captured").order_by(_charges.c.key))
            return [Charge(row.key, Money(row.amount, row.currency), row.outcome) for row in rows]

    def _declines(self, customer_id: str, amount: Money) -> bool:
        return customer_id in self._declined or (_above(amount, self._decline_over))


def _above(amount: Money, limit: Money | None) -> bool:
    return limit is not None and amount.currency == limit.currency and amount > limit


def _find(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(_charges).where(_charges.c.key == key)).first()
