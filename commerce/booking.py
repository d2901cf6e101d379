"""Appointments: when somebody is free for a service, and what may be booked, moved and cancelled. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from commerce.hours import DAY, MINUTE, Hours, Period, Span, common, days, local, periods, span_on, without
from commerce.store_info import Wording
from commerce.types import Money
from commerce.words import terms

CELL = 5 * MINUTE
"""Durations, buffers and the grid are whole cells, so that two databases agree on what overlaps."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something done for a customer by appointment."""

    id: str
    title: Wording
    minutes: int
    """How long the customer is there; a multiple of 5."""
    price: Money | None = None
    """None: asked about on the spot."""
    before: int = 0
    """Minutes to prepare."""
    after: int = 0
    """Minutes to clear up."""
    aliases: tuple[str, ...] = ()
    """Other names people use for it."""

    def busy(self, starts: datetime) -> Period:
        """When the person is taken by an appointment that starts then."""
        return Period(starts - MINUTE * self.before, starts + MINUTE * (self.minutes + self.after))

    def visit(self, starts: datetime) -> Period:
        return Period(starts, starts + MINUTE * self.minutes)


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who does services."""

    id: str
    name: str
    services: frozenset[str]
    """Ids of the services that this person can do."""
    hours: Hours
    """When this person works; a day off is a special day without spans."""
    opening: Hours
    """Of the place where this person works: customers are there only while it is open."""
    breaks: tuple[Span, ...] = ()
    """On every working day, in the zone of `hours`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Times before an appointment."""

    grid: timedelta = timedelta(minutes=30)
    """Appointments begin at multiples of it on the clock, counted from midnight."""
    notice: timedelta = timedelta(hours=2)
    """Booked at least this long before."""
    change_notice: timedelta = timedelta(hours=24)
    """Moved or cancelled by the customer at least this long before."""
    ahead: timedelta = timedelta(days=60)
    """Booked at most this long before."""
    reminder: timedelta = timedelta(hours=24)
    """Reminded this long before."""


@dataclass(frozen=True, slots=True)
class Diary:
    """All that the merchant's file says about appointments."""

    zone: str
    """IANA name of the shop's main place; what a customer means by "Friday"."""
    services: tuple[Service, ...]
    staff: tuple[Staff, ...]
    rules: Rules = field(default_factory=Rules)

    def service(self, service_id: str) -> Service | None:
        return next((service for service in self.services if service.id == service_id), None)

    def person(self, staff_id: str) -> Staff | None:
        return next((person for person in self.staff if person.id == staff_id), None)


State = Literal["booked", "cancelled"]


@dataclass(frozen=True, slots=True)
class Booking:
    number: str
    """What the customer is told."""
    customer_id: str
    service_id: str
    staff_id: str
    visit: Period
    """When the customer is there."""
    busy: Period
    """`visit` with what the service needs before and after, as it was when booked."""
    state: State = "booked"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that is free."""

    service_id: str
    staff_id: str
    visit: Period


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for."""

    service_id: str
    within: tuple[Period, ...]
    """The visit begins in one of these."""
    staff_id: str | None = None
    """None: anybody."""


@dataclass(frozen=True, slots=True)
class Free:
    """What a look into the diary gave."""

    slots: tuple[Slot, ...]
    """In order of time, one for each beginning."""
    nearest: tuple[Slot, ...] = ()
    """Only where `slots` is empty: the nearest in time, before or after what was asked, in order of time."""


@dataclass(frozen=True, slots=True)
class NotBooked:
    """An expected 'no'; nothing was changed."""

    reason: Literal[
        "taken", "not_working", "off_grid", "too_soon", "too_late", "too_far", "no_service", "no_staff", "no_booking",
        "unknown_customer", "past", "cancelled", "no_appointments",
    ]  # fmt: skip
    """`too_soon`: less than `Rules.notice` ahead. `too_late`: less than `Rules.change_notice` ahead. `past`: it has
    begun. `no_appointments`: the merchant takes none."""
    nearest: tuple[Slot, ...] = ()
    """Times that are free instead."""
    call_before: datetime | None = None
    """For `too_late`: until when the customer could have changed it, UTC."""


def services_named(diary: Diary, words: str) -> tuple[Service, ...]:
    """The services that these words may mean: those so called, or else those with a name that says all of them."""
    names = {service.id: (*service.title.values(), *service.aliases) for service in diary.services}
    wanted = set(terms(words))
    exact = tuple(one for one in diary.services if any(set(terms(name)) == wanted for name in names[one.id]))
    return exact or tuple(one for one in diary.services if any(wanted <= set(terms(name)) for name in names[one.id]))


