"""What any shop must offer. Everything is by value; nothing here knows a database or a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from commerce.types import (
    Basket,
    Customer,
    Found,
    Line,
    Money,
    Order,
    Product,
    Query,
    Refusal,
    Suggestion,
)


class ReadOnlyShop(Protocol):
    """What the dialogue may ask: questions without effect."""

    @property
    def currency(self) -> str:
        """ISO 4217 code of every price in this shop."""
        ...

    def products(self) -> Sequence[Product]:
        """The whole catalogue, ordered by id."""
        ...

    def catalogue_version(self) -> int:
        """Grows whenever `products` would answer differently about names, options or attributes."""
        ...

    def product(self, product_id: str) -> Product | None: ...

    def product_of(self, sku: str) -> Product | None: ...

    def find(self, query: Query, limit: int = 10) -> Found: ...

    def customer(self, customer_id: str) -> Customer | None: ...

    def basket(self, owner: str) -> Basket: ...

    def order(self, number: str) -> Order | None: ...

    def orders_of(self, customer_id: str, limit: int = 10) -> Sequence[Order]:
        """Newest first."""
        ...

    def usual(self, customer_id: str, product_ids: Sequence[str]) -> Line | None:
        """The line this customer usually buys among those products, at today's price; None if never bought."""
        ...

    def due(self, customer_id: str, now: datetime, limit: int = 3) -> Sequence[Suggestion]:
        """What this customer is likely to need again now, best first."""
        ...

    def recommend(self, customer_id: str | None, basket: Basket, now: datetime, limit: int = 3) -> Sequence[Suggestion]:
        """Products to put forward, best first; works without a customer."""
        ...

    def check(self, lines: Sequence[Line]) -> Refusal | None:
        """Whether these lines could be ordered right now at these prices; None if so."""
        ...


class Shop(ReadOnlyShop, Protocol):
    """The questions and the effects. Every effect is idempotent by its arguments."""

    def put_basket(self, key: str, basket: Basket) -> bool:
        """Store these lines in place of the owner's basket of `basket.version`, once for each `key`.

        True when they are stored, by this call or an earlier one with the key. False, changing nothing, when the
        basket has moved on from `basket.version`: read it anew and decide again.
        """
        ...

    def place_order(self, key: str, customer_id: str, lines: Sequence[Line], now: datetime) -> Order | Refusal:
        """Order these lines at these prices, once for each `key` however often it is called.

        The key is stored before the payment is asked for; a call after a crash takes up where the first one ended.
        """
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """What a payment provider answers."""

    key: str
    amount: Money
    outcome: Literal["captured", "declined"]


class Payments(Protocol):
    def charge(self, key: str, customer_id: str, amount: Money) -> Charge:
        """Take the money once for each `key`; a second call with the same key returns the first answer."""
        ...

    def lookup(self, key: str) -> Charge | None:
        """What became of that key; None if it was never asked for."""
        ...
