"""Days of the calendar from what was said of them: a weekday, a day and a month, so many weeks ahead."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Period = Literal["day", "week", "fortnight", "month", "year"]
_DAYS = {"day": 1, "week": 7, "fortnight": 14}


@dataclass(frozen=True, slots=True)
class Day:
    """A stretch of days; one day where both ends are the same."""

    start: date
    end: date


def days_text(days: Day) -> str:
    """'2025-12-05', or '2025-12-08/2025-12-14' for several days."""
    start, end = days.start.isoformat(), days.end.isoformat()
    return start if start == end else f"{start}/{end}"


def day_from(values: Mapping[str, Any], meaning: Mapping[str, Any], today: date, past: bool) -> Day | None:
    """The days meant by `values` (weekday 0..6, month, dayth, year, number, period) in the sense of `meaning`.

    None where the calendar has no such day. A weekday or a day of the year is the next to come, with `past` the last
    that was; today's own weekday is a week away.
    """
    try:
        return _day(values, meaning, today, past or bool(meaning.get("past")))
    except (ValueError, OverflowError):
        return None


def _day(values: Mapping[str, Any], meaning: Mapping[str, Any], today: date, past: bool) -> Day | None:
    if "day" in meaning:
        return _one(today + timedelta(days=int(meaning["day"])))
    if "ahead" in meaning:
        return _one(_away(today, int(meaning["ahead"]) * int(values.get("number", 1)), values["period"]))
    if "on" in meaning:
        month, dayth = meaning["on"]
        return _one(_of_the_month({"month": int(month), "dayth": int(dayth)}, today, past))
    if "dayth_of" in meaning:
        return _one(_months_away(today.replace(day=1), int(meaning["dayth_of"])).replace(day=values["dayth"]))
    if "since" in meaning:
        begun = _day(values, {}, today, True)
        return Day(begun.start, today) if begun else None
    if "dayth" in values:
        return _one(_of_the_month(values, today, past))
    if "weekday" in values:
        return _one(_weekday(values["weekday"], meaning, today, past))
    if "month" in values:
        return _whole_month(values, today, past)
    if "year" in values:
        return Day(date(values["year"], 1, 1), date(values["year"], 12, 31))
    return _stretch(meaning, today)


def _one(day: date) -> Day:
    return Day(day, day)


def _away(today: date, count: int, period: Period) -> date:
    if period in _DAYS:
        return today + timedelta(days=count * _DAYS[period])
    return _months_away(today, count * (12 if period == "year" else 1))


def _months_away(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _weekday(weekday: int, meaning: Mapping[str, Any], today: date, past: bool) -> date:
    monday = today - timedelta(days=today.weekday())
    if "weeks" in meaning:
        return monday + timedelta(days=7 * int(meaning["weeks"]) + weekday)
    if past:
        return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    return today + timedelta(days=((weekday - today.weekday()) % 7 or 7) + int(meaning.get("later", 0)))


def _of_the_month(values: Mapping[str, Any], today: date, past: bool) -> date:
    day, month, year = values["dayth"], values.get("month"), values.get("year")
    if month is None:
        for count in range(13):
            first = _months_away(today.replace(day=1), -count if past else count)
            if day <= monthrange(first.year, first.month)[1] and (
                first.replace(day=day) <= today if past else first.replace(day=day) >= today
            ):
                return first.replace(day=day)
        raise ValueError("no such day")
    if year is not None:
        return date(year, month, day)
    for away in range(9):  # 29 February comes once in eight years at worst
        near = today.year - away if past else today.year + away
        if day <= monthrange(near, month)[1] and (
            date(near, month, day) <= today if past else date(near, month, day) >= today
        ):
            return date(near, month, day)
    raise ValueError("no such day")


def _whole_month(values: Mapping[str, Any], today: date, past: bool) -> Day:
    month, year = values["month"], values.get("year")
    if year is None:
        year = today.year
        if past and month > today.month:
            year -= 1
        elif not past and month < today.month:
            year += 1
    return Day(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _stretch(meaning: Mapping[str, Any], today: date) -> Day | None:
    """A week (Monday to Sunday), a weekend, a month or a year, so many from this one."""
    monday = today - timedelta(days=today.weekday())
    if "week" in meaning:
        start = monday + timedelta(days=7 * int(meaning["week"]))
        return Day(start, start + timedelta(days=6))
    if "weekend" in meaning:
        start = monday + timedelta(days=7 * int(meaning["weekend"]) + 5)
        return Day(start, start + timedelta(days=1))
    if "month" in meaning:
        start = _months_away(today.replace(day=1), int(meaning["month"]))
        return Day(start, start.replace(day=monthrange(start.year, start.month)[1]))
    if "year" in meaning:
        year = today.year + int(meaning["year"])
        return Day(date(year, 1, 1), date(year, 12, 31))
    return None
