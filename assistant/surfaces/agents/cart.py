"""Tools about what is to be bought: the basket, and a quote that waits for the customer's yes."""

from __future__ import annotations

from assistant.acts import PlaceOrder
from assistant.chapters.confirming import ANSWER_WITHIN
from assistant.surfaces.agents import inputs, items, outputs
from assistant.surfaces.agents.ground import Ground, Mistake, Planned, refused, speech
from assistant.surfaces.agents.untrusted import clean
from assistant.types import Reply
from commerce.types import Money
from nlu.types import Slot, Understanding

CHANGES = {
    "add": "add_to_basket",
    "remove": "remove_from_basket",
    "set_quantity": "change_quantity",
    "clear": "clear_basket",
}


def view(asked: inputs.ViewBasket, ground: Ground) -> Planned | Mistake:
    return _in_basket(asked.basket_id, None, ground.meant("show_basket"), ground)


def update(asked: inputs.UpdateBasket, ground: Ground) -> Planned | Mistake:
    if (asked.action == "clear") == bool(asked.items) or (asked.action == "set_quantity" and len(asked.items) != 1):
        return Mistake("items", "items: 'clear' takes none, 'set_quantity' exactly one, the others at least one.")
    lines = items.heard_lines(asked.items, ground, ordered=asked.action != "add")
    if isinstance(lines, Mistake):
        return lines
    plan = _in_basket(asked.basket_id, asked.idempotency_key, ground.meant(CHANGES[asked.action], lines=lines), ground)
    before = ground.assistant.stored(ground.conversation(plan.id), ground.customer, plan.turn)
    if before is not None and before.understanding != plan.said:
        return Mistake("key_used", "idempotency_key was used for another change; take a new one for each change.")
    return plan


def _in_basket(basket: str | None, key: str | None, said: Understanding, ground: Ground) -> Planned:
    """A customer's basket is theirs in every conversation; a guest's is that of the conversation it is named after."""
    turn = f"key-{key}" if key else f"once-{ground.unique()}"
    if ground.customer is None:
        return Planned(basket or f"b-{ground.unique()}", said, turn)
    return Planned(f"k-{key}" if key else f"c-{ground.unique()}", said, turn)


def basket(
    asked: inputs.ViewBasket | inputs.UpdateBasket, reply: Reply, ground: Ground, plan: Planned
) -> outputs.BasketTold | Mistake:
    if isinstance(asked, inputs.UpdateBasket) and (reply.done is None or reply.done.action != "basket"):
        return refused("not_changed", reply)
    held = ground.shop.basket(ground.customer or ground.session(plan.id).id)
    return outputs.BasketTold(
        speech=speech(reply),
        lines=items.lines(held.lines, ground),
        total=items.price(held.total, ground),
        basket_id=plan.id if ground.customer is None else None,
    )


def quote(asked: inputs.Quote, ground: Ground) -> Planned | Mistake:
    if (asked.source == "items") != bool(asked.items):
        return Mistake("items", "items: give at least one with source 'items', and none with another source.")
    slots = wished(asked, ground)
    if isinstance(slots, Mistake):
        return slots
    if asked.points is not None:
        slots = (*slots, Slot("points", asked.points, "", (0, 0)))
    if asked.source == "items":
        lines = items.heard_lines(asked.items, ground)
        if isinstance(lines, Mistake):
            return lines
        return ground.fresh("q", ground.meant("buy_now", slots=slots, lines=lines))
    if asked.source == "usual":
        slots = (*slots, Slot("reference", "usual", "", (0, 0)))
    return ground.fresh("q", ground.meant("checkout" if asked.source == "basket" else "reorder", slots=slots))


def wished(asked: inputs.Quote | inputs.ChangeOrder, ground: Ground) -> tuple[Slot, ...] | Mistake:
    """How it is to be sent, as the customer's address book and the merchant's terms name it."""
    book = ground.assistant.services.addresses
    if asked.address is not None and (
        book is None or not ground.customer or book.find(ground.customer, asked.address) is None
    ):
        told = "address is no label in the customer's address book; ask them what they call it, or leave it out."
        return Mistake("no_address", told)
    ways = ground.shop.terms().delivery
    if asked.delivery is not None and all(way.key != asked.delivery for way in ways):
        known = ", ".join(way.key for way in ways) or "none: this shop has no choice of delivery"
        return Mistake("no_delivery", f"delivery is no key of this shop's; it has: {known}.")
    given = (("address", asked.address), ("delivery", asked.delivery))
    return tuple(Slot(name, value, value, (0, 0)) for name, value in given if value is not None)


def quoted(asked: inputs.Quote, reply: Reply, ground: Ground, plan: Planned) -> outputs.QuoteTold | Mistake:
    session = ground.session(plan.id)
    pending = session.pending
    if not isinstance(pending, PlaceOrder):
        return refused("no_quote", reply)
    sent = pending.quote.delivery if pending.quote else None
    if asked.delivery is not None and (sent is None or sent.choice != asked.delivery):
        return Mistake("delivery", "These goods cannot be delivered that way to that address; choose another delivery.")
    if ground.most is not None and pending.total.minor > ground.most:
        return too_much(ground)
    delivered = (
        outputs.DeliveryTold(
            key=sent.choice,
            title=clean(sent.title),
            price=items.price(sent.price, ground),
            expected=sent.expected,
            address=sent.address.label if sent.address else None,
        )
        if sent
        else None
    )
    return outputs.QuoteTold(
        speech=speech(reply),
        quote_id=plan.id,
        expires_at=ground.at + ANSWER_WITHIN,
        lines=items.lines(pending.lines, ground),
        delivery=delivered,
        discounts=tuple(
            outputs.DiscountTold(what=what, amount=items.price(less, ground))
            for what, less in (pending.quote.discounts if pending.quote else ())
        ),
        total=items.price(pending.total, ground),
    )


def too_much(ground: Ground) -> Mistake:
    most = items.price(Money(ground.most or 0, ground.shop.currency), ground).text
    return Mistake("too_much", f"One order by a program may cost {most} at most here; the customer can order the rest.")
