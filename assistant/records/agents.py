"""What programs did in a customer's name: a row for each call, and what of their limits is used up, on SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from assistant.records.tables import agent_budgets, agent_calls, agent_purchases
from commerce.store import in_transaction

NOBODY = ""
"""The customer of a call that is nobody's."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, for the audit: no words, and of the customer only the id."""

    at: datetime
    """UTC."""
    client: str
    token: str
    """A hash."""
    customer: str
    """NOBODY for a guest."""
    tool: str
    outcome: str
    """'done', or why not: 'expired', 'unclear', 'too_much' ..."""
    about: str
    """The quote or proposal it was about; empty for none."""
    order_number: str
    """Empty for none."""
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is about to be charged by a program."""

    key: str
    """Of the quote or proposal: counted once."""
    client: str
    customer: str
    minor: int
    """Minor units."""
    orders: int
    """1 for a new order, 0 for a change of one."""
    at: datetime
    """UTC; its day is the one that counts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may do for one customer in a day (UTC); None: as much as the customer says yes to."""

    minor: int | None
    orders: int | None


Taken = Literal["taken", "too_much", "too_many"]


class _Over(Exception):
    """The limit would be passed; nothing is kept."""

    def __init__(self, why: Taken) -> None:
        self.why = why


class AgentRecords:
    """The audit and the budgets of programs; any number of processes share them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, call: Call) -> None:
        in_transaction(self._engine, lambda connection: connection.execute(insert(agent_calls).values(asdict(call))))

    def calls(self, limit: int, client: str | None = None, customer: str | None = None) -> Sequence[Call]:
        """Newest first."""
        rows = select(agent_calls).order_by(agent_calls.c.number.desc()).limit(limit)
        rows = rows if client is None else rows.where(agent_calls.c.client == client)
        rows = rows if customer is None else rows.where(agent_calls.c.customer == customer)
        with self._engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(rows)]
        return [Call(**{name: value for name, value in row.items() if name != "number"}) for row in found]

    def take(self, purchase: Purchase, limits: Limits) -> Taken:
        """Count a purchase before it is made, once for each key; nothing is counted where it would be too much."""

        def work(connection: Connection) -> None:
            known = select(agent_purchases.c.key).where(agent_purchases.c.key == purchase.key)
            if connection.scalar(known) is not None:
                return
            connection.execute(insert(agent_purchases).values(_row(purchase)))
            _count(connection, purchase, limits)

        try:
            in_transaction(self._engine, work)
        except _Over as over:
            return over.why
        return "taken"

    def give_back(self, key: str) -> None:
        """Count no more what did not come about; nothing where it was not counted."""

        def work(connection: Connection) -> None:
            this = agent_purchases.c.key == key
            row = connection.execute(select(agent_purchases).where(this)).first()
            if row is None or connection.execute(delete(agent_purchases).where(this)).rowcount != 1:
                return
            budget = _budget(row.client, row.customer, row.day)
            less = {"minor": agent_budgets.c.minor - row.minor, "orders": agent_budgets.c.orders - row.orders}
            connection.execute(update(agent_budgets).where(budget).values(less))

        in_transaction(self._engine, work)

    def forget(self, before: datetime) -> int:
        """Remove the calls of before that moment, and what was counted on the days before; how many calls."""
        day = before.astimezone(UTC).date()

        def work(connection: Connection) -> int:
            for counted in (agent_purchases, agent_budgets):
                connection.execute(delete(counted).where(counted.c.day < day))
            return connection.execute(delete(agent_calls).where(agent_calls.c.at < before)).rowcount

        return in_transaction(self._engine, work)


def _row(purchase: Purchase) -> dict[str, object]:
    return {
        "key": purchase.key,
        "client": purchase.client,
        "customer": purchase.customer,
        "day": purchase.at.astimezone(UTC).date(),
        "minor": purchase.minor,
        "orders": purchase.orders,
    }


def _count(connection: Connection, purchase: Purchase, limits: Limits) -> None:
    """Raises _Over. The budget's row is changed before it is looked at, so that two purchases at once wait in turn."""
    row = _row(purchase)
    budget = _budget(purchase.client, purchase.customer, row["day"])
    more = {
        "minor": agent_budgets.c.minor + purchase.minor,
        "orders": agent_budgets.c.orders + purchase.orders,
    }
    if connection.execute(update(agent_budgets).where(budget).values(more)).rowcount == 0:
        connection.execute(insert(agent_budgets).values({name: row[name] for name in row if name != "key"}))
    used = connection.execute(select(agent_budgets.c.minor, agent_budgets.c.orders).where(budget)).one()
    if limits.minor is not None and used.minor > limits.minor:
        raise _Over("too_much")
    if limits.orders is not None and purchase.orders and used.orders > limits.orders:
        raise _Over("too_many")


def _budget(client: str, customer: str, day: object) -> ColumnElement[bool]:
    budget = agent_budgets.c
    return (budget.client == client) & (budget.customer == customer) & (budget.day == day)
