"""Opening hours in any time zone, on the days when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.hours import (
    DAY,
    Hours,
    Period,
    Span,
    SpecialDay,
    common,
    hours_on,
    joined,
    local,
    moment_of,
    next_opening,
    on_days,
    open_at,
    overlaps,
    part_of_day,
    periods,
    without,
)

STOCKHOLM = "Europe/Stockholm"
NINE_TO_SIX = (Span(time(9), time(18)),)
SHOP = Hours(
    STOCKHOLM,
    (*[NINE_TO_SIX] * 5, (Span(time(10), time(14)),), ()),
    special={
        date(2026, 6, 6): SpecialDay((), "National Day"),
        date(2027, 12, 24): SpecialDay(NINE_TO_SIX, "late sale"),
    },
    yearly={(12, 24): SpecialDay((Span(time(10), time(13)),), "Christmas Eve")},
)
BAR = Hours(STOCKHOLM, ((Span(time(18), time(2)),),) * 7)

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
DATES = st.dates(date(2000, 1, 1), date(2037, 12, 31))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def at(text: str, zone: str = STOCKHOLM) -> datetime:
    """ "2026-06-05 09:30" on the clocks of the zone, as the moment it is."""
    day, _, wall = text.partition(" ")
    return moment_of(date.fromisoformat(day), time.fromisoformat(wall), zone)


# --- open or not


def test_it_is_open_from_the_first_minute_of_the_hours_and_not_at_the_last() -> None:
    assert open_at(SHOP, at("2026-06-05 08:59")) is None
    assert open_at(SHOP, at("2026-06-05 09:00")) == Period(at("2026-06-05 09:00"), at("2026-06-05 18:00"))
    assert open_at(SHOP, at("2026-06-05 18:00")) is None


def test_a_special_day_comes_before_a_yearly_one_and_both_before_the_week() -> None:
    assert hours_on(SHOP, date(2026, 6, 6)).why == "National Day"
    assert open_at(SHOP, at("2026-06-06 11:00")) is None
    assert hours_on(SHOP, date(2026, 12, 24)).spans == (Span(time(10), time(13)),)
    assert hours_on(SHOP, date(2027, 12, 24)).why == "late sale"
    assert hours_on(SHOP, date(2026, 6, 8)) == SpecialDay(NINE_TO_SIX)


def test_the_next_opening_passes_over_what_is_closed() -> None:
    friday_evening = at("2026-06-05 18:30")
    assert next_opening(SHOP, friday_evening) == Period(at("2026-06-08 09:00"), at("2026-06-08 18:00"))
    # Open now: the next one is tomorrow's.
    assert next_opening(SHOP, at("2026-06-08 12:00")) == Period(at("2026-06-09 09:00"), at("2026-06-09 18:00"))


def test_a_shop_that_never_opens_has_no_next_opening() -> None:
    assert next_opening(Hours(STOCKHOLM, ((),) * 7), at("2026-06-05 12:00")) is None


def test_a_shop_that_opens_once_a_year_is_found_again() -> None:
    fair = Hours(STOCKHOLM, ((),) * 7, yearly={(8, 1): SpecialDay(NINE_TO_SIX)})
    assert next_opening(fair, at("2026-08-01 10:00")) == Period(at("2027-08-01 09:00"), at("2027-08-01 18:00"))


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    night = Period(at("2026-06-05 18:00"), at("2026-06-06 02:00"))
    assert open_at(BAR, at("2026-06-06 01:30")) == night
    assert next_opening(BAR, at("2026-06-06 02:00")) == Period(at("2026-06-06 18:00"), at("2026-06-07 02:00"))


def test_hours_up_to_midnight_and_on_from_it_are_one_opening() -> None:
    always = Hours(STOCKHOLM, ((Span(time(0), time(0)),),) * 7)
    period = open_at(always, at("2026-06-05 12:00"))
    assert period is not None
    assert period.ends - period.starts == timedelta(days=3)


# --- days when the clocks change


def test_hours_follow_the_clock_on_the_wall_when_it_changes() -> None:
    saturday, monday = periods(SHOP, date(2026, 3, 28), date(2026, 3, 30))
    assert (saturday.starts.hour, monday.starts.hour) == (9, 7)
    assert local(monday.starts, STOCKHOLM).time() == time(9)


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    night = Hours(STOCKHOLM, ((Span(time(22), time(6)),),) * 7)
    (spring,) = periods(night, date(2026, 3, 28), date(2026, 3, 28))
    (autumn,) = periods(night, date(2026, 10, 24), date(2026, 10, 24))
    assert (spring.ends - spring.starts, autumn.ends - autumn.starts) == (timedelta(hours=7), timedelta(hours=9))


def test_a_time_that_the_clocks_skip_is_the_moment_they_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert {moment_of(date(2026, 3, 29), time(2, minute), STOCKHOLM) for minute in (0, 1, 30, 59)} == {jump}
    assert moment_of(date(2026, 3, 29), time(3, 0), STOCKHOLM) == jump
    assert periods(Hours(STOCKHOLM, ((Span(time(2), time(3)),),) * 7), date(2026, 3, 29), date(2026, 3, 29)) == []


def test_a_time_that_the_clocks_show_twice_is_its_first_showing() -> None:
    assert moment_of(date(2026, 10, 25), time(2, 30), STOCKHOLM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(ZONES, DATES, TIMES, TIMES)
def test_earlier_on_the_wall_is_never_later_in_time(zone: str, day: date, one: time, other: time) -> None:
    assert moment_of(day, min(one, other), zone) <= moment_of(day, max(one, other), zone)
    assert moment_of(day, max(one, other), zone) <= moment_of(day + DAY, min(one, other), zone) or one == other


@given(ZONES, DATES, TIMES)
def test_the_moment_of_a_wall_time_shows_that_time_unless_it_is_skipped(zone: str, day: date, wall: time) -> None:
    shown = local(moment_of(day, wall, zone), zone).replace(tzinfo=None)
    assert shown >= datetime.combine(day, wall)
    if shown != datetime.combine(day, wall):
        before = local(moment_of(day, wall, zone) - timedelta(seconds=1), zone).replace(tzinfo=None)
        assert before < datetime.combine(day, wall)


# --- many shops


@st.composite
def shops(draw: st.DrawFn) -> Hours:
    def spans() -> tuple[Span, ...]:
        walls = sorted(draw(st.lists(TIMES, unique=True, max_size=4)))
        return tuple(Span(begins, ends) for begins, ends in zip(walls[::2], walls[1::2], strict=False))

    special = {day: SpecialDay(spans()) for day in draw(st.lists(DATES, max_size=3))}
    return Hours(draw(ZONES), tuple(spans() for _ in range(7)), special)


@settings(max_examples=40, deadline=None)
@given(shops(), MOMENTS)
def test_the_next_opening_begins_in_the_future_and_nothing_opens_before_it(shop: Hours, now: datetime) -> None:
    following = next_opening(shop, now)
    if following is None:
        return
    assert following.starts > now
    assert open_at(shop, following.starts) == following
    assert open_at(shop, following.starts - timedelta(seconds=1)) is None
    open_now = open_at(shop, now)
    gap = Period(open_now.ends if open_now else now, following.starts)
    day = local(now, shop.zone).date()
    assert not any(one.meets(gap) for one in periods(shop, day - DAY, local(following.starts, shop.zone).date()))


@settings(max_examples=40, deadline=None)
@given(shops(), DATES)
def test_the_hours_of_a_week_never_overlap_and_are_in_order(shop: Hours, day: date) -> None:
    week = periods(shop, day, day + 6 * DAY)
    assert all(one.ends < other.starts for one, other in pairwise(week))
    assert all(one.starts < one.ends for one in week)


# --- stretches of time


def stretch(begin: int, end: int) -> Period:
    return Period(datetime(2026, 1, 1, tzinfo=UTC) + begin * DAY, datetime(2026, 1, 1, tzinfo=UTC) + end * DAY)


STRETCHES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda one: stretch(one[0], one[0] + one[1])), max_size=6
).map(joined)


def touched(found: list[Period]) -> set[int]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return {day for day in range(60) if any(start + day * DAY in period for period in found)}


@given(STRETCHES, STRETCHES)
def test_what_is_common_and_what_is_left_are_what_sets_of_days_say(one: list[Period], other: list[Period]) -> None:
    assert touched(common(one, other)) == touched(one) & touched(other)
    assert touched(without(one, other)) == touched(one) - touched(other)


@pytest.mark.parametrize(("part", "hours"), [("morning", 12), ("afternoon", 5), ("evening", 7), (None, 24)])
def test_the_parts_of_a_day(part: object, hours: int) -> None:
    period = part_of_day(date(2026, 6, 5), STOCKHOLM, part)  # type: ignore[arg-type]
    assert period.ends - period.starts == timedelta(hours=hours)


@given(ZONES, DATES)
def test_the_parts_of_any_day_make_up_the_day(zone: str, day: date) -> None:
    morning, afternoon, evening = (part_of_day(day, zone, part) for part in ("morning", "afternoon", "evening"))
    assert (morning.ends, afternoon.ends) == (afternoon.starts, evening.starts)
    assert Period(morning.starts, evening.ends) == part_of_day(day, zone)


def test_a_wish_for_a_time_on_several_days_is_a_minute_of_each() -> None:
    found = on_days(date(2026, 3, 28), date(2026, 3, 29), STOCKHOLM, time(14, 30))
    assert [local(one.starts, STOCKHOLM).isoformat(" ", "minutes") for one in found] == [
        "2026-03-28 14:30+01:00",
        "2026-03-29 14:30+02:00",
    ]
    assert {one.ends - one.starts for one in found} == {timedelta(minutes=1)}
    afternoons = on_days(date(2026, 3, 28), date(2026, 3, 29), STOCKHOLM, "afternoon")
    assert afternoons == tuple(part_of_day(date(2026, 3, day), STOCKHOLM, "afternoon") for day in (28, 29))
    assert on_days(date(2026, 3, 28), date(2026, 3, 28), STOCKHOLM)[0].ends == at("2026-03-29 00:00")


def test_hours_that_overlap_are_noticed_on_a_day_into_the_next_and_around_the_week() -> None:
    night = (Span(time(20), time(4)),)
    early = (Span(time(3), time(9)),)
    assert overlaps([(Span(time(9), time(12)), Span(time(11), time(13)))]) == 0
    assert overlaps([(), night, early, (), (), (), ()]) == 1
    assert overlaps([early, (), (), (), (), (), night]) == 6
    assert overlaps([(Span(time(9), time(12)), Span(time(12), time(13)))] * 7) is None
