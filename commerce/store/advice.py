"""What to buy: questions answered from a customer's orders and what the shop learned from everybody's."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from commerce.alternatives import alternatives
from commerce.foretell import Foretold
from commerce.learned import Learned, summed_up
from commerce.lines import repriced
from commerce.recommend import Situation, recommend
from commerce.reorder import due, usual, usual_basket
from commerce.store import ledger
from commerce.store.learned import current_run, read_learned
from commerce.store.ledger import COUNTED
from commerce.store.rebuild import of_rows
from commerce.store.returning import returned_products
from commerce.store.shelf import Shelf, Stand
from commerce.store.tables import order_lines, orders, shop
from commerce.tally import tally
from commerce.types import Basket, Line, Order, Suggestion, Suggestions

_ORDERS = 20_000
"""Newest orders that are counted in memory where no learned tables are."""
_STALE = 0.01
"""Share of orders that may come on top of those before they are counted anew."""
_RANKED = 500
_COUNTS = orders.c.state.in_([state.value for state in COUNTED]) & orders.c.number.is_not(None)


class Advice:
    """Safe to share between threads. Keeps in memory what was learned, until the database has something newer."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf
        self._lock = threading.Lock()
        self._run: int | None = None
        self._counted_at, self._recount_at = -1, 0
        self._foretold = Foretold(summed_up((), tally(of_rows([], {}), 0, float("nan"))))

    def usual(self, customer_id: str, product_ids: Sequence[str]) -> Line | None:
        with self._engine.connect() as connection:
            line = usual(_history(connection, customer_id), product_ids)
            return _todays([line], self._shelf.stand(connection))[0] if line else None

    def usual_basket(self, customer_id: str) -> Sequence[Line]:
        with self._engine.connect() as connection:
            lines = _todays(usual_basket(_history(connection, customer_id)), self._shelf.stand(connection))
        return [line for line in lines if line is not None]

    def due(self, customer_id: str, now: datetime, limit: int) -> Sequence[Suggestion]:
        with self._engine.connect() as connection:
            history, stand = _history(connection, customer_id), self._shelf.stand(connection)
            likely = self._learned(connection).likely("next", history, _RANKED)
        return due(history, stand.products, now, limit, {one.product_id: one.share for one in likely})

    def recommend(
        self, customer_id: str | None, basket: Basket, now: datetime, limit: int, refused: Collection[str]
    ) -> Suggestions:
        with self._engine.connect() as connection:
            history = _history(connection, customer_id) if customer_id else ()
            back = returned_products(connection, customer_id) if customer_id else frozenset()
            situation = Situation(
                self._shelf.stand(connection).products, history, basket, now, frozenset(refused) | back
            )
            foretold = self._learned(connection)
        return recommend(foretold, situation, limit)

    def alternatives(
        self, product_id: str, customer_id: str | None, limit: int, refused: Collection[str]
    ) -> Sequence[Suggestion]:
        with self._engine.connect() as connection:
            stand = self._shelf.stand(connection)
            history = _history(connection, customer_id) if customer_id else ()
            back = returned_products(connection, customer_id) if customer_id else frozenset()
        product = stand.products.get(product_id)
        return alternatives(product, stand.products, history, frozenset(refused) | back, limit) if product else []

    def _learned(self, connection: Connection) -> Foretold:
        """What the tables hold; where there are none, counts of the newest orders with weights nobody learned."""
        with self._lock:
            run = current_run(connection)
            if run is not None and run != self._run:
                learned = read_learned(connection, run)
                if learned is not None:
                    self._foretold, self._run = Foretold(learned), run
            if self._run is None:
                self._count(connection)
            return self._foretold

    def _count(self, connection: Connection) -> None:
        version = connection.execute(select(shop.c.order_version)).scalar_one()
        if self._counted_at <= version < self._recount_at:
            return
        learned = _counted(connection)
        self._foretold = Foretold(learned)
        self._counted_at, self._recount_at = version, version + 1 + int(_STALE * learned.baskets)


def _counted(connection: Connection) -> Learned:
    newest = select(orders.c.id).where(_COUNTS).order_by(orders.c.id.desc()).limit(_ORDERS)
    statement = (
        select(orders.c.customer_id, orders.c.id, orders.c.placed_at, order_lines.c.product_id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.id.in_(newest))
        .order_by(orders.c.customer_id, orders.c.placed_at, orders.c.id, order_lines.c.position)
    )
    rows = [(row.customer_id, row.id, row.placed_at, row.product_id) for row in connection.execute(statement)]
    products = tuple(sorted({row[3] for row in rows}))
    past = of_rows(rows, {product_id: place for place, product_id in enumerate(products)})
    return summed_up(products, tally(past, len(products), float(past.day.max(initial=0.0))))


def _history(connection: Connection, customer_id: str) -> Sequence[Order]:
    return ledger.read_orders(connection, (orders.c.customer_id == customer_id) & _COUNTS)


def _todays(lines: Sequence[Line], stand: Stand) -> list[Line | None]:
    """The lines at today's prices; None for what is not sold any more."""
    found = ((line, stand.products.get(line.product_id)) for line in lines)
    return [repriced(line, product) if product else None for line, product in found]
