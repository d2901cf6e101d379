"""Loyalty points: a ledger of entries, and what follows from it. Pure.

Points are never a bare number: a balance is the sum of a customer's entries, and it is never below zero. Points that
came in together are a lot, and expire together; what goes out is taken from the lots that expire first. A merchant who
takes back points that are spent already is owed them (`Entry.owed`), and they are kept back from the next ones earned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal

from commerce.types import Line, Money, Order

YEAR = timedelta(days=365)
"""How long what was earned counts for a tier."""
DISCOUNT = "points"
"""What the discount for points is called in `Quote.discounts`."""
GRACE = timedelta(days=30)
"""Points given back can be used for at least this long."""

Why = Literal["earned", "redeemed", "given_back", "reversed", "expired", "adjusted"]


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    threshold: int
    """Points earned in the last year from which a customer is in it."""
    times: Fraction = Fraction(1)
    """What a customer in it earns is multiplied by this."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The merchant's rules."""

    per_unit: Fraction
    """Points for each major unit: for each dollar."""
    minor_units: int = 100
    """Minor units in a major one."""
    value: int = 1
    """Minor units that a point is worth when redeemed."""
    earned_when: Literal["placed", "delivered"] = "delivered"
    bonus: Mapping[str, Fraction] = field(default_factory=dict)
    """Category -> what its lines earn is multiplied by this; the highest counts."""
    expires: timedelta | None = None
    """How long points last; None: for ever."""
    least: int = 1
    """Fewest points that are redeemed at once."""
    share: Fraction = Fraction(1)
    """Most of an order's total that points can pay."""
    tiers: tuple[Tier, ...] = ()
    """In order of their thresholds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger."""

    key: str
    """Written once for each key."""
    customer_id: str
    at: datetime
    """UTC."""
    points: int
    """Above zero: came in; below: went out."""
    why: Why
    about: str = ""
    """Number of the order; for what was redeemed and given back, the key it was ordered by."""
    expires: datetime | None = None
    """For points that came in or expired, UTC; None: never."""
    amount: int = 0
    """Minor units: what goods were paid with for points earned, what of it was paid back for those reversed, what the
    points were worth for those redeemed."""
    owed: int = 0
    """Points that should have gone out but were spent (above zero), or that pay such a debt (below)."""


@dataclass(frozen=True, slots=True)
class Lot:
    points: int
    """Left of it; above zero."""
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    points: int
    """What can be used now."""
    expiring: tuple[tuple[datetime, int], ...] = ()
    """When how many of them expire, soonest first; those that never do are not in it."""
    tier: str = ""
    """Empty where the customer is in none."""
    next_tier: tuple[str, int] | None = None
    """The next one and the points to earn until it."""


@dataclass(frozen=True, slots=True)
class Redeemable:
    """What a customer could pay with points."""

    points: int
    discount: Money


@dataclass(frozen=True, slots=True)
class NotRedeemed:
    """An expected 'no'; nothing was changed."""

    reason: Literal["no_programme", "unknown_customer", "too_few", "too_many", "released"]
    """`too_few`: less than the rules allow. `too_many`: more than there are, or than the order may be paid with.
    `released`: the points of this order were given back already."""
    balance: int = 0


Categories = Callable[[Line], Iterable[str]]
"""The categories of a line's product."""


def points_for(lines: Sequence[Line], rules: Rules, categories: Categories, rate: Fraction = Fraction(1)) -> int:
    """What these lines earn: each with its best bonus, times `rate`, the sum rounded down."""
    worth = sum(
        (line.total.minor * max((rules.bonus.get(name, Fraction(1)) for name in categories(line)), default=Fraction(1)))
        for line in lines
    )
    return math.floor(worth * rules.per_unit * rate / rules.minor_units)


def paid_share(lines: Sequence[Line], discount: int) -> Fraction:
    """The part of the goods that was not paid with points; `discount` in minor units. Points earn no points."""
    goods = sum(line.total.minor for line in lines)
    return Fraction(max(goods - discount, 0), goods) if goods else Fraction(0)


# --- reading a ledger; entries always in the order they were written


def lots(entries: Sequence[Entry]) -> list[Lot]:
    """What is left of each lot after these entries, in the order in which it would be used.

    Raises ValueError for a ledger that goes below zero.
    """
    left: list[Lot] = []
    for entry in entries:
        if entry.points > 0:
            left = sorted([*left, Lot(entry.points, entry.expires)], key=lambda lot: _end(lot.expires))
        elif entry.why == "expired":
            left = [lot for lot in left if lot.expires != entry.expires]
        else:
            left = _take(left, -entry.points)
    return left


def up_to(entries: Sequence[Entry], now: datetime) -> tuple[Entry, ...]:
    """The entries, and after them those that say what has expired by `now`.

    They are to be written before anything else is, so that what comes later is taken from what is left.
    """
    gone = {end: points for end, points in _by_end(lots(entries)).items() if end is not None and end <= now}
    who = entries[0].customer_id if entries else ""
    written = (
        Entry(f"expired:{who}:{end.isoformat()}:{len(entries)}", who, end, -points, "expired", expires=end)
        for end, points in sorted(gone.items())
    )
    return (*entries, *written)


def balance(entries: Sequence[Entry], rules: Rules, now: datetime) -> Balance:
    """What a customer has; what has expired since the last entry need not be written yet."""
    current = up_to(entries, now)
    expiring = sorted((end, points) for end, points in _by_end(lots(current)).items() if end is not None)
    tier, following = _tiers(current, rules, now)
    return Balance(
        points=points_in(current),
        expiring=tuple(expiring),
        tier=tier.name if tier else "",
        next_tier=(following.name, following.threshold - _earned_lately(current, now)) if following else None,
    )


