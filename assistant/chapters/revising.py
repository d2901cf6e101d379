"""Corrections: what is being ordered, or was added last, with other options, another quantity, or something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.acts import PlaceOrder
from assistant.chapters.basket import at_hand
from assistant.chapters.choosing import advance, refusal_says
from assistant.chapters.cues import cue, denied, plain
from assistant.chapters.drafts import (
    LARGEST_QUANTITY,
    choose,
    draft_from,
    draft_of,
    heard_options,
    merge,
    options_of,
    places_of,
    settle,
    without,
)
from assistant.chapters.ordering import read_back
from assistant.scene import MOST_READ_OUT, Scene, ask, say
from assistant.types import Choices, Decision, Draft
from commerce.types import Line, LineOption, Product
from nlu.types import HeardLine

CORRECTING = ("correct", "change_quantity", "select_option", "give_value")
SIZES = {"larger": 1, "smaller": -1}
"""Cue -> steps along an option's choices: "bigger" is the next size up."""


def revise(scene: Scene) -> Decision | None:
    """What the words change of the lines at hand: read back anew, or said. None where they change nothing of them.

    This is "yes, but the small one", "no, two bags", "make the latte large and the cappuccino small", "not that one".
    """
    lines, correction = at_hand(scene), scene.session.correction
    if correction is not None and scene.heard.lines:  # "which one shall I change?"
        scene = replace(scene, heard=replace(correction, lines=scene.heard.lines))
    if not lines or (scene.session.pending is not None and not isinstance(scene.session.pending, PlaceOrder)):
        return None
    if cue(scene, "not_that") and not (scene.heard.lines or cue(scene, "too_many")):
        return _settled(scene, lines, {len(lines) - 1: None}) if scene.session.pending is None else None
    if swapped := _swapped(scene, lines):
        return swapped
    named = [line for line in scene.heard.lines if line.candidates]
    if scene.heard.slot("answer") == "yes" and (more := _more(scene, lines, named)):
        return more
    changes = _named(scene, lines, named) if named else _unnamed(scene, lines)
    if isinstance(changes, Decision):
        return changes
    return _settled(scene, lines, changes) if changes else None


def _more(scene: Scene, lines: Sequence[Line], named: Sequence[HeardLine]) -> Decision | None:
    """ "Yes, and an oat milk": what the order that waits does not have yet, read back with it; None for a change."""
    pending = scene.session.pending
    if not isinstance(pending, PlaceOrder) or not named or any(places_of(heard, lines) for heard in named):
        return None
    drafts = [draft_of(heard, scene.shop, scene.session.customer_id) for heard in named]
    made = [settle(draft, scene.shop) for draft in drafts if draft and len(draft.product_ids) == 1 and draft.sure]
    new = [line for line in made if isinstance(line, Line)]
    return read_back(scene, merge(lines, new), pending.from_basket) if len(new) == len(named) else None


def _swapped(scene: Scene, lines: Sequence[Line]) -> Decision | None:
    """ "The other one": of two read out, the one that was not taken, in place of the one that was."""
    listed = scene.listed()
    taken = [product.id for product, _ in listed if product.id == lines[-1].product_id]
    if scene.session.pending is not None or len(listed) != 2 or len(taken) != 1 or not cue(scene, "other"):
        return None
    other = next(product for product, _ in listed if product.id != lines[-1].product_id)
    made = settle(Draft((other.id,), lines[-1].quantity), scene.shop)
    if isinstance(made, Line):
        return _settled(scene, lines, {len(lines) - 1: made})
    draft = Draft((other.id,), lines[-1].quantity)
    asked = advance(scene, (draft,))  # its options first; what was taken goes
    return replace(asked, perform=scene.put(tuple(lines[:-1])))


def _named(scene: Scene, lines: Sequence[Line], named: Sequence[HeardLine]) -> dict[int, Line | None] | None:
    """Place -> the line as the words for it change it; None where they are no correction of these lines."""
    answer, intent = scene.heard.slot("answer"), scene.heard.intent
    taken_back = answer == "no" or (intent == "correct" and answer is None)
    but = answer == "yes" and scene.session.pending is not None  # "yes, but"; after "anything else?" it is "yes, and"
    added = answer == "yes" and scene.session.pending is None
    if added or not (taken_back or but or intent in CORRECTING or cue(scene, "change") or cue(scene, "the_one")):
        return None
    changes: dict[int, Line | None] = {}
    for heard in named:
        place = next((place for place in places_of(heard, lines) if place not in changes), None)
        if place is None:
            return _another(scene, lines, heard) if len(named) == 1 and taken_back else None
        product = scene.shop.product(lines[place].product_id)
        chosen = heard_options(scene.heard, product) if product and len(named) == 1 else ()
        options = chosen or (options_of(heard, product) if product else ())
        after = _with(scene, lines[place], options, _count(scene, heard, named))
        if after is None:
            return None
        changes[place] = after
    return changes


def _another(scene: Scene, lines: Sequence[Line], heard: HeardLine) -> dict[int, Line | None] | None:
    """ "No, I meant the black tea": another product in place of the last line, as many of it."""
    draft = draft_of(heard, scene.shop, scene.session.customer_id)
    if draft is None or len(draft.product_ids) > 1 or not draft.sure:
        return None
    made = settle(draft if heard.counted else replace(draft, quantity=lines[-1].quantity), scene.shop)
    return {len(lines) - 1: made} if isinstance(made, Line) else None


