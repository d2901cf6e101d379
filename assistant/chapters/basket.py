"""Decisions about what is in the basket: show it, take things out, change how many, empty it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.acts import PlaceOrder
from assistant.chapters import ordering
from assistant.chapters.choosing import refusal_says
from assistant.chapters.cues import unwanted
from assistant.chapters.drafts import CLOSE, LARGEST_QUANTITY, places_of
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, in_short, question_of, say, stay
from assistant.types import Choices, Decision, Say
from commerce.types import Line, Money
from nlu.types import HeardLine

NAMED = 0.75
"""Score from which words name a product that is to be taken out."""


def show(scene: Scene) -> Decision:
    """What is in the basket, and what it comes to."""
    lines, pending = scene.basket, _order(scene)
    if pending is not None and pending.from_basket:
        return stay(scene.session, question_of(pending, "again"))
    if not lines:
        return aside(scene, say("basket.has_nothing"))
    total = Money.total((line.total for line in lines), scene.shop.currency)
    told = tuple(lines) if len(lines) <= MOST_READ_OUT else in_short(lines)
    return aside(scene, say("basket.has", lines=told, total=total))


def clear(scene: Scene) -> Decision:
    """Everything out; an order being read back from the basket is dropped with it."""
    lines = scene.basket
    if not lines:
        return ask(scene.session, "what", say("basket.empty"))
    return ask(scene.session, "what", say("basket.cleared", lines=in_short(lines)), perform=scene.put(()))


def remove(scene: Scene) -> Decision:
    """The things named out of the basket, or out of the order being read back; without a name the last one added."""
    lines = at_hand(scene)
    if not lines:
        return ask(scene.session, "what", say("basket.empty"))
    named = scene.heard.lines
    if not named:
        return _left(scene, [lines[-1]], lines[:-1])
    gone: list[Line] = []
    fewer_of: list[Line] = []
    left = list(lines)
    for heard in named:
        meant = _meant(heard, left)
        if not meant:
            return aside(scene, say("basket.lacks", said=heard.said, lines=in_short(lines)))
        if len(meant) > 1:
            return _which(scene, meant)
        line, place = meant[0], left.index(meant[0])
        fewer = line.quantity - max(1, heard.quantity) if heard.counted else 0
        left[place : place + 1] = [replace(line, quantity=fewer)] if fewer > 0 else []
        gone.append(replace(line, quantity=line.quantity - max(0, fewer)))
        fewer_of += [left[place]] if fewer > 0 else []
    if len(gone) == len(fewer_of) == 1 and _order(scene) is None:
        said = say("basket.fewer", lines=tuple(gone), left=fewer_of[0].quantity)
        return ask(scene.session, "anything_else", said, perform=scene.put(tuple(left)))
    return _left(scene, gone, left)


def is_denied(scene: Scene) -> bool:
    """Whether the words take out the one thing they name, and just that: "not the eggs"."""
    named = scene.heard.lines
    if len(named) != 1 or not named[0].candidates or not unwanted(scene, named[0]):
        return False
    best = named[0].candidates[0].score
    likely = {one.product_id for one in named[0].candidates if one.score >= best - CLOSE and best >= NAMED}
    return any(line.product_id in likely for line in at_hand(scene))


def change_quantity(scene: Scene) -> Decision:
    """Another number of the thing named, or of the last one added."""
    lines = at_hand(scene)
    if not lines:
        return ask(scene.session, "what", say("basket.empty"))
    heard = scene.heard.lines[0] if scene.heard.lines else None
    said = heard.quantity if heard and heard.counted else scene.heard.slot("quantity")
    if not isinstance(said, int) or not 0 < said <= LARGEST_QUANTITY:
        return aside(scene, say("basket.how_many" if _order(scene) is None else "not_understood.again.order"))
    meant = _meant(heard, lines) if heard and heard.candidates else [lines[-1]]
    if not meant and heard:
        return aside(scene, say("basket.lacks", said=heard.said, lines=in_short(lines)))
    if len(meant) > 1:
        return _which(scene, meant)
    line = replace(meant[0], quantity=said)
    after = [line if one is meant[0] else one for one in lines]
    if _order(scene) is not None:
        return _read_back(scene, after)
    refusal = scene.shop.check(after)
    if refusal is not None and refusal.sku == line.sku:
        return ask(scene.session, "anything_else", refusal_says(refusal), say("anything.else"))
    return ask(scene.session, "anything_else", say("basket.changed", lines=(line,)), perform=scene.put(tuple(after)))


def at_hand(scene: Scene) -> Sequence[Line]:
    """What is being talked about: the order being read back, or the basket."""
    pending = _order(scene)
    return pending.lines if pending is not None and not pending.from_basket else scene.basket


def _order(scene: Scene) -> PlaceOrder | None:
    pending = scene.session.pending
    return pending if isinstance(pending, PlaceOrder) else None


def _meant(heard: HeardLine, lines: Sequence[Line]) -> list[Line]:
    """The lines these words may mean: of the likeliest product that is there, with the options said."""
    wanted = {option.value for option in heard.options}
    of_product = [lines[place] for place in places_of(heard, lines)]
    exact = [line for line in of_product if wanted and wanted <= _choices(line)]
    return exact or of_product


def _choices(line: Line) -> set[str]:
    """Labels of its options; those of a variant stand in the title."""
    return {option.value for option in line.options} | {part.strip() for part in line.title.split(",")[1:]}


def _which(scene: Scene, meant: Sequence[Line]) -> Decision:
    return aside(scene, say("basket.which", choices=Choices(tuple(line.title for line in meant[:MOST_READ_OUT]))))


def _left(scene: Scene, gone: Sequence[Line], left: Sequence[Line]) -> Decision:
    if _order(scene) is not None:
        return _read_back(scene, left)
    said: Say = say("basket.removed", lines=tuple(gone))
    put = scene.put(tuple(left))
    if not left:
        return ask(scene.session, "what", said, say("basket.empty"), perform=put)
    return ask(scene.session, "anything_else", said, say("anything.else"), perform=put)


def _read_back(scene: Scene, left: Sequence[Line]) -> Decision:
    """The order anew without what was taken out; nothing left is no order."""
    pending = _order(scene)
    from_basket = pending is not None and pending.from_basket
    if not left:
        put = scene.put(()) if from_basket else None
        return ask(scene.session, "what", say("order.not_placed"), say("what.else"), perform=put)
    return ordering.read_back(scene, left, from_basket)
