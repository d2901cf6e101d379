"""How an order is sent and paid for: the address, the delivery and the points that were asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.acts import Wishes
from assistant.chapters.cues import cue, plain
from assistant.scene import MOST_READ_OUT, Scene, say
from assistant.types import Choices, Say
from commerce import delivery
from commerce.loyalty import DISCOUNT
from commerce.terms import DeliveryChoice
from commerce.types import Address, Discount, Line, Money, Quote, Refusal

SAYING_WHERE = ("change_order", "correct", "give_value")
"""Intents in which a place is where something is to go."""
ALL = -1
"""As many points as the shop takes."""


def wished(scene: Scene) -> Wishes | Say | None:
    """The address, delivery or points that the words ask for; a question where it stays open; None where none."""
    points = _points(scene)
    if isinstance(points, Say):
        return points
    choice, address = delivery_named(scene), address_named(scene)
    if isinstance(address, Say) and choice is None and points is None:
        return address
    label = address.label if isinstance(address, Address) else ""
    if not (label or choice or points is not None):
        return None
    return Wishes(label, choice.key if choice else "", points)


def both(before: Wishes, now: Wishes) -> Wishes:
    """The earlier wishes with the new ones; another address means that it is to be sent there, not picked up."""
    kept = "" if now.address and not now.delivery else before.delivery
    points = before.points if now.points is None else now.points
    return Wishes(now.address or before.address, now.delivery or kept, points)


def delivery_named(scene: Scene) -> DeliveryChoice | None:
    """The merchant's way of delivery that was named, by its title, its first word or another name for it."""
    said, key = plain(scene.heard.text), scene.heard.slot("delivery")
    ways = scene.shop.terms().delivery
    if exactly := next((way for way in ways if way.key == key), None):
        return exactly
    for way in ways:
        names = (way.title, way.title.split()[0], *way.aliases)
        if any(plain(name) in said for name in names) or (way.pick_up and cue(scene, "pick_up")):
            return way
    return None


def asks_price(scene: Scene) -> bool:
    """Whether it is asked what delivery costs."""
    about = scene.heard.intent == "store_info" and scene.heard.slot("topic") == "shipping"
    return about and cue(scene, "cost")


def costs(scene: Scene) -> Say | None:
    """What each way of delivery costs, or the one that was named; None where the shop has none."""
    named = delivery_named(scene)
    ways = (named,) if named else scene.shop.terms().delivery[:MOST_READ_OUT]
    return say("delivery.ways", ways=tuple(_cost(way, scene.shop.currency) for way in ways)) if ways else None


def _cost(way: DeliveryChoice, currency: str) -> Say:
    price = Money(way.price, currency)
    if not way.price:
        return say("delivery.way.free", title=way.title)
    if way.free_from is None:
        return say("delivery.way", title=way.title, price=price)
    return say("delivery.way.free_from", title=way.title, price=price, least=Money(way.free_from, currency))


def address_named(scene: Scene) -> Address | Say | None:
    """The customer's address that was named; a question where one was meant that is not in their book, or not said."""
    customer, book = scene.session.customer_id, scene.services.addresses
    known = book.of(customer) if customer and book else ()
    said, label = plain(scene.heard.text), scene.heard.slot("address")
    for address in known:
        if address.label == label:
            return address
        if plain(address.label) in said or (address.label in PLACES and cue(scene, PLACES[address.label])):
            return address
    named = scene.heard.slot("place") is not None and scene.heard.intent in SAYING_WHERE
    named = named or any(cue(scene, name) for name in PLACES.values())
    if not named and not cue(scene, "address"):
        return None
    if not known:
        return say("order.delivery_address")
    labels = Choices(tuple(address.label for address in known))
    return say("address.unknown" if named else "address.which", choices=labels)


PLACES = {"home": "at_home", "work": "at_work"}
"""Labels that have other names in every language."""


def quoted(scene: Scene, customer: str, lines: Sequence[Line], wishes: Wishes) -> Quote | Refusal | None:
    """These lines sent and paid for as wished, else the way the shop names first; None where neither is anything."""
    book = scene.services.addresses
    known = book.of(customer) if book else ()
    address = next((one for one in known if one.label == wishes.address), known[0] if known else None)
    quote = None
    if scene.shop.terms().delivery:
        found = scene.shop.quote(lines, address, wishes.delivery or None, scene.at)
        if isinstance(found, Refusal):
            return found
        quote = found
    less = _discount(scene, customer, lines, wishes)
    if less is None:
        return quote
    return delivery.quote(lines, quote.delivery if quote else None, [less])


def points_of(scene: Scene, customer: str, lines: Sequence[Line], wishes: Wishes) -> int:
    """How many points are used: at most what the shop takes for goods of this worth."""
    loyalty = scene.services.loyalty
    if not wishes.points or loyalty is None:
        return 0
    most = loyalty.redeemable(customer, Money.total((line.total for line in lines), scene.shop.currency), scene.at)
    return most.points if wishes.points == ALL else min(wishes.points, most.points)


def _discount(scene: Scene, customer: str, lines: Sequence[Line], wishes: Wishes) -> Discount | None:
    loyalty, points = scene.services.loyalty, points_of(scene, customer, lines, wishes)
    if not points or loyalty is None:
        return None
    goods = Money.total((line.total for line in lines), scene.shop.currency)
    most = loyalty.redeemable(customer, goods, scene.at)
    return DISCOUNT, Money(most.discount.minor * points // most.points, goods.currency)


def _points(scene: Scene) -> int | Say | None:
    """Points to pay with; a word about it where there are none to use; None where nothing was said of them."""
    exactly = scene.heard.slot("points")
    if isinstance(exactly, int):
        return exactly
    if not cue(scene, "points"):
        return None
    if cue(scene, "without_points"):
        return 0
    customer, loyalty = scene.session.customer_id, scene.services.loyalty
    balance = loyalty.points(customer, scene.at) if loyalty and customer else None
    if balance is None:
        return say("points.none_here")
    if not cue(scene, "spend"):
        return None
    counts = [slot.value for slot in scene.heard.slots if slot.name == "quantity" and isinstance(slot.value, int)]
    counts += [int(digits) for digits in re.findall(r"\d{1,9}", scene.heard.text)]
    return counts[0] if counts else ALL
