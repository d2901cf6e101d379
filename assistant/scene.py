"""What one turn's decision may look at, and the few moves every decision is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

from assistant.acts import Action, CancelOrder, ChangeOrder, Pending, PlaceOrder, PutBasket
from assistant.memory import Fact
from assistant.services import Services
from assistant.types import Asked, Decision, Phrase, Say, Session, Value, Word
from assistant.visits import CancelVisit
from commerce.ports import ReadOnlyShop
from commerce.types import Delivery, Line, Money, Product, Variant
from nlu.types import Understanding

LONGEST_KEY = 150
MOST_READ_OUT = 3
"""Options in one breath."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn as the dialogue sees it: the memory, the words' meaning, and a shop that can only be asked."""

    session: Session
    heard: Understanding
    shop: ReadOnlyShop
    at: datetime
    """UTC."""
    turn_id: str
    clear: bool = True
    """Whether the words were heard well enough for a yes to count."""
    reply_was_heard: bool = True
    """Whether Handla's question was played to its end."""
    services: Services = field(default_factory=Services)
    facts: Sequence[Fact] = ()
    """What is known of the customer, this turn's words included; `shop` goes by it (assistant.considerate)."""

    @property
    def owner(self) -> str:
        """Whose basket it is: the customer's, or the session's for a guest (whose id is never a customer's)."""
        return self.session.customer_id or self.session.id

    @property
    def key(self) -> str:
        """Names what this turn does, once for all; no two turns of any two sessions share it."""
        return joined(self.session.id, self.turn_id)

    @property
    def basket(self) -> tuple[Line, ...]:
        return self.shop.basket(self.owner).lines

    def put(self, lines: tuple[Line, ...]) -> PutBasket:
        """The change of the basket to these lines."""
        return PutBasket(self.key, replace(self.shop.basket(self.owner), lines=lines, changed_at=self.at))

    def listed(self) -> list[tuple[Product, Variant]]:
        """What was read out last, as far as it is still sold."""
        found = []
        for sku in self.session.listed:
            product = self.shop.product_of(sku)
            variant = product.variant(sku) if product else None
            if product and variant:
                found.append((product, variant))
        return found


def joined(*parts: str) -> str:
    """One name out of several, such that other parts never give the same; at most LONGEST_KEY characters."""
    key = ":".join(quote(part, safe="") for part in parts)
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def say(key: str, **values: Value) -> Say:
    return Say(key, values)


def in_short(lines: Sequence[Line]) -> Value:
    """Lines where only their gist matters: the first, and how many more."""
    if len(lines) == 1:
        return lines[0].title
    return say("lines.first_and_more", first=lines[0].title, more=len(lines) - 1)


def ask(session: Session, asked: Asked, *says: Say, perform: Action | None = None) -> Decision:
    """Say these things and remember what was asked; what the question is not about is not kept open."""
    pending = session.pending if asked in ("order", "confirm", "reason", "code") else None
    drafts = session.drafts if asked in ("choose", "option", "add") else ()
    search = session.search if asked in ("choose", "option", "add", "what") else None
    visit = session.visit if asked == "visit" else None
    after = replace(session, asked=asked, pending=pending, drafts=drafts, search=search, visit=visit, misses=0)
    return Decision(after, says, perform)


def stay(session: Session, *says: Say, misses: int | None = None) -> Decision:
    """Say these things and leave the open question open."""
    return Decision(replace(session, misses=session.misses if misses is None else misses), says)


def aside(scene: Scene, *says: Say) -> Decision:
    """Answer something asked in between: the open question stays open and is asked again in short."""
    if scene.session.asked in ("nothing", "what"):
        return ask(scene.session, "nothing", *says)
    return replace(stay(scene.session, *says, misses=0), aside=True)


def question_of(pending: Pending, how: Literal["ask", "again", "say_yes", "resume"]) -> Say:
    """What a yes would do, as a question: for the first time, once more, after an unclear yes, or in between."""
    if isinstance(pending, PlaceOrder):
        if how == "resume":
            return say("order.again", what=say("order.what", lines=pending.lines, total=pending.total))
        return say(f"order.{how}", what=_ordered(pending))
    how = "again" if how == "resume" else how
    if isinstance(pending, CancelVisit):
        return say(f"visit.{how}", service=pending.service, day=pending.day, at=pending.at)
    if isinstance(pending, ChangeOrder):
        return say(f"change.{how}", number=spelled(pending.number), what=_changed(pending))
    number, lines = spelled(pending.number), pending.lines
    if isinstance(pending, CancelOrder):
        part = ".part" if pending.pieces else ""
        return say(f"cancel.{how}{part}", number=number, lines=lines, refund=pending.refund)
    if not pending.reason:
        return say("return.why", lines=in_short(lines))
    return say(f"return.{how}", number=number, lines=lines, refund=pending.refund)


def _ordered(pending: PlaceOrder) -> Say:
    """What would be ordered, how it comes and where, and what it costs in all."""
    less = [amount for _, amount in pending.quote.discounts] if pending.quote else []
    sent = pending.quote.delivery if pending.quote else None
    what = _sent(pending.lines, pending.total, sent)
    if pending.wishes.address and sent and sent.address:
        what = say("order.what.to", what=what, place=Word(sent.address.label))
    return say("order.what.points", what=what, discount=less[0], points=pending.points) if less else what


def _sent(lines: Sequence[Line], total: Money, sent: Delivery | None) -> Say:
    if sent is None:
        return say("order.what", lines=tuple(lines), total=total)
    if sent.address is None:
        return say("order.what.pick_up", lines=tuple(lines), total=total, day=sent.expected)
    if sent.price.minor == 0:
        return say("order.what.free", lines=tuple(lines), total=total, day=sent.expected)
    return say("order.what.sent", lines=tuple(lines), total=total, day=sent.expected, price=sent.price)


def _changed(pending: ChangeOrder) -> Say:
    """The order as it would be, where it goes, and what is charged or paid back for it."""
    quote, difference = pending.proposal.quote, pending.proposal.difference
    what = _sent(quote.lines, quote.total, quote.delivery if pending.resent else None)
    if pending.resent and quote.delivery and quote.delivery.address:
        what = say("order.what.to", what=what, place=Word(quote.delivery.address.label))
    if difference.minor == 0:
        return say("change.what.same", what=what)
    if difference.minor < 0:
        return say("change.what.less", what=what, difference=difference * -1)
    return say("change.what.more", what=what, difference=difference)


def spelled(number: str) -> Value:
    """The number of an order or a telephone: digit by digit for the ear, with a pause where there is a space."""
    return Phrase("number", {"digits": number, "spoken": ", ".join(" ".join(part) for part in number.split())})
