"""Decisions about what to put forward unasked for: each suggestion with its true reason."""

from __future__ import annotations

from dataclasses import replace

from assistant.chapters.cues import cue
from assistant.scene import MOST_READ_OUT, Scene, ask, say
from assistant.types import Decision, Priced, Say
from commerce.types import Suggestion

MOST_SUGGESTED = 2
"""Suggestions in one breath, each with its reason."""


def recommend(scene: Scene) -> Decision:
    """What is due for this customer, then what goes with it or is liked; "what else" goes on behind those told."""
    customer = scene.session.customer_id
    told = {product.id for product, _ in scene.listed()} if cue(scene, "more") else set()
    refused = {*scene.session.refused, *told}
    due = list(scene.shop.due(customer, scene.at, limit=MOST_READ_OUT)) if customer else []
    due = [suggestion for suggestion in due if suggestion.product.id not in refused]
    only_due = scene.heard.slot("about") == "due"
    basket = scene.shop.basket(scene.owner)
    put_forward = scene.shop.recommend(customer, basket, scene.at, MOST_READ_OUT, refused)
    more = () if only_due else put_forward.best
    picked: dict[str, Suggestion] = {}
    for suggestion in [*(due if only_due else due[:1]), *more]:
        picked.setdefault(suggestion.product.id, suggestion)
    suggestions = list(picked.values())[:MOST_SUGGESTED]
    if not suggestions:
        return ask(scene.session, "what", say("recommend.nothing"))
    skus = tuple(suggestion.variant.sku for suggestion in suggestions)
    session = replace(scene.session, listed=skus, drafts=(), search=None, about=skus[0] if len(skus) == 1 else "")
    if len(suggestions) == 1:
        return ask(session, "add", say("recommend.one", item=_reasoned(suggestions[0])))
    key = "recommend.stranger" if put_forward.stranger else "recommend.some"
    both = say("recommend.two", first=_reasoned(suggestions[0]), second=_reasoned(suggestions[1]))
    return ask(session, "choose", say(key, items=both))


def _reasoned(suggestion: Suggestion) -> Say:
    item = Priced(suggestion.product.title, suggestion.variant.price)
    return say(f"recommend.{suggestion.reason}", item=item, because=suggestion.because)
