"""Decisions about what a customer wants to be told of: a lower price, or something back in stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.chapters.cues import cue
from assistant.chapters.drafts import SURE, heard_options
from assistant.chapters.searching import in_other_money, own_money
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, say
from assistant.types import Decision, Priced, Value
from assistant.visits import SetAlert, StopAlert
from commerce.alerts import Alert, AlertWish, not_settable
from commerce.types import Money, Product, Variant


def set_alert(scene: Scene) -> Decision:
    """Note the wish and say it; without a product tell what is waited for, or stop waiting for it."""
    alerts, customer = scene.services.alerts, scene.session.customer_id
    if alerts is None:
        return aside(scene, say("not_served"))
    if customer is None:
        return ask(scene.session, "nothing", say("alert.whose"))
    product, waiting = _product(scene), alerts.alerts_of(customer)
    if cue(scene, "remove") or cue(scene, "stop"):
        return _stop(scene, customer, waiting, product)
    if product is None:
        return _told(scene, waiting)
    wish = _wish(scene, product)
    if in_other_money(scene):
        return aside(scene, own_money(scene))
    refusal = not_settable(wish, product)
    if refusal is not None and refusal.variant is not None:
        return _true_already(scene, product, refusal.variant)
    if refusal is not None:
        return aside(scene, say("alert.what"))
    how = say("alert.price", title=product.title, price=wish.price_max) if wish.price_max else None
    said = how or say("alert.stock", title=_named(product, wish.sku))
    return replace(aside(scene, said), perform=SetAlert(scene.key, customer, wish))


def _product(scene: Scene) -> Product | None:
    """The product named, else the one talked of last."""
    for line in scene.heard.lines:
        if line.candidates and line.candidates[0].score >= SURE:
            return scene.shop.product(line.candidates[0].product_id)
    if scene.heard.slot("alert") is None and scene.heard.slot("price_max") is None:
        return None
    return scene.shop.product_of(scene.session.about) if scene.session.about else None


def _wish(scene: Scene, product: Product) -> AlertWish:
    """The variant that was described, at most the price that was said, else anything below today's."""
    chosen = {option.name: option.value for option in heard_options(scene.heard, product)}
    fitting = [one for one in product.variants if chosen and chosen.items() <= dict(one.selected).items()]
    sku = fitting[0].sku if len(fitting) == 1 else None
    price = scene.heard.slot("price_max")
    if isinstance(price, int):
        return AlertWish(product.id, sku, Money(price, scene.shop.currency))
    if scene.heard.slot("alert") == "back_in_stock":
        return AlertWish(product.id, sku)
    today = fitting[0].price if sku else product.price_from
    return AlertWish(product.id, sku, Money(today.minor - 1, today.currency))


def _true_already(scene: Scene, product: Product, variant: Variant) -> Decision:
    """There is nothing to wait for: it is offered instead."""
    session = replace(scene.session, listed=(variant.sku,), about=variant.sku, drafts=())
    item = Priced(product.title, variant.price)
    if scene.session.pending is not None:
        return aside(scene, say("alert.already", item=item))
    return ask(session, "add", say("alert.already", item=item), say("resume.add", title=product.title))


def _told(scene: Scene, waiting: Sequence[Alert]) -> Decision:
    if not waiting:
        return aside(scene, say("alert.what"))
    titles: tuple[Value, ...] = tuple(_title(scene, one) for one in waiting[:MOST_READ_OUT])
    return aside(scene, say("alert.has", titles=titles))


def _stop(scene: Scene, customer: str, waiting: Sequence[Alert], product: Product | None) -> Decision:
    """The alert for the product named, else the newest."""
    of_it = [one for one in waiting if product is None or one.wish.product_id == product.id]
    if not of_it:
        return aside(scene, say("alert.none"))
    gone = say("alert.stopped", title=_title(scene, of_it[-1]))
    return replace(aside(scene, gone), perform=StopAlert(customer, of_it[-1].number))


def _title(scene: Scene, alert: Alert) -> str:
    product = scene.shop.product(alert.wish.product_id)
    return _named(product, alert.wish.sku) if product else alert.wish.product_id


def _named(product: Product, sku: str | None) -> str:
    variant = product.variant(sku) if sku else None
    return variant.title if variant else product.title
