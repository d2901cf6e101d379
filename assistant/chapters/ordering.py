"""Decisions about an order to be placed: its read-back, buying again, and what to say once the shop has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.acts import Outcome, PlaceOrder, Wishes
from assistant.chapters import sending
from assistant.chapters.choosing import refusal_says
from assistant.chapters.cues import cue
from assistant.chapters.drafts import draft_of, reprice, without
from assistant.scene import Scene, aside, ask, question_of, say, spelled
from assistant.types import Decision, Say, Session
from commerce.ports import ReadOnlyShop
from commerce.types import Line, Money, Order, OrderState, Refusal

ABOUT_GOODS = frozenset(
    {
        "add_to_basket",
        "find_product",
        "remove_from_basket",
        "list_add",
        "list_remove",
        "product_details",
        "compare_products",
        "recommend",
        "order_history",
        "order_status",
        "cancel_order",
        "return_item",
        "reorder",
    }
)
"""Intents that say nothing of how the order that waits is sent or paid for."""


def checkout(scene: Scene) -> Decision:
    """Read the basket back and ask."""
    return read_back(scene, scene.basket, from_basket=True)


def read_back(
    scene: Scene, lines: Sequence[Line], from_basket: bool, *before: Say, wishes: Wishes | None = None
) -> Decision:
    """Name every item, option, quantity and the total, and ask; only a yes to this releases the order.

    Without `wishes` it is sent and paid for as asked for in these words, and before in this checkout.
    """
    customer = scene.session.customer_id
    if not lines:
        return ask(scene.session, "what", say("basket.empty"))
    if customer is None or scene.shop.customer(customer) is None:
        return ask(scene.session, "nothing", say("order.whose"))
    wished = tuple(lines)
    lines, changed = _available(*_todays(wished, scene.shop), scene.shop)
    put = scene.put(tuple(lines)) if from_basket and tuple(lines) != scene.basket else None
    if not lines:
        return ask(scene.session, "what", *before, *changed, say("what.else"), perform=put)
    wishes = wishes or _wishes(scene)
    quote = sending.quoted(scene, customer, lines, wishes)
    if isinstance(quote, Refusal) and wishes.delivery:  # these goods cannot be sent the way that was chosen for others
        changed, wishes = [*changed, refusal_says(quote)], replace(wishes, delivery="")
        quote = sending.quoted(scene, customer, lines, wishes)
    if isinstance(quote, Refusal):
        return ask(scene.session, "what", *before, *changed, refusal_says(quote), perform=put)
    total = quote.total if quote else Money.total((line.total for line in lines), scene.shop.currency)
    points = sending.points_of(scene, customer, lines, wishes)
    pending = PlaceOrder(scene.key, customer, tuple(lines), total, from_basket, quote, wishes, points)
    question = question_of(pending, "ask")
    return ask(replace(scene.session, pending=pending), "order", *before, *changed, question, perform=put)


def is_gone(scene: Scene) -> bool:
    """Whether what waits for a yes has left the basket since: ordered, or taken out, in another conversation."""
    pending = scene.session.pending
    if not isinstance(pending, PlaceOrder) or not pending.from_basket:
        return False
    return bool(without(pending.lines, scene.basket))


def send_otherwise(scene: Scene) -> Decision | None:
    """The order that waits for its yes, sent or paid for as the words ask: read back anew. None where they do not."""
    pending = scene.session.pending
    if not isinstance(pending, PlaceOrder):
        return None
    if told := _included(scene, pending):
        return told
    if scene.heard.intent in ABOUT_GOODS:
        return None
    if told := _told(scene, pending):
        return told
    now = sending.wished(scene)
    if now is None:
        return None
    if isinstance(now, Wishes):
        wishes = sending.both(pending.wishes, now)
        too_few = now.points and not sending.points_of(scene, pending.customer_id, pending.lines, wishes)
        before = [say("points.too_few")] if too_few else []
        return read_back(scene, pending.lines, pending.from_basket, *before, wishes=wishes)
    return ask(replace(scene.session, correction=scene.heard), "order", now)


def _included(scene: Scene, pending: PlaceOrder) -> Decision | None:
    """What of this order's price is for its delivery, where that is asked."""
    sent = pending.quote.delivery if pending.quote else None
    asks = cue(scene, "with_delivery") or (sending.asks_price(scene) and sending.delivery_named(scene) is None)
    if sent is None or not asks:
        return None
    return aside(scene, say("delivery.included" if sent.price.minor else "delivery.included.free", price=sent.price))


