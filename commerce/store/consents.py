"""What customers agreed to be told about. Only the last word counts; its moment is kept as a proof."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Engine, ForeignKey, String, Table, insert, select, update

from commerce.around_ports import Purpose
from commerce.store.engine import in_transaction
from commerce.store.tables import UtcDateTime, customers, metadata

consents = Table(
    "consents",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("purpose", String(20), primary_key=True),
    Column("agreed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


class Consents:
    """around_ports.Consents."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set_consent(self, customer_id: str, purpose: Purpose, agreed: bool, now: datetime) -> None:
        def change(connection: Connection) -> None:
            if connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
                raise KeyError(customer_id)
            there = (consents.c.customer_id == customer_id) & (consents.c.purpose == purpose)
            values = {"agreed": agreed, "at": now}
            if connection.execute(update(consents).where(there).values(**values)).rowcount == 0:
                connection.execute(insert(consents).values(customer_id=customer_id, purpose=purpose, **values))

        in_transaction(self._engine, change)

    def consent(self, customer_id: str, purpose: Purpose) -> bool | None:
        with self._engine.connect() as connection:
            return connection.execute(
                select(consents.c.agreed).where(consents.c.customer_id == customer_id, consents.c.purpose == purpose)
            ).scalar()
