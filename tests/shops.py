"""Real shops for tests: the sample shop is filled once and copied for each test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from assistant.handing_over import People
from assistant.pipeline import Assistant
from assistant.records.handoffs import Handoffs
from assistant.records.memory import Facts, NewsTold
from assistant.records.sessions import Sessions
from assistant.services import Services
from commerce import sample
from commerce.payments import SandboxPayments
from commerce.ports import Shop
from commerce.store import Store, around, create_tables, open_engine
from commerce.store.tables import orders
from tests.commerce.providers import Accident, Troubled
from tests.databases import Databases

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shops:
    """Copies of one filled sample shop, each a database of its own."""

    template: str
    databases: Databases

    def copy(self) -> str:
        """The URL of a fresh copy."""
        return self.databases.copy(self.template)

    def assistant(self, url: str | None = None, staffed: bool = False) -> Assistant:
        """The whole conversation on a copy of the sample shop; `staffed` with people to hand it over to."""
        return assistant_on(url or self.copy(), staffed=staffed)

    def orders_since(self, shop: Shop, moment: datetime) -> int:
        """Orders with a number, counted where they are kept: reading them all would slow the long tests down."""
        placed = select(func.count()).where(orders.c.placed_at >= moment, orders.c.number.is_not(None))
        with _store(shop)._engine.connect() as connection:
            return int(connection.execute(placed).scalar_one())

    def charges(self, shop: Shop) -> int:
        """What the payment provider captured; the seeded orders were paid elsewhere."""
        return len(SandboxPayments(_store(shop)._engine).captured())

    def change(self, shop: Shop, change: dict[str, dict[str, Any]]) -> None:
        """Another hand in the shop: {price: {product, amount}} or {stock: {product, pieces}}, for every variant."""
        for what, given in change.items():
            product = shop.product(given["product"])
            assert product is not None
            for variant in product.variants:
                if what == "price":
                    _store(shop).set_price(variant.sku, given["amount"])
                else:
                    assert what == "stock"
                    _store(shop).set_stock(variant.sku, given["pieces"])

    def close(self, assistant: Assistant) -> None:
        """Give back every connection; the next question opens a new one."""
        assistant.sessions._engine.dispose()

    def break_sessions(self, assistant: Assistant) -> None:
        """Make the next turn fail: the table of sessions is gone."""
        with assistant.sessions._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE sessions")


def assistant_on(url: str, accident: Accident | None = None, staffed: bool = False) -> Assistant:
    """An assistant as a process has one, with engine and all; `accident` happens to its payment provider."""
    engine = open_engine(url)
    create_tables(engine)
    payments = SandboxPayments(engine)
    store = Store(engine, Troubled(payments, accident) if accident else payments)
    beside = around(engine, store)
    services = Services(
        store.aftercare,
        beside.files,
        beside.loyalty,
        beside.lists,
        store.addresses,
        store.codes,
        Facts(engine),
        beside.alerts,
        beside.consents,
        beside.bookings,
        NewsTold(engine),
        staffed,
    )
    return Assistant(store, Sessions(engine), services=services, people=People(Handoffs(engine)) if staffed else None)


def fill(url: str) -> None:
    """The sample shop in a database, of which nobody holds a connection afterwards, so that it can be copied."""
    engine = open_engine(url)
    create_tables(engine)
    Sessions(engine)
    store = Store(engine, SandboxPayments(engine))
    sample.seed(store, NOW, around(engine, store))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # nothing may be left in the write-ahead log, a file of its own
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _store(shop: Shop) -> Store:
    assert isinstance(shop, Store)
    return shop
