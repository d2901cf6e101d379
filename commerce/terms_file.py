"""A merchant's terms file: TOML, read whole or refused. docs/terms-file.md describes it."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from commerce.refused import ImportRefused, nearest
from commerce.terms import REASONS, DeliveryChoice, ReturnTerms, Terms

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST = 10**12

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DeliveryEntry(Entry):
    key: Key
    title: Text
    price: int = Field(ge=0, le=_MOST)
    days: int = Field(ge=0, le=90)
    cut_off: int = Field(24, ge=0, le=24)
    countries: list[Country] = []
    free_from: int | None = Field(None, ge=0, le=_MOST)
    weekdays: list[str] = Field(list(WEEKDAYS[:5]), min_length=1)
    pick_up: str = ""
    aliases: list[Text] = []
    not_for: list[Text] = []


class ReturnsEntry(Entry):
    days: int = Field(30, ge=0, le=3650)
    days_by_category: dict[Text, Annotated[int, Field(ge=0, le=3650)]] = {}
    reasons: list[Text] = Field(list(REASONS), min_length=1)
    carrier: str = ""
    address: str = ""
    label_days: int = Field(14, ge=1, le=365)


class TermsFile(Entry):
    time_zone: Text = "UTC"
    cancel_minutes: int = Field(30, ge=0, le=7 * 24 * 60)
    holidays: list[date] = []
    delivery: list[DeliveryEntry] = []
    returns: ReturnsEntry = ReturnsEntry()


_MODELS: dict[tuple[str, ...], type[Entry]] = {
    (): TermsFile,
    ("delivery",): DeliveryEntry,
    ("returns",): ReturnsEntry,
}


def read_terms(path: Path | str) -> Terms:
    """The terms of a file. Raises ImportRefused with every fault as a line."""
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefused([f"{path}: cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError as error:
        raise ImportRefused([f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused([f"{path.name}: not valid TOML: {error}."]) from None
    try:
        entries = TermsFile.model_validate(document)
    except ValidationError as error:
        raise ImportRefused([f"{path.name}: {_worded(fault)}" for fault in error.errors(include_url=False)]) from None
    faults = _faults(entries)
    if faults:
        raise ImportRefused([f"{path.name}: {fault}" for fault in faults])
    return _terms(entries)


def _terms(entries: TermsFile) -> Terms:
    returns = entries.returns
    return Terms(
        delivery=tuple(_choice(entry) for entry in entries.delivery),
        returns=ReturnTerms(
            days=returns.days,
            days_by_category=dict(returns.days_by_category),
            reasons=tuple(returns.reasons),
            carrier=returns.carrier,
            address=returns.address,
            label_days=returns.label_days,
        ),
        cancel_window=timedelta(minutes=entries.cancel_minutes),
        time_zone=entries.time_zone,
        holidays=frozenset(entries.holidays),
    )


def _choice(entry: DeliveryEntry) -> DeliveryChoice:
    return DeliveryChoice(
        key=entry.key,
        title=entry.title,
        price=entry.price,
        days=entry.days,
        cut_off=entry.cut_off,
        countries=tuple(entry.countries),
        free_from=entry.free_from,
        weekdays=tuple(sorted({WEEKDAYS.index(day) for day in entry.weekdays})),
        pick_up=entry.pick_up,
        aliases=tuple(alias.lower() for alias in entry.aliases),
        not_for=tuple(entry.not_for),
    )


def _faults(entries: TermsFile) -> list[str]:
    """What no type can tell."""
    faults = []
    try:
        ZoneInfo(entries.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f'time_zone is "{entries.time_zone}"; give an IANA name such as "Europe/Stockholm".')
    seen: set[str] = set()
    for number, entry in enumerate(entries.delivery, start=1):
        where = f'delivery {number} "{entry.title}"'
        if entry.key in seen:
            faults.append(f'{where}: key "{entry.key}" is taken by an earlier one; give each its own.')
        seen.add(entry.key)
        for day in entry.weekdays:
            if day not in WEEKDAYS:
                like = nearest(day, WEEKDAYS) or "monday"
                faults.append(f'{where}: weekdays has "{day}"; did you mean "{like}"?')
    return faults


def _worded(error: ErrorDetails) -> str:
    """Where, what is wrong, what to give instead."""
    where = error["loc"]
    keys = tuple(part for part in where if isinstance(part, str))
    second = where[1] if len(where) > 1 else None
    place = f"delivery {second + 1}: " if where[0] == "delivery" and isinstance(second, int) else ""
    name = ".".join(keys[1:] if place else keys)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = list(_MODELS[keys[:-1]].model_fields)
        like = nearest(keys[-1], known)
        return f'{place}"{name}" is not a known key; ' + (f'did you mean "{like}"?' if like else f"known: {known}.")
    if kind == "missing":
        return f"{place}{name} is missing."
    return f"{place}{name} is {error['input']!r}; give {_wanted(kind, context, keys[-1])}."


def _wanted(kind: str, context: dict[str, Any], key: str) -> str:
    match kind:
        case "greater_than_equal":
            return f"{context['ge']} or more"
        case "less_than_equal":
            return f"{context['le']} or less"
        case "string_pattern_mismatch" if key == "countries":
            return 'two capital letters of ISO 3166, such as "SE"'
        case "string_pattern_mismatch":
            return "small letters, digits, - and _, beginning with a letter"
        case _ if kind.startswith("int"):
            unit = " of minor units (490 for $4.90)" if key in ("price", "free_from") else ""
            return f"a whole number{unit}"
        case _:
            return _EXPECTED.get(kind, "another value")


_EXPECTED = {
    "string_type": "a text in quotes",
    "string_too_short": "at least one letter",
    "too_short": "at least one",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": "a date such as 2026-12-25",
}
