"""Carries out one action against the shop, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from assistant.acts import AtOnce, CancelOrder, ChangeOrder, CheckCode, PlaceOrder, PutBasket, PutList, Released
from assistant.chapters.drafts import merge, without
from assistant.scene import joined
from assistant.services import Services
from assistant.types import Done
from assistant.visits import BookVisit, CancelVisit, MoveVisit, SetAlert, StopAlert
from commerce.aftercare_ports import VoiceCodes
from commerce.alerts import NotSet
from commerce.around_ports import Bookings, Loyalty, Redemption, ShoppingLists
from commerce.booking import Booking, NotBooked
from commerce.codes import CodeCheck
from commerce.loyalty import NotRedeemed
from commerce.ports import Shop
from commerce.returns import Return
from commerce.types import Basket, Money, Order, OrderState, Refusal

NO_VERSION = -1
"""Of no basket: nothing is stored over it, but what was stored by the same key before is told."""


class Moved(Exception):
    """What is to be changed was changed from elsewhere since the turn was decided; decide again on what it is now."""


def put_basket(action: PutBasket, shop: Shop) -> Done:
    """Store the basket. Raises Moved where it is no longer the one the turn was decided on."""
    if not shop.put_basket(action.key, action.basket):
        raise Moved(action.basket.owner)
    return Done("basket", "changed")


def take_over(guest: str, customer: str, shop: Shop, now: datetime) -> None:
    """Put what is in a guest's basket into the customer's, once however often: who signs in loses nothing by it."""
    left = shop.basket(guest)
    if not left.lines or shop.customer(customer) is None:
        return
    key = joined("signed in", customer, guest, str(left.version))
    _change(customer, key, shop, lambda theirs: replace(theirs, lines=merge(theirs.lines, left.lines), changed_at=now))
    shop.put_basket(joined(key, "emptied"), replace(left, lines=(), changed_at=now))


def put_list(action: PutList, lists: ShoppingLists | None) -> Done:
    """Store the shopping list. Raises Moved where it is no longer the one the turn was decided on."""
    if lists is None:
        raise ValueError("this shop keeps no shopping lists")
    if not lists.put_list(action.key, action.changed):
        raise Moved(action.changed.owner)
    return Done("list", "changed")


def check_code(action: CheckCode, codes: VoiceCodes | None, now: datetime) -> CodeCheck:
    """Try the voice code, once by the action's key."""
    if codes is None:
        raise ValueError("this shop knows no voice codes")
    return codes.verify_code(action.key, action.action.customer_id, action.code, now)


def do_at_once(action: AtOnce, shop: Shop, services: Services, now: datetime) -> Done:
    """Do what is easily undone. Raises Moved where it is no longer what the turn was decided on."""
    match action:
        case PutBasket():
            return put_basket(action, shop)
        case PutList():
            return put_list(action, services.lists)
        case SetAlert():
            return _set_alert(action, services, now)
        case StopAlert():
            if services.alerts is None or not services.alerts.cancel_alert(action.customer_id, action.alert):
                raise Moved(action.customer_id)
            return Done("alert", "stopped")


def _set_alert(action: SetAlert, services: Services, now: datetime) -> Done:
    """Note what is to be told; who asks to be told agrees to it."""
    if services.alerts is None:
        raise ValueError("this shop keeps no alerts")
    if services.consents and not services.consents.consent(action.customer_id, "alerts"):
        services.consents.set_consent(action.customer_id, "alerts", True, now)
    if isinstance(services.alerts.set_alert(action.key, action.customer_id, action.wish, now), NotSet):
        raise Moved(action.customer_id)
    return Done("alert", "set")


def release(
    action: Released, shop: Shop, services: Services, now: datetime
) -> tuple[Order | Return | Booking | NotBooked | Refusal, Done]:
    """Do what a yes released, once by the action's key."""
    if isinstance(action, PlaceOrder):
        ordered = _placed(action, shop, services.loyalty, now)
        return ordered, _ordered(ordered)
    if isinstance(action, BookVisit | MoveVisit | CancelVisit):
        return _visited(action, services.bookings, now)
    aftercare = services.aftercare
    if aftercare is None:
        raise ValueError(f"this shop cannot do {action}")
    if isinstance(action, ChangeOrder):
        changed = aftercare.change_order(action.key, action.proposal, now)
        return changed, Done("change", changed.reason if isinstance(changed, Refusal) else "changed", action.number)
    if isinstance(action, CancelOrder):
        called_off = aftercare.cancel_order(action.key, action.number, action.pieces, now, action.version)
        return _cancelled(action, called_off)
    outcome = aftercare.ask_return(action.key, action.number, action.pieces, action.reason, now)
    said = outcome.reason if isinstance(outcome, Refusal) else "requested"
    return outcome, Done("return", said, action.number)


