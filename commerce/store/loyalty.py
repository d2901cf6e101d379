"""The ledger of points in rows. Entries are added, never changed; a customer's are written by one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    exists,
    func,
    insert,
    select,
)

from commerce import loyalty
from commerce.around_ports import Redemption
from commerce.loyalty import Balance, Entry, NotRedeemed, Redeemable, Rules
from commerce.returns import Return, ReturnState
from commerce.store import ledger
from commerce.store.engine import in_transaction
from commerce.store.returning import order_returns, returns_of
from commerce.store.tables import UtcDateTime, customers, metadata, orders
from commerce.types import Money, Order, OrderState, Product

points = Table(
    "points",
    metadata,
    # In the order they were written.
    Column("id", Integer, primary_key=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("why", String(20), nullable=False),
    # Number of the order; for what was redeemed and given back, the key of the order.
    Column("about", String(200), nullable=False, index=True),
    Column("expires", UtcDateTime),
    # Minor units.
    Column("amount", BigInteger, nullable=False),
    Column("owed", BigInteger, nullable=False),
)

STUCK = timedelta(minutes=30)
"""Age at which points that were reserved for an order that never came are given back."""
_EARNING = {
    "placed": (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED),
    "delivered": (OrderState.DELIVERED,),
}
_FAILED = (ledger.DECLINED, ledger.EXPIRED, OrderState.CANCELLED.value, OrderState.RETURNED.value)
"""States of an order that gives back the points it was paid with."""


class Loyalty:
    """around_ports.Loyalty by the merchant's rules; without rules nothing is earned and nothing redeemed."""

    def __init__(
        self, engine: Engine, rules: Callable[[], Rules | None], product: Callable[[str], Product | None]
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._product = product

    # --- questions

    def points(self, customer_id: str, now: datetime) -> Balance | None:
        rules = self._rules()
        return loyalty.balance(self.entries(customer_id), rules, now) if rules else None

    def entries(self, customer_id: str) -> Sequence[Entry]:
        with self._engine.connect() as connection:
            return _read(connection, customer_id)

    def redeemable(self, customer_id: str, total: Money, now: datetime) -> Redeemable:
        rules = self._rules()
        if rules is None:
            return Redeemable(0, Money(0, total.currency))
        there = loyalty.points_in(loyalty.up_to(self.entries(customer_id), now))
        return loyalty.redeemable(there, total, rules)

    # --- effects

    def reserve(self, wish: Redemption, now: datetime) -> Redeemable | NotRedeemed:
        rules = self._rules()
        return in_transaction(self._engine, lambda connection: _reserve(connection, wish, rules, now))

    def give_back(self, order_key: str, now: datetime) -> int:
        return self._give_back(order_key, 0, now)

    def _give_back(self, order_key: str, keep: int, now: datetime) -> int:
        def change(connection: Connection) -> int:
            who = _redeemer(connection, order_key)
            if who is None:
                return 0
            entries = _current(connection, who, now)
            return _append(connection, loyalty.giving_back(entries, order_key, now, keep))

        return in_transaction(self._engine, change)

    def earn(self, order: Order, now: datetime) -> int:
        rules = self._rules()
        if rules is None or order.state not in _EARNING[rules.earned_when]:
            return 0
        # Asked before the transaction begins: the catalogue is read with a connection of its own.
        products = {line.product_id: self._product(line.product_id) for line in order.lines}
        categories = {one: product.categories if product else () for one, product in products.items()}

        discount = sum(amount.minor for _, amount in order.discounts)
        paid = max(sum(line.total.minor for line in order.lines) - discount, 0)

        def change(connection: Connection) -> int:
            entries = _current(connection, order.customer_id, now)
            known = [entry.points for entry in entries if entry.about == order.number and entry.why == "earned"]
            if known:
                return known[0]
            rate = loyalty.tier_rate(entries, rules, now) * loyalty.paid_share(order.lines, discount)
            earned = loyalty.points_for(order.lines, rules, lambda line: categories[line.product_id], rate)
            entry = Entry(f"earned:{order.number}", order.customer_id, now, earned, "earned", order.number)
            entry = replace(entry, amount=paid, expires=now + rules.expires if rules.expires else None)
            _append(connection, loyalty.earning(entry, entries))
            return earned

        return in_transaction(self._engine, change)

    def reverse(self, number: str, refunded: Money, now: datetime) -> int:
        def change(connection: Connection) -> int:
            earned = select(points.c.customer_id).where(points.c.about == number, points.c.why == "earned")
            who = connection.execute(earned).scalar()
            if who is None:
                return 0
            entries = _current(connection, who, now)
            back = loyalty.reversing(entries, number, refunded.minor, now)
            return -_append(connection, [back]) if back else 0

        return in_transaction(self._engine, change)

    def adjust(self, key: str, customer_id: str, change: int, now: datetime) -> Balance | NotRedeemed:
        """Points from or for the merchant's hand, once for each key; never below zero."""
        rules = self._rules()
        if rules is None:
            return NotRedeemed("no_programme")

        def work(connection: Connection) -> NotRedeemed | None:
            if not _known(connection, customer_id):
                return NotRedeemed("unknown_customer")
            entries = _current(connection, customer_id, now)
            there = loyalty.points_in(entries)
            if any(entry.key == f"adjusted:{key}" for entry in entries):
                return None
            if there + change < 0:
                return NotRedeemed("too_many", there)
            expires = now + rules.expires if rules.expires and change > 0 else None
            entry = Entry(f"adjusted:{key}", customer_id, now, change, "adjusted", expires=expires)
            _append(connection, [entry])
            return None

        refusal = in_transaction(self._engine, work)
        return refusal or loyalty.balance(self.entries(customer_id), rules, now)

    def settle(self, now: datetime) -> int:
        """Write what orders have led to since the last time: earned, taken back, given back. The orders it was for.

        To be run regularly, by one process or by several.
        """
        rules = self._rules()
        done = 0
        if rules:
            with self._engine.connect() as connection:
                earning = ledger.read_orders(connection, _unearned(rules))
            for order in reversed(earning):
                self.earn(order, now)
            done += len(earning)
        with self._engine.connect() as connection:
            undone = ledger.read_orders(connection, _to_reverse())
            returned = connection.execute(_returned()).all()
            keep = dict.fromkeys(connection.execute(_to_give_back(now)).scalars(), 0) | _partly(connection, now)
        done += sum(1 for order in undone if self.reverse(order.number, order.total, now))
        done += sum(1 for row in returned if self.reverse(row.number, Money(row.refunded, row.currency), now))
        return done + sum(1 for key, points in keep.items() if self._give_back(key, points, now))


# --- rows


def reserved(connection: Connection, order_key: str) -> int:
    """What the points reserved for an order are worth, minor units; 0 for none, or where they were given back."""
    rows = connection.execute(select(points.c.points, points.c.amount).where(points.c.about == order_key)).all()
    return sum(row.amount for row in rows) if sum(row.points for row in rows) < 0 else 0


def _reserve(connection: Connection, wish: Redemption, rules: Rules | None, now: datetime) -> Redeemable | NotRedeemed:
    if rules is None:
        return NotRedeemed("no_programme")
    if not _known(connection, wish.customer_id):
        return NotRedeemed("unknown_customer")
    entries = _current(connection, wish.customer_id, now)
    there = loyalty.points_in(entries)
    before = [entry for entry in entries if entry.about == wish.order_key]
    if before and loyalty.points_in(before) == 0:
        return NotRedeemed("released", there)
    for entry in before:
        return Redeemable(-entry.points, Money(entry.amount, wish.total.currency))
    if wish.points < rules.least:
        return NotRedeemed("too_few", there)
    most = loyalty.redeemable(there, wish.total, rules)
    if wish.points > most.points:
        return NotRedeemed("too_many", there)
    worth = wish.points * rules.value
    key = f"redeemed:{wish.order_key}"
    _append(connection, [Entry(key, wish.customer_id, now, -wish.points, "redeemed", wish.order_key, amount=worth)])
    return Redeemable(wish.points, Money(worth, wish.total.currency))


def _current(connection: Connection, customer_id: str, now: datetime) -> tuple[Entry, ...]:
    """The customer's entries up to now, what has expired written, and nobody else writing until this is over."""
    connection.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
    written = _read(connection, customer_id)
    current = loyalty.up_to(written, now)
    _append(connection, current[len(written) :])
    return current


def _read(connection: Connection, customer_id: str) -> tuple[Entry, ...]:
    rows = connection.execute(select(points).where(points.c.customer_id == customer_id).order_by(points.c.id))
    return tuple(_entry(row) for row in rows)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{one.name: row._mapping[one.name] for one in fields(Entry)})