def _told(scene: Scene, pending: PlaceOrder) -> Decision | None:
    """What another delivery of this order would cost and when it would come, where that is only asked."""
    way = sending.delivery_named(scene) if scene.heard.intent == "store_info" and cue(scene, "asking") else None
    if way is None:
        return None
    there = sending.both(pending.wishes, Wishes(delivery=way.key))
    quote = sending.quoted(scene, pending.customer_id, pending.lines, there)
    if isinstance(quote, Refusal):
        return aside(scene, refusal_says(quote))
    if quote is None or quote.delivery is None:
        return None
    sent = quote.delivery
    return aside(scene, say("delivery.told", title=sent.title, price=sent.price, day=sent.expected))


def _wishes(scene: Scene) -> Wishes:
    """As asked for before in this checkout, and in the words that ask for the order."""
    pending = scene.session.pending
    before = pending.wishes if isinstance(pending, PlaceOrder) else Wishes()
    now = sending.wished(scene) if scene.heard.intent in ("checkout", "reorder", "buy_now") else None
    return sending.both(before, now) if isinstance(now, Wishes) else before


def reorder(scene: Scene) -> Decision:
    """The customer's usual among the products named, or the last order again, read back at today's price."""
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("order.whose"))
    named = [line for line in scene.heard.lines if line.candidates]
    if not named and scene.heard.slot("reference") == "usual" and (lines := scene.shop.usual_basket(customer)):
        return read_back(scene, lines, from_basket=False)
    if not named:
        return _last_order_again(scene, customer)
    lines = []
    for heard in named:
        everything = [candidate.product_id for candidate in heard.candidates]
        draft = draft_of(heard, scene.shop, customer)
        likely = list(draft.product_ids) if draft else []
        usual = scene.shop.usual(customer, likely) or scene.shop.usual(customer, everything)
        if usual is None:
            return ask(scene.session, "what", say("reorder.never"))
        lines.append(replace(usual, quantity=heard.quantity) if heard.counted else usual)
    return read_back(scene, lines, from_basket=False)


def conclude(scene: Scene, action: PlaceOrder, outcome: Outcome) -> Decision:
    """What to say and remember once the shop has answered."""
    session = replace(scene.session, pending=None, concluded=True)
    if isinstance(outcome, Order):
        return ask(session, "nothing", say("order.placed", number=spelled(outcome.number), total=outcome.total))
    if isinstance(outcome, Refusal) and outcome.reason in ("price_changed", "delivery_changed", "discount_changed"):
        told = [say("points.changed")] if outcome.reason == "discount_changed" else []
        again = replace(scene, session=session)
        return read_back(again, action.lines, action.from_basket, *told, wishes=action.wishes)
    if isinstance(outcome, Refusal) and outcome.reason == "payment_unknown":
        session = replace(session, unsettled=(*session.unsettled, action))
        return ask(session, "nothing", refusal_says(outcome))
    if isinstance(outcome, Refusal):
        return ask(session, "what", refusal_says(outcome))
    raise TypeError(f"no outcome for {action}")


def settled(session: Session, action: PlaceOrder, outcome: Order | Refusal) -> Decision:
    """What to say of an order whose payment had not answered, before what the turn itself leads to."""
    if isinstance(outcome, Refusal) and outcome.reason == "payment_unknown":
        return Decision(session, (say("order.still_unknown"),))
    session = replace(session, unsettled=tuple(other for other in session.unsettled if other != action))
    if isinstance(outcome, Refusal):
        return Decision(session, (say("order.called_off"),))
    return Decision(session, (say("order.settled", number=spelled(outcome.number), total=outcome.total),))


def _last_order_again(scene: Scene, customer: str) -> Decision:
    kept = (OrderState.RETURNED, OrderState.CANCELLED)
    orders = [order for order in scene.shop.orders_of(customer, limit=10) if order.state not in kept]
    if not orders:
        return ask(scene.session, "what", say("reorder.nothing_yet"))
    return read_back(scene, orders[0].lines, from_basket=False)


def _todays(lines: Sequence[Line], shop: ReadOnlyShop) -> tuple[list[Line], list[Say]]:
    """The lines at today's prices, and a word for each that costs something else than it did."""
    todays, says = [], []
    for line in lines:
        now = reprice(line, shop)
        if now is None:
            says.append(say("order.not_for_sale", title=line.title))
            continue
        if now.unit_price != line.unit_price:
            says.append(say("order.price_changed", title=now.title, price=now.unit_price))
        todays.append(now)
    return todays, says


def _available(lines: Sequence[Line], says: list[Say], shop: ReadOnlyShop) -> tuple[list[Line], list[Say]]:
    """The lines as far as they are in stock, and a word for each that is not."""
    left = list(lines)
    while left and (refusal := shop.check(left)) is not None:
        says = [*says, refusal_says(refusal)]
        short = next(position for position in reversed(range(len(left))) if left[position].sku == refusal.sku)
        others = sum(line.quantity for line in left if line.sku == refusal.sku) - left[short].quantity
        pieces = (refusal.left or 0) - others
        left[short : short + 1] = [replace(left[short], quantity=pieces)] if pieces > 0 else []
    return left, says
