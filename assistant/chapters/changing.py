"""Decisions about changing an order that was placed: its items, its address, its delivery; read back before a yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.acts import ChangeOrder, Outcome
from assistant.chapters.choosing import refusal_says
from assistant.chapters.cues import cue
from assistant.chapters.drafts import choose, draft_from, draft_of, merge, options_of, places_of, settle
from assistant.chapters.sending import address_named, delivery_named
from assistant.chapters.tracking import orders_meant
from assistant.scene import Scene, aside, ask, question_of, say, spelled
from assistant.types import Decision, Say
from commerce.aftercare import Change, Proposal, may_change
from commerce.types import Address, Line, Order, Refusal
from nlu.types import HeardLine

SO_FAR = ("packed", "shipped", "delivered", "returned", "cancelled")
"""Refusals by how far the order has come."""


def change_order(scene: Scene) -> Decision:
    """What would change and what that costs, read back; or the question what to change."""
    aftercare = scene.services.aftercare
    found = orders_meant(scene) if aftercare else aside(scene, say("not_served"))
    if isinstance(found, Decision) or aftercare is None:
        return found if isinstance(found, Decision) else aside(scene, say("not_served"))
    order = next((one for one in found if may_change(one) is None), None)
    if order is None:
        return _refused(scene, found[0], may_change(found[0]) or Refusal("unknown_order"))
    change = _wanted(scene, order)
    if change is None:
        return ask(scene.session, "change", say("change.what", number=spelled(order.number)))
    if isinstance(change, Say):
        return ask(scene.session, "change", change)
    return _read_back(scene, order, change)


def is_about_a_placed_order(scene: Scene) -> bool:
    """Whether words about the basket mean an order instead: "take the coffee out of my last order"."""
    return cue(scene, "placed_order") and scene.session.pending is None


def conclude(scene: Scene, action: ChangeOrder, outcome: Outcome) -> Decision:
    """What to say once the shop has answered; what would be another change by now is read back anew."""
    session = replace(scene.session, pending=None, concluded=True)
    number = spelled(action.number)
    if isinstance(outcome, Order):
        return ask(session, "nothing", say("change.done", number=number, total=outcome.total))
    if not isinstance(outcome, Refusal):
        raise TypeError(f"no outcome for {action}")
    if outcome.reason in ("price_changed", "delivery_changed", "order_changed"):
        order = scene.shop.order(action.number)
        quote = action.proposal.quote
        sent = quote.delivery
        wanted = Change(quote.lines, sent.address if sent else None, sent.choice if sent else None)
        if order is not None:
            return _read_back(replace(scene, session=session), order, wanted, say("change.since"))
    if outcome.reason == "payment_unknown":
        return ask(session, "nothing", say("change.payment_unknown", number=number))
    if outcome.reason == "declined":
        return ask(session, "nothing", say("change.declined", number=number))
    return ask(session, "what", _said(outcome, action.number))


def _read_back(scene: Scene, order: Order, change: Change, *before: Say) -> Decision:
    aftercare = scene.services.aftercare
    proposal = aftercare.propose_change(order.number, change, scene.at) if aftercare else Refusal("unknown_order")
    if not isinstance(proposal, Proposal):
        return _refused(scene, order, proposal)
    action = ChangeOrder(
        scene.key, order.customer_id, order.number, proposal, proposal.quote.delivery != order.delivery
    )
    session = replace(scene.session, pending=action)
    return ask(session, "confirm", *before, question_of(action, "ask"))


def _wanted(scene: Scene, order: Order) -> Change | Say | None:
    """The change that the words ask for; a question where an address is meant that is not named; None where none is."""
    way = delivery_named(scene)
    named = [line for line in scene.heard.lines if line.candidates]
    lines = _lines(scene, order.lines, named) if named else _recounted(scene, order.lines)
    address = None if named or way else address_named(scene)
    if isinstance(address, Say):
        meant = scene.heard.slot("place") is not None or cue(scene, "address")
        return address if meant else None
    if not (lines or way or isinstance(address, Address)):
        return None
    return Change(lines, address, way.key if way else None)


def _lines(scene: Scene, lines: Sequence[Line], named: Sequence[HeardLine]) -> tuple[Line, ...] | None:
    """The order's lines with what is named taken off, changed, or added; "swap the tea for coffee" does both."""
    after = list(lines)
    swap = cue(scene, "swap") and len(named) > 1
    for heard in named:
        place = next(iter(places_of(heard, after)), None)
        if place is None or (cue(scene, "add") and not swap):
            new = _new(scene, heard, swapped=lines[0] if swap else None)
            after = list(merge(after, [new])) if new else after
        elif swap or cue(scene, "remove"):
            del after[place]
        else:
            after[place] = _otherwise(scene, after[place], heard)
    return tuple(after) if tuple(after) != tuple(lines) else None


def _otherwise(scene: Scene, line: Line, heard: HeardLine) -> Line:
    """The line with the options and the number that were said for it."""
    product, count = scene.shop.product_of(line.sku), scene.heard.slot("quantity")
    if product is None:
        return line
    draft = choose(draft_from(line, product), options_of(heard, product), product)
    if heard.counted or (isinstance(count, int) and count > 0):
        draft = replace(draft, quantity=heard.quantity if heard.counted else int(count or 1))
    made = settle(draft, scene.shop)
    return made if isinstance(made, Line) else line


def _new(scene: Scene, heard: HeardLine, swapped: Line | None) -> Line | None:
    """A line for what the order did not have; as many as of what it takes the place of."""
    draft = draft_of(heard, scene.shop, scene.session.customer_id)
    if draft is None or len(draft.product_ids) > 1:
        return None
    made = settle(replace(draft, quantity=swapped.quantity) if swapped and not heard.counted else draft, scene.shop)
    return made if isinstance(made, Line) else None


def _recounted(scene: Scene, lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """Another number of the one thing that the order is for."""
    count = scene.heard.slot("quantity")
    if not isinstance(count, int) or count < 1 or len(lines) != 1:
        return None
    return (replace(lines[0], quantity=count),)


def _refused(scene: Scene, order: Order, refusal: Refusal) -> Decision:
    return aside(scene, _said(refusal, order.number))


def _said(refusal: Refusal, number: str) -> Say:
    if refusal.reason in SO_FAR:
        return say(f"change.{refusal.reason}", number=spelled(number))
    if refusal.reason == "unchanged":
        return say("change.unchanged", number=spelled(number))
    if refusal.reason in ("out_of_stock", "not_for_sale", "delivery_goods", "delivery_elsewhere", "delivery_address"):
        return refusal_says(refusal)
    if refusal.reason == "empty":
        return say("change.empty", number=spelled(number))
    return say("refused.other", number=spelled(number))
