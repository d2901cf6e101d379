"""Hours on the wall and moments in time: weekly hours with special days, and when they are, in any time zone. Pure.

Wall times follow PEP 495 with two rules of ours: a time that the clocks skip is the moment they jump, and a time that
they show twice is its first showing. So earlier on the wall is never later in time, and hours stay whole on the days
when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
_FAR = 400
"""Days that are looked ahead for an opening."""

Part = Literal["morning", "afternoon", "evening"]
_PARTS: Mapping[Part, tuple[time, time]] = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(0)),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From one wall time to another; one that does not end later than it begins ends on the next day."""

    begins: time
    ends: time
    """00:00 is midnight at the end of the day."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, its end not included."""

    starts: datetime
    """UTC."""
    ends: datetime
    """UTC."""

    def __contains__(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends

    def holds(self, other: Period) -> bool:
        return self.starts <= other.starts and other.ends <= self.ends

    def meets(self, other: Period) -> bool:
        """Whether they have time in common."""
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day with hours of its own."""

    spans: tuple[Span, ...] = ()
    """Empty: closed."""
    why: str = ""
    """"Christmas Day"."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours and the days that differ."""

    zone: str
    """IANA name: "Europe/Stockholm"."""
    week: tuple[tuple[Span, ...], ...]
    """Seven days, Monday first; each in order, without overlap."""
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    yearly: Mapping[tuple[int, int], SpecialDay] = field(default_factory=dict)
    """(month, day) -> what holds every year; a date in `special` comes first."""


def hours_on(hours: Hours, day: date) -> SpecialDay:
    """What holds on that day; `why` is empty on an ordinary one."""
    special = hours.special.get(day) or hours.yearly.get((day.month, day.day))
    return special or SpecialDay(hours.week[day.weekday()])


def open_at(hours: Hours, moment: datetime) -> Period | None:
    """The hours that hold at this moment, None where closed. `moment` must be aware."""
    day = local(moment, hours.zone).date()
    return next((period for period in periods(hours, day - DAY, day + DAY) if moment in period), None)


def next_opening(hours: Hours, moment: datetime) -> Period | None:
    """The first hours that begin after this moment; None where nothing opens for more than a year."""
    day = local(moment, hours.zone).date() - DAY
    last = day + DAY * _FAR
    while day < last:
        # A day more than is looked at, so that hours over midnight are joined.
        for period in periods(hours, day, day + DAY * 9):
            if period.starts > moment:
                return period
        day += DAY * 7
    return None


def periods(hours: Hours, first: date, last: date) -> list[Period]:
    """The hours that begin on the days `first` to `last`, both included, in order; what touches is joined."""
    return joined(period for day in days(first, last) for period in _periods_on(hours, day))


def days(first: date, last: date) -> list[date]:
    return [first + DAY * count for count in range((last - first).days + 1)]


def _periods_on(hours: Hours, day: date) -> Iterable[Period]:
    for span in hours_on(hours, day).spans:
        yield from span_on(span, day, hours.zone)


def span_on(span: Span, day: date, zone: str) -> list[Period]:
    """When the span is on that day: one period, or none where the clocks skip it."""
    starts = moment_of(day, span.begins, zone)
    ends = moment_of(day if span.begins < span.ends else day + DAY, span.ends, zone)
    return [Period(starts, ends)] if starts < ends else []


def joined(found: Iterable[Period]) -> list[Period]:
    """In order, periods that touch or overlap made one."""
    result: list[Period] = []
    for period in sorted(found, key=lambda period: period.starts):
        if result and period.starts <= result[-1].ends:
            result[-1] = Period(result[-1].starts, max(result[-1].ends, period.ends))
        else:
            result.append(period)
    return result


def common(one: Sequence[Period], other: Sequence[Period]) -> list[Period]:
    """The time that both have, in order."""
    met = (Period(max(a.starts, b.starts), min(a.ends, b.ends)) for a in one for b in other if a.meets(b))
    return sorted(met, key=lambda period: period.starts)


def without(found: Sequence[Period], taken: Iterable[Period]) -> list[Period]:
    """What is left of the periods, in order. `found` must not overlap."""
    left = list(found)
    for gone in taken:
        pieces = []
        for period in left:
            if not period.meets(gone):
                pieces.append(period)
                continue
            if period.starts < gone.starts:
                pieces.append(Period(period.starts, gone.starts))
            if gone.ends < period.ends:
                pieces.append(Period(gone.ends, period.ends))
        left = pieces
    return left


def part_of_day(day: date, zone: str, part: Part | None = None) -> Period:
    """The morning (before 12), afternoon (12 to 17) or evening (from 17) of a day, or all of it."""
    begins, ends = _PARTS[part] if part else (time(0), time(0))
    # A clock that jumps over a whole part of the day has none: the period is empty then.
    starts = moment_of(day, begins, zone)
    return Period(starts, max(starts, moment_of(day + DAY if ends == time(0) else day, ends, zone)))


def on_days(first: date, last: date, zone: str, when: Part | time | None = None) -> tuple[Period, ...]:
    """A part of each of the days `first` to `last`, or the minute of a wall time on each; None: the whole days."""
    if isinstance(when, time):
        moments = (moment_of(day, when, zone) for day in days(first, last))
        return tuple(Period(moment, moment + MINUTE) for moment in moments)
    return tuple(part_of_day(day, zone, when) for day in days(first, last))


def overlaps(week_of_spans: Sequence[Sequence[Span]]) -> int | None:
    """The first day (0 is Monday) whose spans overlap each other or those of the next day; None if none does."""
    ordered = [
        (day, _minutes(span.begins) + 1440 * day, _minutes(span.ends) + 1440 * (day + (span.begins >= span.ends)))
        for day, spans in enumerate(week_of_spans)
        for span in sorted(spans, key=lambda span: span.begins)
    ]
    if len(week_of_spans) == 7 and ordered:
        _, begins, ends = ordered[0]
        ordered.append((7, begins + 1440 * 7, ends + 1440 * 7))
    return next((one[0] for one, other in pairwise(ordered) if other[1] < one[2]), None)


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


# --- wall and world


def local(moment: datetime, zone: str) -> datetime:
    """The moment as the clocks of that zone show it."""
    return moment.astimezone(zone_of(zone))


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Raises KeyError, or ValueError for a name that cannot be one."""
    return ZoneInfo(name)


def moment_of(day: date, wall: time, zone: str) -> datetime:
    """When the clocks of that zone show this time on this day, in UTC."""
    there = datetime.combine(day, wall, zone_of(zone))
    moment = there.astimezone(UTC)
    after = there.replace(fold=1).astimezone(UTC)
    if after >= moment:
        return moment
    # Skipped by the clocks: only then does the offset before the change give the later moment (PEP 495).
    return _jump(after, moment, there)


def _jump(before: datetime, after: datetime, there: datetime) -> datetime:
    """The moment between the two at which the clocks of `there` pass it."""
    wall, zone = there.replace(tzinfo=None), there.tzinfo
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
