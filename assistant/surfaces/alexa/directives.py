"""Directives of the Dialog interface: what Alexa is to ask, and this customer's own names of products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.surfaces.alexa.intents import ADD, BY_NAME, CHOOSE, CODE, OPTION_TYPE, REASON, TYPES, option_slot
from assistant.surfaces.alexa.requests import Request, RequestIntent
from assistant.surfaces.alexa.speech import plain
from assistant.types import Reply
from commerce.types import Product

MOST_ENTITIES = 100
"""Values and synonyms in one response (Use Dynamic Entities, Alexa Skills Kit)."""
LONGEST_VALUE = 140
"""Characters of a slot value or synonym."""


def asking(request: Request, reply: Reply) -> dict[str, Any] | None:
    """What has Alexa listen for the answer to the reply's question; None where any intent may follow.

    A directive names an intent of the dialog model; none follows a dialog that is complete, or a touch.
    """
    if reply.ended or request.dialog_state == "COMPLETED" or request.type not in ("LaunchRequest", "IntentRequest"):
        return None
    match reply.asks:
        case "option" if slot := option_slot(reply.option):
            return _elicit(CHOOSE, slot)
        case "reason":
            return _elicit(REASON, "reason")
        case "code":
            return _elicit(CODE, "code")
        case "add" if request.intent.name == ADD and _has(request.intent, "product"):
            return {"type": "Dialog.ConfirmSlot", "slotToConfirm": "product", "updatedIntent": _asked(request.intent)}
        case "order" | "confirm" if (means := BY_NAME.get(request.intent.name)) and means.confirmed:
            return {"type": "Dialog.ConfirmIntent", "updatedIntent": _asked(request.intent)}
        case _:
            return None


def delegate() -> dict[str, Any]:
    """Let Alexa ask, by the prompts of the model."""
    return {"type": "Dialog.Delegate"}


def own_products(products: Sequence[tuple[str, Product]]) -> dict[str, Any] | None:
    """This customer's products (SKU, product), the most likely first, as names Alexa is to expect; None for none."""
    values: list[dict[str, Any]] = []
    left = MOST_ENTITIES
    for sku, product in products:
        names = [name for name in (product.title, *product.aliases) if 0 < len(plain(name)) <= LONGEST_VALUE][:left]
        if not names:
            continue
        left -= len(names)
        values.append({"id": sku, "name": {"value": plain(names[0]), "synonyms": [plain(name) for name in names[1:]]}})
    if not values:
        return None
    types = [{"name": TYPES["product"], "values": values}]
    return {"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "REPLACE", "types": types}


def option_type(name: str) -> str:
    """The type of an option's slot."""
    return f"{OPTION_TYPE}{option_slot(name).upper()}"


def _elicit(intent: str, slot: str) -> dict[str, Any]:
    """Chain to the intent whose slot is the answer."""
    updated = {"name": intent, "confirmationStatus": "NONE", "slots": {slot: _empty(slot)}}
    return {"type": "Dialog.ElicitSlot", "slotToElicit": slot, "updatedIntent": updated}


def _asked(intent: RequestIntent) -> dict[str, Any]:
    """The intent with the slots it came with, not yet confirmed."""
    slots = {name: _empty(name) | ({"value": slot.value} if slot.value else {}) for name, slot in intent.slots.items()}
    return {"name": intent.name, "confirmationStatus": "NONE", "slots": slots}


def _empty(slot: str) -> dict[str, Any]:
    return {"name": slot, "confirmationStatus": "NONE"}


def _has(intent: RequestIntent, slot: str) -> bool:
    return slot in intent.slots and bool(intent.slots[slot].values())
