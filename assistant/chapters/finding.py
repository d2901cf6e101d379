"""Decisions about a search: what to read out, what to ask so that fewer fit, and what is nearest where nothing does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.chapters.apart import Item, by_price
from assistant.chapters.cues import cue
from assistant.chapters.fitting import described, misses_of, nothing_like, shared_reasons, softened
from assistant.chapters.searching import constrains, goes_on, in_other_money, like, narrowed, own_money, query_of
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, say
from assistant.types import Choices, Decision, Priced, Say, Search, Session, Word
from commerce.splits import Split, splits
from commerce.types import AttributeValue, Found, Hit, Product, Query


def _attribute(name: str, sign: int) -> Callable[[Item], float]:
    """Sorts by a number of the product, those without it last."""

    def key(item: Item) -> float:
        value = item[0].attributes.get(name)
        return sign * value if isinstance(value, int | float) and not isinstance(value, bool) else float("inf")

    return key


ORDERS: dict[str, Callable[[Item], float]] = {
    "cheapest": lambda item: item[1].price.minor,
    "dearest": lambda item: -item[1].price.minor,
    "best_rated": lambda item: -(item[0].rating or 0.0),
    "lightest": _attribute("weight_grams", 1),
}
"""Superlative -> what sorts the one meant to the front."""
MOST_COMPARED = 10
"""Matches among which "the cheapest" is looked for."""
MOST_COUNTED = 40
"""Matches that are counted; more are many."""
MANY = 6
"""More matches than these are not read out one after the other: a question narrows them first."""
READ_OUT_WITH_QUESTION = 2
MOST_QUESTIONS = 2
"""Questions in one search; after them it is the customer's turn to choose."""
SAID_UNASKED = frozenset({"brand", "material"})
"""Properties that customers name themselves where they matter; nobody is asked about them."""
WORDED = ("category", "occasion", "recipient", "season", "warmth")
"""Properties with a question of their own: "Is it for hiking?" instead of "Which occasion?"."""
READ_OUT_AS_QUESTION = 4
"""Values of one property read out as a question; of more of them the most frequent three are."""


def find(scene: Scene) -> Decision | None:
    """What fits what was said: a new search, or the running one made narrower; None where nothing is looked for."""
    decision = _find(scene)
    if not in_other_money(scene):
        return decision
    return replace(decision, says=(own_money(scene), *decision.says)) if decision else aside(scene, own_money(scene))


def _find(scene: Scene) -> Decision | None:
    said, running = query_of(scene), scene.session.search
    superlative = str(scene.heard.slot("superlative") or "")
    if said == Query():
        return again(scene, superlative) if superlative or cue(scene, "more") else None
    if running is not None and goes_on(running, said):
        search = replace(running, query=narrowed(running.query, said), shown=(), asking="")
        return offer(scene, replace(search, superlative=superlative or running.superlative))
    return offer(scene, Search(said, superlative))


def narrow(scene: Scene) -> Decision | None:
    """The running search with what was said of it: "in black", "under 100"; None where nothing was."""
    running, said = scene.session.search, query_of(scene)
    if running is not None and in_other_money(scene):
        return find(scene)
    if running is None or not constrains(said):
        return None
    return offer(scene, replace(running, query=narrowed(running.query, said), shown=(), asking=""))


def answer(scene: Scene) -> Decision | None:
    """The answer to the question that narrows the search; None where the words are something else."""
    running = scene.session.search
    if running is None or not running.asking:
        return None
    name, intent, query = running.asking, scene.heard.intent, running.query
    split = _open(scene, running)
    yes_or_no = split is not None and _is_yes_or_no(split)
    after = replace(running, asking="")
    if cue(scene, "any") or (intent == "deny" and not yes_or_no):
        return offer(scene, after)
    if yes_or_no and intent == "affirm":
        return offer(scene, replace(after, query=replace(query, attributes={**query.attributes, name: True}), shown=()))
    if yes_or_no and intent == "deny":
        without = (*query.without, name.replace("_", " "))
        return offer(scene, replace(after, query=replace(query, without=without), shown=()))
    return _named(scene, after, name)


