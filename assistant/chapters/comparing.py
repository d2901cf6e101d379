"""Products side by side, in one breath: what differs between them and matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.chapters.apart import Item, names, worded
from assistant.chapters.cues import asked_about, cue
from assistant.chapters.drafts import SURE
from assistant.chapters.finding import ORDERS
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, say
from assistant.types import Decision, Say, Value

MOST_TRAITS = 2
"""Differences told of each of two products; of each of three it is one."""
LAST = ("colour", "material")
"""Differences that are seen rather than asked for."""


def compare(scene: Scene) -> Decision:
    """The products named or pointed at, else those read out: one property where it was asked for, or what differs."""
    items = _compared(scene)
    if len(items) < 2:
        return aside(scene, say("compare.what"))
    asked = asked_about(scene)
    told = _by(items, asked) if asked else None
    says = told or _differences(items)
    if scene.session.pending is not None:
        return aside(scene, *says)
    session = replace(scene.session, listed=tuple(variant.sku for _, variant in items), drafts=())
    return ask(session, "choose", *says, say("compare.which"))


def asks_of_all(scene: Scene) -> bool:
    """Whether one property of all that was read out is asked about: "which is the warmest", "how heavy are they"."""
    heard = scene.heard
    most = heard.slot("superlative") not in (None, *ORDERS)
    them = heard.intent == "product_details" and heard.slot("reference") == "them"
    return (most or them) and not heard.lines and bool(asked_about(scene)) and len(scene.session.listed) > 1


def _compared(scene: Scene) -> list[Item]:
    """At most three products."""
    named = []
    for line in scene.heard.lines:
        best = line.candidates[0] if line.candidates else None
        product = scene.shop.product(best.product_id) if best and best.score >= SURE else None
        named += [(product, product.variants[0])] if product else []
    listed = scene.listed()
    if len(named) > 1 or not listed:
        return named[:MOST_READ_OUT]
    places = [slot.value for slot in scene.heard.slots if slot.name == "ordinal" and isinstance(slot.value, int)]
    pointed = [listed[place - 1 if place > 0 else place] for place in places if abs(place) <= len(listed)]
    if pointed or named:
        others = [item for item in listed if item[1].sku == scene.session.about]
        return _once([*named, *pointed, *others])[:MOST_READ_OUT]
    return listed[: 2 if cue(scene, "two") else MOST_READ_OUT]


def _once(items: Sequence[Item]) -> list[Item]:
    return list({variant.sku: (product, variant) for product, variant in items}.values())


def _by(items: Sequence[Item], name: str) -> tuple[Say, ...] | None:
    """Each with the one property; None where not all of them have it."""
    values = [_value(item, name) for item in items]
    if any(value is None for value in values):
        return None
    both = zip(names(items), values, strict=True)
    return (
        say("compare.by", items=tuple(say("compare.value", title=title, value=value or "") for title, value in both)),
    )


def _value(item: Item, name: str) -> Value | None:
    product, variant = item
    if name == "price":
        return variant.price
    if name in ("rating", "reviews"):
        return None if product.rating is None else say("compare.stars", rating=product.rating)
    value = product.attributes.get(name)
    return None if value is None else worded(name, value)


def _differences(items: Sequence[Item]) -> tuple[Say, ...]:
    most = MOST_TRAITS if len(items) == 2 else 1
    traits = [dict(product.attributes) for product, _ in items]
    differing = [
        name for name in traits[0] if all(name in one for one in traits) and len({one[name] for one in traits}) > 1
    ]
    told = sorted(differing, key=lambda name: name in LAST)[:most]
    rated = len({product.rating for product, _ in items}) > 1
    says = []
    for title, (product, variant), one in zip(names(items), items, traits, strict=True):
        stars = [say("compare.stars", rating=product.rating)] if rated and product.rating is not None else []
        words: tuple[Value, ...] = (*stars, *(worded(name, one[name]) for name in told))
        key = "compare.item" if words else "compare.priced"
        says.append(say(key, title=title, price=variant.price, traits=words))
    return tuple(says)
