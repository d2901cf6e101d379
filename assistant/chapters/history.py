"""Decisions about what a customer bought before."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chapters.drafts import LIKELY
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, in_short, say, spelled
from assistant.types import Decision
from commerce.types import Order, OrderState

LOOK_BACK = 100
"""Orders looked through for a product."""


def history(scene: Scene) -> Decision:
    """The last few orders, or when the product named was bought last."""
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("status.whose"))
    named = [line for line in scene.heard.lines if line.candidates and line.candidates[0].score >= LIKELY]
    if named:
        wanted = {one.product_id for one in named[0].candidates if one.score >= LIKELY}
        return _bought(scene, scene.shop.orders_of(customer, LOOK_BACK), wanted, named[0].said)
    orders = scene.shop.orders_of(customer, MOST_READ_OUT)
    if not orders:
        return aside(scene, say("status.none"))
    told = tuple(say("history.order", lines=in_short(one.lines), day=one.placed_at.date()) for one in orders)
    return aside(scene, say("history.latest", orders=told))


def _bought(scene: Scene, orders: Sequence[Order], wanted: set[str], said: str) -> Decision:
    """When one of these products was bought last, how many, and in which order."""
    for order in orders:
        line = next((line for line in order.lines if line.product_id in wanted), None)
        if line is not None and order.state is not OrderState.CANCELLED:
            day, number = order.placed_at.date(), spelled(order.number)
            return aside(scene, say("history.bought", lines=(line,), day=day, number=number))
    return aside(scene, say("history.never", said=said))
