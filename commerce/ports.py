"""What any shop must offer. Everything is by value; nothing here knows a database or a language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from commerce.terms import Terms
from commerce.types import (
    Address,
    Basket,
    Customer,
    Found,
    Line,
    Money,
    Order,
    Product,
    Query,
    Quote,
    Refusal,
    Suggestion,
    Suggestions,
)


class ReadOnlyShop(Protocol):
    """What the dialogue may ask: questions without effect."""

    @property
    def currency(self) -> str:
        """ISO 4217 code of every price in this shop."""
        ...

    def steady(self) -> AbstractContextManager[None]:
        """While it lasts, this thread's questions about products see one catalogue, and its own changes to it."""
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

    def usual_basket(self, customer_id: str) -> Sequence[Line]:
        """The lines in at least half of this customer's newest orders, at today's prices; empty where none is."""
        ...

    def recommend(
        self, customer_id: str | None, basket: Basket, now: datetime, limit: int = 3, refused: Collection[str] = ()
    ) -> Suggestions:
        """Products to put forward, best first; works without a customer.

        Nothing in the basket, given back, or among `refused` (product ids the customer said no to).
        """
        ...

    def alternatives(
        self, product_id: str, customer_id: str | None = None, limit: int = 3, refused: Collection[str] = ()
    ) -> Sequence[Suggestion]:
        """What is in stock and can take the place of a product that is not, likest first."""
        ...

    def check(self, lines: Sequence[Line]) -> Refusal | None:
        """Whether these lines could be ordered right now at these prices; None if so."""
        ...

    def terms(self) -> Terms:
        """How this shop delivers, and how long an order can be cancelled or returned."""
        ...

    def quote(
        self, lines: Sequence[Line], address: Address | None, choice: str | None, now: datetime
    ) -> Quote | Refusal:
        """What these lines cost delivered there, and when they come. `choice` is the key of one of `terms().delivery`.

        None for the first that serves the address; without an address, the first to pick up. Discounts are added with
        commerce.delivery.quote.
        """
        ...


class Shop(ReadOnlyShop, Protocol):
    """The questions and the effects. Every effect is idempotent by its arguments."""

    def put_basket(self, key: str, basket: Basket) -> bool:
        """Store these lines in place of the owner's basket of `basket.version`, once for each `key`.

        True when they are stored, by this call or an earlier one with the key. False, changing nothing, when the
        basket has moved on from `basket.version`: read it anew and decide again.
        """
        ...

    def place_order(self, key: str, customer_id: str, wanted: Sequence[Line] | Quote, now: datetime) -> Order | Refusal:
        """Order these lines at these prices, and delivered so where quoted, once for each `key`.

        The key is stored before the payment is asked for; a call after a crash takes up where the first one ended.
        Where the payment provider does not answer, it is Refusal("payment_unknown"): `settle` tells later.
        """
        ...

    def settle(self, key: str) -> Order | Refusal:
        """What became of an order whose payment was unknown: the order if its money was taken, else it is called off.

        Takes no money. Refusal("payment_unknown") while the provider still does not answer. Raises KeyError for a key
        that `place_order` never stored.
        """
        ...

    def reconcile(self, now: datetime) -> Sequence[Order]:
        """`settle` every attempt that was left unfinished for long; the orders that came of it. Call it regularly."""
        ...


ChargeOutcome = Literal["authorised", "captured", "declined", "voided", "unknown"]
RefundOutcome = Literal["refunded", "declined", "unknown"]


class Meaning(Protocol):
    """Reads texts as vectors, the closer the more alike in meaning."""

    @property
    def name(self) -> str:
        """Of the model; vectors of models with other names cannot be compared. At most 80 characters."""
        ...

    @property
    def kinds(self) -> Sequence[str]:
        """Kinds of things that people ask for, whether or not a shop has them."""
        ...

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 for each text, shape (n, d)."""
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """How far the payment of one purchase has come."""

    key: str
    amount: Money
    outcome: ChargeOutcome
    """'authorised': set aside, not taken; 'captured': taken; 'voided': called off before it was taken; 'unknown': the
    provider does not answer, and what it was asked for may be done or not."""


@dataclass(frozen=True, slots=True)
class Refund:
    """What came of giving money back."""

    key: str
    charge_key: str
    amount: Money
    outcome: RefundOutcome
    """'declined': nothing was captured by `charge_key`, or less than this is left of it. 'unknown' as for a charge."""


class Payments(Protocol):
    """A payment provider. Money is set aside first and taken then, as cards have it.

    Every call may be repeated: for the same key the provider does a thing once and answers how far it has come. An
    adapter that gets no answer asks again by itself for as long as a customer can wait; then it answers 'unknown'
    instead of raising an error.
    """

    def authorise(self, key: str, customer_id: str, amount: Money) -> Charge:
        """Set the money aside: 'authorised' or 'declined'; a key used before tells how far it has come."""
        ...

    def capture(self, key: str) -> Charge:
        """Take what was set aside: 'captured'; 'declined' or 'voided' where it is not set aside any more."""
        ...

    def void(self, key: str) -> Charge:
        """See to it that no money is taken by this key from now on, even if `authorise` arrives later.

        'voided'; 'declined' as before; 'captured' where it is too late.
        """
        ...

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        """Give back some or all of what was captured by `charge_key`, once for each `key`."""
        ...

    def lookup(self, key: str) -> Charge | None:
        """How far that key has come; None if it was never used."""
        ...
