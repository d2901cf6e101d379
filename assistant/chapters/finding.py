"""Decisions about products: finding, choosing, adding, recommending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.chapters.drafts import Open, choose, draft_of, heard_options, merge, settle
from assistant.chapters.fitting import CONSTRAINTS, described, misses_of, nothing_like, shared_reasons, softened
from assistant.scene import MOST_READ_OUT, Scene, ask, say, stay
from assistant.types import Choices, Decision, Draft, Priced, Say, Word
from commerce.types import AttributeValue, Hit, Line, LineOption, Product, Query, Refusal, Suggestion, Variant
from nlu.types import SLOTS, HeardLine

Item = tuple[Product, Variant]
ORDERS: dict[str, Callable[[Item], float]] = {
    "cheapest": lambda item: item[1].price.minor,
    "dearest": lambda item: -item[1].price.minor,
    "best_rated": lambda item: -(item[0].rating or 0.0),
}
"""Superlative -> what sorts the one meant to the front."""
MOST_COMPARED = 10
"""Matches among which "the cheapest" is looked for."""
MOST_SUGGESTED = 2
"""Suggestions in one breath, each with its reason."""
PLAIN = 0.6
"""Below this confidence of the understanding a product is asked about before it is added."""
MOST_CHOICES = 4
"""Choices of one option read out one by one."""
NOT_ATTRIBUTES = SLOTS - {"recipient", "occasion"} | {"about"}


def find(scene: Scene) -> Decision:
    """Read out at most three products that meet every constraint, or the honest nearest."""
    query = query_of(scene)
    if query == Query():  # "anything cheaper?": nothing to look for but what was read out
        return select(scene) if scene.session.listed else ask(scene.session, "what", say("what.would"))
    wanted = tuple(LineOption(name, str(value)) for name, value in query.attributes.items())
    scene = replace(scene, session=replace(scene.session, wanted=wanted, drafts=()))
    found = scene.shop.find(query, limit=MOST_COMPARED)
    softer = softened(query, scene.heard)
    if not found.hits and softer != query:
        loosely = scene.shop.find(softer, limit=MOST_COMPARED)
        found = loosely if loosely.hits else found
    if found.hits:
        return _offer(scene, _ordered(found.hits, scene.heard.slot("superlative"))[:MOST_READ_OUT])
    if found.nearest:
        nearest = found.nearest[0]
        session = replace(scene.session, listed=(nearest.variant.sku,))
        item = Priced(nearest.product.title, nearest.variant.price)
        if "in_stock" in nearest.unmet or nearest.variant.stock < 1:
            return _instead(scene, nearest.product.id) or ask(scene.session, "what", say("found.sold_out", item=item))
        nothing, misses = nothing_like(found, query, scene.shop.currency), misses_of(found)
        return ask(session, "add", say("found.nearest", item=item, wanted=nothing, misses=misses))
    return ask(scene.session, "what", say("found.nothing"))


def query_of(scene: Scene) -> Query:
    """The constraints and the free words of what was heard."""
    values = {slot.name: slot.value for slot in reversed(scene.heard.slots)}
    attributes: dict[str, AttributeValue] = {k: v for k, v in values.items() if k not in NOT_ATTRIBUTES}
    words = str(values.get("query", "")) or " ".join(line.said for line in scene.heard.lines)
    without = tuple(str(slot.value) for slot in scene.heard.slots if slot.name == "exclude")
    constraints = {name: values[name] for name in CONSTRAINTS if name in values}
    return Query(words=words, attributes=attributes, without=without, **constraints)  # type: ignore[arg-type]


def add(scene: Scene) -> Decision:
    """Put what was named into the basket, asking only for what is missing."""
    customer = scene.session.customer_id
    drafts = [draft_of(line, scene.shop, customer) for line in scene.heard.lines if _is_sold(scene, line)]
    plain = scene.heard.confidence >= PLAIN
    understood = tuple(replace(draft, sure=draft.sure and plain) for draft in drafts if draft is not None)
    if not understood:
        has_words = scene.heard.lines or scene.heard.slot("query")
        return find(scene) if has_words else ask(scene.session, "what", say("what.would"))
    return advance(scene, understood)


def _is_sold(scene: Scene, line: HeardLine) -> bool:
    """False where the words mean a thing that this shop does not have: a pizza sounds like peas and is none."""
    named = any(candidate.score >= 1.0 for candidate in line.candidates)
    return named or not scene.shop.find(Query(words=line.said, in_stock=False), limit=1).elsewhere


def advance(scene: Scene, drafts: Sequence[Draft]) -> Decision:
    """Settle the drafts in turn: lines go to the basket, the first open question is asked."""
    lines: list[Line] = []
    for position, draft in enumerate(drafts):
        rest = tuple(drafts[position:])
        if len(draft.product_ids) > 1:
            return _with_lines(scene, lines, _ask_which(scene, rest))
        if not draft.sure:
            return _with_lines(scene, lines, _ask_if_meant(scene, rest))
        made = settle(draft, scene.shop)
        if isinstance(made, Open):
            return _with_lines(scene, lines, _ask_options(scene, rest, made))
        if made is not None:
            lines.append(made)
    return _with_lines(scene, lines, None)


def select(scene: Scene) -> Decision:
    """An answer that picks: an option of the draft, or one of the products read out."""
    drafts = scene.session.drafts
    if scene.session.asked == "option" and drafts:
        product = scene.shop.product(drafts[0].product_ids[0])
        options = heard_options(scene.heard, product) if product else ()
        if product and options:
            return advance(scene, (choose(drafts[0], options, product), *drafts[1:]))
    picked = _picked(scene) or _only_one_with_options(scene)
    if picked is not None:
        return _take(scene, picked[0])
    if scene.heard.lines:
        return add(scene)
    listed = scene.listed()
    misses = scene.session.misses + 1
    if not listed:
        return stay(scene.session, say("nothing.listed"), misses=misses)
    if len(listed) == 1:
        return ask(scene.session, "add", say("choose.only", item=_priced(listed)[0]))
    return stay(scene.session, say("choose.unclear", items=_priced(listed)), misses=misses)


def take_the_one_listed(scene: Scene) -> Decision:
    """A yes to "shall I add it?"."""
    listed = scene.listed()
    return _take(scene, listed[0][0]) if listed else ask(scene.session, "what", say("nothing.listed"))


def recommend(scene: Scene) -> Decision:
    """What is due for this customer, then what goes with it or is liked, each with its true reason."""
    customer = scene.session.customer_id
    due = list(scene.shop.due(customer, scene.at, limit=MOST_READ_OUT)) if customer else []
    only_due = scene.heard.slot("about") == "due"
    basket = scene.shop.basket(scene.owner)
    put_forward = scene.shop.recommend(customer, basket, scene.at, MOST_READ_OUT)
    more = () if only_due else put_forward.best
    picked: dict[str, Suggestion] = {}
    for suggestion in [*(due if only_due else due[:1]), *more]:
        picked.setdefault(suggestion.product.id, suggestion)
    suggestions = list(picked.values())[:MOST_SUGGESTED]
    if not suggestions:
        return ask(scene.session, "what", say("recommend.nothing"))
    session = replace(scene.session, listed=tuple(s.variant.sku for s in suggestions), drafts=())
    if len(suggestions) == 1:
        return ask(session, "add", say("recommend.one", item=_reasoned(suggestions[0])))
    key = "recommend.stranger" if put_forward.stranger else "recommend.some"
    return ask(
        session,
        "choose",
        say(key, items=say("recommend.two", first=_reasoned(suggestions[0]), second=_reasoned(suggestions[1]))),
    )


def refusal_says(refusal: Refusal) -> Say:
    """The shop's no in words."""
    title = refusal.title or (refusal.sku or "")
    match refusal.reason:
        case "out_of_stock" if refusal.left:
            return say("order.few_left", title=title, left=refusal.left)
        case "price_changed" if refusal.price:
            return say("order.price_changed", title=title, price=refusal.price)
        case "unknown_customer":
            return say("order.whose")
        case "empty":
            return say("basket.empty")
        case reason:
            return say(f"order.{reason}", title=title)


