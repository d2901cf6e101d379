"""Decisions about where an order is, and which one is meant."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chapters.cues import cue, plain
from assistant.scene import Scene, aside, ask, in_short, say, spelled
from assistant.types import Decision, Say, Value
from commerce.aftercare import is_delayed, is_ready
from commerce.types import Order, OrderState

RECENT = 10
"""Orders looked through where no number is said."""
CLOSED = frozenset({OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED})


def order_status(scene: Scene) -> Decision:
    """Where the named order is, or the one on its way, or the latest."""
    orders = orders_meant(scene)
    if isinstance(orders, Decision):
        return orders
    told = None if scene.heard.lines or scene.heard.slots else spoken_of(scene)
    return aside(scene, _status(told or most_awaited(orders), scene))


def spoken_of(scene: Scene) -> Order | None:
    """The order that was spoken of last, where the words point at it: "when does it arrive"."""
    return last_named(scene) if cue(scene, "it") else None


def last_named(scene: Scene) -> Order | None:
    """The order whose number is in what was said last."""
    session = scene.session
    if session.customer_id is None or session.spoken is None:
        return None
    lately, said = scene.shop.orders_of(session.customer_id, RECENT), plain(session.spoken.text)
    return next((order for order in lately if plain(order.number) in said), None)


def most_awaited(orders: Sequence[Order]) -> Order:
    """Of orders, newest first and at least one: the one on its way, else an open one, else the latest."""
    moving = [order for order in orders if order.state is OrderState.SHIPPED]
    open_ones = [order for order in orders if order.state not in CLOSED]
    return (moving or open_ones or orders)[0]


def orders_meant(scene: Scene) -> list[Order] | Decision:
    """The customer's order of the number said, or their newest ones; a decision where there are none to speak of."""
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("status.whose"))
    number = scene.heard.slot("order_number")
    if number is not None:
        order = scene.shop.order(str(number))
        if order is None or order.customer_id != customer:
            return ask(scene.session, "nothing", say("status.unknown", number=spelled(str(number))))
        return [order]
    return list(scene.shop.orders_of(customer, RECENT)) or ask(scene.session, "nothing", say("status.none"))


def _status(order: Order, scene: Scene) -> Say:
    values: dict[str, Value] = {"number": spelled(order.number), "lines": in_short(order.lines)}
    key = order.state.value
    today = scene.shop.terms().today(scene.at)
    if order.state is OrderState.SHIPPED:
        if order.shipment is None:
            key = "on_the_way"
        else:
            key = "late" if is_delayed(order, today) else "shipped"
            values |= {"carrier": order.shipment.carrier, "day": order.shipment.expected}
    elif is_ready(order):
        key = "ready"
    elif order.state in (OrderState.PLACED, OrderState.PACKED) and order.expected is not None:
        collected = order.delivery is not None and order.delivery.address is None
        key = f"{key}.late" if is_delayed(order, today) else f"{key}.pick_up" if collected else f"{key}.for"
        values |= {"day": order.expected}
    if order.state is OrderState.DELIVERED:
        key = "delivered" if order.delivered_on else "arrived"
        values |= {"day": order.delivered_on} if order.delivered_on else {}
    return say(f"status.{key}", **values)
