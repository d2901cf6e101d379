"""A merchant's terms: how orders are delivered, how long they can be cancelled and returned. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WORKING_DAYS = (0, 1, 2, 3, 4)
"""Monday to Friday."""
REASONS = (
    "too small",
    "too large",
    "damaged",
    "faulty",
    "wrong item",
    "not as described",
    "arrived late",
    "changed my mind",
)


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    """One way to get an order."""

    key: str
    """Names it for good: "standard"."""
    title: str
    """"Standard delivery"."""
    price: int
    """Minor units of the shop's currency."""
    days: int
    """Working days on the way; 0 is the day it is sent."""
    cut_off: int = 24
    """Hour of the merchant's day, 0..24: what is ordered later is sent the next working day."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes; none: everywhere."""
    free_from: int | None = None
    """Minor units of goods from which it costs nothing."""
    weekdays: tuple[int, ...] = WORKING_DAYS
    """Days on which it is sent and arrives; 0 is Monday."""
    pick_up: str = ""
    """Where to collect it; empty where it is brought."""
    aliases: tuple[str, ...] = ()
    """Other names people use for it, lower case."""
    not_for: tuple[str, ...] = ()
    """Categories that are not sent this way: nobody posts a cup of coffee."""


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    days: int = 30
    """After delivery; 0: nothing is taken back."""
    days_by_category: Mapping[str, int] = field(default_factory=dict)
    """The narrowest category of a product that is named here counts."""
    reasons: tuple[str, ...] = REASONS
    carrier: str = ""
    """Who brings it back; empty: the customer does."""
    address: str = ""
    """Where it goes, on one line."""
    label_days: int = 14
    """How long a label can be used."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for every order of a shop."""

    delivery: tuple[DeliveryChoice, ...] = ()
    """The first that serves an address is meant where nothing was said."""
    returns: ReturnTerms = field(default_factory=ReturnTerms)
    cancel_window: timedelta = timedelta(minutes=30)
    """How long packing is held back, so that an order can be called off."""
    time_zone: str = "UTC"
    """IANA name; days and hours are the merchant's."""
    holidays: frozenset[date] = frozenset()
    """Nothing is sent or arrives."""

    def today(self, now: datetime) -> date:
        """The merchant's day. `now` must be aware."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()