def _append(connection: Connection, entries: Iterable[Entry]) -> int:
    """The points of these entries."""
    total = 0
    for entry in entries:
        connection.execute(insert(points).values(**asdict(entry)))
        total += entry.points
    return total


def _known(connection: Connection, customer_id: str) -> bool:
    return connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is not None


def _redeemer(connection: Connection, order_key: str) -> str | None:
    statement = select(points.c.customer_id).where(points.c.key == f"redeemed:{order_key}")
    return connection.execute(statement).scalar()


def _unearned(rules: Rules) -> Any:
    """Orders placed here that points are due for. What was imported has its points where it was placed."""
    states = [state.value for state in _EARNING[rules.earned_when]]
    earned = exists().where(points.c.about == orders.c.number, points.c.why == "earned")
    return orders.c.state.in_(states) & orders.c.key.not_like(ledger.imported_key("%")) & ~earned


def _to_reverse() -> Any:
    undone = (OrderState.CANCELLED.value, OrderState.RETURNED.value)
    earned = exists().where(points.c.about == orders.c.number, points.c.why == "earned", points.c.points > 0)
    reversed_ = exists().where(points.c.about == orders.c.number, points.c.why == "reversed", points.c.amount > 0)
    return orders.c.state.in_(undone) & earned & ~reversed_


