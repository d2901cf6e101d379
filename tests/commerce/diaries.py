"""A small workshop with appointments that the tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from commerce import booking
from commerce.booking import Booking, Diary, Free, Rules, Service, Slot, Staff, Wish
from commerce.hours import Hours, Span, SpecialDay, moment_of

STOCKHOLM = "Europe/Stockholm"
OPEN = Hours(
    STOCKHOLM,
    (*[(Span(time(9), time(18)),)] * 5, (Span(time(10), time(14)),), ()),
    special={date(2026, 6, 19): SpecialDay((), "Midsummer Eve")},
)
FITTING = Service("fitting", {"en": "fitting"}, minutes=45, after=15)
REPAIR = Service("repair", {"en": "repair"}, minutes=30, before=10)
MAJA = Staff(
    "maja",
    "Maja",
    frozenset({"fitting"}),
    Hours(
        STOCKHOLM,
        (*[(Span(time(9), time(17)),)] * 5, (), ()),
        special={date(2026, 6, 4): SpecialDay()},
    ),
    OPEN,
    breaks=(Span(time(12), time(12, 30)),),
)
SAM = Staff(
    "sam",
    "Sam",
    frozenset({"fitting", "repair"}),
    Hours(STOCKHOLM, (*[(Span(time(10), time(19)),)] * 5, (Span(time(9), time(15)),), ())),
    OPEN,
)
DIARY = Diary(STOCKHOLM, (FITTING, REPAIR), (MAJA, SAM), Rules(ahead=timedelta(days=30)))


def at(text: str, zone: str = STOCKHOLM) -> datetime:
    """The moment at which the clocks of the zone show "2026-06-05 09:30"."""
    day, _, wall = text.partition(" ")
    return moment_of(date.fromisoformat(day), time.fromisoformat(wall), zone)


def slot(text: str, staff_id: str = "maja", service: Service = FITTING) -> Slot:
    return Slot(service.id, staff_id, service.visit(at(text)))


def free(diary: Diary, wish: Wish, bookings: Sequence[Booking], now: datetime, limit: int = 10) -> Free:
    """booking.free with these appointments and no others."""
    return booking.free(diary, wish, lambda within: [one for one in bookings if one.busy.meets(within)], now, limit)


MONDAY = at("2026-06-01 08:00")
