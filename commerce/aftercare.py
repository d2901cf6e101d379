"""What can still be changed or cancelled about an order, and what that costs or gives back. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from commerce import delivery
from commerce.lines import ProductOf, repriced
from commerce.refunds import Pieces, pieces_by_position, remainder, worth
from commerce.terms import Terms
from commerce.types import Address, Delivery, Discount, Line, Money, Order, OrderState, Quote, Refusal

Same = tuple[str, tuple[tuple[str, str, str | None], ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """An order as its customer wants it instead; None stays as it is."""

    lines: tuple[Line, ...] | None = None
    """All that is wanted. Pieces that were ordered keep their price, whatever it says here; others cost today's."""
    address: Address | None = None
    delivery: str | None = None
    """Key of another delivery choice."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change worked out, to be read back; nothing is done yet."""

    order_number: str
    version: int
    """Of the order it was worked out on."""
    quote: Quote
    """The order as it would be."""
    difference: Money
    """To be charged; below zero: to be refunded."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What is left of an order, and what is given back."""

    order: Order
    released: tuple[Line, ...]
    refund: Money


def may_change(order: Order) -> Refusal | None:
    """None while it is placed and not packed."""
    return None if order.state is OrderState.PLACED else _come_so_far(order)


def may_cancel(order: Order) -> Refusal | None:
    """None until it is shipped."""
    return None if order.state in (OrderState.PLACED, OrderState.PACKED) else _come_so_far(order)


def held_until(order: Order, terms: Terms) -> datetime:
    """The moment from which it may be packed, UTC."""
    return order.placed_at + terms.cancel_window


def is_ready(order: Order) -> bool:
    """Whether it waits to be picked up."""
    picked_up = order.delivery is not None and order.delivery.address is None
    return picked_up and order.state is OrderState.PACKED


def is_delayed(order: Order, today: date) -> bool:
    """Whether it is neither there nor called off though its day, the merchant's, has passed."""
    under_way = order.state in (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED)
    return under_way and not is_ready(order) and order.expected is not None and order.expected < today


def propose(order: Order, change: Change, terms: Terms, product_of: ProductOf, now: datetime) -> Proposal | Refusal:
    """The order as it would be, or why it cannot be so."""
    refusal = may_change(order)
    if refusal is not None:
        return refusal
    lines = order.lines
    if change.lines is not None:
        wanted = _priced(order.lines, change.lines, product_of)
        if isinstance(wanted, Refusal):
            return wanted
        lines = wanted
    sent = _delivery(order, replace(change, lines=lines), terms, product_of, now)
    if isinstance(sent, Refusal):
        return sent
    if (lines, sent) == (order.lines, order.delivery):
        return Refusal("unchanged")
    quote = delivery.quote(lines, sent, _capped(order.discounts, lines))
    return Proposal(
        order.number, order.version, quote, Money(quote.total.minor - order.total.minor, quote.total.currency)
    )


def same_again(order: Order, proposal: Proposal, terms: Terms, product_of: ProductOf, now: datetime) -> Refusal | None:
    """None where the change would be worked out today as it was proposed; else what stands in the way now."""
    sent = proposal.quote.delivery
    change = Change(proposal.quote.lines, sent.address if sent else None, sent.choice if sent else None)
    again = propose(order, change, terms, product_of, now)
    if isinstance(again, Refusal):
        return again
    if order.version != proposal.version:
        return Refusal("order_changed")
    named = {(_same(line), line.unit_price) for line in proposal.quote.lines}
    for line in again.quote.lines:
        if (_same(line), line.unit_price) not in named:
            return Refusal("price_changed", line.sku, line.title, price=line.unit_price)
    if again.quote.delivery != sent:
        return Refusal("delivery_changed", price=again.quote.delivery.price if again.quote.delivery else None)
    return None if again == proposal else Refusal("order_changed")


def cancel(order: Order, pieces: Sequence[Pieces]) -> Cancellation | Refusal:
    """The order without these pieces; without any, or with none left, all of it is cancelled.

    Delivery is given back only with the whole order. Raises ValueError for pieces of no line.
    """
    refusal = may_cancel(order)
    if refusal is not None:
        return refusal
    gone = pieces_by_position(pieces, len(order.lines))
    for position, quantity in gone.items():
        line = order.lines[position]
        if quantity > line.quantity:
            return Refusal("too_many", line.sku, line.title, left=line.quantity)
    left, discounts = remainder(order, gone)
    if not pieces or not left:
        return Cancellation(replace(order, state=OrderState.CANCELLED), order.lines, order.total)
    refund = worth(order, gone)
    released = tuple(replace(order.lines[position], quantity=quantity) for position, quantity in gone.items())
    total = Money(order.total.minor - refund.minor, order.total.currency)
    return Cancellation(replace(order, lines=left, discounts=discounts, total=total), released, refund)