def _ordered(hits: Sequence[Hit], superlative: object) -> list[Hit]:
    """As "the cheapest" asks, the one meant first; as they were where no superlative was said."""
    order = ORDERS.get(str(superlative))
    return sorted(hits, key=lambda hit: order((hit.product, hit.variant))) if order else list(hits)


def _offer(scene: Scene, hits: Sequence[Hit]) -> Decision:
    """The products with the reasons they share; one alone with all of its own."""
    session = replace(scene.session, listed=tuple(hit.variant.sku for hit in hits), drafts=())
    reasons = shared_reasons(hits)
    if len(hits) > 1:
        items = _priced([(hit.product, hit.variant) for hit in hits])
        says = say("found.some.why", items=items, why=reasons) if reasons else say("found.some", items=items)
        return ask(session, "choose", says)
    item = Priced(hits[0].product.title, hits[0].variant.price)
    if reasons:
        return ask(session, "add", say("found.one.why", item=item, why=reasons))
    told = described(hits[0])
    says = say("found.one.told", item=item, told=told) if told else say("found.one", item=item)
    return ask(session, "add", says)


def _priced(products: Sequence[Item]) -> tuple[Priced, ...]:
    return tuple(Priced(product.title, variant.price) for product, variant in products)


def _instead(scene: Scene, product_id: str) -> Decision | None:
    """What can take the place of something that is sold out; None where nothing can."""
    others = scene.shop.alternatives(product_id, scene.session.customer_id, limit=1)
    if not others:
        return None
    item, gone = Priced(others[0].product.title, others[0].variant.price), scene.shop.product(product_id)
    session = replace(scene.session, listed=(others[0].variant.sku,), drafts=())
    return ask(session, "add", say("instead.one", title=gone.title if gone else "", item=item))


