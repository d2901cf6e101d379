"""The rules of appointments, without a database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.booking import (
    Booking,
    Diary,
    Rules,
    Service,
    Slot,
    Staff,
    Wish,
    cells,
    change_refusal,
    out_of_hours,
    refusal,
    reminder_due,
    services_named,
    staff_named,
)
from commerce.hours import DAY, Hours, Period, Span, SpecialDay, days, local, part_of_day, periods, span_on
from tests.commerce.diaries import DIARY, FITTING, MAJA, MONDAY, REPAIR, SAM, STOCKHOLM, at, free, slot


def booked(text: str, staff_id: str = "maja", service: Service = FITTING) -> Booking:
    starts = at(text)
    return Booking("1", "C1", service.id, staff_id, service.visit(starts), service.busy(starts))


def times(*slots: Slot) -> list[str]:
    return [f"{local(one.visit.starts, STOCKHOLM):%a %H:%M} {one.staff_id}" for one in slots]


def on(day: str, part: str | None = None) -> Wish:
    return Wish("fitting", (part_of_day(date.fromisoformat(day), STOCKHOLM, part),))  # type: ignore[arg-type]


# --- free times


def test_a_day_is_free_in_half_hours_within_hours_and_around_breaks() -> None:
    found = free(DIARY, replace(on("2026-06-03"), staff_id="maja"), [], MONDAY, limit=99)
    mornings = ["09:00", "09:30", "10:00", "10:30", "11:00"]
    afternoons = ["12:30", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00"]
    assert times(*found.slots) == [f"Wed {one} maja" for one in mornings + afternoons]
    assert found.nearest == ()


def test_the_customer_is_there_only_while_the_shop_is_open_and_the_person_may_stay_longer() -> None:
    found = free(DIARY, replace(on("2026-06-06"), staff_id="sam"), [], MONDAY, limit=99)
    # Open from 10 to 14, at work from 9 to 15: the fitting ends by 14:00, clearing up may take until 14:15.
    assert times(*found.slots)[0] == "Sat 10:00 sam"
    assert times(*found.slots)[-1] == "Sat 13:00 sam"
    repair = free(DIARY, Wish("repair", on("2026-06-06").within), [], MONDAY, limit=99)
    assert times(*repair.slots)[-1] == "Sat 13:30 sam"


def test_what_is_booked_takes_its_buffers_along() -> None:
    bookings = [booked("2026-06-03 10:00")]
    found = free(DIARY, replace(on("2026-06-03", "morning"), staff_id="maja"), bookings, MONDAY)
    assert times(*found.slots) == ["Wed 09:00 maja", "Wed 11:00 maja"]
    cancelled = [replace(bookings[0], state="cancelled")]
    assert len(free(DIARY, replace(on("2026-06-03", "morning"), staff_id="maja"), cancelled, MONDAY).slots) == 5


def test_time_to_prepare_comes_before_the_customer() -> None:
    found = free(DIARY, Wish("repair", on("2026-06-03").within), [booked("2026-06-03 11:00", "sam")], MONDAY, limit=4)
    # Sam begins at 10 and prepares for ten minutes; the fitting from 11 keeps him until 12.
    assert times(*found.slots) == ["Wed 10:30 sam", "Wed 12:30 sam", "Wed 13:00 sam", "Wed 13:30 sam"]


def test_of_two_people_the_one_with_fewer_appointments_that_day_is_proposed() -> None:
    assert times(*free(DIARY, on("2026-06-03", "afternoon"), [], MONDAY, limit=2).slots)[-1] == "Wed 12:30 maja"
    busy = [booked("2026-06-03 09:00")]
    assert times(*free(DIARY, on("2026-06-03", "afternoon"), busy, MONDAY, limit=1).slots) == ["Wed 12:00 sam"]
    assert times(*free(DIARY, on("2026-06-03", "afternoon"), busy, MONDAY, limit=2).slots)[-1] == "Wed 12:30 sam"


def test_where_the_wished_time_is_gone_the_nearest_are_named_in_order() -> None:
    all_day = [booked(f"2026-06-05 {hour:02}:00", who) for hour in range(9, 18) for who in ("maja", "sam")]
    found = free(DIARY, on("2026-06-05", "afternoon"), all_day, MONDAY, limit=6)
    assert found.slots == ()
    assert times(*found.nearest) == [
        "Thu 17:00 sam",
        *(f"Sat {one} sam" for one in ["10:00", "10:30", "11:00", "11:30", "12:00"]),
    ]


def test_a_day_off_a_closed_day_and_a_day_too_far_have_no_times() -> None:
    assert times(*free(DIARY, replace(on("2026-06-04"), staff_id="maja"), [], MONDAY).slots) == []
    assert free(DIARY, on("2026-06-19"), [], MONDAY).slots == ()
    assert free(DIARY, on("2026-08-03"), [], MONDAY).slots == ()


def test_nothing_is_proposed_with_less_than_the_notice_or_for_an_unknown_service() -> None:
    assert times(*free(DIARY, on("2026-06-01"), [], at("2026-06-01 11:40"), limit=1).slots) == ["Mon 14:00 maja"]
    assert free(DIARY, Wish("haircut", on("2026-06-01").within), [], MONDAY) == free(
        DIARY, Wish("fitting", ()), [], MONDAY
    )


# --- by name


def test_services_and_people_are_found_by_what_they_are_called() -> None:
    diary = replace(
        DIARY,
        services=(
            replace(FITTING, title={"en": "boot fitting", "sv": "utprovning av kängor"}, aliases=("try on boots",)),
            replace(REPAIR, title={"en": "boot repair"}),
        ),
    )
    named = {
        words: [one.id for one in services_named(diary, words)]
        for words in ("Boot Repair", "utprovning", "boots", "boot", "haircut", "")
    }
    assert named == {
        "Boot Repair": ["repair"],
        "utprovning": ["fitting"],
        "boots": ["fitting"],
        "boot": ["fitting", "repair"],
        "haircut": [],
        "": ["fitting", "repair"],
    }
    assert staff_named(diary, "sam") == SAM
    assert staff_named(diary, "") is staff_named(diary, "Eve") is None


# --- refused


@pytest.mark.parametrize(
    ("wished", "reason"),
    [
        (slot("2026-06-03 10:00"), None),
        (slot("2026-06-03 10:10"), "off_grid"),
        (slot("2026-06-03 16:30"), "not_working"),
        (slot("2026-06-03 11:30"), "not_working"),
        (slot("2026-06-04 10:00"), "not_working"),
        (slot("2026-06-06 09:00", "sam"), "not_working"),
        (slot("2026-06-01 09:30"), "too_soon"),
        (slot("2026-06-01 07:00"), "past"),
        (slot("2026-07-02 10:00"), "too_far"),
        (slot("2026-06-03 10:00", "eve"), "no_staff"),
        (slot("2026-06-03 10:00", "maja", REPAIR), "no_staff"),
        (slot("2026-06-03 10:00", "maja", Service("haircut", {}, 30)), "no_service"),
        (Slot("fitting", "maja", Period(at("2026-06-03 10:00"), at("2026-06-03 10:05"))), "no_service"),
    ],
)
def test_a_slot_is_refused_with_the_reason(wished: Slot, reason: str | None) -> None:
    refused = refusal(DIARY, wished, MONDAY)
    assert (refused.reason if refused else None) == reason


def test_an_appointment_may_be_changed_until_the_notice_ends() -> None:
    booking = booked("2026-06-03 10:00")
    assert change_refusal(booking, DIARY.rules, at("2026-06-02 10:00")) is None
    late = change_refusal(booking, DIARY.rules, at("2026-06-02 10:01"))
    assert late is not None
    assert (late.reason, late.call_before) == ("too_late", at("2026-06-02 10:00"))
    reasons = [
        change_refusal(booking, DIARY.rules, at("2026-06-03 10:00")),
        change_refusal(replace(booking, state="cancelled"), DIARY.rules, MONDAY),
        change_refusal(None, DIARY.rules, MONDAY),
    ]
    assert [one.reason for one in reasons if one] == ["past", "cancelled", "no_booking"]


def test_a_reminder_is_due_from_a_day_before_until_the_beginning() -> None:
    booking = booked("2026-06-03 10:00")
    moments = ["2026-06-02 09:59", "2026-06-02 10:00", "2026-06-03 09:59", "2026-06-03 10:00"]
    assert [reminder_due(booking, DIARY.rules, at(one)) for one in moments] == [False, True, True, False]
    assert not reminder_due(replace(booking, state="cancelled"), DIARY.rules, at("2026-06-03 09:00"))


def test_appointments_that_a_new_file_does_not_allow_are_found() -> None:
    bookings = [booked("2026-06-03 10:00"), booked("2026-06-03 10:00", "sam"), booked("2026-06-03 17:00", "sam")]
    without_maja = replace(DIARY, staff=(SAM,))
    assert out_of_hours(DIARY, bookings) == []
    assert out_of_hours(without_maja, bookings) == [bookings[0]]
    on_holiday = replace(SAM, hours=replace(SAM.hours, special={date(2026, 6, 3): SpecialDay()}))
    assert out_of_hours(replace(DIARY, staff=(MAJA, on_holiday)), bookings) == bookings[1:]


# --- the days when the clocks change


def night_shift(zone: str) -> Diary:
    """Somebody who works all day and all night."""
    always = Hours(zone, ((Span(time(0), time(0)),),) * 7)
    nurse = Staff("n", "N", frozenset({"call"}), always, always)
    return Diary(zone, (Service("call", {"en": "call"}, 30),), (nurse,), Rules(notice=timedelta(0)))


@pytest.mark.parametrize(("day", "count"), [("2026-03-28", 48), ("2026-03-29", 46), ("2026-10-25", 50)])
def test_a_day_has_as_many_half_hours_as_it_has(day: str, count: int) -> None:
    diary = night_shift(STOCKHOLM)
    within = part_of_day(date.fromisoformat(day), STOCKHOLM)
    found = free(diary, Wish("call", (within,)), [], within.starts - DAY, limit=99).slots
    assert len(found) == count
    assert all(one.visit.ends <= other.visit.starts for one, other in pairwise(found))


def test_the_grid_is_that_of_the_clocks_where_they_differ_by_a_quarter_of_an_hour() -> None:
    diary = night_shift("Asia/Kathmandu")
    within = part_of_day(date(2026, 6, 3), "Asia/Kathmandu")
    found = free(diary, Wish("call", (within,)), [], within.starts - DAY, limit=99).slots
    assert [local(one.visit.starts, "Asia/Kathmandu").minute for one in found] == [0, 30] * 24


# --- any diary

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
WALLS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
FIVES = st.integers(0, 6).map(lambda five: 5 * five)
CHANGES = st.sampled_from(
    [date(2026, 3, 7), date(2026, 3, 28), date(2026, 4, 4), date(2026, 10, 24), date(2026, 10, 31)]
)
"""Days before clocks change somewhere."""


@st.composite
def diaries(draw: st.DrawFn) -> Diary:
    zone = draw(ZONES)

    def hours() -> Hours:
        def spans() -> tuple[Span, ...]:
            walls = sorted(draw(st.lists(WALLS, unique=True, min_size=2, max_size=4)))
            return tuple(Span(begins, ends) for begins, ends in zip(walls[::2], walls[1::2], strict=False))

        return Hours(zone, (spans(),) * 7)

    service = Service("s", {"en": "s"}, draw(st.sampled_from([15, 45, 60])), None, draw(FIVES), draw(FIVES))
    opening = hours()
    pause = (Span(time(12), time(12, 30)),)
    staff = tuple(Staff(name, name, frozenset({"s"}), hours(), opening, pause) for name in ("a", "b"))
    return Diary(zone, (service,), staff, Rules(notice=timedelta(hours=1), ahead=timedelta(days=3)))


@settings(max_examples=40, deadline=None)
@given(diaries(), CHANGES, st.data())
def test_whatever_is_booked_nobody_is_in_two_places_and_all_is_within_hours(
    diary: Diary, day: date, data: st.DataObject
) -> None:
    now = datetime.combine(day, time(3), UTC)
    bookings: list[Booking] = []
    for count in range(8):
        found = free(diary, Wish("s", (Period(now, now + 3 * DAY),)), bookings, now, limit=50)
        if not found.slots:
            break
        chosen = data.draw(st.sampled_from(found.slots))
        assert refusal(diary, chosen, now) is None
        busy = diary.services[0].busy(chosen.visit.starts)
        bookings.append(Booking(str(count), "C1", "s", chosen.staff_id, chosen.visit, busy))
    by_person = defaultdict(list)
    for booking in bookings:
        by_person[booking.staff_id].append(booking)
    for staff_id, theirs in by_person.items():
        theirs.sort(key=lambda one: one.busy.starts)
        assert all(one.busy.ends <= other.busy.starts for one, other in pairwise(theirs))
        taken = [set(cells(one.busy)) for one in theirs]
        assert sum(map(len, taken)) == len(set().union(*taken))
        person = diary.person(staff_id)
        assert person is not None
        assert all(_is_within_hours(person, one) for one in theirs)


@settings(max_examples=25, deadline=None)
@given(diaries(), CHANGES, st.integers(0, 4300), st.data())
def test_the_nearest_times_are_the_nearest_of_all_that_are_free(
    diary: Diary, day: date, minutes: int, data: st.DataObject
) -> None:
    now = datetime.combine(day, time(3), UTC)
    every = free(diary, Wish("s", (Period(now, now + 4 * DAY),)), [], now, limit=10_000).slots
    wished = now + timedelta(minutes=minutes)
    taken = data.draw(st.sets(st.sampled_from(every), max_size=5)) if every else set()
    bookings = [
        Booking("1", "C1", "s", one.staff_id, one.visit, diary.services[0].busy(one.visit.starts)) for one in taken
    ]
    left = free(diary, Wish("s", (Period(now, now + 4 * DAY),)), bookings, now, limit=10_000).slots
    found = free(diary, Wish("s", (Period(wished, wished),)), bookings, now, limit=3)
    distances = sorted(abs(one.visit.starts - wished) for one in left)
    assert found.slots == ()
    assert sorted(abs(one.visit.starts - wished) for one in found.nearest) == distances[:3]
    assert set(found.nearest) <= set(left)


def _is_within_hours(person: Staff, booking: Booking) -> bool:
    """Minute by minute: at work and at no break all the time, and the place open as long as the customer is there."""
    day = local(booking.busy.starts, person.hours.zone).date()
    at_work = periods(person.hours, day - DAY, day + DAY)
    is_open = periods(person.opening, day - DAY, day + DAY)
    pauses = [
        one
        for pause in person.breaks
        for when in days(day - DAY, day + DAY)
        for one in span_on(pause, when, person.hours.zone)
    ]
    minute, fine = booking.busy.starts, True
    while minute < booking.busy.ends:
        fine = fine and any(minute in one for one in at_work) and not any(minute in one for one in pauses)
        fine = fine and (minute not in booking.visit or any(minute in one for one in is_open))
        minute += timedelta(minutes=1)
    return fine


@given(st.integers(0, 5000), st.integers(1, 300), st.integers(0, 5000), st.integers(1, 300))
def test_periods_that_overlap_share_a_cell(begin: int, length: int, other_begin: int, other_length: int) -> None:
    def period(minutes: int, lasts: int) -> Period:
        return Period(MONDAY + timedelta(minutes=minutes), MONDAY + timedelta(minutes=minutes + lasts))

    one, other = period(begin, length), period(other_begin, other_length)
    shared = bool(set(cells(one)) & set(cells(other)))
    assert shared or not one.meets(other)
    if not (begin % 5 or length % 5 or other_begin % 5 or other_length % 5):
        assert shared == one.meets(other)