def settle(action: PlaceOrder, shop: Shop, services: Services, now: datetime) -> tuple[Order | Refusal, Done]:
    """Ask what became of an order whose payment had not answered; it takes no money."""
    outcome = shop.settle(action.key)
    _undo(action, outcome, shop, services.loyalty, now)
    return outcome, _ordered(outcome)


def _visited(
    action: BookVisit | MoveVisit | CancelVisit, bookings: Bookings | None, now: datetime
) -> tuple[Booking | NotBooked, Done]:
    if bookings is None:
        raise ValueError("this shop takes no appointments")
    outcome: Booking | NotBooked
    match action:
        case BookVisit():
            outcome, done = bookings.book(action.key, action.customer_id, action.slot, now), "booked"
        case MoveVisit():
            outcome = bookings.move(action.key, action.customer_id, action.booking, action.slot, now)
            done = "moved"
        case CancelVisit():
            outcome, done = bookings.cancel(action.key, action.customer_id, action.booking, now), "cancelled"
    return outcome, Done("visit", outcome.reason if isinstance(outcome, NotBooked) else done)


def _placed(action: PlaceOrder, shop: Shop, loyalty: Loyalty | None, now: datetime) -> Order | Refusal:
    """The order. What it takes from basket and points is taken first, and given back where nothing comes of it."""
    if action.from_basket and not _taken_out(action, shop):
        return Refusal("gone_since")
    if action.points and loyalty is not None:
        goods = Money.total((line.total for line in action.lines), action.total.currency)
        taken = loyalty.reserve(Redemption(action.key, action.customer_id, action.points, goods), now)
        if isinstance(taken, NotRedeemed) and taken.reason != "released":
            _put_back(action, shop)
            return Refusal("discount_changed")
    outcome = shop.place_order(action.key, action.customer_id, action.quote or action.lines, now)
    _undo(action, outcome, shop, loyalty, now)
    return outcome


def _undo(action: PlaceOrder, outcome: Order | Refusal, shop: Shop, loyalty: Loyalty | None, now: datetime) -> None:
    """Give back what was taken for an order that will not be."""
    if not isinstance(outcome, Refusal) or outcome.reason == "payment_unknown":
        return
    _put_back(action, shop)
    if action.points and loyalty is not None:
        loyalty.give_back(action.key, now)


def _taken_out(action: PlaceOrder, shop: Shop) -> bool:
    """Whether this order has its lines out of the basket: of two conversations that order one basket, only one has.

    Once by the action's key: what was taken out before a crash is this order's.
    """
    while True:
        basket = shop.basket(action.customer_id)
        there = not without(action.lines, basket.lines)
        left = replace(basket, lines=without(basket.lines, action.lines))
        taken = shop.put_basket(f"{action.key}:ordered", left if there else replace(basket, version=NO_VERSION))
        if taken or not there:
            return taken


def _put_back(action: PlaceOrder, shop: Shop) -> None:
    if action.from_basket:
        back = f"{action.key}:back"
        _change(action.customer_id, back, shop, lambda now: replace(now, lines=merge(now.lines, action.lines)))


def _change(owner: str, key: str, shop: Shop, change: Callable[[Basket], Basket]) -> None:
    """Change a basket, once by the key: read anew as often as others come in between."""
    while not shop.put_basket(key, change(shop.basket(owner))):
        pass


def _cancelled(action: CancelOrder, outcome: Order | Refusal) -> tuple[Order | Refusal, Done]:
    if isinstance(outcome, Refusal):
        return outcome, Done("cancel", outcome.reason, action.number)
    whole = outcome.state is OrderState.CANCELLED
    return outcome, Done("cancel", "cancelled" if whole else "partly_cancelled", action.number)


def _ordered(outcome: Order | Refusal) -> Done:
    if isinstance(outcome, Refusal):
        return Done("order", outcome.reason)
    return Done("order", "placed", outcome.number)
