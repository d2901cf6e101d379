"""Real shops for tests: the sample shop is filled once and copied for each test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy import Engine, func, select

from assistant.handing_over import People
from assistant.phrases.book import LANGUAGES
from assistant.pipeline import Assistant, _Words
from assistant.records.handoffs import Handoffs
from assistant.records.memory import Facts, NewsTold
from assistant.records.sessions import Sessions
from assistant.services import Services
from assistant.terms import meant_by
from commerce import sample
from commerce.payments import SandboxPayments
from commerce.ports import Shop
from commerce.store import Store, around, create_tables, open_engine
from commerce.store.shelf import Stand
from commerce.store.tables import orders
from nlu.language import load_language
from nlu.meaning import SentenceMeaning
from nlu.vocabulary import Vocabulary
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
        assistant = assistant_on(url or self.copy(), staffed=staffed)
        if url is None:
            _lend(assistant, self.template)
        return assistant

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
    store = Store(engine, SandboxPayments(engine), meaning())
    sample.seed(store, NOW, around(engine, store))
    store.learn_meanings()  # or each command on a copy would do it anew
    leave_nothing_behind(engine)


@cache
def meaning() -> SentenceMeaning:
    """The sentence model, which remembers what it has read: each new shop has it read the same two hundred texts."""
    made = SentenceMeaning()
    made._vector = lru_cache(maxsize=None)(made._vector)  # type: ignore[method-assign]
    return made


def leave_nothing_behind(engine: Engine) -> None:
    """Close a database so that its file is all there is of it."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # nothing may be left in the write-ahead log, a file of its own
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


_lent: dict[str, tuple[Stand, Vocabulary]] = {}


def _lend(assistant: Assistant, template: str) -> None:
    """Give the assistant on a fresh copy what another one has read of the same catalogue: a tenth of a second each.

    Both are values: a change of the shop makes new ones. What words mean is asked of its own shop.
    """
    store = _store(assistant.shop)
    if template not in _lent:
        vocabulary = assistant.vocabulary()
        for language in LANGUAGES:
            vocabulary.index(load_language(language))
        _lent[template] = store._shelf._stand, vocabulary
    stand, known = _lent[template]
    own = Vocabulary(known.terms, known.currency, partial(meant_by, assistant.shop))
    own._indexes = {language: replace(index, meant=own.meant) for language, index in known._indexes.items()}
    store._shelf._stand, assistant._known = stand, _Words.of(stand.version, own)


def _store(shop: Shop) -> Store:
    assert isinstance(shop, Store)
    return shop
