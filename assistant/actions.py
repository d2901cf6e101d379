"""Carries out one action against the shop, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.chapters.drafts import without
from assistant.types import CancelOrder, CheckCode, Done, Pending, PlaceOrder, PutBasket, PutList
from commerce.aftercare_ports import Aftercare, VoiceCodes
from commerce.around_ports import ShoppingLists
from commerce.codes import CodeCheck
from commerce.ports import Shop
from commerce.returns import Return
from commerce.types import Order, OrderState, Refusal


class Moved(Exception):
    """The basket or list was changed from elsewhere since the turn was decided; decide again on what it is now."""


def put_basket(action: PutBasket, shop: Shop) -> Done:
    """Store the basket. Raises Moved where it is no longer the one the turn was decided on."""
    if not shop.put_basket(action.key, action.basket):
        raise Moved(action.basket.owner)
    return Done("basket", "changed")


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
    return codes.verify_code(action.key, action.order.customer_id, action.code, now)


def release(
    action: Pending, shop: Shop, aftercare: Aftercare | None, now: datetime
) -> tuple[Order | Return | Refusal, Done]:
    """Do what a yes released, once by the action's key; what was ordered leaves the basket it came from."""
    if isinstance(action, PlaceOrder):
        wanted = action.quote or action.lines
        return _ordered(action, shop.place_order(action.key, action.customer_id, wanted, now), shop)
    if aftercare is None:
        raise ValueError(f"this shop cannot do {action}")
    if isinstance(action, CancelOrder):
        return _cancelled(action, aftercare.cancel_order(action.key, action.number, action.pieces, now))
    outcome = aftercare.ask_return(action.key, action.number, action.pieces, action.reason, now)
    said = outcome.reason if isinstance(outcome, Refusal) else "requested"
    return outcome, Done("return", said, action.number)


def settle(action: PlaceOrder, shop: Shop) -> tuple[Order | Refusal, Done]:
    """Ask what became of an order whose payment had not answered; it takes no money."""
    return _ordered(action, shop.settle(action.key), shop)


def _cancelled(action: CancelOrder, outcome: Order | Refusal) -> tuple[Order | Refusal, Done]:
    if isinstance(outcome, Refusal):
        return outcome, Done("cancel", outcome.reason, action.number)
    whole = outcome.state is OrderState.CANCELLED
    return outcome, Done("cancel", "cancelled" if whole else "partly_cancelled", action.number)


def _ordered(action: PlaceOrder, outcome: Order | Refusal, shop: Shop) -> tuple[Order | Refusal, Done]:
    if isinstance(outcome, Refusal):
        return outcome, Done("order", outcome.reason)
    if action.from_basket:
        _take_out(action, shop)
    return outcome, Done("order", "placed", outcome.number)


def _take_out(action: PlaceOrder, shop: Shop) -> None:
    stored = False
    while not stored:
        basket = shop.basket(action.customer_id)
        left = without(basket.lines, action.lines)
        stored = shop.put_basket(f"{action.key}:ordered", replace(basket, lines=left))
