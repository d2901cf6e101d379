"""What a device with a screen shows: products as a list or one in detail, as APL documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.surfaces.alexa.heard import TOUCHED
from assistant.surfaces.alexa.speech import plain

RENDER = "Alexa.Presentation.APL.RenderDocument"
VERSION = "1.8"
"""Of the APL specification; devices from 2021 on know it."""
LAYOUTS = [{"name": "alexa-layouts", "version": "1.4.0"}]


@dataclass(frozen=True, slots=True)
class Shown:
    """One product on the screen."""

    sku: str
    title: str
    price: str
    description: str = ""


def products_shown(shown: Sequence[Shown], shop: str) -> dict[str, Any] | None:
    """The directive that shows these products: one in detail, several as a list to touch; None for none."""
    if not shown:
        return None
    return _detail(shown[0], shop) if len(shown) == 1 else _list(shown, shop)


def _list(shown: Sequence[Shown], shop: str) -> dict[str, Any]:
    items = [
        {"primaryText": plain(one.title), "secondaryText": plain(one.price), "sku": plain(one.sku)} for one in shown
    ]
    layout = {
        "type": "AlexaTextList",
        "headerTitle": "${payload.products.title}",
        "listItems": "${payload.products.items}",
        "primaryAction": {
            "type": "SendEvent",
            "arguments": [TOUCHED, "${payload.products.items[ordinal - 1].sku}"],
        },
    }
    return _directive("handla.list", layout, {"title": plain(shop), "items": items})


def _detail(one: Shown, shop: str) -> dict[str, Any]:
    layout = {
        "type": "AlexaDetail",
        "detailType": "generic",
        "headerTitle": "${payload.products.title}",
        "primaryText": "${payload.products.name}",
        "secondaryText": "${payload.products.price}",
        "bodyText": "${payload.products.text}",
    }
    told = {
        "title": plain(shop),
        "name": plain(one.title),
        "price": plain(one.price),
        "text": plain(one.description),
    }
    return _directive("handla.detail", layout, told)


def _directive(token: str, layout: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    document = {
        "type": "APL",
        "version": VERSION,
        "import": LAYOUTS,
        "mainTemplate": {"parameters": ["payload"], "items": [layout]},
    }
    return {"type": RENDER, "token": token, "document": document, "datasources": {"products": data}}
