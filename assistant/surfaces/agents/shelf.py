"""Tools about what is sold: searching, one product's details, and what is put forward."""

from __future__ import annotations

from assistant.chapters.finding import MOST_COMPARED, ORDERS, look_up
from assistant.chapters.fitting import shared_reasons
from assistant.chapters.searching import query_of
from assistant.chapters.suggesting import reasoned, suggested
from assistant.surfaces.agents import inputs, items, outputs
from assistant.surfaces.agents.ground import Ground, Mistake, Planned, speech
from assistant.surfaces.agents.untrusted import clean
from assistant.types import Reply
from commerce.types import Hit, Suggestion
from nlu.types import Candidate, HeardLine, Slot, SlotValue, Understanding

SEARCHES = ("find_product", "recommend", "out_of_scope", "product_details", "add_to_basket")
"""What free words may be understood as and still be a search."""


def search(asked: inputs.SearchProducts, ground: Ground) -> Planned | Mistake:
    return ground.fresh("c", _looked_for(asked, ground))


def found(asked: inputs.SearchProducts, reply: Reply, ground: Ground, plan: Planned) -> outputs.Products | Mistake:
    """What the dialogue reads out a few of, with all that a program can show."""
    scene = ground.scene(plan.said)
    result = look_up(scene, query_of(scene), MOST_COMPARED if asked.sort else asked.limit)
    hits = list(result.hits or result.nearest)
    if asked.sort:
        order = ORDERS[asked.sort]
        hits.sort(key=lambda hit: order((hit.product, hit.variant)))
    told = tuple(_hit(hit, ground) for hit in hits[: asked.limit])
    return outputs.Products(speech=speech(reply), products=told, matched=bool(result.hits))


def _looked_for(asked: inputs.SearchProducts, ground: Ground) -> Understanding:
    """The words as Handla understands them, and over them what was given in so many fields."""
    heard = ground.assistant.understand(asked.query, ground.language, today=ground.at.date())
    given: list[tuple[str, SlotValue]] = [
        (name, value)
        for name in ("category", "brand", "price_min", "price_max", "rating_min")
        if (value := getattr(asked, name)) is not None
    ]
    given += [(name, value) for name, value in asked.attributes.items()]
    given += [("exclude", thing) for thing in asked.without]
    given += [("superlative", asked.sort)] if asked.sort else []
    named = {name for name, _ in given}
    searches = heard.intent in SEARCHES and (heard.slots or heard.lines)
    words = heard.slots if searches else (Slot("query", asked.query, asked.query, (0, len(asked.query))),)
    kept = tuple(slot for slot in words if slot.name not in named)
    slots = (*kept, *(Slot(name, value, str(value), (0, 0)) for name, value in given))
    return ground.meant("find_product", asked.query, slots=slots, lines=heard.lines if searches else ())


def _hit(hit: Hit, ground: Ground) -> outputs.ProductTold:
    reasons = (ground.word(value) for value in shared_reasons([hit]))
    return items.product((hit.product, hit.variant), ground, reasons, hit.unmet)


def details(asked: inputs.GetProduct, ground: Ground) -> Planned | Mistake:
    found = ground.product(asked.sku)
    if found is None:
        return Mistake("no_product", "sku names nothing that is sold; take one that search_products returned.")
    line = HeardLine(found.title, (0, 0), (Candidate(found.id, 1.0),))
    return ground.fresh("c", ground.meant("product_details", asked.about or "", lines=(line,)))


def detailed(asked: inputs.GetProduct, reply: Reply, ground: Ground, _: Planned) -> outputs.ProductDetails | Mistake:
    found = ground.product(asked.sku)
    if found is None:
        return Mistake("no_product", "That product is not sold any more.")
    featured = found.variant(asked.sku) or found.variants[0]
    attributes = {
        clean(name): clean(value) if isinstance(value, str) else value for name, value in found.attributes.items()
    }
    return outputs.ProductDetails(
        speech=speech(reply),
        product=items.product((found, featured), ground),
        variants=tuple(items.variant(one, ground) for one in found.variants),
        categories=tuple(clean(name) for name in found.categories),
        attributes=attributes,
        untrusted_text=items.written(found),
    )


def recommend(_: inputs.Recommend, ground: Ground) -> Planned | Mistake:
    return ground.fresh("c", ground.meant("recommend"))


def recommended(asked: inputs.Recommend, reply: Reply, ground: Ground, plan: Planned) -> outputs.Products | Mistake:
    best = suggested(ground.scene(plan.said), asked.limit).best
    told = tuple(_suggested(one, ground) for one in best)
    return outputs.Products(speech=speech(reply), products=told, matched=True)


def due(_: inputs.DueForReorder, ground: Ground) -> Planned | Mistake:
    return ground.fresh("c", ground.meant("recommend", slots=(Slot("about", "due", "", (0, 0)),)))


def likely(asked: inputs.DueForReorder, reply: Reply, ground: Ground, plan: Planned) -> outputs.Due | Mistake:
    told = tuple(
        outputs.DueTold(
            product=_suggested(one, ground),
            last=items.line(one.last, ground) if one.last else None,
            times=one.times,
        )
        for one in suggested(ground.scene(plan.said), asked.limit).best
    )
    return outputs.Due(speech=speech(reply), due=told)


def _suggested(one: Suggestion, ground: Ground) -> outputs.ProductTold:
    return items.product((one.product, one.variant), ground, [ground.text(reasoned(one))])