def _reasoned(suggestion: Suggestion) -> Say:
    item = Priced(suggestion.product.title, suggestion.variant.price)
    return say(f"recommend.{suggestion.reason}", item=item, because=suggestion.because)


def _picked(scene: Scene) -> Item | None:
    """Which of the products read out is meant, by place, by price or rating, by name or by an attribute."""
    listed = scene.listed()
    ordinal = scene.heard.slot("ordinal")
    if isinstance(ordinal, int) and listed:
        index = ordinal - 1 if ordinal > 0 else len(listed) + ordinal
        return listed[index] if 0 <= index < len(listed) else None
    superlative = scene.heard.slot("superlative")
    if superlative in ORDERS and listed:
        return min(listed, key=ORDERS[str(superlative)])
    named = [c.product_id for line in scene.heard.lines for c in line.candidates]
    by_name = [item for item in listed if item[0].id in named]
    if by_name:
        return min(by_name, key=lambda item: named.index(item[0].id))
    by_attribute = [item for item in listed if _has(item, scene)]
    return by_attribute[0] if len(by_attribute) == 1 else None


def _only_one_with_options(scene: Scene) -> Item | None:
    """The one product offered, when the answer chooses something about it: "in size 42"."""
    listed = scene.listed()
    return listed[0] if len(listed) == 1 and heard_options(scene.heard, listed[0][0]) else None


def _has(item: Item, scene: Scene) -> bool:
    product, variant = item
    wanted = [slot for slot in scene.heard.slots if slot.name not in NOT_ATTRIBUTES]
    having = {**product.attributes, **variant.selected}
    return bool(wanted) and all(having.get(slot.name) == slot.value for slot in wanted)


