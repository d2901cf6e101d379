"""What is done beside buying, as plain values: appointments, and what a customer wants to be told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from commerce.alerts import AlertWish
from commerce.booking import Slot


@dataclass(frozen=True, slots=True)
class SetAlert:
    """Tell the customer when a wish comes true; undone as easily."""

    key: str
    customer_id: str
    wish: AlertWish


@dataclass(frozen=True, slots=True)
class StopAlert:
    """Tell the customer no more."""

    customer_id: str
    alert: int


@dataclass(frozen=True, slots=True)
class BookVisit:
    """Book a time; it can be cancelled as easily, so the customer's choice of it is enough."""

    key: str
    customer_id: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """Move an appointment to another time."""

    key: str
    customer_id: str
    booking: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """Cancel an appointment; carried out only after a yes, as somebody else may take its time."""

    key: str
    customer_id: str
    booking: str
    service: str
    """As it is called."""
    day: date
    at: time
    """Wall time of the shop, as is `day`."""


@dataclass(frozen=True, slots=True)
class VisitWish:
    """An appointment in the making: what was said of it so far, and the times offered."""

    service_id: str = ""
    staff_id: str | None = None
    days: str = ""
    """ISO day, or 'first/last'; empty: any."""
    moves: str = ""
    """Number of the appointment that is to be moved; empty: a new one."""
    slots: tuple[Slot, ...] = ()
    """Read out, in order of time."""
