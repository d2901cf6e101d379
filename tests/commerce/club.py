"""A shop with points: what their tests share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from commerce.around_ports import Redemption
from commerce.loyalty import (
    Rules,
)
from commerce.store import Store
from commerce.store.loyalty import Loyalty
from commerce.types import Order, OrderState
from tests.commerce.goods import ANN, NOW, line, open_store, product, usd

TENT = product("Tent", 20_000, stock=50, categories=("outdoor", "tents"))
TEA = product("Tea", 450, stock=500, categories=("groceries",))
RULES = Rules(per_unit=Fraction(1), value=2, bonus={"outdoor": Fraction(2)}, expires=timedelta(days=365), least=10)
DAY = timedelta(days=1)


@dataclass
class Club:
    """A shop with points."""

    store: Store
    points: Loyalty
    rules: Rules | None = RULES

    def delivered(self, key: str, product_id: str = "tent", quantity: int = 1) -> Order:
        order = self.store.place_order(key, ANN.id, [line(self.store, product_id, quantity)], NOW)
        assert isinstance(order, Order)
        return self.set(order, OrderState.DELIVERED)

    def set(self, order: Order, state: OrderState) -> Order:
        self.store.set_state(order.number, state)
        found = self.store.order(order.number)
        assert found is not None
        return found

    @property
    def balance(self) -> int:
        found = self.points.points(ANN.id, NOW)
        assert found is not None
        return found.points

    def wish(self, points: int, key: str = "k", total: int = 100_000) -> Redemption:
        return Redemption(key, ANN.id, points, usd(total))


def open_club(url: str, rules: Rules | None = RULES) -> Club:
    store, _ = open_store(url, [TENT, TEA])
    club = Club(store, Loyalty(store._engine, lambda: club.rules, store.product), rules)
    return club
