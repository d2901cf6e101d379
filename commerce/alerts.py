"""Price and back-in-stock alerts: what customers asked to be told about, and what has come true. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from commerce.types import Money, Product, Variant


@dataclass(frozen=True, slots=True)
class AlertWish:
    """What a customer wants to be told about: a price of at most `price_max`, or any piece in stock."""

    product_id: str
    sku: str | None = None
    """None: any variant of the product."""
    price_max: Money | None = None
    """None: back in stock."""


@dataclass(frozen=True, slots=True)
class Alert:
    number: int
    customer_id: str
    wish: AlertWish
    set_at: datetime
    """UTC."""
    state: Literal["waiting", "told", "cancelled"] = "waiting"


@dataclass(frozen=True, slots=True)
class AlertDue:
    """An alert that has come true, and the variant that it did for: the cheapest one."""

    alert: Alert
    variant: Variant

    @property
    def key(self) -> str:
        """The message is sent once for each key."""
        return f"alert:{self.alert.number}"


@dataclass(frozen=True, slots=True)
class NotSet:
    """An expected 'no'; nothing was changed."""

    reason: Literal["unknown_product", "unknown_customer", "no_consent", "true_already", "wrong_currency"]
    """`true_already`: there is nothing to wait for."""
    variant: Variant | None = None
    """For `true_already`."""


def meeting(wish: AlertWish, product: Product) -> Variant | None:
    """The cheapest variant for which the wish is true; what is out of stock has no price that counts."""
    met = [
        variant
        for variant in product.variants
        if wish.sku in (None, variant.sku)
        and variant.stock > 0
        and (wish.price_max is None or variant.price <= wish.price_max)
    ]
    return min(met, key=lambda variant: variant.price, default=None)


def not_settable(wish: AlertWish, product: Product | None) -> NotSet | None:
    """Why this wish cannot be waited for; None where it can."""
    if product is None or (wish.sku is not None and product.variant(wish.sku) is None):
        return NotSet("unknown_product")
    if wish.price_max is not None and wish.price_max.currency != product.variants[0].price.currency:
        return NotSet("wrong_currency")
    met = meeting(wish, product)
    return NotSet("true_already", met) if met else None


def due(alerts: Iterable[Alert], products: Iterable[Product]) -> list[AlertDue]:
    """The waiting alerts that are true now, in the order given."""
    by_id = {product.id: product for product in products}
    found = []
    for alert in alerts:
        product = by_id.get(alert.wish.product_id)
        met = meeting(alert.wish, product) if product and alert.state == "waiting" else None
        if met:
            found.append(AlertDue(alert, met))
    return found