def staff_named(diary: Diary, name: str) -> Staff | None:
    """Who is so called; None where nobody is, or more than one."""
    wanted = set(terms(name))
    found = [person for person in diary.staff if wanted and wanted <= set(terms(person.name))]
    return found[0] if len(found) == 1 else None


Booked = Callable[[Period], Iterable[Booking]]
"""The appointments that keep somebody busy at some time in a period; more of them do no harm."""


def free(diary: Diary, wish: Wish, booked: Booked, now: datetime, limit: int = 10) -> Free:
    """The free times in the wished periods; where there are none, the nearest `limit` that could be had at all.

    Of several people free at the same time it is the one with the fewest appointments on that day, then the first in
    the file. Nobody is proposed for a time that `refusal` would not take.
    """
    if diary.service(wish.service_id) is None or not wish.within:
        return Free(())
    found: list[Slot] = []
    for period in sorted(wish.within, key=lambda period: period.starts):
        found += _slots(diary, wish, period, booked, now)[: limit - len(found)]
        if len(found) >= limit:
            break
    return Free(tuple(found)) if found else Free((), tuple(_nearest(diary, wish, booked, now, limit)))


def _nearest(diary: Diary, wish: Wish, booked: Booked, now: datetime, limit: int) -> list[Slot]:
    """Looked for ever farther around the wish, as most wishes have something free near by."""
    around = Period(min(one.starts for one in wish.within), max(one.ends for one in wish.within))
    bookable = _bookable(diary.rules, now)
    reach = DAY
    while True:
        wider = Period(around.starts - reach, around.ends + reach)
        found = sorted(
            (_distance(slot.visit.starts, wish.within), slot.visit.starts, slot)
            for slot in _slots(diary, wish, wider, booked, now)
        )
        if wider.holds(bookable) or (len(found) >= limit and found[limit - 1][0] <= reach):
            return sorted((slot for _, _, slot in found[:limit]), key=lambda slot: slot.visit.starts)
        reach *= 2


def refusal(diary: Diary, slot: Slot, now: datetime) -> NotBooked | None:
    """Why this slot cannot be booked, whoever else is in the diary; None where it can."""
    service, person = diary.service(slot.service_id), diary.person(slot.staff_id)
    if service is None or slot.visit != service.visit(slot.visit.starts):
        return NotBooked("no_service")
    if person is None or service.id not in person.services:
        return NotBooked("no_staff")
    if slot.visit.starts <= now:
        return NotBooked("past")
    if slot.visit.starts < now + diary.rules.notice:
        return NotBooked("too_soon")
    if slot.visit.starts > now + diary.rules.ahead:
        return NotBooked("too_far")
    if not _fits(person, service.busy(slot.visit.starts), slot.visit):
        return NotBooked("not_working")
    return None if _on_grid(slot.visit.starts, person.hours.zone, diary.rules.grid) else NotBooked("off_grid")


def change_refusal(booking: Booking | None, rules: Rules, now: datetime) -> NotBooked | None:
    """Why the customer may not move or cancel this appointment; None where they may."""
    if booking is None:
        return NotBooked("no_booking")
    if booking.state == "cancelled":
        return NotBooked("cancelled")
    if booking.visit.starts <= now:
        return NotBooked("past")
    if now > booking.visit.starts - rules.change_notice:
        return NotBooked("too_late", call_before=booking.visit.starts - rules.change_notice)
    return None


def reminder_due(booking: Booking, rules: Rules, now: datetime) -> bool:
    """Whether it is time to remind of this appointment; it must not have begun."""
    return booking.state == "booked" and booking.visit.starts - rules.reminder <= now < booking.visit.starts


def out_of_hours(diary: Diary, bookings: Iterable[Booking]) -> list[Booking]:
    """The appointments that the merchant's present file would not allow: somebody left, or hours changed."""
    return [booking for booking in bookings if booking.state == "booked" and not _kept(diary, booking)]


