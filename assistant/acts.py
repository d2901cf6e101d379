"""What a decision may do, as values: what waits for a yes, what is done at once, what is kept beside the session."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.handoff import HandoffMove, Reason
from assistant.memory import Forget, Keep, Told
from assistant.visits import BookVisit, CancelVisit, MoveVisit, SetAlert, StopAlert
from commerce.aftercare import Proposal
from commerce.booking import Booking, NotBooked
from commerce.lists import ShoppingList
from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.types import Basket, Line, Money, Order, Quote, Refusal


@dataclass(frozen=True, slots=True)
class PutBasket:
    """Replace the basket; undone as easily, so it needs no yes."""

    key: str
    """Names this change for good: the shop makes it once."""
    basket: Basket
    """With the version it was decided on."""


@dataclass(frozen=True, slots=True)
class PutList:
    """Replace a shopping list; undone as easily."""

    key: str
    changed: ShoppingList
    """With the version it was decided on."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How an order is to be sent and paid for, as far as that was said."""

    address: str = ""
    """Label of one of the customer's addresses; empty: the default."""
    delivery: str = ""
    """Key of the merchant's choice; empty: the first that serves."""
    points: int | None = None
    """Loyalty points to pay with, -1 as many as can be; None where nothing was said."""


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Buy; carried out only after a yes to a read-back of exactly these lines."""

    key: str
    """Names this purchase for good: the shop places it once."""
    customer_id: str
    lines: tuple[Line, ...]
    total: Money
    from_basket: bool
    """Whether the lines are in the basket: the order takes them out before it is placed, so that no other has them."""
    quote: Quote | None = None
    """With delivery and discounts, where there are any; its total is `total`."""
    wishes: Wishes = Wishes()
    """How it was asked to be sent and paid for."""
    points: int = 0
    """Loyalty points that pay a part of it; their discount is in `quote`."""


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Call off an order or some of it; carried out only after a yes to a read-back of exactly this."""

    key: str
    customer_id: str
    number: str
    pieces: tuple[Pieces, ...]
    """Empty for all of it."""
    lines: tuple[Line, ...]
    """What is called off, for the read-back."""
    refund: Money
    version: int
    """Of the order that was read back."""


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Change an order that was placed; carried out only after a yes to a read-back of exactly this."""

    key: str
    customer_id: str
    number: str
    proposal: Proposal
    resent: bool
    """Whether it is sent in another way, or elsewhere, than was agreed."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.proposal.quote.lines


@dataclass(frozen=True, slots=True)
class ReturnItems:
    """Send something back; carried out only after a yes to a read-back of exactly this."""

    key: str
    customer_id: str
    number: str
    pieces: tuple[Pieces, ...]
    lines: tuple[Line, ...]
    refund: Money
    """Once it is accepted."""
    reason: str = ""
    """One of the merchant's; empty while it is asked for."""


AboutOrder = PlaceOrder | CancelOrder | ChangeOrder | ReturnItems
Pending = AboutOrder | CancelVisit
"""What only a yes releases."""
Released = Pending | BookVisit | MoveVisit
"""What is done once by its key, whatever happens meanwhile."""


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Try the customer's voice code; what waits for it is released when it is right. Never stored."""

    key: str
    code: str
    action: PlaceOrder | ChangeOrder


@dataclass(frozen=True, slots=True)
class FetchPerson:
    """Hand the conversation to the shop's people."""

    handoff_id: str
    reason: Reason


AtOnce = PutBasket | PutList | SetAlert | StopAlert
"""What is undone as easily as it is done."""
Action = FetchPerson | AtOnce | CheckCode | Released
Move = HandoffMove | Keep | Forget | Told
"""What is kept in the transaction that keeps the session, beside it."""
Outcome = Order | Return | Booking | NotBooked | Refusal | None
"""What came of an action: the order, the return, the shop's no, or nothing to tell."""