def pieces_more(before: Sequence[Line], after: Sequence[Line]) -> tuple[dict[str, int], dict[str, int]]:
    """SKU -> pieces that a change takes from the shelf, and those it puts back."""
    change: dict[str, int] = defaultdict(int)
    for lines, sign in ((after, 1), (before, -1)):
        for line in lines:
            change[line.sku] += sign * line.quantity
    taken = {sku: pieces for sku, pieces in change.items() if pieces > 0}
    return taken, {sku: -pieces for sku, pieces in change.items() if pieces < 0}


def _come_so_far(order: Order) -> Refusal:
    match order.state:
        case OrderState.PACKED:
            return Refusal("packed")
        case OrderState.SHIPPED:
            return Refusal("shipped")
        case OrderState.CANCELLED:
            return Refusal("cancelled")
        case OrderState.RETURNED:
            return Refusal("returned")
        case _:
            return Refusal("delivered")


def _priced(before: Sequence[Line], wanted: Sequence[Line], product_of: ProductOf) -> tuple[Line, ...] | Refusal:
    """The wanted lines, each piece at the price it was ordered for or else at today's; or what cannot be had."""
    if not wanted:
        return Refusal("empty")
    if any(line.quantity < 1 for line in wanted):
        raise ValueError("a line needs a quantity of 1 or more")
    ordered: dict[Same, list[Line]] = defaultdict(list)
    for line in before:
        ordered[_same(line)].append(line)
    lines: list[Line] = []
    for line in wanted:
        new = line.quantity
        for at, old in enumerate(ordered[_same(line)]):
            kept = min(new, old.quantity)
            ordered[_same(line)][at] = replace(old, quantity=old.quantity - kept)
            new -= kept
            _add(lines, replace(old, quantity=kept))
        if new == 0:
            continue
        product = product_of(line.sku)
        today = repriced(replace(line, quantity=new), product) if product else None
        if today is None:
            return Refusal("not_for_sale", line.sku, line.title)
        _add(lines, today)
    return _short(before, lines, product_of) or tuple(lines)


def _same(line: Line) -> Same:
    return line.sku, tuple((option.name, option.value, option.amount) for option in line.options)


def _add(lines: list[Line], line: Line) -> None:
    """Put a line behind the others, or to the last where that is the same at the same price."""
    if line.quantity == 0:
        return
    last = lines[-1] if lines else None
    if last is not None and _same(last) == _same(line) and last.unit_price == line.unit_price:
        lines[-1] = replace(last, quantity=last.quantity + line.quantity)
    else:
        lines.append(line)


def _short(before: Sequence[Line], after: Sequence[Line], product_of: ProductOf) -> Refusal | None:
    """The first SKU of which the change takes more pieces than there are."""
    taken, _ = pieces_more(before, after)
    for line in after:
        product = product_of(line.sku)
        variant = product.variant(line.sku) if product else None
        stock = variant.stock if variant else 0
        if taken.get(line.sku, 0) > stock:
            had = sum(one.quantity for one in before if one.sku == line.sku)
            return Refusal("out_of_stock", line.sku, line.title, left=had + stock)
    return None


def _delivery(
    order: Order, change: Change, terms: Terms, product_of: ProductOf, now: datetime
) -> Delivery | Refusal | None:
    """How the changed order is sent: as agreed, but for what the change says and what the goods are worth now."""
    agreed, lines = order.delivery, change.lines or order.lines
    goods = Money.total((line.total for line in lines), order.total.currency)
    key = change.delivery or (agreed.choice if agreed else None)
    address = change.address or (agreed.address if agreed else None)
    if key is None and address is None:
        return None
    kept = agreed is not None and key == agreed.choice
    if agreed is not None and address == agreed.address and key not in [choice.key for choice in terms.delivery]:
        return agreed if kept else Refusal("delivery_unknown", title=str(key))
    choice = delivery.choose(terms, key, address, delivery.categories_of(lines, product_of))
    if isinstance(choice, Refusal):
        return choice
    fresh = delivery.deliver(terms, choice, address, goods, now)
    if agreed is None or not kept:
        return fresh
    # What was agreed stands; only where the goods are worth more or less does it become free or cost again.
    price = fresh.price if fresh.price.minor == 0 or agreed.price.minor == 0 else agreed.price
    return replace(agreed, price=price, address=fresh.address)


def _capped(discounts: Sequence[Discount], lines: Sequence[Line]) -> tuple[Discount, ...]:
    """The discounts, as far as the goods are worth them."""
    left = sum(line.total.minor for line in lines)
    capped = []
    for name, amount in discounts:
        used = min(amount.minor, left)
        left -= used
        capped.append((name, Money(used, amount.currency)))
    return tuple(capped)
