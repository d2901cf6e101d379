"""Baskets that were left, read from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, String, Table, exists, func, insert, select

from commerce.baskets_left import LeftBasket, LeftRules, baskets_left, left_key
from commerce.store.carts import read_basket
from commerce.store.consents import consents
from commerce.store.engine import in_transaction
from commerce.store.tables import UtcDateTime, baskets, customers, metadata, orders

baskets_reminded = Table(
    "baskets_reminded",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)


class BasketsLeft:
    """around_ports.BasketsLeft."""

    def __init__(self, engine: Engine, rules: LeftRules | None = None) -> None:
        self._engine = engine
        self._rules = rules or LeftRules()

    def baskets_left(self, now: datetime) -> Sequence[LeftBasket]:
        agreed = exists().where(
            consents.c.customer_id == customers.c.id, consents.c.purpose == "baskets", consents.c.agreed
        )
        touched = baskets.c.changed_at.between(now - self._rules.until, now - self._rules.after)
        whose = select(baskets.c.owner).join(customers, customers.c.id == baskets.c.owner)
        with self._engine.connect() as connection:
            owners = connection.execute(whose.where(touched, agreed)).scalars().all()
            found = [read_basket(connection, owner) for owner in owners]
            newest = select(orders.c.customer_id, func.max(orders.c.placed_at).label("newest")).group_by(
                orders.c.customer_id
            )
            placed = newest.where(orders.c.customer_id.in_(owners), orders.c.number.is_not(None))
            last = {row.customer_id: row.newest for row in connection.execute(placed)}
            keys = [left_key(basket) for basket in found]
            known = select(baskets_reminded.c.key).where(baskets_reminded.c.key.in_(keys))
            reminded = frozenset(connection.execute(known).scalars())
        return baskets_left(found, last, reminded, now, self._rules)

    def basket_reminded(self, key: str, now: datetime) -> bool:
        def change(connection: Connection) -> bool:
            if connection.execute(select(baskets_reminded.c.key).where(baskets_reminded.c.key == key)).first():
                return False
            connection.execute(insert(baskets_reminded).values(key=key, at=now))
            return True

        return in_transaction(self._engine, change)
