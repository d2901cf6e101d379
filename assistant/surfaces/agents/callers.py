"""Who calls a tool: the contract between whoever checks tokens and whoever runs tools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Scope = Literal["shop.read", "shop.personal", "shop.buy"]
READ: Scope = "shop.read"
"""Products, advice that knows nobody, and questions about the shop."""
PERSONAL: Scope = "shop.personal"
"""What is the customer's own: orders, basket, what they are likely to need."""
BUY: Scope = "shop.buy"
"""Placing, changing and calling off orders, sending back, booking."""
SCOPES: tuple[Scope, ...] = (READ, PERSONAL, BUY)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that asks, and for whom."""

    client_id: str
    """Of the program, as it was registered."""
    customer_id: str | None
    """None for a token of the program's own: discovery, and nothing personal."""
    scopes: frozenset[str]
    """Of `SCOPES`; others mean nothing here."""
    token: str
    """A hash of the token, for limits and the audit; never the token itself."""
    expires_at: datetime | None
    """UTC; None for a caller that has no token: one on this machine."""


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """Why somebody is not let in."""

    status: Literal[401, 403]
    """401 for a token that is missing or wrong, 403 for one that may not do this."""
    reason: str
    """One sentence for whoever set the client up; nothing of the token."""
    challenge: str | None
    """The WWW-Authenticate header; None where none is to be sent."""


class WhoAsks(Protocol):
    """Reads the Authorization header of a request."""

    async def __call__(self, authorization: str | None, now: datetime) -> Caller | Unauthorised: ...

    def lacking(self, scope: Scope) -> Unauthorised:
        """The refusal (403) of a caller who is known and lacks this scope."""
        ...
