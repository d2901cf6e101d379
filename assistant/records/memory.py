"""What customers said about themselves and were told unasked, on SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from assistant.memory import Fact, Forget, Keep, Told, kind_of_size
from assistant.records.tables import HISTORY, customer_facts, news_told
from commerce.store import create_tables, in_transaction

_OF_CUSTOMER = (
    select(customer_facts)
    .where(customer_facts.c.customer_id == bindparam("customer"))
    .order_by(customer_facts.c.topic, customer_facts.c.at)
)
LONGEST = 200
"""Characters of a value; nobody says more of themselves in one piece."""


class Facts:
    """assistant.memory.Memory. What a turn changes is kept with its session (`Sessions.save`)."""

    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase as Sessions does."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def of(self, customer_id: str) -> Sequence[Fact]:
        with self._engine.connect() as connection:
            rows = connection.execute(_OF_CUSTOMER, {"customer": customer_id})
            return [Fact(row.topic, row.value, "said", row.at) for row in rows]


class NewsTold:
    """assistant.news.Told."""

    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase as Sessions does."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def since(self, customer_id: str, moment: datetime) -> frozenset[str]:
        lately = select(news_told.c.key).where(news_told.c.customer_id == customer_id, news_told.c.at >= moment)
        with self._engine.connect() as connection:
            return frozenset(connection.execute(lately).scalars())

    def note(self, told: Told) -> None:
        """Note what was told elsewhere than in a conversation."""
        in_transaction(self._engine, lambda connection: make(connection, told))


def make(connection: Connection, move: Keep | Forget | Told) -> None:
    """Keep or forget; what is said of a topic ends its being forgotten."""
    match move:
        case Told(customer_id, key, at):
            connection.execute(delete(news_told).where(news_told.c.customer_id == customer_id, news_told.c.key == key))
            connection.execute(insert(news_told).values(customer_id=customer_id, key=key, at=at))
        case Keep(customer_id, fact):
            here = customer_facts.c.customer_id == customer_id, customer_facts.c.topic == fact.topic
            value = fact.value[:LONGEST]
            rows = connection.execute(select(customer_facts.c.value).where(*here)).scalars().all()
            replaced = [old for old in rows if old in ("", value) or _same_size(fact, old)]
            connection.execute(delete(customer_facts).where(*here, customer_facts.c.value.in_(replaced)))
            row = {"customer_id": customer_id, "topic": fact.topic, "value": value, "at": fact.at}
            connection.execute(insert(customer_facts).values(row))
        case Forget(customer_id, topic, value, at):
            here = customer_facts.c.customer_id == customer_id, customer_facts.c.topic == topic
            named = (customer_facts.c.value == value,) if value else ()
            connection.execute(delete(customer_facts).where(*here, *named))
            if topic == "wear":  # else orders would tell it again
                row = {"customer_id": customer_id, "topic": topic, "value": "", "at": at}
                connection.execute(insert(customer_facts).values(row))


def _same_size(fact: Fact, old: str) -> bool:
    return fact.topic == "wear" and kind_of_size(old) == kind_of_size(fact.value)