def again(scene: Scene, superlative: str = "") -> Decision | None:
    """The same search: what else there is, what is cheaper, or sorted otherwise; None where none is running."""
    running = scene.session.search
    if not superlative:
        return offer(scene, replace(running, asking="")) if running else None
    if superlative == "cheapest":
        return _cheaper(scene)
    if running is None or superlative not in ORDERS:
        return None
    return offer(scene, replace(running, superlative=superlative, shown=(), asking=""))


def offer(scene: Scene, search: Search) -> Decision:
    """At most three products that fit and were not read out yet, or the honest nearest."""
    most = MOST_COMPARED if search.superlative else MOST_COUNTED
    found = look_up(scene, search.query, most)
    if not found.hits:
        return _nearest(scene, search, found)
    hits = _ordered(found.hits, search.superlative)
    fresh = [hit for hit in hits if hit.product.id not in search.shown]
    if not fresh:
        items = by_price([(hit.product, hit.variant) for hit in hits[:MOST_READ_OUT]])
        session = replace(scene.session, search=replace(search, shown=()), listed=_skus(hits[:MOST_READ_OUT]))
        return ask(session, "choose", say("found.no_more", items=items))
    question = _question(search, hits)
    told = fresh[: READ_OUT_WITH_QUESTION if question else MOST_READ_OUT]
    shown = (*search.shown, *(hit.product.id for hit in told))
    asking = question.name if question else ""
    after = replace(search, shown=shown, asking=asking, asked=(*search.asked, asking) if asking else search.asked)
    session = replace(scene.session, search=after, listed=_skus(told), drafts=())
    if question is None:
        return read_out(session, told)
    count = "found.many" if len(hits) < MOST_COUNTED else "found.very_many"
    items = by_price([(hit.product, hit.variant) for hit in told])
    return ask(session, "choose", say(count, count=len(hits), items=items, question=question_about(question)))


def read_out(session: Session, hits: Sequence[Hit]) -> Decision:
    """The products with the reasons they share; one alone with all of its own."""
    reasons = shared_reasons(hits)
    if len(hits) > 1:
        items = by_price([(hit.product, hit.variant) for hit in hits])
        says = say("found.some.why", items=items, why=reasons) if reasons else say("found.some", items=items)
        return ask(session, "choose", says)
    item = Priced(hits[0].product.title, hits[0].variant.price)
    session = replace(session, about=hits[0].variant.sku)
    if reasons:
        return ask(session, "add", say("found.one.why", item=item, why=reasons))
    told = described(hits[0])
    says = say("found.one.told", item=item, told=told) if told else say("found.one", item=item)
    return ask(session, "add", says)


def question_about(split: Split) -> Say:
    """A question whose answer narrows the search; "Should it be waterproof?"."""
    if _is_yes_or_no(split):
        return say("narrow.yes_no", value=Word(split.name))
    labels = [str(value) for value, _ in split.values]
    more = len(labels) > READ_OUT_AS_QUESTION
    choices = Choices(tuple(labels[:MOST_READ_OUT] if more else labels))
    key = (
        f"narrow.{split.name}"
        if split.name in ("category", "occasion", "recipient", "season", "warmth")
        else "narrow.which"
    )
    said = say(key, name=Word(split.name), choices=choices)
    return say("narrow.or_else", question=said) if more else say("narrow.asked", question=said)


def reopened(scene: Scene) -> Say | None:
    """The question that narrows the running search, once more; None where none is open."""
    running = scene.session.search
    split = _open(scene, running) if running and running.asking else None
    return question_about(split) if split else None


def _open(scene: Scene, running: Search) -> Split | None:
    """What the open question is about, as the products are now."""
    hits = scene.shop.find(running.query, MOST_COUNTED).hits
    split = _split(hits, tuple(name for name in (*running.asked, *running.query.attributes) if name != running.asking))
    return split if split and split.name == running.asking else None


def look_up(scene: Scene, query: Query, limit: int) -> Found:
    """What meets the query; where nothing does, what is like the purpose that was named."""
    found = scene.shop.find(query, limit)
    softer = softened(query, scene.heard)
    if found.hits or softer == query:
        return found
    loosely = scene.shop.find(softer, limit)
    return loosely if loosely.hits else found


def _question(search: Search, hits: Sequence[Hit]) -> Split | None:
    """What to ask before so much is read out; None where it is little, sorted already, or enough was asked."""
    enough = len(search.asked) >= MOST_QUESTIONS or bool(search.shown) or bool(search.superlative)
    return None if enough or len(hits) <= MANY else _split(hits, (*search.asked, *search.query.attributes))


