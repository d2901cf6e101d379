"""What can be sent back, until when, and what is refunded for it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from commerce.lines import ProductOf
from commerce.refunds import Pieces, pieces_by_position, worth
from commerce.terms import ReturnTerms, Terms
from commerce.types import Line, Money, Order, OrderState, Product, Refusal


class ReturnState(StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReturnLabel:
    """What goes on the parcel."""

    number: str
    carrier: str
    """Empty where the customer brings it."""
    address: str
    valid_until: date
    """In the merchant's time zone."""


@dataclass(frozen=True, slots=True)
class Return:
    """Pieces of an order on their way back."""

    number: str
    order_number: str
    pieces: tuple[Pieces, ...]
    reason: str
    """One of the merchant's."""
    state: ReturnState
    amount: Money
    """What is refunded once they are accepted."""
    requested_at: datetime
    """UTC, as are the others."""
    label: ReturnLabel
    received_at: datetime | None = None
    decided_at: datetime | None = None
    note: str = ""
    """Why the merchant refused it."""


@dataclass(frozen=True, slots=True)
class RefundStatus:
    """Money on its way back to the customer."""

    order_number: str
    amount: Money
    cause: Literal["cancelled", "changed", "returned"]
    waits_for: Literal["parcel", "check", "provider", "merchant", ""]
    """What has to happen first: the parcel's arrival, a look at what is in it, the payment provider, or the merchant
    who pays by hand what was paid elsewhere. Empty once it is paid."""
    asked_on: date
    paid_on: date | None = None
    """Both in the merchant's time zone."""


@dataclass(frozen=True, slots=True)
class Returnable:
    """A line that can be sent back."""

    position: int
    line: Line
    pieces: int
    """How many of it."""
    until: datetime
    """UTC: the end of the last day."""


def returnable(
    order: Order, made: Sequence[Return], terms: Terms, product_of: ProductOf, now: datetime
) -> list[Returnable]:
    """The lines of a delivered order that can be sent back now, in their order."""
    if order.state is not OrderState.DELIVERED:
        return []
    gone = pieces_gone(made)
    found = []
    for position, line in enumerate(order.lines):
        until = returnable_until(order, line, terms, product_of)
        left = line.quantity - gone[position]
        if until is not None and now < until and left > 0:
            found.append(Returnable(position, line, left, until))
    return found


def ask_return(
    order: Order, made: Sequence[Return], pieces: Sequence[Pieces], rules: tuple[Terms, ProductOf], now: datetime
) -> Money | Refusal:
    """What would be refunded for these pieces, given the returns made before.

    Raises ValueError for pieces of no line.
    """
    terms, product_of = rules
    if order.state is OrderState.CANCELLED:
        return Refusal("cancelled")
    if order.state is OrderState.RETURNED:
        return Refusal("returned")
    if order.state is not OrderState.DELIVERED:
        return Refusal("not_delivered")
    wanted = pieces_by_position(pieces, len(order.lines))
    if not wanted:
        return Refusal("empty")
    gone = pieces_gone(made)
    for position, quantity in wanted.items():
        line = order.lines[position]
        until = returnable_until(order, line, terms, product_of)
        if until is None:
            return Refusal("not_returnable", line.sku, line.title)
        left = line.quantity - gone[position]
        if quantity > left:
            return Refusal("too_many", line.sku, line.title, left=left)
        if now >= until:
            return Refusal("return_over", line.sku, line.title, until=until)
    return worth(order, wanted, gone)


def pieces_gone(made: Iterable[Return]) -> Counter[int]:
    """Position -> pieces sent back or on their way; those of a refused return can be sent again."""
    gone: Counter[int] = Counter()
    for one in made:
        if one.state is not ReturnState.REFUSED:
            gone.update(pieces_by_position(one.pieces))
    return gone


def returnable_until(order: Order, line: Line, terms: Terms, product_of: ProductOf) -> datetime | None:
    """The end of the last day on which this line can be sent back, UTC; None where it never can."""
    days = return_days(terms.returns, product_of(line.sku))
    if days == 0:
        return None
    zone = ZoneInfo(terms.time_zone)
    delivered = order.delivered_on or order.placed_at.astimezone(zone).date()
    return datetime.combine(delivered + timedelta(days=days + 1), time(), zone).astimezone(UTC)


def return_days(terms: ReturnTerms, product: Product | None) -> int:
    """Days after delivery; those of the product's narrowest category that has its own."""
    categories = reversed(product.categories) if product else ()
    own = (terms.days_by_category[category] for category in categories if category in terms.days_by_category)
    return next(own, terms.days)


def label(number: str, terms: Terms, now: datetime) -> ReturnLabel:
    """A label made now."""
    returns = terms.returns
    return ReturnLabel(number, returns.carrier, returns.address, terms.today(now) + timedelta(days=returns.label_days))


def is_all_back(order: Order, made: Iterable[Return]) -> bool:
    """Whether every piece was sent back and accepted."""
    back = pieces_gone(one for one in made if one.state is ReturnState.REFUNDED)
    return all(back[position] == line.quantity for position, line in enumerate(order.lines))


def awaited(one: Return, terms: Terms) -> RefundStatus | None:
    """The refund that a return will lead to; None once it is decided."""
    if one.decided_at is not None:
        return None
    waits_for: Literal["parcel", "check"] = "check" if one.state is ReturnState.RECEIVED else "parcel"
    return RefundStatus(one.order_number, one.amount, "returned", waits_for, terms.today(one.requested_at))
