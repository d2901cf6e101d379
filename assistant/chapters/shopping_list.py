"""Decisions about the shopping list: put on, read out, take off. Nothing on it is bought by that."""

from __future__ import annotations

from assistant.acts import PutList
from assistant.chapters.drafts import SURE
from assistant.scene import MOST_READ_OUT, Scene, aside, say
from assistant.types import Decision, Say
from commerce import lists
from commerce.lists import Item, ShoppingList
from nlu.types import HeardLine


def add(scene: Scene) -> Decision:
    """The things named, as the shop's products where they are surely those, else in the customer's words."""
    kept = _list_of(scene)
    if isinstance(kept, Decision):
        return kept
    items = [_item(line, scene) for line in scene.heard.lines]
    if not items:
        return aside(scene, say("list.what"))
    for item in items:
        kept = lists.add(kept, item)
    return _changed(scene, kept, say("list.added", items=tuple(_told(item) for item in items)))


def show(scene: Scene) -> Decision:
    kept = _list_of(scene)
    if isinstance(kept, Decision):
        return kept
    waiting = kept.open
    if not waiting:
        return aside(scene, say("list.empty"))
    first = tuple(_told(item) for item in waiting[: 2 * MOST_READ_OUT])
    more = len(waiting) - len(first)
    return aside(scene, say("list.more", items=first, more=more) if more else say("list.has", items=first))


def remove(scene: Scene) -> Decision:
    kept = _list_of(scene)
    if isinstance(kept, Decision):
        return kept
    gone: list[Item] = []
    for line in scene.heard.lines:
        ids = {candidate.product_id for candidate in line.candidates if candidate.score >= SURE}
        gone += [item for item in kept.items if item.product_id in ids] or lists.like(kept, line.said)
    if not gone:
        return aside(scene, say("list.lacks") if scene.heard.lines else say("list.what"))
    return _changed(scene, lists.remove(kept, gone), say("list.removed", items=tuple(_told(item) for item in gone)))


def _list_of(scene: Scene) -> ShoppingList | Decision:
    kept = scene.services.lists
    return kept.shopping_list(scene.owner) if kept else aside(scene, say("not_served"))


def _item(line: HeardLine, scene: Scene) -> Item:
    quantity = max(1, line.quantity)
    best = line.candidates[0] if line.candidates else None
    product = scene.shop.product(best.product_id) if best and best.score >= SURE else None
    return Item(product.title, quantity, product.id) if product else Item(line.said, quantity)


def _told(item: Item) -> Say | str:
    return item.text if item.quantity == 1 else say("list.many", item=item.text, quantity=item.quantity)


def _changed(scene: Scene, kept: ShoppingList, *says: Say) -> Decision:
    decision = aside(scene, *says)
    return Decision(decision.session, decision.says, perform=PutList(scene.key, kept))
