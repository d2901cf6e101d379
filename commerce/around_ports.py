"""What a shop may offer around the sale; a back end may lack any of it."""

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
from commerce.types import Money, Order

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
    """What the order's goods cost before points count; points pay for no delivery."""


class Loyalty(Protocol):
    """Points. A back end may lack them."""

    def points(self, customer_id: str, now: datetime) -> Balance | None:
        """None: this shop has no points."""
        ...

    def redeemable(self, customer_id: str, total: Money, now: datetime) -> Redeemable:
        """The most that this customer could pay of goods of this total."""
        ...

    def reserve(self, wish: Redemption, now: datetime) -> Redeemable | NotRedeemed:
        """Take points for an order before it is placed, once for each order key; they are given back if it fails.

        The discount belongs into the order's `Quote.discounts`, called `loyalty.DISCOUNT`.
        """
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
