"""Decisions about buying exactly what a program names, whatever is in the basket."""

from __future__ import annotations

from assistant.chapters.choosing import option_questions, refusal_says
from assistant.chapters.drafts import Open, draft_of, merge, settle
from assistant.chapters.ordering import read_back
from assistant.scene import Scene, ask, say
from assistant.types import Decision
from commerce.types import Line


def buy_now(scene: Scene) -> Decision:
    """All that was named, read back for a yes; where one thing lacks a choice or cannot be had, that is said instead.

    Unlike a checkout nothing is left out to sell the rest: whoever asked did not hear what would be missing.
    """
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("order.whose"))
    lines: tuple[Line, ...] = ()
    for heard in scene.heard.lines:
        draft = draft_of(heard, scene.shop, customer)
        made = settle(draft, scene.shop) if draft else None
        if made is None:
            return ask(scene.session, "what", say("found.nothing"))
        if isinstance(made, Open):
            asks = say("option.ask", title=made.product.title, questions=option_questions(made))
            return ask(scene.session, "what", asks)
        lines = merge(lines, [made])
    refusal = scene.shop.check(lines)
    if refusal is not None:
        return ask(scene.session, "what", refusal_says(refusal))
    return read_back(scene, lines, from_basket=False)
