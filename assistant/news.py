"""What a customer may be told without asking: parcels, alerts, appointments, what is due, a basket left. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.scene import in_short, say, spelled
from assistant.services import Services
from assistant.types import Priced, Say
from commerce.alerts import AlertDue, due
from commerce.baskets_left import LeftRules
from commerce.booking import Booking, Diary
from commerce.hours import local
from commerce.ports import ReadOnlyShop
from commerce.store_info import in_language
from commerce.types import Basket, Order, OrderState, Suggestion

AGAIN_AFTER = timedelta(days=1)
"""The same thing is not told twice within this time."""
SOON = timedelta(hours=24)
ORDERS_LOOKED_AT = 5
LEFT = LeftRules()


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell."""

    key: str
    """The same thing has the same key."""
    says: Say
    offers: str = ""
    """The SKU of what a yes would add to the basket."""


def newest(customer_id: str, language: str, shop: ReadOnlyShop, services: Services, now: datetime) -> News | None:
    """The most useful thing to tell this customer now that was not told of late; None for nothing.

    Of their own orders and appointments customers are told as a matter of course, of alerts and of what they might buy
    only with their consent.
    """
    if services.told is None:
        return None
    told = services.told.since(customer_id, now - AGAIN_AFTER)
    found = _all(customer_id, language, shop, services, now)
    return next((news for news in found if news.key not in told), None)


def of_parcel(order: Order) -> News:
    return News(f"parcel:{order.number}", say("news.parcel", number=spelled(order.number), lines=in_short(order.lines)))


def of_alert(alert: AlertDue) -> News:
    item = Priced(alert.variant.title, alert.variant.price)
    key = "news.alert.price" if alert.alert.wish.price_max else "news.alert.back"
    return News(alert.key, say(key, item=item), alert.variant.sku)


def of_booking(booking: Booking, diary: Diary | None, language: str) -> News:
    service = diary.service(booking.service_id) if diary else None
    begins = local(booking.visit.starts, diary.zone if diary else "UTC")
    title = in_language(service.title, language, language) if service else booking.service_id
    says = say("news.appointment", service=title, day=begins.date(), at=begins.time())
    return News(f"appointment:{booking.number}:{booking.visit.starts.isoformat()}", says)


def of_basket(basket: Basket, key: str) -> News:
    return News(key, say("news.basket", lines=in_short(basket.lines)))


def _all(customer_id: str, language: str, shop: ReadOnlyShop, services: Services, now: datetime) -> Iterator[News]:
    """Most useful first; what is not asked for is not looked up."""
    consents, bookings = services.consents, services.bookings
    today = shop.terms().today(now)
    for order in shop.orders_of(customer_id, ORDERS_LOOKED_AT):
        if order.state is OrderState.SHIPPED and order.expected == today:
            yield of_parcel(order)
    if services.alerts and consents and consents.consent(customer_id, "alerts"):
        waiting = services.alerts.alerts_of(customer_id)
        products = (shop.product(alert.wish.product_id) for alert in waiting)
        yield from map(of_alert, due(waiting, [product for product in products if product]))
    if bookings:
        soon = (one for one in bookings.bookings_of(customer_id, now) if now <= one.visit.starts <= now + SOON)
        yield from (of_booking(booking, bookings.diary(), language) for booking in soon)
    if consents and consents.consent(customer_id, "baskets"):
        yield from map(_of_due, shop.due(customer_id, now, 1))
        basket = shop.basket(customer_id)
        left = now - basket.changed_at if basket.lines and basket.changed_at else None
        if left is not None and LEFT.after <= left <= LEFT.until:
            yield of_basket(basket, f"basket:{customer_id}:{basket.version}")


def _of_due(suggestion: Suggestion) -> News:
    item = Priced(suggestion.product.title, suggestion.variant.price)
    return News(f"due:{suggestion.product.id}", say("news.due", item=item), suggestion.variant.sku)
