"""Decisions about orders that were placed: call off, send back, and where the money is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.acts import CancelOrder, Outcome, PlaceOrder, ReturnItems
from assistant.chapters.cues import cue
from assistant.chapters.drafts import places_of
from assistant.chapters.tracking import last_named, orders_meant
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, in_short, question_of, say, spelled
from assistant.types import Asked, Decision, Say, Value
from commerce.aftercare import cancel, may_cancel
from commerce.refunds import Pieces, pieces_by_position, worth
from commerce.returns import Return, Returnable, pieces_gone
from commerce.types import Line, Order, OrderState, Refusal
from nlu.types import HeardLine, Slot

NO_REASONS = ("talk_to_human", "cancel_order", "checkout", "show_basket", "store_info")
"""What is asked for instead of telling why something goes back, where it is said plainly."""
PLAINLY = 0.9
REASONS = {
    "does_not_fit": "too small",
    "too_small": "too small",
    "too_big": "too large",
    "broken": "damaged",
    "wrong_item": "wrong item",
    "late": "arrived late",
    "not_as_described": "not as described",
    "changed_mind": "changed my mind",
}
"""What a reason said is called in the shop's terms, where the merchant has no word of their own for it."""


def cancel_order(scene: Scene) -> Decision:
    """Read back what would be called off and what comes back, and ask."""
    found = _orders(scene)
    if isinstance(found, Decision):
        return found
    named = [line for line in scene.heard.lines if line.candidates]
    open_ones = [order for order in found if may_cancel(order) is None]
    with_them = [order for order in open_ones if all(places_of(line, order.lines) for line in named)]
    if not with_them:
        return _too_late(scene, open_ones or [one for one in found if one.state is not OrderState.CANCELLED] or found)
    order = with_them[0]
    pieces = _pieces(order.lines, named)
    result = cancel(order, pieces)
    if isinstance(result, Refusal):
        return _too_late(scene, [order])
    gone = _lines(order.lines, pieces) if pieces else order.lines
    who, number = order.customer_id, order.number
    return _ask(scene, CancelOrder(scene.key, who, number, pieces, gone, result.refund, order.version))


def cancel_it(scene: Scene) -> Decision | None:
    """ "Cancel it", of an order that was spoken of last, or "I changed my mind", of one that was placed just now.

    None where none was, or something else may be meant.
    """
    just_placed = scene.session.just_done and isinstance(scene.session.placing, PlaceOrder)
    told = last_named(scene) if cue(scene, "it") or just_placed else None
    if told is None or scene.session.asked not in ("nothing", "what"):
        return None
    slots = (*scene.heard.slots, Slot("order_number", told.number, told.number, (0, 0)))
    return cancel_order(replace(scene, heard=replace(scene.heard, slots=slots)))


def return_item(scene: Scene) -> Decision:
    """What is to be sent back, why, and what comes back for it; asks for what is missing, then for a yes."""
    aftercare = scene.services.aftercare
    found = _orders(scene)
    if isinstance(found, Decision) or aftercare is None:
        return found if isinstance(found, Decision) else aside(scene, say("not_served"))
    named = [line for line in scene.heard.lines if line.candidates]
    for order in found:
        offered = aftercare.returnable(order.number, scene.at)
        picked = _picked(scene, offered)
        pieces = (Pieces(picked.position, picked.pieces),) if picked else _returned(offered, named)
        if not pieces:
            continue
        if not (named or picked or _all_of_it(scene)) and len(offered) > 1:
            return ask(scene.session, "return", say("return.which", lines=_named([one.line for one in offered])))
        gone = pieces_gone(aftercare.returns(order.number))
        refund = worth(order, pieces_by_position(pieces, len(order.lines)), gone)
        lines, reason = _lines(order.lines, pieces), _reason(scene)
        action = ReturnItems(scene.key, order.customer_id, order.number, pieces, lines, refund, reason)
        return _ask(scene, action)
    return _not_returnable(scene, found)


def tell_why(scene: Scene) -> Decision | None:
    """The reason that was asked for; None where the words are about something else."""
    pending = scene.session.pending
    if not isinstance(pending, ReturnItems):
        return None
    reason = _reason(scene)
    if reason:
        return _ask(scene, replace(pending, reason=reason))
    if scene.heard.intent in ("deny", "cancel", "stop", "repeat", "help"):
        return None
    if scene.heard.intent in NO_REASONS and scene.heard.confidence >= PLAINLY:
        return None
    if scene.session.misses:
        return _ask(scene, replace(pending, reason=_reasons(scene)[-1]))
    asked = _ask(scene, pending)
    return replace(asked, session=replace(asked.session, misses=1))


def refund_status(scene: Scene) -> Decision:
    """What is or will be paid back, and what it waits for."""
    aftercare = scene.services.aftercare
    found = _orders(scene)
    if isinstance(found, Decision) or aftercare is None:
        return found if isinstance(found, Decision) else aside(scene, say("not_served"))
    told = last_named(scene)
    for order in sorted(found, key=lambda order: told is None or order.number != told.number):
        refunds = aftercare.refunds(order.number)
        if refunds:
            latest = refunds[-1]
            amount, number = latest.amount, spelled(order.number)
            if latest.paid_on:
                return aside(scene, say("refund.paid", amount=amount, number=number, day=latest.paid_on))
            return aside(scene, say(f"refund.waits.{latest.waits_for}", amount=amount, number=number))
    return aside(scene, say("refund.none"))