def _split(hits: Sequence[Hit], known: Sequence[str]) -> Split | None:
    besides = {*known, *SAID_UNASKED}
    return splits(hits, besides, READ_OUT_AS_QUESTION) or splits(hits, besides)


def _is_yes_or_no(split: Split) -> bool:
    return all(isinstance(value, bool) for value, _ in split.values)


def _named(scene: Scene, search: Search, name: str) -> Decision | None:
    """The value of the property asked about that the words say, as a slot or as it is."""
    said = scene.heard.slot(name)
    if said is None:
        text = scene.heard.text.casefold()
        hits = look_up(scene, search.query, MOST_COUNTED).hits
        values = {value: str(value).casefold() for hit in hits for value in _values(hit.product, name)}
        said = next((value for value, label in values.items() if label in text), None)
    if said is None:
        return None
    query = search.query
    if name == "category":
        return offer(scene, replace(search, query=replace(query, category=str(said)), shown=()))
    heard = query_of(scene).attributes
    attributes = {**query.attributes, **heard, name: said}
    return offer(scene, replace(search, query=replace(query, attributes=attributes), shown=()))


def _values(product: Product, name: str) -> list[AttributeValue]:
    if name == "category":
        return list(product.categories)
    options = [choice.label for option in product.options if option.name == name for choice in option.choices]
    value = product.attributes.get(name)
    return [*options, *([value] if isinstance(value, str) else [])]


def _cheaper(scene: Scene) -> Decision | None:
    """What costs less than anything read out, of the same kind; an honest no where nothing does."""
    listed, running = scene.listed(), scene.session.search
    if not listed:
        return None
    cheapest = min(listed, key=ORDERS["cheapest"])
    below = cheapest[1].price.minor - 1
    wider = Search(like(cheapest[0], running.query if running else None), asked=running.asked if running else ())
    for search in (replace(running, shown=(), asking=""), wider) if running else (wider,):
        found = scene.shop.find(replace(search.query, price_max=below, price_min=None), MOST_READ_OUT)
        if found.hits:
            shown = tuple(hit.product.id for hit in found.hits)
            session = replace(scene.session, search=replace(search, shown=shown), listed=_skus(found.hits), drafts=())
            told = read_out(session, found.hits)
            other = say("cheaper.others"), *told.says
            return replace(told, says=other) if running and search is wider else told
    session = replace(scene.session, about=cheapest[1].sku)
    none = say("cheaper.none", item=Priced(cheapest[0].title, cheapest[1].price))
    return aside(replace(scene, session=session), none)


def _nearest(scene: Scene, search: Search, found: Found) -> Decision:
    """What fails least, and how; what sells in the place of what is sold out."""
    session = replace(scene.session, search=search, drafts=())
    if not found.nearest:
        return ask(session, "what", say("found.nothing"))
    nearest = found.nearest[0]
    item = Priced(nearest.product.title, nearest.variant.price)
    if "in_stock" in nearest.unmet or nearest.variant.stock < 1:
        other = instead(replace(scene, session=session), nearest.product.id)
        return other or ask(session, "what", say("found.sold_out", item=item))
    session = replace(session, listed=(nearest.variant.sku,), about=nearest.variant.sku)
    nothing, misses = nothing_like(found, search.query, scene.shop.currency), misses_of(found)
    return ask(session, "add", say("found.nearest", item=item, wanted=nothing, misses=misses))


def instead(scene: Scene, product_id: str) -> Decision | None:
    """What can take the place of something that is sold out; None where nothing can."""
    others = scene.shop.alternatives(product_id, scene.session.customer_id, limit=1)
    if not others:
        return None
    item, gone = Priced(others[0].product.title, others[0].variant.price), scene.shop.product(product_id)
    sku = others[0].variant.sku
    session = replace(scene.session, listed=(sku,), about=sku, drafts=())
    return ask(session, "add", say("instead.one", title=gone.title if gone else "", item=item))


def _ordered(hits: Sequence[Hit], superlative: str) -> list[Hit]:
    """As "the cheapest" asks, the one meant first; as they were where no superlative was said."""
    order = ORDERS.get(superlative)
    return sorted(hits, key=lambda hit: order((hit.product, hit.variant))) if order else list(hits)


def _skus(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.variant.sku for hit in hits)
