"""What any shop must offer. Everything is by value; nothing here knows a database or a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from commerce.alerts import Alert, AlertDue, AlertWish, NotSet
from commerce.baskets_left import LeftBasket
from commerce.booking import Booking, Diary, Free, NotBooked, Slot, Wish
from commerce.lists import ShoppingList
from commerce.loyalty import Balance, NotRedeemed, Redeemable
from commerce.store_info import ShopInfo
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


Purpose = Literal["alerts", "baskets"]
"""What a customer may agree to: being told of alerts that have come true, being reminded of a basket left."""


class Consents(Protocol):
    """What customers agreed to be told without asking."""

    def set_consent(self, customer_id: str, purpose: Purpose, agreed: bool, now: datetime) -> None:
        """The customer's last word counts. Raises KeyError for an unknown customer."""
        ...

    def consent(self, customer_id: str, purpose: Purpose) -> bool | None:
        """None: never asked."""
        ...


class StoreInfo(Protocol):
    """What the merchant says about the shop. A back end may lack it."""

    def info(self) -> ShopInfo | None: ...


class ShoppingLists(Protocol):
    """Shopping lists. A back end may lack them. Changes are made with the pure functions of commerce.lists."""

    def lists_of(self, owner: str) -> Sequence[ShoppingList]:
        """Every list with something on it, by name."""
        ...

    def shopping_list(self, owner: str, name: str = "") -> ShoppingList:
        """An empty one of version 0 where there is none of that name."""
        ...

    def put_list(self, key: str, changed: ShoppingList) -> bool:
        """Store this list in place of the owner's list of `changed.version`, once for each `key`.

        True when it is stored, by this call or an earlier one with the key. False, changing nothing, when the list has
        moved on: read it anew and decide again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Redemption:
    """Points to pay a part of an order with."""

    order_key: str
    """The key that `Shop.place_order` is called with."""
    customer_id: str
    points: int
    total: Money
    """Of the order before points count."""


class Loyalty(Protocol):
    """Points. A back end may lack them."""

    def points(self, customer_id: str, now: datetime) -> Balance | None:
        """None: this shop has no points."""
        ...

    def redeemable(self, customer_id: str, total: Money, now: datetime) -> Redeemable:
        """The most that this customer could pay of an order of this total."""
        ...

    def reserve(self, wish: Redemption, now: datetime) -> Redeemable | NotRedeemed:
        """Take points for an order, before it is placed, once for each order key; they are given back if it fails."""
        ...

    def give_back(self, order_key: str, now: datetime) -> int:
        """Give back what was reserved for an order that failed or was cancelled, once; the points given back."""
        ...

    def earn(self, order: Order, now: datetime) -> int:
        """The points that this order has earned, written once; 0 where it is not yet time."""
        ...

    def reverse(self, number: str, refunded: Money, now: datetime) -> int:
        """Take back what an order earned for the part of it that was paid back; the points taken.

        `refunded` is what was paid back for goods in all, so that a second call with the same amount does nothing.
        """
        ...


class Alerts(Protocol):
    """Price and back-in-stock alerts. A back end may lack them."""

    def set_alert(self, key: str, customer_id: str, wish: AlertWish, now: datetime) -> Alert | NotSet:
        """Once for each key. The same wish set again stays one alert, with the price asked for last."""
        ...

    def alerts_of(self, customer_id: str) -> Sequence[Alert]:
        """Those that are waited for, oldest first."""
        ...

    def cancel_alert(self, customer_id: str, number: int) -> bool:
        """Whether the alert stands cancelled; False where it was told already, or is not this customer's."""
        ...

    def alerts_due(self) -> Sequence[AlertDue]:
        """What has come true for customers who agreed to be told, oldest first."""
        ...

    def alert_told(self, number: int, now: datetime) -> bool:
        """Whether it falls to the caller to tell this alert: True for one caller only."""
        ...


class BasketsLeft(Protocol):
    """Baskets that were filled and left. A back end may lack them."""

    def baskets_left(self, now: datetime) -> Sequence[LeftBasket]:
        """Those of customers who agreed to be reminded and were not yet, oldest first."""
        ...

    def basket_reminded(self, key: str, now: datetime) -> bool:
        """Whether it falls to the caller to remind of this basket: True for one caller only."""
        ...


class Bookings(Protocol):
    """Appointments. A back end may lack them."""

    def diary(self) -> Diary | None:
        """Services, staff and rules; None: this shop takes no appointments."""
        ...

    def free(self, wish: Wish, now: datetime, limit: int = 10) -> Free: ...

    def booking(self, number: str) -> Booking | None: ...

    def bookings_of(self, customer_id: str, now: datetime) -> Sequence[Booking]:
        """What is booked and not over, in order of time."""
        ...

    def book(self, key: str, customer_id: str, slot: Slot, now: datetime) -> Booking | NotBooked:
        """Book this slot, once for each key. Nobody is ever booked twice at a time."""
        ...

    def move(self, key: str, customer_id: str | None, number: str, slot: Slot, now: datetime) -> Booking | NotBooked:
        """Move the customer's appointment to this slot, once for each key; where that cannot be, it stays as it is.

        None for the customer is the merchant: anybody's appointment, and without notice.
        """
        ...

    def cancel(self, key: str, customer_id: str | None, number: str, now: datetime) -> Booking | NotBooked:
        """Cancel the customer's appointment, once for each key; None as for `move`."""
        ...

    def reminders_due(self, now: datetime) -> Sequence[Booking]:
        """The appointments to remind of now, in order of time."""
        ...

    def reminded(self, number: str, starts: datetime) -> bool:
        """Whether it falls to the caller to remind of this appointment: True for one caller only.

        Another call is due after the appointment has moved.
        """
        ...
