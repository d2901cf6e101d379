"""The shape of a merchant's shop file. docs/shop-file.md describes it for merchants.

Every value arrives as text (commerce/shop_file.py), so nothing depends on what YAML takes 09:30, no or 2026-12-24 for.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, cast
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from commerce.hours import DAY, Span, SpecialDay, days, overlaps
from commerce.refused import nearest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = 366
"""Days in a range of special days."""
_DASH = r"\s*[-\u2013]\s*"
_TIME = r"(\d{1,2})(?:[:.](\d\d))?"

_HOURS = 'give hours such as "09:00-18:00" or "09:00-12:00, 13:00-18:00", or closed'

Days = dict[date | tuple[int, int], SpecialDay]
"""A date, or (month, day) of every year -> what holds."""


def _wrong(remedy: str, key: str = "") -> PydanticCustomError:
    """A fault of a value, or of what stands under `key` in it."""
    return PydanticCustomError("remedy", "{remedy}", {"remedy": remedy, "key": key})


# --- texts


def _wording(value: object) -> object:
    """A text, or one for each language."""
    return {"": value} if isinstance(value, str) and value.strip() else value


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Wording = Annotated[dict[str, Name], BeforeValidator(_wording), Field(min_length=1)]
"""Language code -> text; the language of the file is written as an empty code."""
Names = Annotated[list[Name], BeforeValidator(_several)]


# --- hours


def parse_spans(value: object) -> object:
    """`09:00-12:00, 13:00-18:00`, or `closed`."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() == "closed":
        return ()
    spans = tuple(_span(part) for part in value.split(","))
    if overlaps([spans]) is not None:
        raise _wrong("give hours that do not overlap")
    return tuple(sorted(spans, key=lambda span: span.begins))


def _span(text: str) -> Span:
    matched = re.fullmatch(f"{_TIME}{_DASH}{_TIME}", text.strip())
    if matched is None:
        raise _wrong(_HOURS)
    hour, minute, last_hour, last_minute = (int(part or 0) for part in matched.groups())
    ends = time(0) if (last_hour, last_minute) == (24, 0) else _time(last_hour, last_minute)
    return Span(_time(hour, minute), ends)


def _time(hour: int, minute: int) -> time:
    if hour > 23 or minute > 59:
        raise _wrong("give times from 00:00 to 24:00")
    return time(hour, minute)


Spans = Annotated[tuple[Span, ...], BeforeValidator(parse_spans)]


def _week(value: object) -> object:
    """Day names or ranges of them -> hours. Days that are not named are closed."""
    if not isinstance(value, dict):
        return value
    week: list[Any] = [()] * 7
    named: set[int] = set()
    for key, hours in value.items():
        for day in _weekdays(str(key)):
            if day in named:
                raise _wrong(f"give each day once; {WEEKDAYS[day]} is there twice", str(key))
            named.add(day)
            week[day] = _spans_under(str(key), hours)
    clash = overlaps(week)
    if clash is not None:
        raise _wrong(f"give hours that do not overlap; those of {WEEKDAYS[clash]} run into those of the next day")
    return tuple(week)


def _spans_under(key: str, value: object) -> object:
    if not isinstance(value, str):
        raise _wrong(_HOURS, key)
    try:
        return parse_spans(value)
    except PydanticCustomError as error:
        raise _wrong(error.message(), key) from None


def _weekdays(key: str) -> range | list[int]:
    first, _, last = (part.strip() for part in re.sub(_DASH, "-", key.lower()).partition("-"))
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        like = nearest(first if first not in WEEKDAYS else last, WEEKDAYS)
        hint = f'did you mean "{like}"?' if like else 'such as "monday" or "monday-friday"'
        raise _wrong(f'give days of the week; "{key}" is none; {hint}', key)
    begins, ends = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return range(begins, ends + 1) if begins <= ends else [*range(begins, 7), *range(ends + 1)]


Week = Annotated[tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans], BeforeValidator(_week)]