def points_in(entries: Iterable[Entry]) -> int:
    return sum(entry.points for entry in entries)


def tier_rate(entries: Sequence[Entry], rules: Rules, now: datetime) -> Fraction:
    """What this customer's earnings are multiplied by."""
    tier, _ = _tiers(entries, rules, now)
    return tier.times if tier else Fraction(1)


def redeemable(points: int, total: Money, rules: Rules) -> Redeemable:
    """The most of `points` that can pay an order of this total; none where that is less than the rules allow."""
    usable = min(points, math.floor(total.minor * rules.share) // rules.value)
    usable = usable if usable >= rules.least else 0
    return Redeemable(usable, Money(usable * rules.value, total.currency))


# --- what is to be written; entries up to now (`up_to`)


def earning(earned: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """`earned`, and after it what pays the customer's debt out of it."""
    debt = min(sum(entry.owed for entry in entries), earned.points)
    if debt <= 0:
        return [earned]
    paying = replace(earned, key=f"{earned.key}:owed", points=-debt, why="reversed", expires=None, amount=0, owed=-debt)
    return [earned, paying]


def reversing(entries: Sequence[Entry], number: str, refunded: int, now: datetime) -> Entry | None:
    """What takes back the points of an order of which `refunded` minor units were paid back in all; None for nothing.

    The order keeps the points for the share of its price that was kept, rounded down, and nothing is taken back twice.
    """
    earned = [entry for entry in entries if entry.about == number and entry.why == "earned"]
    back = [entry for entry in entries if entry.about == number and entry.why == "reversed" and entry.amount]
    paid, before = sum(entry.amount for entry in earned), sum(entry.amount for entry in back)
    so_far = min(refunded, paid)
    if so_far <= before:
        return None
    kept = points_in(earned) * (paid - so_far) // paid
    due = points_in(earned) - kept - sum(entry.owed - entry.points for entry in back)
    owed = max(0, due - points_in(entries))
    who = earned[0].customer_id
    return Entry(
        f"reversed:{number}:{so_far}", who, now, owed - due, "reversed", number, amount=so_far - before, owed=owed
    )


def giving_back(entries: Sequence[Entry], order_key: str, now: datetime, keep: int = 0) -> list[Entry]:
    """What gives back the points redeemed for the order of this key but for `keep`, to the lots they came from.

    Those that last longest come back first, and nothing comes back twice.
    """
    place = next((i for i, one in enumerate(entries) if one.why == "redeemed" and one.about == order_key), None)
    if place is None:
        return []
    before = points_in(one for one in entries if one.why == "given_back" and one.about == order_key)
    due = -entries[place].points - before - keep
    there, left = _by_end(lots(entries[:place])), _by_end(lots(entries[: place + 1]))
    found = []
    for end in sorted(there, key=_end, reverse=True):
        taken = there[end] - left.get(end, 0)
        already = min(before, taken)
        points = min(taken - already, due)
        before, due = before - already, due - points
        if points > 0:
            found.append((end, points))
    who, key = entries[place].customer_id, f"given_back:{order_key}:{keep}"
    return [
        Entry(f"{key}:{count}", who, now, points, "given_back", order_key, expires=end and max(end, now + GRACE))
        for count, (end, points) in enumerate(found)
    ]


def kept(redeemed: Entry, order: Order, returned: int) -> int:
    """How many of the points redeemed for an order still pay for it; the rest is to be given back.

    `returned`: minor units of the order's discounts that fell on pieces sent back. What was cancelled in part has made
    its discounts smaller already.
    """
    less = sum(amount.minor for _, amount in order.discounts)
    by_points = sum(amount.minor for name, amount in order.discounts if name == DISCOUNT)
    if not by_points or not redeemed.amount:
        return 0
    still = by_points - Fraction(returned * by_points, less)
    return min(math.ceil(still * -redeemed.points / redeemed.amount), -redeemed.points)


# --- inside


def _end(expires: datetime | None) -> datetime:
    """Sorts lots by the order in which they are used: what never expires last."""
    return expires or datetime.max.replace(tzinfo=UTC)


def _take(left: list[Lot], points: int) -> list[Lot]:
    if points > sum(lot.points for lot in left):
        raise ValueError("a ledger of points goes below zero")
    result = []
    for lot in left:
        taken = min(lot.points, points)
        points -= taken
        if taken < lot.points:
            result.append(replace(lot, points=lot.points - taken))
    return result


def _by_end(left: Iterable[Lot]) -> dict[datetime | None, int]:
    points: dict[datetime | None, int] = {}
    for lot in left:
        points[lot.expires] = points.get(lot.expires, 0) + lot.points
    return points


def _tiers(entries: Sequence[Entry], rules: Rules, now: datetime) -> tuple[Tier | None, Tier | None]:
    """The customer's tier and the next one."""
    earned = _earned_lately(entries, now)
    reached = [tier for tier in rules.tiers if tier.threshold <= earned]
    ahead = [tier for tier in rules.tiers if tier.threshold > earned]
    return (reached[-1] if reached else None), (ahead[0] if ahead else None)


def _earned_lately(entries: Sequence[Entry], now: datetime) -> int:
    """Points earned in the last year, less what was taken back of them."""
    lately = [entry for entry in entries if entry.at > now - YEAR]
    earned = points_in(entry for entry in lately if entry.why == "earned")
    return max(
        0, earned - sum(entry.owed - entry.points for entry in lately if entry.why == "reversed" and entry.amount)
    )
