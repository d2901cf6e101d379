"""What both editions of Dialogflow share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from assistant.surfaces.text import LONGEST_TEXT, typed
from assistant.surfaces.tolerant import Tolerant
from nlu.types import INTENTS, SLOTS, Candidate, HeardLine, Slot, SlotValue, Understanding
from voice.types import Transcript

WELCOME = "Default Welcome Intent"
FALLBACK = "Default Fallback Intent"
START_FLOW = "00000000-0000-0000-0000-000000000000"
"""CX's name for the flow that every agent begins with."""
_GREETS = frozenset({"welcome", WELCOME.lower()})
PRODUCT = "product"
"""The parameter that holds ids of products; the others are named like the slots of an Understanding."""
MOST_BYTES = 64 * 1024
"""Of a response; Dialogflow takes no larger one."""
_LONGEST_TEXT = 8_000
"""Characters of a reply, so that MOST_BYTES holds however they are escaped."""


class Message(Tolerant):
    """A message of the protocol, in proto3's JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def name_of(session: str) -> str:
    """A conversation's name for Handla: the protocol's path is long and holds the project."""
    return sha256(session.encode()).hexdigest()[:40]


def at(path: str, payload: Mapping[str, Any]) -> str | None:
    """The text or number at "telephony.caller_id" in a payload; None where there is none, or the path is empty."""
    found: object = payload
    for step in path.split(".") if path else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return str(found) if path and isinstance(found, str | int) and found != "" else None


def words(text: str, language: str, confidence: float = 0.0) -> Transcript:
    """What was typed or heard, as far as it counts; a confidence of 0 is how the protocol says that it knows none."""
    return replace(typed(text[:LONGEST_TEXT], language), confidence=confidence or 1.0)


def nothing(language: str) -> Transcript:
    """A turn in which nothing was said."""
    return Transcript("", language, 0.0, refused="silence")


def meaning(intent: str, parameters: Mapping[str, Any], language: str) -> Understanding | None:
    """What an intent of our agents, or an event of that name, stands for; None for any other."""
    name = "greet" if intent.lower() in _GREETS else intent.lower()
    if name not in INTENTS or name == "out_of_scope":
        return None
    found = {key: _plain(value) for key, value in parameters.items() if key in SLOTS}
    slots = tuple(Slot(key, value, str(value), (0, 0)) for key, value in found.items() if value is not None)
    counted = isinstance(found.get("quantity"), int)
    quantity = found["quantity"] if counted else 1
    products = parameters.get(PRODUCT) or ()
    ids = [str(product) for product in (products if isinstance(products, list) else [products])]
    lines = tuple(
        HeardLine(product, (0, 0), (Candidate(product, 1.0),), int(quantity or 1), counted=counted) for product in ids
    )
    return Understanding("", name, 1.0, language, slots, lines)


def cut(text: str) -> str:
    """A reply no longer than a response may be."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 2].rsplit(" ", 1)[0] + " …"


def _plain(value: object) -> SlotValue | None:
    """A parameter as a slot's value: numbers come as floats, lists for one, days with a time."""
    if isinstance(value, list):
        return _plain(value[0]) if value else None
    if isinstance(value, bool) or (isinstance(value, str) and value):
        return value[:10] if isinstance(value, str) and value[10:11] == "T" else value
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else float(value)
    return None
