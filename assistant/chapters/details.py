"""Answers about one product: what the shop knows of it and what people say. They leave the open question open."""

from __future__ import annotations

from dataclasses import replace

from assistant.acts import PlaceOrder
from assistant.chapters.apart import by_price
from assistant.chapters.choosing import MOST_CHOICES
from assistant.chapters.cues import asked_about
from assistant.chapters.drafts import SURE
from assistant.chapters.searching import NOT_ATTRIBUTES
from assistant.scene import Scene, aside, say, stay
from assistant.types import Choices, Decision, Priced, Say, Value, Word
from commerce.details import Specification, reviews, specification
from commerce.types import AttributeValue, Money, Option, Product
from nlu.types import SlotValue


def tell(scene: Scene) -> Decision:
    """What was asked about the product named, or about the one talked of; a short account where nothing special was."""
    product = _about(scene)
    if product is None:
        listed = by_price(scene.listed())
        return stay(scene.session, say("choose.unclear", items=listed) if listed else say("nothing.listed"))
    answer, listed_ids = _answer(scene, product), {found.id: variant.sku for found, variant in scene.listed()}
    sku = listed_ids.get(product.id, product.variants[0].sku)
    scene = replace(scene, session=replace(scene.session, about=sku))
    if scene.session.pending is None and product.id not in listed_ids and scene.session.asked in ("nothing", "what"):
        scene = replace(scene, session=replace(scene.session, listed=(sku,), asked="what"))
    return aside(scene, *answer)


def _about(scene: Scene) -> Product | None:
    """The product pointed at by its place, named, talked of last, being ordered, or the only one read out."""
    listed = [product for product, _ in scene.listed()]
    place = scene.heard.slot("ordinal")
    if isinstance(place, int) and listed:
        index = place - 1 if place > 0 else len(listed) + place
        return listed[index] if 0 <= index < len(listed) else None
    named = [candidate for line in scene.heard.lines for candidate in line.candidates[:1]]
    of_those = [product for product in listed for one in named if one.product_id == product.id]
    if of_those or (named and named[0].score >= SURE):
        return of_those[0] if of_those else scene.shop.product(named[0].product_id)
    pending = scene.session.pending
    if isinstance(pending, PlaceOrder) and len(pending.lines) == 1:
        return scene.shop.product(pending.lines[0].product_id)
    if scene.session.asked == "option" and scene.session.drafts:
        return scene.shop.product(scene.session.drafts[0].product_ids[0])
    if len(listed) == 1:
        return listed[0]
    if listed and scene.session.asked == "choose" and scene.session.about not in scene.session.listed:
        return scene.shop.product(named[0].product_id) if named else None
    talked_of = scene.shop.product_of(scene.session.about) if scene.session.about else None
    return talked_of or (scene.shop.product(named[0].product_id) if named else None)


def _answer(scene: Scene, product: Product) -> tuple[Say, ...]:
    wanted = {slot.name: slot.value for slot in scene.heard.slots if slot.name not in NOT_ATTRIBUTES}
    if wanted:
        return tuple(_whether(product, name, value) for name, value in wanted.items())
    asked = asked_about(scene)
    if asked in ("reviews", "rating"):
        return _reviews(product)
    if asked == "price":
        return (say("details.price", item=Priced(product.title, _price(scene, product))),)
    if asked == "stock":
        there = any(variant.stock > 0 for variant in product.variants)
        return (say("details.in_stock" if there else "details.sold_out", title=product.title),)
    known = specification(product, asked.replace("_", " ") if asked else scene.heard.text)
    if known is not None:
        return (_specification(product, known),)
    if asked:
        return (say("details.unknown", title=product.title),)
    return _account(product)


def _price(scene: Scene, product: Product) -> Money:
    """Of the variant read out, else the lowest."""
    return next((variant.price for found, variant in scene.listed() if found.id == product.id), product.price_from)


def _whether(product: Product, name: str, wanted: SlotValue) -> Say:
    """Yes, no, or that the shop does not know: silence of the merchant is no answer."""
    option = product.option(name)
    if option is not None:
        labels = tuple(choice.label for choice in option.choices)
        key = "details.comes" if str(wanted) in labels else "details.comes.not"
        return say(key, title=product.title, value=Word(str(wanted)), choices=_choices(option))
    said = Word(name if isinstance(wanted, bool) else str(wanted))
    has = product.attributes.get(name)
    if has is None:
        return say("details.unknown", title=product.title)
    if has == wanted:
        return say("details.yes", title=product.title, attribute=said)
    if isinstance(has, str):
        return say("details.other", title=product.title, attribute=said, has=Word(has))
    return say("details.no", title=product.title, attribute=said)


def _choices(option: Option) -> Value:
    labels = tuple(choice.label for choice in option.choices)
    return (
        Choices(labels)
        if len(labels) <= MOST_CHOICES
        else say("details.many", first=Word(labels[0]), last=Word(labels[-1]))
    )


def _specification(product: Product, known: Specification) -> Say:
    option = product.option(known.name)
    if option is not None:
        return say("details.choices", title=product.title, choices=_choices(option))
    value: AttributeValue = known.values[0]
    name = Word(known.name)
    if isinstance(value, bool):
        return say("details.yes" if value else "details.no", title=product.title, attribute=name)
    if known.unit:
        return say("details.measure", title=product.title, value=value, unit=Word(known.unit))
    return say("details.value", title=product.title, name=name, value=value)


def _reviews(product: Product) -> tuple[Say, ...]:
    summary = reviews(product)
    if summary.rating is None:
        return (say("details.unrated", title=product.title),)
    says = [say("details.rated", title=product.title, rating=summary.rating, count=summary.ratings)]
    says += [say("details.praise", quote=review.text) for review in summary.praise[:1]]
    says += [say("details.complaint", quote=review.text) for review in summary.complaints[:1]]
    return tuple(says)


def _account(product: Product) -> tuple[Say, ...]:
    item = Priced(product.title, product.price_from)
    if product.rating is None:
        return (say("details.account", item=item, description=product.description),)
    rated = say("details.rated", title=product.title, rating=product.rating, count=product.rating_count)
    return say("details.account", item=item, description=product.description), rated
