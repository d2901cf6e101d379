"""Decisions about what is known of the customer, and what is said where it had a part in a decision."""

from __future__ import annotations

from dataclasses import replace

from assistant.acts import PutBasket
from assistant.considerate import Considerate
from assistant.memory import TOPICS, Fact, Forget, Keep, facts_in, known, liked, unfit
from assistant.scene import Scene, aside, ask, say
from assistant.types import Decision, Say, Word
from commerce.types import Line

MOST_TOLD = 6
"""Things known that are told in one breath."""
MOST_LETTERS = 4
"""Of a size that is written in capitals: "XXXL"."""
SEARCHES = ("find_product", "add_to_basket", "recommend", "product_details")


def remember(scene: Scene) -> Decision:
    """What was said about oneself is kept by `noted`, as it is beside any other request."""
    return aside(scene) if scene.session.customer_id else aside(scene, say("memory.whose"))


def recall(scene: Scene) -> Decision:
    """Everything that is known, with what only orders show said to be so."""
    if scene.session.customer_id is None:
        return aside(scene, say("memory.whose"))
    told = [_told(fact) for fact in known(scene.facts, *TOPICS)]
    told += [_told(fact) for fact in _shown(scene)]
    if not told:
        return aside(scene, say("memory.nothing"))
    return aside(scene, say("memory.knows", facts=tuple(told[:MOST_TOLD])))


def forget(scene: Scene) -> Decision:
    """One topic at once, everything after a yes."""
    customer, about = scene.session.customer_id, scene.heard.slot("forget")
    if customer is None:
        return aside(scene, say("memory.whose"))
    if about == "all":
        return ask(scene.session, "forget", say("memory.forget_all"))
    topic = next(topic for topic in TOPICS if topic == about)
    value = str(scene.heard.slot(topic) or "").casefold()
    there = [fact for fact in known(scene.facts, topic) if not value or fact.value == value]
    if not there and not (topic == "wear" and _shown(scene)):
        return aside(scene, say("memory.unknown"))
    return replace(aside(scene, say("memory.forgotten")), moves=(Forget(customer, topic, value, scene.at),))


def forget_all(scene: Scene) -> Decision:
    """A yes to forgetting everything."""
    customer = scene.session.customer_id
    moves = tuple(Forget(customer, topic, "", scene.at) for topic in TOPICS) if customer else ()
    return replace(ask(scene.session, "what", say("memory.forgot_all")), moves=moves)


def noted(scene: Scene, decision: Decision) -> Decision:
    """The decision with what was said about oneself kept, and with what memory had to do with it said aloud."""
    customer = scene.session.customer_id
    if customer is None:
        return decision
    new = facts_in(scene.heard, scene.at)
    keeps = tuple(Keep(customer, fact) for fact in new)
    says = [say("memory.noted", facts=tuple(_told(fact) for fact in new))] if new else []
    says += _because(scene, decision)
    return replace(decision, says=(*says, *decision.says), moves=(*decision.moves, *keeps))


def _because(scene: Scene, decision: Decision) -> list[Say]:
    """Sizes taken unasked, things to mind, what was left out, what came first: each once."""
    if not isinstance(scene.shop, Considerate):
        return []
    shop, added = scene.shop, _added(scene, decision)
    says = [say("memory.size", size=size) for line in added if (size := _size_taken(scene, shop, line))][:1]
    says += [mind for line in added if (mind := _mind(scene, line))][:1]
    if added or scene.heard.intent not in SEARCHES:
        return says
    if shop.left_out:
        return [say("memory.left_out", fact=_told(shop.left_out[0][1]))]
    first = shop.product_of(decision.session.listed[0]) if decision.session.listed else None
    fact = liked(first, scene.facts) if first else None
    fresh = decision.session.listed != scene.session.listed and len(decision.session.listed) > 1
    return [say("memory.first", value=Word(fact.value))] if fact and fresh else []


def _added(scene: Scene, decision: Decision) -> list[Line]:
    if not isinstance(decision.perform, PutBasket):
        return []
    before = {line.sku: line.quantity for line in scene.basket}
    return [line for line in decision.perform.basket.lines if line.quantity > before.get(line.sku, 0)]


def _size_taken(scene: Scene, shop: Considerate, line: Line) -> str:
    """The size of a line that was taken because it is the customer's; empty where the words had it."""
    product = shop.product(line.product_id)
    size, variant = (shop.size_of(product), product.variant(line.sku)) if product else (None, None)
    if size is None or variant is None or variant.selected.get(size[0]) != size[1]:
        return ""
    chosen = {option.value for draft in scene.session.drafts for option in draft.chosen}
    chosen |= {option.value for one in scene.heard.lines for option in one.options}
    chosen |= {str(slot.value) for slot in scene.heard.slots if slot.name != "wear"}
    return "" if size[1] in chosen or scene.session.asked == "option" else size[1]


def _mind(scene: Scene, line: Line) -> Say | None:
    product = scene.shop.product(line.product_id)
    fact = unfit(product, scene.facts) if product else None
    return say("memory.mind", title=line.title, fact=_told(fact)) if fact else None


def _shown(scene: Scene) -> tuple[Fact, ...]:
    """Sizes that orders show and that the customer has neither said nor forgotten."""
    if not isinstance(scene.shop, Considerate) or any(fact.topic == "wear" for fact in scene.facts):
        return ()
    return scene.shop.worn


def _told(fact: Fact) -> Say:
    if fact.topic == "diet":
        return say(f"memory.diet.{fact.value}")
    key = f"memory.{fact.topic}.orders" if fact.source == "orders" else f"memory.{fact.topic}"
    if fact.topic != "wear":
        return say(key, value=Word(fact.value))
    return say(key, value=fact.value.upper() if len(fact.value) <= MOST_LETTERS else fact.value)