def conclude(scene: Scene, action: CancelOrder | ReturnItems, outcome: Outcome) -> Decision:
    """What to say once the shop has answered."""
    session = replace(scene.session, pending=None, concluded=True)
    number = spelled(action.number)
    if isinstance(outcome, Return):
        label, amount = outcome.label, outcome.amount
        carrier = say("return.by", carrier=label.carrier) if label.carrier else say("return.yourself")
        told = say("return.done", number=spelled(outcome.number), carrier=carrier, day=label.valid_until, amount=amount)
        return ask(session, "nothing", told)
    if isinstance(outcome, Order):
        how = "cancel.done" if outcome.state is OrderState.CANCELLED else "cancel.done.part"
        return ask(session, "nothing", say(how, number=number, lines=in_short(action.lines), refund=action.refund))
    if isinstance(outcome, Refusal):
        return ask(session, "what", _refused(outcome, action.number))
    raise TypeError(f"no outcome for {action}")


def _orders(scene: Scene) -> list[Order] | Decision:
    """The orders meant; a decision where there are none to speak of, or nothing can be done about orders here."""
    return orders_meant(scene) if scene.services.aftercare else aside(scene, say("not_served"))


def _ask(scene: Scene, action: CancelOrder | ReturnItems) -> Decision:
    """For a yes, or first for the reason of a return."""
    asked: Asked = "reason" if isinstance(action, ReturnItems) and not action.reason else "confirm"
    return ask(replace(scene.session, pending=action), asked, question_of(action, "ask"))


def _too_late(scene: Scene, orders: Sequence[Order]) -> Decision:
    """Why nothing can be called off: not in these orders, or too far on its way."""
    newest = orders[0]
    refusal = may_cancel(newest)
    if refusal is None:
        return aside(scene, say("cancel.not_in", lines=in_short(newest.lines), number=spelled(newest.number)))
    return aside(scene, _refused(refusal, newest.number))


def _not_returnable(scene: Scene, orders: Sequence[Order]) -> Decision:
    delivered = [order for order in orders if order.state is OrderState.DELIVERED]
    if not delivered:
        return aside(scene, say("refused.not_delivered", number=spelled(orders[0].number)))
    return aside(scene, say("return.nothing"))


def _refused(refusal: Refusal, number: str) -> Say:
    known = ("packed", "shipped", "delivered", "returned", "cancelled", "not_delivered")
    if refusal.reason in known:
        return say(f"refused.{refusal.reason}", number=spelled(number))
    return say("refused.other", number=spelled(number))


def _reason(scene: Scene) -> str:
    """The merchant's word for the reason said; '' for none."""
    said = scene.heard.slot("reason")
    if said is None:
        return ""
    reasons = _reasons(scene)
    meant = REASONS.get(str(said), str(said))
    return meant if meant in reasons else reasons[-1]


def _reasons(scene: Scene) -> tuple[str, ...]:
    return scene.shop.terms().returns.reasons


def _pieces(lines: Sequence[Line], named: Sequence[HeardLine]) -> tuple[Pieces, ...]:
    """Pieces of the lines named; none where all are."""
    wanted: dict[int, int] = {}
    for heard in named:
        for place in places_of(heard, lines)[:1]:
            most = lines[place].quantity
            wanted[place] = _asked_for(heard, most)
    if all(wanted.get(place) == line.quantity for place, line in enumerate(lines)):
        return ()
    return tuple(Pieces(place, quantity) for place, quantity in sorted(wanted.items()))


def _returned(offered: Sequence[Returnable], named: Sequence[HeardLine]) -> tuple[Pieces, ...]:
    """Of what can be sent back: the pieces named, or all of it without a name; nothing where a name is not in it."""
    if not named:
        return tuple(Pieces(one.position, one.pieces) for one in offered)
    found = []
    for heard in named:
        places = places_of(heard, [one.line for one in offered])
        if not places:
            return ()
        one = offered[places[0]]
        found.append(Pieces(one.position, _asked_for(heard, one.pieces)))
    return tuple(found)


def _picked(scene: Scene, offered: Sequence[Returnable]) -> Returnable | None:
    """What is meant by "the first one", where it was asked what is to be sent back."""
    ordinal = scene.heard.slot("ordinal")
    if scene.session.asked != "return" or not isinstance(ordinal, int) or not 0 < abs(ordinal) <= len(offered):
        return None
    return offered[ordinal - 1 if ordinal > 0 else ordinal]


def _all_of_it(scene: Scene) -> bool:
    return scene.session.asked == "return" and cue(scene, "all")


def _named(lines: Sequence[Line]) -> Value:
    """What there is to pick from, by name as far as one breath goes."""
    return tuple(line.title for line in lines) if len(lines) <= MOST_READ_OUT else in_short(lines)


def _asked_for(heard: HeardLine, most: int) -> int:
    """Pieces: as many as were said, of those there are; all where no number was said."""
    return min(most, max(1, heard.quantity)) if heard.counted else most


def _lines(lines: Sequence[Line], pieces: Sequence[Pieces]) -> tuple[Line, ...]:
    return tuple(replace(lines[one.position], quantity=one.quantity) for one in pieces)
