"""Decisions about orders: read-back, reorder, status, and what to say once the shop has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from assistant.chapters.choosing import refusal_says
from assistant.chapters.drafts import draft_of, reprice
from assistant.scene import Scene, aside, ask, in_short, question_of, say, spelled, stay
from assistant.types import CheckCode, Decision, Outcome, Pending, PlaceOrder, Say, Session, Value
from commerce.aftercare import is_delayed, is_ready
from commerce.codes import CodeCheck
from commerce.ports import ReadOnlyShop
from commerce.types import Line, Money, Order, OrderState, Quote, Refusal

ANSWER_WITHIN = timedelta(minutes=5)
"""A yes that comes later is asked for again: the question may be forgotten, the prices old."""
RECENT = 10
"""Orders looked through where no number is said."""
CLOSED = frozenset({OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED})


def checkout(scene: Scene) -> Decision:
    """Read the basket back and ask."""
    return read_back(scene, scene.basket, from_basket=True)


def read_back(scene: Scene, lines: Sequence[Line], from_basket: bool, *before: Say) -> Decision:
    """Name every item, option, quantity and the total, and ask; only a yes to this releases the order."""
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
    quote = _quoted(scene, customer, lines)
    if isinstance(quote, Refusal):
        return ask(scene.session, "what", *before, *changed, refusal_says(quote), perform=put)
    total = quote.total if quote else Money.total((line.total for line in lines), scene.shop.currency)
    pending = PlaceOrder(scene.key, customer, tuple(lines), total, from_basket, quote)
    question = question_of(pending, "ask")
    return ask(replace(scene.session, pending=pending), "order", *before, *changed, question, perform=put)


def confirm(scene: Scene) -> Decision:
    """A yes while something is pending: it counts only if the question was heard to its end and the yes was clear."""
    session = scene.session
    if session.pending is None:
        return ask(session, "what", say("nothing.to_confirm"))
    too_late = session.last_at is not None and scene.at - session.last_at > ANSWER_WITHIN
    if too_late or not scene.reply_was_heard or session.correction is not None:  # the last question was another one
        return stay(session, question_of(session.pending, "again"))
    if not scene.clear:
        return stay(session, question_of(session.pending, "say_yes"))
    return _allowed(scene, session.pending)


def give_code(scene: Scene) -> Decision | None:
    """The voice code that was asked for; None where the words are about something else."""
    pending, session = scene.session.pending, scene.session
    if not isinstance(pending, PlaceOrder) or scene.heard.intent in ("deny", "cancel", "stop"):
        return None
    if session.last_at is not None and scene.at - session.last_at > ANSWER_WITHIN:
        return ask(session, "order", question_of(pending, "again"))
    said = scene.heard.slot("code") or scene.heard.slot("order_number")
    digits = str(said) if said is not None else "".join(letter for letter in scene.heard.text if letter.isdigit())
    if not digits:
        return stay(session, say("code.ask"), misses=session.misses + 1)
    return Decision(session, (), perform=CheckCode(scene.key, digits, pending))


def code_checked(session: Session, check: CodeCheck) -> Decision:
    """What to say of a code that was not right."""
    if check.outcome == "locked":
        return ask(session, "what", say("code.locked"))
    return stay(session, say("code.wrong", left=check.left))


def _allowed(scene: Scene, pending: Pending) -> Decision:
    """Carried out, unless the customer has set a limit or a code for buying by voice."""
    codes = scene.services.codes
    rule = codes.buying(pending.customer_id, pending.total) if codes and isinstance(pending, PlaceOrder) else "free"
    if rule == "too_much":
        return ask(scene.session, "what", say("code.too_much"))
    if rule == "code":
        return ask(scene.session, "code", say("code.ask"))
    return Decision(scene.session, (), perform=pending)


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


def order_status(scene: Scene) -> Decision:
    """Where the named order is, or the one on its way, or the latest."""
    orders = orders_meant(scene)
    if isinstance(orders, Decision):
        return orders
    moving = [order for order in orders if order.state is OrderState.SHIPPED]
    open_ones = [order for order in orders if order.state not in CLOSED]
    return aside(scene, _status((moving or open_ones or orders)[0], scene))


def orders_meant(scene: Scene) -> list[Order] | Decision:
    """The customer's order of the number said, or their newest ones; a decision where there are none to speak of."""
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("status.whose"))
    number = scene.heard.slot("order_number")
    if number is not None:
        order = scene.shop.order(str(number))
        if order is None or order.customer_id != customer:
            return ask(scene.session, "nothing", say("status.unknown", number=spelled(str(number))))
        return [order]
    return list(scene.shop.orders_of(customer, RECENT)) or ask(scene.session, "nothing", say("status.none"))


def conclude(scene: Scene, action: PlaceOrder, outcome: Outcome) -> Decision:
    """What to say and remember once the shop has answered."""
    session = replace(scene.session, pending=None, concluded=True)
    if isinstance(outcome, Order):
        return ask(session, "nothing", say("order.placed", number=spelled(outcome.number), total=outcome.total))
    if isinstance(outcome, Refusal) and outcome.reason in ("price_changed", "delivery_changed"):
        return read_back(replace(scene, session=session), action.lines, action.from_basket)
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


def _quoted(scene: Scene, customer: str, lines: Sequence[Line]) -> Quote | Refusal | None:
    """These lines sent to the customer's own address, the way the shop names first; None where it delivers nothing."""
    if not scene.shop.terms().delivery:
        return None
    known = scene.services.addresses.of(customer) if scene.services.addresses else ()
    return scene.shop.quote(lines, known[0] if known else None, None, scene.at)


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


def _status(order: Order, scene: Scene) -> Say:
    values: dict[str, Value] = {"number": spelled(order.number), "lines": in_short(order.lines)}
    key = order.state.value
    today = scene.shop.terms().today(scene.at)
    if order.state is OrderState.SHIPPED:
        if order.shipment is None:
            key = "on_the_way"
        else:
            key = "late" if is_delayed(order, today) else "shipped"
            values |= {"carrier": order.shipment.carrier, "day": order.shipment.expected}
    elif is_ready(order):
        key = "ready"
    elif order.state in (OrderState.PLACED, OrderState.PACKED) and order.expected is not None:
        key = f"{key}.late" if is_delayed(order, today) else f"{key}.for"
        values |= {"day": order.expected}
    if order.state is OrderState.DELIVERED:
        key = "delivered" if order.delivered_on else "arrived"
        values |= {"day": order.delivered_on} if order.delivered_on else {}
    return say(f"status.{key}", **values)
