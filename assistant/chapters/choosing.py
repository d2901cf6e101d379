"""Decisions about which product is meant, and putting it into the basket with only what is missing asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.chapters import finding
from assistant.chapters.apart import Item, by_price
from assistant.chapters.cues import cue, plain, unwanted
from assistant.chapters.drafts import LARGEST_QUANTITY, Open, choose, draft_of, heard_options, merge, settle
from assistant.chapters.finding import ORDERS
from assistant.chapters.searching import NOT_ATTRIBUTES
from assistant.scene import MOST_READ_OUT, Scene, ask, say, stay
from assistant.types import Choices, Decision, Draft, Say, Word
from commerce.types import Line, LineOption, Product, Query, Refusal
from nlu.types import HeardLine

PLAIN = 0.6
"""Below this confidence of the understanding a product is asked about before it is added."""
MOST_CHOICES = 4
"""Choices of one option read out one by one."""


def add(scene: Scene) -> Decision:
    """Put what was named into the basket, asking only for what is missing."""
    customer = scene.session.customer_id
    wanted = [line for line in scene.heard.lines if not unwanted(scene, line)]
    if scene.heard.lines and not wanted:
        return ask(scene.session, "what", say("what.instead"))
    drafts = [draft_of(line, scene.shop, customer) for line in wanted if _is_sold(scene, line)]
    plain = scene.heard.confidence >= PLAIN
    understood = tuple(replace(draft, sure=draft.sure and plain) for draft in drafts if draft is not None)
    if not understood:
        has_words = scene.heard.lines or scene.heard.slot("query")
        if not has_words and scene.heard.slot("reference") and scene.session.listed:
            return select(scene)  # "I'll take it"
        found = finding.find(scene) if has_words else None
        return found or ask(scene.session, "what", say("what.would"))
    return advance(scene, (*understood, *_left_open(scene, understood)))


def _left_open(scene: Scene, understood: Sequence[Draft]) -> tuple[Draft, ...]:
    """What its options were being asked of while something else was added: it is not forgotten over that."""
    added = {product_id for draft in understood for product_id in draft.product_ids}
    asked = scene.session.drafts if scene.session.asked == "option" else ()
    return tuple(draft for draft in asked if added.isdisjoint(draft.product_ids))


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
        options = (*_named_choices(scene, drafts[0]), *heard_options(scene.heard, product)) if product else ()
        if product and options:
            draft = _counted(scene, choose(drafts[0], options, product))
            return advance(scene, (draft, *drafts[1:]))
        if product and (wished := _not_a_choice(scene)):
            asked = advance(scene, drafts)
            return replace(asked, says=(say("option.not_offered", choice=wished), *asked.says))
    picked = _picked(scene) or _only_one_with_options(scene)
    if picked is not None:
        return _take(scene, picked[0])
    if scene.heard.lines:
        return add(scene)
    narrower = finding.narrow(scene) or (finding.again(scene) if cue(scene, "more") else None)
    return narrower or unclear(scene)


def _not_a_choice(scene: Scene) -> str:
    """What was wished where the product has no such choice: "black", of shoes asked the size of; empty for goods."""
    if any(candidate.score >= 1.0 for line in scene.heard.lines for candidate in line.candidates):
        return ""
    wishes = (slot.said for slot in scene.heard.slots if slot.name not in NOT_ATTRIBUTES)
    return next(iter([*(line.said for line in scene.heard.lines), *wishes]), "")


def _named_choices(scene: Scene, draft: Draft) -> tuple[LineOption, ...]:
    """Choices of the options still open that are in the words as they are: "blue in large"."""
    made = settle(draft, scene.shop)
    if not isinstance(made, Open):
        return ()
    said, found = plain(scene.heard.text), []
    for name, _ in made.options:
        option = made.product.option(name)
        choices = option.choices if option else ()
        names = {called: one.label for one in choices for called in (one.label, *one.aliases) if plain(called) in said}
        found += [LineOption(name, names[max(names, key=len)])] if names else []
    return tuple(found)


def unclear(scene: Scene) -> Decision:
    """Nothing of what was read out is meant by these words: it is read out again."""
    listed = scene.listed()
    misses = scene.session.misses + 1
    if scene.session.asked == "option" and scene.session.drafts:
        again = advance(scene, scene.session.drafts)
        return replace(again, session=replace(again.session, misses=misses))
    if listed and scene.session.asked in ("nothing", "what"):
        return ask(scene.session, "what", say("what.would"))
    if not listed:
        return stay(scene.session, say("nothing.listed"), misses=misses)
    if len(listed) == 1:
        return ask(scene.session, "add", say("choose.only", item=by_price(listed)[0]))
    return stay(scene.session, say("choose.unclear", items=by_price(listed)), misses=misses)


def take_the_one_listed(scene: Scene) -> Decision:
    """A yes to "shall I add it?"."""
    listed = scene.listed()
    return _take(scene, listed[0][0]) if listed else ask(scene.session, "what", say("nothing.listed"))


def none_of_them(scene: Scene) -> Decision:
    """A no to what was offered: it is not suggested again, and what else fits is read out."""
    waiting = scene.session.drafts[1:] if scene.session.asked == "add" else ()
    if waiting:  # "do you mean ...?" was about the first of several things
        return advance(scene, waiting)
    listed, running = scene.listed(), scene.session.search
    refused = tuple(dict.fromkeys((*scene.session.refused, *(product.id for product, _ in listed))))
    session = replace(scene.session, refused=refused, drafts=())
    if running is None:
        return ask(session, "what", say("found.refused"))
    rest = scene.shop.find(running.query, finding.MOST_COUNTED).hits
    if any(hit.product.id not in running.shown for hit in rest):
        return finding.offer(replace(scene, session=session), replace(running, asking=""))
    return ask(replace(session, search=replace(running, shown=())), "what", say("found.other_wish"))


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
    if len(by_attribute) == 1 and (scene.session.search is None or cue(scene, "the_one")):
        return by_attribute[0]
    return _talked_of(scene, listed)


def _talked_of(scene: Scene, listed: Sequence[Item]) -> Item | None:
    """ "That one" after a question about one of them; "the other one" of two."""
    about = [item for item in listed if item[1].sku == scene.session.about]
    others = [item for item in listed if item not in about]
    if about and len(others) == 1 and cue(scene, "other"):
        return others[0]
    pointed = scene.heard.slot("reference") in ("it", "that_one") or cue(scene, "it")
    return about[0] if about and pointed and not cue(scene, "other") else None


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
    draft = _counted(scene, replace(first, product_ids=(product.id,), sure=True))
    search = scene.session.search
    asked_for = search.query.attributes.items() if search else ()
    wished = [LineOption(name, str(value)) for name, value in asked_for if _is_choice(product, name, str(value))]
    draft = choose(draft, (*wished, *heard_options(scene.heard, product)), product)
    session = replace(scene.session, about=product.variants[0].sku)
    return advance(replace(scene, session=session), (draft, *(waiting[1:] if asked_which else ())))


def _is_choice(product: Product, name: str, label: str) -> bool:
    option = product.option(name)
    return option is not None and option.choice(label) is not None


def _counted(scene: Scene, draft: Draft) -> Draft:
    """The draft with the number said in the same breath: "the second one, two of them"."""
    quantity = scene.heard.slot("quantity")
    return (
        replace(draft, quantity=quantity) if isinstance(quantity, int) and 0 < quantity <= LARGEST_QUANTITY else draft
    )


def _ask_which(scene: Scene, drafts: tuple[Draft, ...]) -> Decision:
    products = [scene.shop.product(product_id) for product_id in drafts[0].product_ids[:MOST_READ_OUT]]
    offered = [(product, product.variants[0]) for product in products if product]
    session = replace(scene.session, drafts=drafts, search=None, listed=tuple(variant.sku for _, variant in offered))
    return ask(session, "choose", say("choose.which", items=by_price(offered)))


def _ask_if_meant(scene: Scene, drafts: tuple[Draft, ...]) -> Decision:
    product = scene.shop.product(drafts[0].product_ids[0])
    if product is None:
        return ask(scene.session, "what", say("found.nothing"))
    item = (product, product.variants[0])
    session = replace(scene.session, drafts=drafts, listed=(item[1].sku,), about=item[1].sku)
    return ask(session, "add", say("choose.guess", item=by_price([item])[0]))


def _ask_options(scene: Scene, drafts: tuple[Draft, ...], question: Open) -> Decision:
    asking = (replace(drafts[0], asking=question.options[0][0]), *drafts[1:])
    asks = say("option.ask", title=question.product.title, questions=option_questions(question))
    return ask(replace(scene.session, drafts=asking), "option", asks)


def option_questions(question: Open) -> tuple[Say, ...]:
    """All that is missing in one question; long rows of choices by their ends only."""
    return tuple(_option_question(name, labels) for name, labels in question.options)


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
        told = (say("basket.also", lines=tuple(added)),) if added else ()
        return replace(question, says=(*says, *told, *question.says), perform=put)
    if added:
        session = replace(scene.session, about=added[-1].sku)
        return ask(session, "anything_else", *says, say("basket.added", lines=tuple(added)), perform=put)
    if len(gone) == 1 and (other := finding.instead(scene, gone[0])):
        return other
    return ask(scene.session, "what", *(says or (say("order.gone"),)), say("what.else"))


def _not_offered(scene: Scene) -> tuple[Say, ...]:
    """A word for a choice that was asked for and that the product does not have."""
    choice = scene.heard.slot("not_offered")
    return () if choice is None else (say("option.not_offered", choice=str(choice)),)
