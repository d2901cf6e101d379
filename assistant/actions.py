"""Carries out one action against the shop, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.drafts import without
from assistant.types import Done, PlaceOrder, PutBasket
from commerce.ports import Shop
from commerce.types import Order, Refusal


class BasketMoved(Exception):
    """The basket was changed from elsewhere since the turn was decided; decide again on what it is now."""


def put_basket(action: PutBasket, shop: Shop) -> Done:
    """Store the basket. Raises BasketMoved where it is no longer the one the turn was decided on."""
    if not shop.put_basket(action.key, action.basket):
        raise BasketMoved(action.basket.owner)
    return Done("basket", "changed")


def place_order(action: PlaceOrder, shop: Shop, now: datetime) -> tuple[Order | Refusal, Done]:
    """Order once by the action's key, and take what was ordered out of the basket it came from."""
    return _ordered(action, shop.place_order(action.key, action.customer_id, action.lines, now), shop)


def settle(action: PlaceOrder, shop: Shop) -> tuple[Order | Refusal, Done]:
    """Ask what became of an order whose payment had not answered; it takes no money."""
    return _ordered(action, shop.settle(action.key), shop)


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