def cells(busy: Period) -> range:
    """Numbers of the 5-minute cells that a period touches, counted from 1970. Two periods that overlap share one."""
    size = int(CELL.total_seconds())
    return range(int(busy.starts.timestamp()) // size, -(-int(busy.ends.timestamp()) // size))


# --- inside

_Taken = Mapping[str, Sequence[Period]]
"""Staff id -> when that person is taken."""


def _taken(bookings: Iterable[Booking]) -> _Taken:
    taken: dict[str, list[Period]] = {}
    for booking in bookings:
        if booking.state == "booked":
            taken.setdefault(booking.staff_id, []).append(booking.busy)
    return taken


def _slots(diary: Diary, wish: Wish, within: Period, booked: Booked, now: datetime) -> list[Slot]:
    """Free times for the wished service that begin in `within`, one for each beginning, in order."""
    service, rules = diary.service(wish.service_id), diary.rules
    assert service is not None  # `free` has looked
    bookable = _bookable(rules, now)
    if not within.meets(bookable):
        return []
    (wanted,) = common([within], [bookable])
    # A day more on both sides: who has the fewest appointments is asked of whole days.
    taken = _taken(booked(Period(wanted.starts - DAY, wanted.ends + DAY)))
    load = Counter(
        (person, local(busy.starts, diary.zone).date()) for person, all_busy in taken.items() for busy in all_busy
    )
    best: dict[datetime, tuple[int, Staff]] = {}
    for person in diary.staff:
        if service.id not in person.services or wish.staff_id not in (None, person.id):
            continue
        for starts in _starts(person, service, wanted, taken.get(person.id, ()), rules):
            appointments = load[person.id, local(starts, diary.zone).date()]
            if starts not in best or appointments < best[starts][0]:
                best[starts] = (appointments, person)
    return [Slot(service.id, best[starts][1].id, service.visit(starts)) for starts in sorted(best)]


def _bookable(rules: Rules, now: datetime) -> Period:
    """When a visit may begin."""
    return Period(now + max(rules.notice, MINUTE), now + rules.ahead + timedelta(microseconds=1))


def _starts(
    person: Staff, service: Service, wanted: Period, taken: Sequence[Period], rules: Rules
) -> Iterator[datetime]:
    """When this person could begin the service, on the grid, in order."""
    reach = Period(service.busy(wanted.starts).starts, service.busy(wanted.ends).ends)
    at_work = without(_working(person, reach), (busy for busy in taken if busy.meets(reach)))
    is_open = _opening(person, reach)
    for work in at_work:
        for hours in filter(work.meets, is_open):
            # The visit begins late enough after both have begun, and early enough before both end.
            earliest = max(work.starts + MINUTE * service.before, hours.starts, wanted.starts)
            latest = min(
                work.ends - MINUTE * (service.minutes + service.after),
                hours.ends - MINUTE * service.minutes,
                wanted.ends - timedelta(microseconds=1),
            )
            yield from _grid(earliest, latest, person.hours.zone, rules.grid)


def _grid(earliest: datetime, latest: datetime, zone: str, grid: timedelta) -> Iterator[datetime]:
    """Moments from `earliest` to `latest`, both included, at which the clocks show a multiple of `grid`."""
    size = CELL.total_seconds()
    moment = datetime.fromtimestamp(math.ceil(earliest.timestamp() / size) * size, UTC)
    while moment <= latest:
        if _on_grid(moment, zone, grid):
            yield moment
        moment += CELL


def _on_grid(moment: datetime, zone: str, grid: timedelta) -> bool:
    there = local(moment, zone)
    since_midnight = timedelta(hours=there.hour, minutes=there.minute, seconds=there.second)
    return not there.microsecond and not since_midnight % grid


def _fits(person: Staff, busy: Period, visit: Period) -> bool:
    """Whether the person works all through `busy`, and the place is open all through `visit`."""
    at_work = any(work.holds(busy) for work in _working(person, busy))
    return at_work and any(hours.holds(visit) for hours in _opening(person, visit))


def _working(person: Staff, reach: Period) -> list[Period]:
    """The working times of a person that could meet `reach`, breaks taken out."""
    first, last = _days(reach, person.hours.zone)
    pauses = (
        pause for day in days(first, last) for span in person.breaks for pause in span_on(span, day, person.hours.zone)
    )
    return without(periods(person.hours, first, last), pauses)


def _opening(person: Staff, reach: Period) -> list[Period]:
    return periods(person.opening, *_days(reach, person.opening.zone))


def _days(reach: Period, zone: str) -> tuple[date, date]:
    """The days on which hours could begin that meet `reach`: hours may run over midnight."""
    return local(reach.starts, zone).date() - DAY, local(reach.ends, zone).date()


def _distance(starts: datetime, within: Sequence[Period]) -> timedelta:
    return min(max(period.starts - starts, starts - period.ends, timedelta(0)) for period in within)


def _kept(diary: Diary, booking: Booking) -> bool:
    person = diary.person(booking.staff_id)
    return (
        person is not None
        and booking.service_id in person.services
        and diary.service(booking.service_id) is not None
        and _fits(person, booking.busy, booking.visit)
    )
