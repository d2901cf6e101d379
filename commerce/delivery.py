"""What a delivery costs and when it arrives. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from commerce.lines import ProductOf
from commerce.terms import DeliveryChoice, Terms
from commerce.types import Address, Delivery, Discount, Line, Money, Quote, Refusal

_A_YEAR = 366


def choices_for(terms: Terms, address: Address | None, categories: Collection[str] = ()) -> Sequence[DeliveryChoice]:
    """The ways to this address for goods of these categories, and to pick up; without an address only to pick up."""
    usable = [choice for choice in terms.delivery if not set(choice.not_for) & set(categories)]
    return [choice for choice in usable if choice.pick_up or (address and _serves(choice, address))]


def choose(
    terms: Terms, key: str | None, address: Address | None, categories: Collection[str] = ()
) -> DeliveryChoice | Refusal:
    """The choice with that key, or the first that serves address and goods where no key is given."""
    if key is None:
        first = next(iter(choices_for(terms, address, categories)), None)
        return first or Refusal("delivery_elsewhere" if address else "delivery_address")
    choice = next((choice for choice in terms.delivery if choice.key == key), None)
    if choice is None:
        return Refusal("delivery_unknown", title=key)
    if set(choice.not_for) & set(categories):
        return Refusal("delivery_goods", title=choice.title)
    if choice.pick_up:
        return choice
    if address is None:
        return Refusal("delivery_address", title=choice.title)
    return choice if _serves(choice, address) else Refusal("delivery_elsewhere", title=choice.title)


def deliver(terms: Terms, choice: DeliveryChoice, address: Address | None, goods: Money, now: datetime) -> Delivery:
    """That choice for goods of this worth, ordered now."""
    where = None if choice.pick_up else address
    return Delivery(choice.key, choice.title, price_of(choice, goods), expected_day(terms, choice, now), where)


def price_of(choice: DeliveryChoice, goods: Money) -> Money:
    free = choice.free_from is not None and goods.minor >= choice.free_from
    return Money(0 if free else choice.price, goods.currency)


def expected_day(terms: Terms, choice: DeliveryChoice, now: datetime) -> date:
    """The merchant's day on which an order of this moment arrives. `now` must be aware.

    It is sent today, or on the next working day where today is none or the cut-off has passed, and travels for
    `choice.days` working days.
    """
    local = now.astimezone(ZoneInfo(terms.time_zone))
    day = local.date()
    if local.hour >= choice.cut_off:
        day += timedelta(days=1)
    day = _working_day(terms, choice, day)
    for _ in range(choice.days):
        day = _working_day(terms, choice, day + timedelta(days=1))
    return day


def price(lines: Sequence[Line], delivery: Delivery | None, discounts: Sequence[Discount], currency: str) -> Money:
    """What is to be paid. Raises ValueError where the discounts are more than the goods cost."""
    goods = Money.total((line.total for line in lines), currency)
    sent = delivery.price if delivery else Money(0, currency)
    less = Money.total((amount for _, amount in discounts), currency)
    if less.minor > goods.minor or any(amount.minor < 0 for _, amount in discounts):
        raise ValueError("the discounts are more than the goods cost, or below zero")
    return Money(goods.minor + sent.minor - less.minor, currency)


def quote(lines: Sequence[Line], delivery: Delivery | None, discounts: Sequence[Discount] = ()) -> Quote:
    """What these lines cost, delivered so. `lines` must not be empty."""
    total = price(lines, delivery, discounts, lines[0].unit_price.currency)
    return Quote(tuple(lines), total, delivery, tuple(discounts))


def categories_of(lines: Sequence[Line], product_of: ProductOf) -> frozenset[str]:
    """Every category of what is sent."""
    products = (product_of(line.sku) for line in lines)
    return frozenset(category for product in products if product for category in product.categories)


def _serves(choice: DeliveryChoice, address: Address) -> bool:
    return not choice.countries or address.country in choice.countries


def _working_day(terms: Terms, choice: DeliveryChoice, day: date) -> date:
    """That day or the next on which this choice works."""
    for _ in range(_A_YEAR):
        if day.weekday() in choice.weekdays and day not in terms.holidays:
            return day
        day += timedelta(days=1)
    raise ValueError(f"delivery {choice.key} has no working day within a year")
