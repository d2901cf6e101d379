"""The shop on a database: every question and effect of ports.Shop, and what a merchant imports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, bindparam, select, true, update

from commerce import delivery
from commerce.ports import Charge, Meaning, Payments
from commerce.search import search
from commerce.store import checkout, ledger
from commerce.store.addresses import Addresses
from commerce.store.advice import Advice
from commerce.store.aftercare import StoreAftercare
from commerce.store.carts import put_basket, read_basket
from commerce.store.checkout import check
from commerce.store.codes import Codes
from commerce.store.desk import Desk
from commerce.store.engine import in_transaction
from commerce.store.imports import import_orders, put_customer
from commerce.store.rebuild import Rebuilt, Spread, rebuild
from commerce.store.shelf import Counts, Shelf, Stand, next_catalogue_version, next_stock_version, write_products
from commerce.store.tables import customers, orders, variants
from commerce.store.terms import write_terms
from commerce.store.vectors import CHUNK, lacking, write_vectors
from commerce.terms import Terms
from commerce.types import (
    Address,
    Basket,
    Customer,
    Found,
    Line,
    Money,
    Order,
    OrderState,
    Product,
    Query,
    Quote,
    Refusal,
    Shipment,
    Suggestion,
    Suggestions,
)

T = TypeVar("T")
STUCK = timedelta(minutes=15)
"""Age at which `reconcile` takes an unfinished attempt for abandoned."""
_CUSTOMER = select(customers).where(customers.c.id == bindparam("customer"))


class Store:
    """ports.Shop on SQLAlchemy. Safe to share between threads; several processes may share one database.

    The tables must exist (create_tables). Do not call the effects while holding a write transaction of your own on the
    same SQLite file: they would wait for it.
    """

    def __init__(self, engine: Engine, payments: Payments, meaning: Meaning | None = None) -> None:
        """Without `meaning`, products are found by their words alone."""
        self._engine = engine
        self._payments = payments
        self._meaning = meaning
        self._shelf = Shelf(meaning)
        self._steady = threading.local()
        self.aftercare = StoreAftercare(engine, payments, self._shelf)
        self.desk = Desk(engine, self.aftercare)
        self.addresses = Addresses(engine)
        self.codes = Codes(engine)
        self._advice = Advice(engine, self._shelf)

    # --- the catalogue

    @contextmanager
    def steady(self) -> Iterator[None]:
        self._steady.held, self._steady.seen = True, None
        try:
            yield
        finally:
            self._steady.held, self._steady.seen = False, None

    @property
    def currency(self) -> str:
        return self._stand().currency

    def products(self) -> Sequence[Product]:
        return self._stand().listed

    def catalogue_version(self) -> int:
        return self._stand().version

    def product(self, product_id: str) -> Product | None:
        return self._stand().products.get(product_id)

    def product_of(self, sku: str) -> Product | None:
        return self._stand().product_of(sku)

    def find(self, query: Query, limit: int = 10) -> Found:
        index = self._stand().index
        by_meaning = self._meaning is not None and index.meanings is not None and query.words.strip() != ""
        vector = self._meaning([query.words])[0] if self._meaning and by_meaning else None
        return search(index, query, limit, vector)

    def is_empty(self) -> bool:
        """Whether nothing was imported yet."""
        return not self._stand().products

    def import_products(self, products: Sequence[Product]) -> Counts:
        """Add or replace these products, all or none; products not named stay as they are.

        Raises ImportRefused for a second currency or a SKU that another product has.
        """
        counts = self._write(lambda connection: write_products(connection, products))
        self.learn_meanings()
        return counts

    def learn_meanings(self, at_most: int | None = None) -> int:
        """Read what products mean where that is not known yet, a millisecond each; how many texts were read.

        Until then a product is found by its words alone.
        """
        if self._meaning is None:
            return 0
        listed = self._stand().listed
        with self._engine.connect() as connection:
            texts = lacking(connection, self._meaning, listed)[:at_most]
        for start in range(0, len(texts), CHUNK):
            self._learn(self._meaning, texts[start : start + CHUNK])
        if texts:
            self._write(next_catalogue_version)
        return len(texts)

    def set_price(self, sku: str, amount: int) -> None:
        """`amount` in minor units. Raises KeyError for an unknown SKU."""
        self._set_figures(sku, price=amount)

    def set_stock(self, sku: str, pieces: int) -> None:
        """Raises KeyError for an unknown SKU."""
        self._set_figures(sku, stock=pieces)

    # --- customers and baskets

    def customer(self, customer_id: str) -> Customer | None:
        with self._engine.connect() as connection:
            row = connection.execute(_CUSTOMER, {"customer": customer_id}).first()
        return Customer(row.id, row.name, row.language) if row else None

    def put_customer(self, customer: Customer) -> None:
        self._write(lambda connection: put_customer(connection, customer))

    def basket(self, owner: str) -> Basket:
        with self._engine.connect() as connection:
            return read_basket(connection, owner)

    def put_basket(self, key: str, basket: Basket) -> bool:
        return self._write(lambda connection: put_basket(connection, key, basket))

    # --- orders

    def order(self, number: str) -> Order | None:
        with self._engine.connect() as connection:
            return ledger.order_numbered(connection, number)

    def orders_of(self, customer_id: str, limit: int = 10) -> Sequence[Order]:
        with self._engine.connect() as connection:
            return ledger.orders_of(connection, customer_id, limit)

    def orders_placed(self, customer_id: str | None = None) -> Sequence[Order]:
        """Every order in the shop, newest first; of one customer where named."""
        with self._engine.connect() as connection:
            of_whom = orders.c.customer_id == customer_id if customer_id else true()
            return ledger.read_orders(connection, of_whom)

    def set_state(
        self, number: str, state: OrderState, shipment: Shipment | None = None, delivered_on: date | None = None
    ) -> None:
        """Record how far an order has come. Raises KeyError for an unknown number."""
        values = {"state": state.value, **ledger.shipment_values(shipment, delivered_on)}

        def change(connection: Connection) -> None:
            result = connection.execute(update(orders).where(orders.c.number == number).values(**values))
            if result.rowcount != 1:
                raise KeyError(number)
            ledger.count_order_change(connection)

        self._write(change)

    def import_orders(self, incoming: Sequence[Order], who: Sequence[Customer] = ()) -> Counts:
        """Take over orders placed elsewhere and their customers, all or none. Stock stays as it is.

        An order imported before is replaced. Raises ImportRefused where a number is that of an order placed here.
        """
        return self._write(lambda connection: import_orders(connection, incoming, who))

    def check(self, lines: Sequence[Line]) -> Refusal | None:
        return check(self._stand(), lines)

    def terms(self) -> Terms:
        return self._stand().terms

    def set_terms(self, terms: Terms) -> None:
        self._write(lambda connection: write_terms(connection, terms))

    def quote(
        self, lines: Sequence[Line], address: Address | None, choice: str | None, now: datetime
    ) -> Quote | Refusal:
        terms = self.terms()
        refusal = self.check(lines)
        way = refusal or delivery.choose(terms, choice, address, delivery.categories_of(lines, self.product_of))
        if isinstance(way, Refusal):
            return way
        goods = Money.total((line.total for line in lines), self.currency)
        return delivery.quote(lines, delivery.deliver(terms, way, address, goods, now))

    def place_order(self, key: str, customer_id: str, wanted: Sequence[Line] | Quote, now: datetime) -> Order | Refusal:
        attempt = checkout.attempt(key, customer_id, wanted, now)
        amount = self._write(lambda connection: checkout.begin(connection, self._shelf, attempt))
        if not isinstance(amount, Money):
            return amount
        # No transaction is open here: the provider may take its time, and the process may die.
        charge = self._payments.authorise(key, customer_id, amount)
        if charge.outcome == "authorised":
            charge = self._payments.capture(key)
        return self._finish(charge)

    def settle(self, key: str) -> Order | Refusal:
        settled = self._write(lambda connection: checkout.settled(connection, key))
        return settled or self._finish(self._payments.void(key))

    def reconcile(self, now: datetime, stuck: timedelta = STUCK) -> Sequence[Order]:
        """Settle attempts whose process died or whose payment did not answer; the orders that came of it.

        What the provider has taken becomes an order and all else is called off: nobody is charged behind their back.
        """
        with self._engine.connect() as connection:
            stale = select(orders.c.key).where(orders.c.state == ledger.PLACING, orders.c.tried_at <= now - stuck)
            keys = connection.execute(stale).scalars().all()
        outcomes = [self.settle(key) for key in keys]
        self.aftercare.reconcile(now, stuck)
        return [outcome for outcome in outcomes if isinstance(outcome, Order)]

    # --- what to buy

    def usual(self, customer_id: str, product_ids: Sequence[str]) -> Line | None:
        return self._advice.usual(customer_id, product_ids)

    def usual_basket(self, customer_id: str) -> Sequence[Line]:
        return self._advice.usual_basket(customer_id)

    def due(self, customer_id: str, now: datetime, limit: int = 3) -> Sequence[Suggestion]:
        return self._advice.due(customer_id, now, limit)

    def recommend(
        self,
        customer_id: str | None,
        basket: Basket,
        now: datetime,
        limit: int = 3,
        refused: Collection[str] = (),
    ) -> Suggestions:
        return self._advice.recommend(customer_id, basket, now, limit, refused)

    def alternatives(
        self, product_id: str, customer_id: str | None = None, limit: int = 3, refused: Collection[str] = ()
    ) -> Sequence[Suggestion]:
        return self._advice.alternatives(product_id, customer_id, limit, refused)

    def learn(self, now: datetime, spread: Spread | None = None) -> Rebuilt:
        """Rebuild what the shop learned from its orders (commerce.store.rebuild)."""
        return rebuild(self._engine, now, spread)

    # --- inside

    def _learn(self, meaning: Meaning, texts: Sequence[str]) -> None:
        made = list(zip(texts, meaning(texts), strict=True))  # before the transaction: others may write meanwhile
        self._write(lambda connection: write_vectors(connection, meaning, made))

    def _stand(self) -> Stand:
        seen: Stand | None = getattr(self._steady, "seen", None)
        if seen is None:
            with self._engine.connect() as connection:
                seen = self._shelf.stand(connection)
            self._steady.seen = seen if getattr(self._steady, "held", False) else None
        return seen

    def _write(self, work: Callable[[Connection], T]) -> T:
        self._steady.seen = None
        return in_transaction(self._engine, work, ledger.OutOfStock)

    def _finish(self, charge: Charge) -> Order | Refusal:
        if charge.outcome == "unknown":
            return Refusal("payment_unknown")
        return self._write(lambda connection: checkout.finish(connection, charge))

    def _set_figures(self, sku: str, **figures: int) -> None:
        if min(figures.values()) < 0:
            raise ValueError(f"{sku}: {figures} is below zero")

        def change(connection: Connection) -> None:
            changed = next_stock_version(connection)
            result = connection.execute(
                update(variants).where(variants.c.sku == sku).values(changed=changed, **figures)
            )
            if result.rowcount != 1:
                raise KeyError(sku)

        self._write(change)