def _take(scene: Scene, product: Product) -> Decision:
    """Make a draft of a product read out; the draft that asked "which one?" lends its quantity and choices."""
    waiting = scene.session.drafts
    asked_which = bool(waiting) and product.id in waiting[0].product_ids
    first = waiting[0] if asked_which else Draft((product.id,))
    quantity = scene.heard.slot("quantity")
    amount = quantity if isinstance(quantity, int) and quantity > 0 else first.quantity
    draft = replace(first, product_ids=(product.id,), quantity=amount, sure=True)
    wished = [o for o in scene.session.wanted if (option := product.option(o.name)) and option.choice(o.value)]
    draft = choose(draft, (*wished, *heard_options(scene.heard, product)), product)
    return advance(scene, (draft, *(waiting[1:] if asked_which else ())))


def _ask_which(scene: Scene, drafts: tuple[Draft, ...]) -> Decision:
    products = [scene.shop.product(product_id) for product_id in drafts[0].product_ids[:MOST_READ_OUT]]
    offered = [(product, product.variants[0]) for product in products if product]
    session = replace(scene.session, drafts=drafts, listed=tuple(variant.sku for _, variant in offered))
    return ask(session, "choose", say("choose.which", items=_priced(offered)))


def _ask_if_meant(scene: Scene, drafts: tuple[Draft, ...]) -> Decision:
    product = scene.shop.product(drafts[0].product_ids[0])
    if product is None:
        return ask(scene.session, "what", say("found.nothing"))
    item = (product, product.variants[0])
    session = replace(scene.session, drafts=drafts, listed=(item[1].sku,))
    return ask(session, "add", say("choose.guess", item=_priced([item])[0]))


def _ask_options(scene: Scene, drafts: tuple[Draft, ...], question: Open) -> Decision:
    """All that is missing in one question; long rows of choices by their ends only."""
    parts = [_option_question(name, labels) for name, labels in question.options]
    asking = (replace(drafts[0], asking=question.options[0][0]), *drafts[1:])
    asks = say("option.ask", title=question.product.title, questions=tuple(parts))
    return ask(replace(scene.session, drafts=asking), "option", asks)


def _option_question(name: str, labels: tuple[str, ...]) -> Say:
    if len(labels) > MOST_CHOICES:
        return say("option.many", option=Word(name), first=Word(labels[0]), last=Word(labels[-1]))
    return say("option.some", option=Word(name), choices=Choices(labels))


def _with_lines(scene: Scene, lines: Sequence[Line], question: Decision | None) -> Decision:
    """Put what can be had into the basket, say what cannot, then ask the open question or "anything else?"."""
    basket, added, says = scene.basket, list[Line](), _not_offered(scene)
    gone: list[str] = []
    for line in lines:
        wished = merge(basket, [line])
        refusal = scene.shop.check([one for one in wished if one.sku == line.sku])
        if refusal is None or refusal.reason == "price_changed":  # a line added earlier: the read-back will tell
            basket, added = wished, [*added, line]
        else:
            says = (*says, refusal_says(refusal))
            gone += [line.product_id] if refusal.reason == "out_of_stock" and not refusal.left else []
    put = scene.put(basket) if added else None
    if question is not None:
        return replace(question, says=(*says, *question.says), perform=put)
    if added:
        return ask(scene.session, "anything_else", *says, say("basket.added", lines=tuple(added)), perform=put)
    if len(gone) == 1 and (other := _instead(scene, gone[0])):
        return other
    return ask(scene.session, "what", *(says or (say("order.gone"),)), say("what.else"))


def _not_offered(scene: Scene) -> tuple[Say, ...]:
    """A word for a choice that was asked for and that the product does not have."""
    choice = scene.heard.slot("not_offered")
    return () if choice is None else (say("option.not_offered", choice=str(choice)),)
