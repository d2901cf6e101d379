"""What is looked for: from the words of one turn to a query, and from a query to a narrower one."""

from __future__ import annotations

from dataclasses import replace

from assistant.chapters.fitting import CONSTRAINTS
from assistant.scene import Scene, say
from assistant.types import Say, Search, Word
from commerce.types import AttributeValue, Product, Query
from nlu.types import SLOTS

PRICES = ("price_min", "price_max")
NOT_ATTRIBUTES = SLOTS - {"recipient", "occasion"} | {"about"}


def query_of(scene: Scene) -> Query:
    """The constraints and the free words of what was heard; prices only where they are in the shop's own money."""
    values = {slot.name: slot.value for slot in reversed(scene.heard.slots)}
    if in_other_money(scene):
        values = {name: value for name, value in values.items() if name not in PRICES}
    attributes: dict[str, AttributeValue] = {k: v for k, v in values.items() if k not in NOT_ATTRIBUTES}
    words = str(values.get("query", "")) or " ".join(line.said for line in scene.heard.lines)
    without = tuple(str(slot.value) for slot in scene.heard.slots if slot.name == "exclude")
    constraints = {name: values[name] for name in CONSTRAINTS if name in values}
    return Query(words=words, attributes=attributes, without=without, **constraints)  # type: ignore[arg-type]


def in_other_money(scene: Scene) -> bool:
    """Whether a price was said in a currency that the shop does not have; nothing here knows what it is worth."""
    said = scene.heard.slot("currency")
    priced = any(scene.heard.slot(name) is not None for name in PRICES)
    return priced and said is not None and said != scene.shop.currency


def own_money(scene: Scene) -> Say:
    """Which money the shop's prices are in, and that the price just said is therefore not looked at."""
    return say("price.other_money", money=Word(scene.shop.currency))


def goes_on(running: Search | None, said: Query) -> bool:
    """Whether the words add to the running search: they name the same kind of thing, or none at all."""
    if running is None or not constrains(said):
        return False
    if said.category is not None:
        return said.category == running.query.category
    known = set(running.query.words.casefold().split())
    return said.words == "" or set(said.words.casefold().split()) <= known


def constrains(query: Query) -> bool:
    """Whether it asks for more than a kind of thing."""
    asked = (query.brand, query.price_min, query.price_max, query.rating_min)
    return bool(query.attributes or query.without) or any(value is not None for value in asked)


def narrowed(running: Query, said: Query) -> Query:
    """Both together; what is said now replaces what it contradicts."""
    low, high = running.price_min, running.price_max
    if said.price_max is not None and low is not None and low > said.price_max:
        low = None
    if said.price_min is not None and high is not None and high < said.price_min:
        high = None
    return replace(
        running,
        brand=said.brand or running.brand,
        price_min=low if said.price_min is None else said.price_min,
        price_max=high if said.price_max is None else said.price_max,
        rating_min=running.rating_min if said.rating_min is None else said.rating_min,
        attributes={**running.attributes, **said.attributes},
        without=tuple(dict.fromkeys((*running.without, *said.without))),
    )


def like(product: Product, running: Query | None) -> Query:
    """Other products of the same kind with the wishes that were named."""
    kind = product.categories[-1] if product.categories else ""
    wishes = replace(running, words=kind) if running else Query(words=kind)
    return replace(wishes, category=kind or None)