def _returned() -> Any:
    """Orders of which more was paid back for returns than points were taken back for."""
    accepted = order_returns.c.decided_at.is_not(None) & (order_returns.c.state != ReturnState.REFUSED.value)
    refunded = (
        select(order_returns.c.order_id, func.sum(order_returns.c.amount).label("refunded"))
        .where(accepted)
        .group_by(order_returns.c.order_id)
        .subquery()
    )
    earned = select(func.sum(points.c.amount)).where(points.c.about == orders.c.number, points.c.why == "earned")
    reversed_ = select(func.sum(points.c.amount)).where(points.c.about == orders.c.number, points.c.why == "reversed")
    left = func.coalesce(earned.scalar_subquery(), 0) - func.coalesce(reversed_.scalar_subquery(), 0)
    before = func.coalesce(reversed_.scalar_subquery(), 0)
    statement = select(orders.c.number, orders.c.currency, refunded.c.refunded)
    return statement.join(refunded, refunded.c.order_id == orders.c.id).where(left > 0, refunded.c.refunded > before)


def _to_give_back(now: datetime) -> Any:
    """Keys of orders that came to nothing, or never came, with points reserved for them."""
    there = exists().where(orders.c.key == points.c.about)
    failed = exists().where(orders.c.key == points.c.about, orders.c.state.in_(_FAILED))
    stuck = ~there & (points.c.at <= now - STUCK)
    return select(points.c.about).where(_redeemed(), failed | stuck)


def _redeemed() -> Any:
    """Entries of points redeemed and not all given back."""
    back = points.alias("back")
    given = select(func.sum(back.c.points)).where(back.c.about == points.c.about, back.c.why == "given_back")
    return (points.c.why == "redeemed") & (points.c.points + func.coalesce(given.scalar_subquery(), 0) < 0)


def _partly(connection: Connection, now: datetime) -> dict[str, int]:
    """Keys of orders paid with points that were cancelled or returned in part, and the points that still count."""
    returned = exists().where(order_returns.c.order_id == orders.c.id)
    alive = orders.c.state.not_in(_FAILED) & orders.c.number.is_not(None) & (orders.c.placed_at > now - loyalty.YEAR)
    touched = select(points, orders.c.number).join(orders, orders.c.key == points.c.about)
    rows = connection.execute(touched.where(_redeemed(), alive, (orders.c.version > 0) | returned)).all()
    keep = {}
    for row in rows:
        (order,) = ledger.read_orders(connection, orders.c.number == row.number)
        borne = sum(_borne(order, one) for one in returns_of(connection, row.number) if _is_accepted(one))
        keep[row.about] = loyalty.kept(_entry(row), order, borne)
    return keep


def _borne(order: Order, sent_back: Return) -> int:
    """Minor units of the order's discounts that fell on these pieces: what they cost less what is paid back."""
    cost = sum(order.lines[one.position].unit_price.minor * one.quantity for one in sent_back.pieces)
    return cost - sent_back.amount.minor


def _is_accepted(sent_back: Return) -> bool:
    return sent_back.decided_at is not None and sent_back.state != ReturnState.REFUSED
