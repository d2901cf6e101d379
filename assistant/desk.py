"""The merchant's side of what is around the sale, as lines of text and as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from commerce.booking import Booking, Diary
from commerce.hours import DAY, Hours, Period, SpecialDay, hours_on, local, next_opening, open_at
from commerce.loyalty import Balance
from commerce.store import Around
from commerce.store_info import in_language

Json = dict[str, Any]
_NO_FILE = "There is no shop file yet: handla shop import-info shop.yaml (docs/shop-file.md)."


def about_the_shop(around: Around, now: datetime) -> Iterator[str]:
    """What the shop file says, and whether each place is open."""
    file = around.files.current()
    if file is None:
        yield _NO_FILE
        return
    info = file.info
    yield info.name
    for place in info.places:
        yield f"  {place.name}, {place.address}"
        today = hours_on(place.hours, local(now, place.hours.zone).date())
        yield f"      today: {_spans(today)}; {_open(place.hours, now)}"
    said = ", ".join([*info.topics, *(f"{len(info.questions)} questions" for _ in info.questions[:1])])
    yield f"  answers: {said or 'none'}"
    yield f"  points: {_points(around)}"
    for line in _appointments(file.diary):
        yield f"  {line}"


def appointments(around: Around, first: datetime, days: int) -> list[Json]:
    """The appointments of so many days from `first` on, in order of time; times as the shop's clocks show them."""
    diary = around.bookings.diary()
    booked = around.bookings.bookings_between(first, first + days * DAY)
    return [_appointment(diary, booking) for booking in booked]


def appointment_line(booked: Json) -> str:
    return f"{booked['begins']}  {booked['number']}  {booked['service']} with {booked['staff']}, {booked['customer']}"


def out_of_hours(around: Around, now: datetime) -> Iterator[str]:
    """What a merchant must see to after changing the file."""
    diary = around.bookings.diary()
    for booking in around.bookings.out_of_hours(now):
        yield f"no longer within hours: {appointment_line(_appointment(diary, booking))}"


def points_lines(balance: Balance) -> Iterator[str]:
    tier = f", {balance.tier}" if balance.tier else ""
    ahead = f"; {balance.next_tier[1]} more to earn until {balance.next_tier[0]}" if balance.next_tier else ""
    yield f"{balance.points} points{tier}{ahead}"
    for day, found in groupby(balance.expiring, key=lambda one: one[0].date()):
        yield f"  {sum(points for _, points in found)} expire on {day}"


# --- inside


def _spans(day: SpecialDay) -> str:
    hours = ", ".join(f"{span.begins:%H:%M}-{span.ends:%H:%M}" for span in day.spans) or "closed"
    return f"{hours} ({day.why})" if day.why else hours


def _open(hours: Hours, now: datetime) -> str:
    period = open_at(hours, now)
    if period:
        return f"open until {local(period.ends, hours.zone):%H:%M}"
    following = next_opening(hours, now)
    return f"opens {local(following.starts, hours.zone):%a %Y-%m-%d %H:%M}" if following else "never opens"


def _points(around: Around) -> str:
    rules = around.files.loyalty()
    if rules is None:
        return "none"
    return f"{float(rules.per_unit):g} for each unit of money, {rules.value} minor units each when redeemed"


def _appointments(diary: Diary | None) -> Iterator[str]:
    if diary is None:
        yield "appointments: none"
        return
    for service in diary.services:
        names = ", ".join(person.name for person in diary.staff if service.id in person.services)
        yield f"{in_language(service.title, 'en', 'en')}: {service.minutes} minutes, {names}"


def _appointment(diary: Diary | None, booking: Booking) -> Json:
    service = diary.service(booking.service_id) if diary else None
    person = diary.person(booking.staff_id) if diary else None
    zone = diary.zone if diary else "UTC"
    return {
        "number": booking.number,
        "customer": booking.customer_id,
        "service": in_language(service.title, "en", "en") if service else booking.service_id,
        "staff": person.name if person else booking.staff_id,
        **_times(booking.visit, zone),
    }


def _times(visit: Period, zone: str) -> Json:
    begins, ends = local(visit.starts, zone), local(visit.ends, zone)
    return {"begins": f"{begins:%Y-%m-%d %H:%M}", "ends": f"{ends:%Y-%m-%d %H:%M}", "zone": zone}