class Entry(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _special(value: object) -> object:
    """Days -> hours, or hours with a reason."""
    if not isinstance(value, dict):
        return value
    found: Days = {}
    for key, said in value.items():
        entry = said if isinstance(said, dict) else {"hours": said}
        if not {"hours"} <= set(entry) <= {"hours", "why"} or not isinstance(entry.get("why", ""), str):
            raise _wrong("give hours, or hours and why", key)
        special = SpecialDay(cast(tuple[Span, ...], _spans_under(key, entry["hours"])), entry.get("why", ""))
        for day in _days_under(key):
            if day in found:
                raise _wrong("give each day once; there is one that was named before", key)
            found[day] = special
    return found


def _days_under(key: str) -> list[date | tuple[int, int]]:
    try:
        return parse_days(key)
    except PydanticCustomError as error:
        raise _wrong(error.message(), key) from None


def parse_days(text: str) -> list[date | tuple[int, int]]:
    """`2026-12-24`, `12-24` for every year, or two of them: `2026-07-01 to 2026-07-14`."""
    first, _, last = (part.strip() for part in text.partition(" to "))
    yearly = len(first) <= 5
    try:
        # A leap year, so that 02-29 is a day of every year that has it.
        begins, ends = (date.fromisoformat(f"2024-{day}" if yearly else day) for day in (first, last or first))
    except ValueError:
        raise _wrong(
            f'give days as 2026-12-24, as 12-24 for every year, or as 2026-07-01 to 2026-07-14; not "{text}"'
        ) from None
    if yearly and ends < begins:
        ends = ends.replace(year=begins.year + 1, day=min(ends.day, 28) if ends.month == 2 else ends.day)
    if not begins <= ends <= begins + DAY * _LONGEST:
        raise _wrong(f'give a range that ends after it begins, within a year; not "{text}"')
    return [(day.month, day.day) if yearly else day for day in days(begins, ends)]


def _days_off(value: object) -> object:
    return [day for text in _listed(value) for day in parse_days(text)] if _listed(value) else value


def _listed(value: object) -> list[str]:
    items = [value] if isinstance(value, str) else value
    return items if isinstance(items, list) and all(isinstance(item, str) for item in items) else []


Special = Annotated[Days, BeforeValidator(_special)]
DaysOff = Annotated[list[date | tuple[int, int]], BeforeValidator(_days_off)]


def _zone(value: object) -> object:
    if isinstance(value, str) and value not in available_timezones():
        like = nearest(value, available_timezones())
        hint = f'did you mean "{like}"?' if like else 'such as "Europe/Stockholm"'
        raise _wrong(f"give a time zone of the IANA list; {hint}")
    return value


Zone = Annotated[str, BeforeValidator(_zone)]


# --- the file


class PlaceEntry(Entry):
    name: Name
    address: Name
    directions: Wording | None = None
    time_zone: Zone | None = None
    hours: Week | None = None
    special_days: Special | None = None


class ContactEntry(Entry):
    phone: Text = ""
    email: Text = ""
    web: Text = ""


class QuestionEntry(Entry):
    ask: Annotated[Names, Field(min_length=1)]
    answer: Wording


class TierEntry(Entry):
    name: Name
    threshold: int = Field(alias="from", ge=0)
    times: Decimal = Field(Decimal(1), gt=0, le=100)


class LoyaltyEntry(Entry):
    points_per_unit: Decimal = Field(gt=0, le=10_000)
    point_value: int = Field(1, ge=1)
    earned: Literal["placed", "delivered"] = "delivered"
    bonus: dict[Name, Annotated[Decimal, Field(ge=0, le=100)]] = Field(default_factory=dict)
    expires_after_days: int | None = Field(None, ge=1, le=36_500)
    least: int = Field(1, ge=1)
    most_percent: int = Field(100, ge=1, le=100)
    tiers: list[TierEntry] = Field(default_factory=list)


Minutes = Annotated[int, Field(ge=0, le=1440, multiple_of=5)]


class ServiceEntry(Entry):
    id: Name
    title: Wording
    minutes: Annotated[int, Field(ge=5, le=1440, multiple_of=5)]
    price: int | None = Field(None, ge=0, le=10**12)
    before: Minutes = 0
    after: Minutes = 0
    aliases: Names = Field(default_factory=list)


class StaffEntry(Entry):
    id: Name
    name: Name
    services: Annotated[Names, Field(min_length=1)]
    place: Name | None = None
    hours: Week | None = None
    breaks: Spans = ()
    days_off: DaysOff = Field(default_factory=list)


class AppointmentsEntry(Entry):
    every_minutes: Literal["5", "10", "15", "20", "30", "60"] = "30"
    notice_hours: int = Field(2, ge=0, le=24 * 60)
    change_notice_hours: int = Field(24, ge=0, le=24 * 60)
    days_ahead: int = Field(60, ge=1, le=366)
    reminder_hours: int = Field(24, ge=1, le=24 * 60)
    services: list[ServiceEntry] = Field(min_length=1)
    staff: list[StaffEntry] = Field(min_length=1)

    @property
    def grid(self) -> timedelta:
        return timedelta(minutes=int(self.every_minutes))


class ShopEntry(Entry):
    name: Name
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] = "en"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    time_zone: Zone
    hours: Week
    special_days: Special = Field(default_factory=dict)
    places: list[PlaceEntry] = Field(min_length=1)
    contact: ContactEntry = Field(default_factory=ContactEntry)
    shipping: Wording | None = None
    returns: Wording | None = None
    payment: Wording | None = None
    getting_in_touch: Wording | None = None
    questions: list[QuestionEntry] = Field(default_factory=list)
    loyalty: LoyaltyEntry | None = None
    appointments: AppointmentsEntry | None = None


MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): ShopEntry,
    ("places",): PlaceEntry,
    ("contact",): ContactEntry,
    ("questions",): QuestionEntry,
    ("loyalty",): LoyaltyEntry,
    ("loyalty", "tiers"): TierEntry,
    ("appointments",): AppointmentsEntry,
    ("appointments", "services"): ServiceEntry,
    ("appointments", "staff"): StaffEntry,
}
"""Which model reads what stands under these keys, positions in lists left out."""
