"""What has become of an order of a given age: its state, carrier and days."""

from __future__ import annotations

import random
from dataclasses import dataclass

CARRIERS = (("Postbird", "PB", 4), ("Northline", "NL", 5), ("Parcel Fox", "PF", 3))
"""Name, beginning of its tracking numbers, days on the way."""
VAN = ("Handla Van", "HV", 1)
CANCELLED = 0.025
RETURNED = 0.12
"""Chance for clothes and gear."""


@dataclass(frozen=True, slots=True)
class Parcel:
    state: str
    carrier: str = ""
    tracking: str = ""
    expected_in: int | None = None
    """Days from today; negative for the past."""
    delivered_ago: int | None = None
    """Days ago."""


def parcel(days_ago: int, way: str, state: str | None, rng: random.Random) -> Parcel:
    """The order placed `days_ago` (1 or more), sent by `van` or `post` or handed over at the `counter`.

    `state` overrides what would follow from its age.
    """
    if way == "counter":
        return Parcel(state or "delivered", delivered_ago=days_ago)
    name, prefix, transit = VAN if way == "van" else CARRIERS[int(rng.random() * len(CARRIERS))]
    digits = f"{int(rng.random() * 10**9):09d}"
    fate = rng.random()
    state = state or _state(days_ago, transit, way, fate)
    if state in ("placed", "packed", "cancelled"):
        return Parcel(state)
    expected_in = transit - days_ago
    if state == "shipped":
        return Parcel(state, name, prefix + digits, max(0, expected_in))
    return Parcel(state, name, prefix + digits, expected_in, max(0, -expected_in))


def _state(days_ago: int, transit: int, way: str, fate: float) -> str:
    if days_ago == 1:
        return "placed" if fate < 0.5 else "packed"
    if days_ago <= transit:
        return "shipped"
    if fate < CANCELLED:
        return "cancelled"
    if way == "post" and days_ago > transit + 5 and fate > 1 - RETURNED:
        return "returned"
    return "delivered"