def _unnamed(scene: Scene, lines: Sequence[Line]) -> dict[int, Line | None] | Decision | None:
    """Options or a quantity without a name: of the only line that can have them, or of the last one added."""
    counts = [slot.value for slot in scene.heard.slots if slot.name == "quantity"]
    count = counts[0] if counts and isinstance(counts[0], int) else None
    changed: dict[int, Line] = {}
    for place, line in enumerate(lines):
        product = scene.shop.product_of(line.sku)
        options = (*heard_options(scene.heard, product), *_resized(scene, line, product)) if product else ()
        if product and options:
            options = (*_denied(scene, product, options), *_named_beside(scene, product, options))
        after = _with(scene, line, options, count) if options or count else None
        if after is not None and (options or after.quantity != line.quantity):
            changed[place] = after
    if not changed and count == lines[-1].quantity and len(counts) == len(scene.heard.slots):
        return {len(lines) - 1: lines[-1]}  # "make it two" of what is two: said so, and not added once more
    if not changed or scene.heard.slot("reference") == "them":
        return dict(changed)
    if len(lines) == 1 or len(changed) == 1:
        return dict(changed)
    if scene.session.pending is None:
        last = max(changed)
        return {last: changed[last]}
    titles = tuple(lines[place].title for place in changed)[:MOST_READ_OUT]
    session = replace(scene.session, correction=scene.heard)
    return ask(session, "order", say("basket.which", choices=Choices(titles)))


def _denied(scene: Scene, product: Product, options: Sequence[LineOption]) -> Iterator[LineOption]:
    """The choices, where "without" stands before one as none of it: "no sugar"."""
    at = {slot.name: slot.span[0] for slot in scene.heard.slots}
    for one in options:
        option = product.option(one.name)
        none = one.name in at and (denied(scene, at[one.name]) or denied(scene, at[one.name], "none"))
        yield replace(one, amount="no") if none and option is not None and option.amounts else one


def _named_beside(scene: Scene, product: Product, options: Sequence[LineOption]) -> Iterator[LineOption]:
    """Choices named in full beside those that were understood: "large with oat milk" is about the milk, too."""
    said, taken = plain(scene.heard.text), {one.name for one in options}
    for option in product.options:
        named = [choice.label for choice in option.choices if " " in choice.label and plain(choice.label) in said]
        if option.name not in taken and len(named) == 1:
            yield LineOption(option.name, named[0])


def _with(scene: Scene, line: Line, options: Sequence[LineOption], count: int | None) -> Line | None:
    """This line with other options or another quantity; None where it says neither, or there is no such thing."""
    product = scene.shop.product_of(line.sku)
    if product is None or not (options or count):
        return None
    draft = choose(draft_from(line, product), options, product)
    if count is not None and 0 < count <= LARGEST_QUANTITY:
        draft = replace(draft, quantity=count)
    made = settle(draft, scene.shop)
    return made if isinstance(made, Line) else None


def _count(scene: Scene, heard: HeardLine, named: Sequence[HeardLine]) -> int | None:
    """How many: said before the name, or behind it and before the next one."""
    if heard.counted:
        return heard.quantity
    later = [other.span[0] for other in named if other.span[0] > heard.span[0]]
    until = min(later, default=len(scene.heard.text))
    for slot in scene.heard.slots:
        its = len(named) == 1 or heard.span[1] <= slot.span[0] < until
        if its and slot.name == "quantity" and isinstance(slot.value, int):
            return slot.value
    return None


def _resized(scene: Scene, line: Line, product: Product) -> Iterator[LineOption]:
    """The next choice up or down of the option that is a row of sizes."""
    step = sum(steps for name, steps in SIZES.items() if cue(scene, name))
    option = product.option("size")
    if step and option:
        chosen = {one.name: one.value for one in draft_from(line, product).chosen}.get("size")
        labels = [choice.label for choice in option.choices]
        place = labels.index(chosen) + step if chosen in labels else -1
        if 0 <= place < len(labels):
            yield LineOption("size", labels[place])


def _settled(scene: Scene, lines: Sequence[Line], changes: dict[int, Line | None]) -> Decision:
    """The lines with these changes: read back where they wait for a yes, else put into the basket; None takes out."""
    after = [line for line in (changes.get(at, was) for at, was in enumerate(lines)) if line]
    changed = tuple(line for line in changes.values() if line)
    pending = scene.session.pending
    if isinstance(pending, PlaceOrder):
        beside = without(scene.basket, pending.lines) if pending.from_basket else ()
        return read_back(scene, (*beside, *after), pending.from_basket)
    for line in changed:
        refusal = scene.shop.check(after)
        if refusal is not None and refusal.sku == line.sku:
            return ask(scene.session, "anything_else", refusal_says(refusal), say("anything.else"))
    put = scene.put(tuple(after))
    if not changed:
        gone = tuple(lines[place] for place in changes)
        return ask(scene.session, "what", say("basket.removed", lines=gone), say("what.instead"), perform=put)
    return ask(scene.session, "anything_else", say("basket.changed", lines=changed), perform=put)
