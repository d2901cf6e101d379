"""Price and back-in-stock alerts in rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
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
    insert,
    select,
    update,
)

from commerce.alerts import Alert, AlertDue, AlertWish, NotSet, due, not_settable
from commerce.store.consents import consents
from commerce.store.engine import in_transaction
from commerce.store.tables import UtcDateTime, customers, metadata
from commerce.types import Money, Product

alerts = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", String(250), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    # Not a foreign key: the wish outlives a product that is taken out and comes back.
    Column("product_id", String(200), nullable=False),
    Column("sku", String(200)),
    Column("price_max", BigInteger),
    Column("currency", String(3)),
    Column("set_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("told_at", UtcDateTime),
)


class Alerts:
    """around_ports.Alerts."""

    def __init__(self, engine: Engine, product: Callable[[str], Product | None]) -> None:
        self._engine = engine
        self._product = product

    def set_alert(self, key: str, customer_id: str, wish: AlertWish, now: datetime) -> Alert | NotSet:
        refusal = not_settable(wish, self._product(wish.product_id))
        return in_transaction(
            self._engine, lambda connection: _set(connection, key, _new(customer_id, wish, now), refusal)
        )

    def alerts_of(self, customer_id: str) -> Sequence[Alert]:
        with self._engine.connect() as connection:
            return _waiting(connection, alerts.c.customer_id == customer_id)

    def cancel_alert(self, customer_id: str, number: int) -> bool:
        def change(connection: Connection) -> bool:
            theirs = (alerts.c.number == number) & (alerts.c.customer_id == customer_id)
            stop = update(alerts).where(theirs, alerts.c.state == "waiting").values(state="cancelled")
            connection.execute(stop)
            return connection.execute(select(alerts.c.state).where(theirs)).scalar() == "cancelled"

        return in_transaction(self._engine, change)

    def alerts_due(self) -> Sequence[AlertDue]:
        with self._engine.connect() as connection:
            agreed = exists().where(
                consents.c.customer_id == alerts.c.customer_id, consents.c.purpose == "alerts", consents.c.agreed
            )
            waiting = _waiting(connection, agreed)
        products = (self._product(product_id) for product_id in {alert.wish.product_id for alert in waiting})
        return due(waiting, [product for product in products if product])

    def alert_told(self, number: int, now: datetime) -> bool:
        tell = update(alerts).where(alerts.c.number == number, alerts.c.state == "waiting")
        done = tell.values(state="told", told_at=now)
        return in_transaction(self._engine, lambda connection: connection.execute(done).rowcount == 1)


def _new(customer_id: str, wish: AlertWish, now: datetime) -> dict[str, Any]:
    price = wish.price_max
    return {
        "customer_id": customer_id,
        "product_id": wish.product_id,
        "sku": wish.sku,
        "price_max": price.minor if price else None,
        "currency": price.currency if price else None,
        "set_at": now,
        "state": "waiting",
    }


def _set(connection: Connection, key: str, values: dict[str, Any], refusal: NotSet | None) -> Alert | NotSet:
    known = connection.execute(select(alerts).where(alerts.c.key == key)).first()
    if known is not None:
        return _alert(known)
    who = values["customer_id"]
    # Locked, so that the same wish said twice at once becomes one alert.
    if connection.execute(select(customers.c.id).where(customers.c.id == who).with_for_update()).first() is None:
        return NotSet("unknown_customer")
    if refusal is not None:
        return refusal
    agreed = select(consents.c.agreed).where(consents.c.customer_id == who, consents.c.purpose == "alerts")
    if not connection.execute(agreed).scalar():
        return NotSet("no_consent")
    same = connection.execute(select(alerts).where(*_same(values))).first()
    if same is not None:
        # Asked for again: the newest price counts, and it stays one alert.
        changed = update(alerts).where(alerts.c.number == same.number).values(price_max=values["price_max"])
        return _alert(connection.execute(changed.returning(alerts)).one())
    return _alert(connection.execute(insert(alerts).values(key=key, **values).returning(alerts)).one())


def _same(values: dict[str, Any]) -> list[Any]:
    return [
        alerts.c.state == "waiting",
        alerts.c.customer_id == values["customer_id"],
        alerts.c.product_id == values["product_id"],
        alerts.c.sku.is_not_distinct_from(values["sku"]),
        alerts.c.price_max.is_(None) if values["price_max"] is None else alerts.c.price_max.is_not(None),
    ]


def _waiting(connection: Connection, condition: Any) -> list[Alert]:
    rows = connection.execute(select(alerts).where(condition, alerts.c.state == "waiting").order_by(alerts.c.number))
    return [_alert(row) for row in rows]


def _alert(row: Row[Any]) -> Alert:
    price = None if row.price_max is None else Money(row.price_max, row.currency)
    return Alert(row.number, row.customer_id, AlertWish(row.product_id, row.sku, price), row.set_at, row.state)
