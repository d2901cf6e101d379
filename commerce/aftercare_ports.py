"""What a shop may offer around and after an order; a back end may lack any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from commerce.aftercare import Change, Proposal
from commerce.codes import CodeCheck, VoiceRule, WeakCode
from commerce.refunds import Pieces
from commerce.returns import RefundStatus, Return, Returnable
from commerce.types import Address, Money, Order, Refusal


class AddressBook(Protocol):
    """Where customers have things sent."""

    def of(self, customer_id: str) -> Sequence[Address]:
        """The default first, the others by label."""
        ...

    def find(self, customer_id: str, label: str) -> Address | None: ...

    def put(self, customer_id: str, address: Address, default: bool = False) -> Refusal | None:
        """Add an address, or replace the one of that label; a customer's first is the default by itself.

        Raises ValueError where a part is missing or the country is no code.
        """
        ...

    def remove(self, customer_id: str, label: str) -> bool:
        """Whether there was one; orders keep theirs. After the default, the first of the others becomes it."""
        ...


class ReadOnlyAftercare(Protocol):
    """Questions about orders that were placed."""

    def propose_change(self, number: str, change: Change, now: datetime) -> Proposal | Refusal:
        """The order as it would be, to be read back."""
        ...

    def returnable(self, number: str, now: datetime) -> Sequence[Returnable]:
        """What can be sent back now; nothing for an order that is not delivered."""
        ...

    def returns(self, number: str) -> Sequence[Return]:
        """Oldest first."""
        ...

    def refunds(self, number: str) -> Sequence[RefundStatus]:
        """What was or will be paid back for this order, oldest first."""
        ...

    def purchases(
        self, customer_id: str, since: datetime | None = None, until: datetime | None = None, of: Sequence[str] = ()
    ) -> Sequence[Order]:
        """Orders not cancelled or returned, placed from `since` to before `until`, newest first.

        `of` names products: only orders with one of them.
        """
        ...

    def spent(self, customer_id: str, since: datetime | None = None, until: datetime | None = None) -> Money:
        """What the orders placed in that time cost, less what was given back for them."""
        ...


class Aftercare(ReadOnlyAftercare, Protocol):
    """What a customer may still do about an order. The caller sees to it that the order is theirs.

    Every effect happens once for each `key`; called again, it gives the order or the return as it is by then.
    """

    def change_order(self, key: str, proposal: Proposal, now: datetime) -> Order | Refusal:
        """Make exactly the change that was proposed, and charge or refund the difference.

        Refused where it would not be the same today: the order moved on, a price or the stock changed. Where the
        payment does not answer it is Refusal("payment_unknown"); until `settle_change` tells, the order stays as it
        was and can be neither changed nor packed nor cancelled.
        """
        ...

    def settle_change(self, key: str) -> Order | Refusal:
        """What became of a change whose payment was unknown: the changed order if its money was taken, else it is off.

        Takes no money. Raises KeyError for a key that `change_order` never stored.
        """
        ...

    def cancel_order(
        self, key: str, number: str, pieces: Sequence[Pieces], now: datetime, version: int | None = None
    ) -> Order | Refusal:
        """Take these pieces off an order that is not shipped, or call all of it off where none are named.

        Refused where the order is no longer of this version, the one that was read back.
        """
        ...

    def ask_return(
        self, key: str, number: str, pieces: Sequence[Pieces], reason: str, now: datetime
    ) -> Return | Refusal:
        """Announce that these pieces are sent back; the answer has the label."""
        ...


class VoiceCodes(Protocol):
    """What it takes to buy by voice: a code that the customer chose, a limit for each order, both, or neither."""

    def set_code(self, customer_id: str, code: str | None) -> WeakCode | Refusal | None:
        """Store a code of 4 to 8 digits, or none; None when done. It is kept so that nobody can read it."""
        ...

    def set_limit(self, customer_id: str, limit: Money | None) -> Refusal | None:
        """Without a code, orders above this cannot be bought by voice; with one, only they need it."""
        ...

    def buying(self, customer_id: str, total: Money) -> VoiceRule: ...

    def needs_code(self, customer_id: str, total: Money) -> bool:
        """Whether `buying` is 'code'."""
        ...

    def verify_code(self, key: str, customer_id: str, code: str, now: datetime) -> CodeCheck:
        """Try a code, once for each `key`; wrong ones lock it for a time. Raises KeyError where none is set."""
        ...
