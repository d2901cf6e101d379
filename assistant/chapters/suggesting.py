"""Decisions about what to put forward unasked for: each suggestion with its true reason."""

from __future__ import annotations

from dataclasses import replace

from assistant.chapters import finding
from assistant.chapters.cues import cue, is_cue
from assistant.scene import MOST_READ_OUT, Scene, ask, say
from assistant.types import Decision, Priced, Say
from commerce.types import Suggestion, Suggestions
from nlu.types import Slot

GIFT = "gift"
"""What is looked for where a gift is wanted; meaning finds it in any catalogue."""
MOST_SUGGESTED = 2
"""Suggestions in one breath, each with its reason."""


def recommend(scene: Scene) -> Decision:
    """What is due for this customer, then what goes with it or is liked; "what else" goes on behind those told."""
    put_forward = suggested(scene, MOST_READ_OUT)
    suggestions = put_forward.best[:MOST_SUGGESTED]
    if not suggestions:
        return ask(scene.session, "what", say("recommend.nothing"))
    skus = tuple(suggestion.variant.sku for suggestion in suggestions)
    session = replace(scene.session, listed=skus, drafts=(), search=None, about=skus[0] if len(skus) == 1 else "")
    if len(suggestions) == 1:
        return ask(session, "add", say("recommend.one", item=reasoned(suggestions[0])))
    key = "recommend.stranger" if put_forward.stranger else "recommend.some"
    both = say("recommend.two", first=reasoned(suggestions[0]), second=reasoned(suggestions[1]))
    return ask(session, "choose", say(key, items=both))


def gift(scene: Scene) -> Decision | None:
    """What people give, where something for somebody else is wanted: own needs do not count then. None for no gift."""
    named = str(scene.heard.slot("query") or scene.heard.slot("category") or "")
    of_a_kind = bool(scene.heard.lines) or (named != "" and not is_cue(scene, "gift", named))
    for_somebody = scene.heard.intent == "recommend" and scene.heard.slot("recipient") is not None
    if of_a_kind or not (cue(scene, "gift") or for_somebody):
        return None
    kept = tuple(slot for slot in scene.heard.slots if slot.name not in ("query", "recipient"))
    heard = replace(scene.heard, slots=(*kept, Slot("query", GIFT, GIFT, (0, 0))))
    return finding.find(replace(scene, heard=heard, session=replace(scene.session, search=None)))


def suggested(scene: Scene, most: int) -> Suggestions:
    """At most so many products: what is due first, only that where it was asked for; none that was told or refused."""
    customer = scene.session.customer_id
    told = {product.id for product, _ in scene.listed()} if cue(scene, "more") else set()
    refused = {*scene.session.refused, *told}
    due = list(scene.shop.due(customer, scene.at, limit=most)) if customer else []
    due = [suggestion for suggestion in due if suggestion.product.id not in refused]
    only_due = scene.heard.slot("about") == "due"
    put_forward = scene.shop.recommend(customer, scene.shop.basket(scene.owner), scene.at, most, refused)
    picked: dict[str, Suggestion] = {}
    for suggestion in [*(due if only_due else due[:1]), *(() if only_due else put_forward.best)]:
        picked.setdefault(suggestion.product.id, suggestion)
    return Suggestions(tuple(picked.values())[:most], put_forward.stranger)


def reasoned(suggestion: Suggestion) -> Say:
    """The product, its price and why it is put forward."""
    item = Priced(suggestion.product.title, suggestion.variant.price)
    return say(f"recommend.{suggestion.reason}", item=item, because=suggestion.because)
