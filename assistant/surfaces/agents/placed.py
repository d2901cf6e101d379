"""Tools about orders that were placed: where they are, and what a yes would change about them."""

from __future__ import annotations

from assistant.chapters.cues import CUE
from assistant.chapters.tracking import RECENT, most_awaited
from assistant.phrases.book import read_phrases
from assistant.surfaces.agents import inputs, items, outputs
from assistant.surfaces.agents.cart import wished
from assistant.surfaces.agents.ground import Ground, Mistake, Planned, refused, speech
from assistant.types import Reply
from nlu.types import Slot

PROPOSAL = "p"
NO_ORDER = Mistake("no_order", "This customer has no such order; list_orders tells their numbers.")


def status(asked: inputs.OrderStatus, ground: Ground) -> Planned | Mistake:
    slots = (_number(asked.order_number),) if asked.order_number else ()
    return ground.fresh("c", ground.meant("order_status", slots=slots))


def status_told(asked: inputs.OrderStatus, reply: Reply, ground: Ground, _: Planned) -> outputs.StatusTold | Mistake:
    customer = ground.customer or ""
    if asked.order_number:
        order = ground.shop.order(asked.order_number)
        if order is None or order.customer_id != customer:
            return NO_ORDER
    else:
        orders = ground.shop.orders_of(customer, RECENT)
        if not orders:
            return refused("no_order", reply)
        order = most_awaited(orders)
    return outputs.StatusTold(speech=speech(reply), order=items.order(order, ground))


def history(_: inputs.ListOrders, ground: Ground) -> Planned | Mistake:
    return ground.fresh("c", ground.meant("order_history"))


def history_told(asked: inputs.ListOrders, reply: Reply, ground: Ground, _: Planned) -> outputs.Orders | Mistake:
    orders = ground.shop.orders_of(ground.customer or "", asked.limit)
    return outputs.Orders(speech=speech(reply), orders=tuple(items.order(one, ground) for one in orders))


def change(asked: inputs.ChangeOrder, ground: Ground) -> Planned | Mistake:
    kinds = [bool(asked.items), asked.address is not None, asked.delivery is not None]
    if sum(kinds) != 1 or bool(asked.items) != (asked.action is not None):
        told = "Give one change a call: action with items, or address, or delivery."
        return Mistake("one_change", told)
    slots = wished(asked, ground)
    lines = items.heard_lines(asked.items, ground, ordered=asked.action != "add")
    if isinstance(slots, Mistake):
        return slots
    if isinstance(lines, Mistake):
        return lines
    # The dialogue tells adding from taking off by the customer's word for it; a number alone sets the number.
    words = read_phrases(ground.language).get(f"{CUE}{asked.action}", ("",))[0].lstrip("^")
    said = ground.meant("change_order", words, slots=(_number(asked.order_number), *slots), lines=lines)
    return ground.fresh(PROPOSAL, said)


def cancel(asked: inputs.CancelOrder, ground: Ground) -> Planned | Mistake:
    lines = items.heard_lines(asked.items, ground, ordered=True)
    if isinstance(lines, Mistake):
        return lines
    said = ground.meant("cancel_order", slots=(_number(asked.order_number),), lines=lines)
    return ground.fresh(PROPOSAL, said)


def send_back(asked: inputs.ReturnItem, ground: Ground) -> Planned | Mistake:
    reasons = ground.shop.terms().returns.reasons
    if asked.reason not in reasons:
        return Mistake("no_reason", f"reason: the shop takes one of: {', '.join(reasons)}.")
    lines = items.heard_lines(asked.items, ground, ordered=True)
    if isinstance(lines, Mistake):
        return lines
    slots = (_number(asked.order_number), Slot("reason", asked.reason, asked.reason, (0, 0)))
    return ground.fresh(PROPOSAL, ground.meant("return_item", slots=slots, lines=lines))


def _number(number: str) -> Slot:
    return Slot("order_number", number, number, (0, 0))
