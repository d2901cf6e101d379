"""A merchant's shop file: read, checked as a whole, and turned into what the shop goes by.

The file is YAML in the shape of commerce/shop_entries.py. Nothing is returned unless everything is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from commerce import booking, loyalty, store_info
from commerce.faults import minor_digits, show
from commerce.hours import Hours, SpecialDay
from commerce.refused import ImportRefused, nearest
from commerce.shop_entries import (
    MODELS,
    AppointmentsEntry,
    Days,
    LoyaltyEntry,
    PlaceEntry,
    ServiceEntry,
    ShopEntry,
    StaffEntry,
)
from commerce.types import Money

Where = tuple[str | int, ...]
"""A path into the file: ("appointments", "staff", 1, "hours")."""


@dataclass(frozen=True, slots=True)
class ShopFile:
    """All that a merchant's shop file says."""

    info: store_info.ShopInfo
    loyalty: loyalty.Rules | None = None
    """None: no points."""
    diary: booking.Diary | None = None
    """None: no appointments."""


def read_shop_file(path: Path | str) -> ShopFile:
    """The content of a shop file. Raises ImportRefused with every fault as a line: file, line, key and reason."""
    return parse_shop_file(read_text(path), Path(path).name)


def read_text(path: Path | str) -> str:
    """The file's text. Raises ImportRefused."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportRefused([f"{path}: cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError as error:
        raise ImportRefused([f"{Path(path).name}: byte {error.start} is not UTF-8; save the file as UTF-8."]) from None


def parse_shop_file(text: str, name: str) -> ShopFile:
    """As `read_shop_file`, from text; `name` is how faults name the file."""
    document = _Document(text, name)
    try:
        entry = ShopEntry.model_validate(document.content)
    except ValidationError as error:
        raise ImportRefused([_fault(document, dict(one)) for one in error.errors(include_url=False)]) from None
    faults = [document.fault(where, message) for where, message in _faults(entry)]
    if faults:
        raise ImportRefused(faults)
    return _shop_file(entry)


# --- the text, with its lines


class _Document:
    """YAML with every value as text, and the line of each."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._lines: dict[Where, int] = {(): 1}
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.YAMLError as error:
            raise ImportRefused([self._broken(error)]) from None
        except RecursionError:
            raise ImportRefused([f"{name}: nested too deep to be a shop file."]) from None
        self.content = self._read(root, (), set()) if root is not None else {}

    def fault(self, where: Where, message: str) -> str:
        known = where
        while known not in self._lines:
            known = known[:-1]
        place = self._place(where)
        ending = "" if message.endswith(("?", ".")) else "."
        return f"{self._name}: line {self._lines[known]}: {place}{': ' if place else ''}{message}{ending}"

    def _place(self, where: Where) -> str:
        """`appointments.staff 2.hours`, without what pydantic adds to a path and the file does not have."""
        said = ""
        for length, key in enumerate(where, start=1):
            if isinstance(key, int):
                said += f" {key + 1}"
            elif where[:length] in self._lines or length == len(where):
                said += f".{key}" if said else key
        return said

    def _read(self, node: Any, where: Where, seen: set[int]) -> Any:
        self._lines.setdefault(where, node.start_mark.line + 1)
        if id(node) in seen:
            raise ImportRefused([self.fault(where, "stands for something above (* and &); write it out.")])
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(child, (*where, count), seen) for count, child in enumerate(node.value)]
        return self._mapping(node, where, seen)

    def _mapping(self, node: Any, where: Where, seen: set[int]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            key = str(key_node.value)
            if key in found:
                line = key_node.start_mark.line + 1
                raise ImportRefused([f"{self._name}: line {line}: {key}: is there twice; keep one."])
            self._lines[(*where, key)] = key_node.start_mark.line + 1
            found[key] = self._read(child, (*where, key), seen)
        return found

    def _broken(self, error: yaml.YAMLError) -> str:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        return f"{self._name}: {place}not valid YAML: {problem or 'a character that no text has'}."


# --- faults


def _fault(document: _Document, error: Mapping[str, Any]) -> str:
    where: Where = tuple(error["loc"])
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "extra_forbidden":
        return document.fault(where, _unknown(where))
    if kind == "missing":
        return document.fault(where, "is missing.")
    if context.get("key"):
        return document.fault((*where, context["key"]), context["remedy"])
    value = error["input"]
    said = f"{show(value)}: " if isinstance(value, str) else ""
    return document.fault(where, said + _remedy(kind, context))


def _remedy(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "remedy":
            return str(context["remedy"])
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            sign, limit = next(iter(context.items()))
            return f"give {_LIMITS[sign]} {limit}"
        case "multiple_of":
            return f"give a multiple of {context['multiple_of']}"
        case "literal_error":
            return f"give one of: {context['expected']}"
        case "string_pattern_mismatch":
            return 'give a code such as "en" for a language, "USD" for a currency'
        case "too_short" | "string_too_short":
            return "give at least one"
    return f"give {_EXPECTED.get(kind, 'another value')}"


_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "string_type": "a text",
    "list_type": "a list: one line for each, beginning with a hyphen",
    "dict_type": "a text, or one for each language: en: ...",
    "tuple_type": "hours under the names of days: monday-friday: 09:00-18:00",
    "model_type": "keys with values, indented below it",
}


def _unknown(where: Where) -> str:
    path = tuple(key for key in where[:-1] if isinstance(key, str))
    fields = MODELS[path].model_fields if path in MODELS else {}
    known = [field.alias or name for name, field in fields.items()]
    like = nearest(str(where[-1]), known)
    return f'is not a known key; did you mean "{like}"?' if like else f"is not a known key; known: {', '.join(known)}."


def _faults(entry: ShopEntry) -> Iterator[tuple[Where, str]]:
    """What is wrong between the parts."""
    for count, name in _repeated([place.name.casefold() for place in entry.places]):
        yield ("places", count, "name"), f'"{name}" is the name of another place.'
    thresholds = [tier.threshold for tier in entry.loyalty.tiers] if entry.loyalty else []
    if thresholds != sorted(set(thresholds)):
        yield ("loyalty", "tiers"), "give tiers in the order of their points, each above the one before."
    if entry.appointments:
        for where, message in _appointment_faults(entry.appointments, [place.name for place in entry.places]):
            yield ("appointments", *where), message


def _appointment_faults(entry: AppointmentsEntry, places: list[str]) -> Iterator[tuple[Where, str]]:
    services = [service.id for service in entry.services]
    for count, name in _repeated(services):
        yield ("services", count, "id"), f'"{name}" is the id of another service.'
    for count, name in _repeated([person.id for person in entry.staff]):
        yield ("staff", count, "id"), f'"{name}" is the id of somebody else.'
    for count, person in enumerate(entry.staff):
        for name in person.services:
            if name not in services:
                yield ("staff", count, "services"), f'"{name}" is no service; {_known(name, services)}'
        if person.place is not None and person.place not in places:
            yield ("staff", count, "place"), f'"{person.place}" is no place; {_known(person.place, places)}'
    able = {name for person in entry.staff for name in person.services}
    for count, name in enumerate(services):
        if name not in able:
            yield ("services", count, "id"), f'nobody does "{name}"; name it under services of somebody of the staff.'


def _repeated(names: list[str]) -> list[tuple[int, str]]:
    return [(count, name) for count, name in enumerate(names) if name in names[:count]]


def _known(name: str, known: list[str]) -> str:
    like = nearest(name, known)
    return f'did you mean "{like}"?' if like else f"known: {', '.join(known)}."


# --- from entries to values


def _shop_file(entry: ShopEntry) -> ShopFile:
    places = tuple(_place(place, entry) for place in entry.places)
    topics: dict[store_info.Topic, Any] = {
        "shipping": entry.shipping,
        "returns": entry.returns,
        "payment": entry.payment,
        "contact": entry.getting_in_touch,
    }
    info = store_info.ShopInfo(
        name=entry.name,
        language=entry.language,
        places=places,
        contact=store_info.Contact(entry.contact.phone, entry.contact.email, entry.contact.web),
        topics={topic: _wording(text, entry) for topic, text in topics.items() if text},
        questions=tuple(
            store_info.Question(tuple(question.ask), _wording(question.answer, entry)) for question in entry.questions
        ),
    )
    return ShopFile(
        info,
        _loyalty(entry.loyalty, entry.currency) if entry.loyalty else None,
        _diary(entry.appointments, entry, places) if entry.appointments else None,
    )


def _wording(said: Mapping[str, str] | None, entry: ShopEntry) -> dict[str, str]:
    return {language or entry.language: text for language, text in (said or {}).items()}


def _place(place: PlaceEntry, entry: ShopEntry) -> store_info.Place:
    special = {**entry.special_days, **(place.special_days or {})}
    hours = _hours(place.time_zone or entry.time_zone, place.hours or entry.hours, special)
    return store_info.Place(place.name, place.address, hours, _wording(place.directions, entry))


def _hours(zone: str, week: Any, special: Days) -> Hours:
    return Hours(
        zone,
        tuple(tuple(spans) for spans in week),
        special={day: said for day, said in special.items() if not isinstance(day, tuple)},
        yearly={day: said for day, said in special.items() if isinstance(day, tuple)},
    )


def _loyalty(entry: LoyaltyEntry, currency: str) -> loyalty.Rules:
    return loyalty.Rules(
        per_unit=Fraction(entry.points_per_unit),
        minor_units=10 ** minor_digits(currency),
        value=entry.point_value,
        earned_when=entry.earned,
        bonus={category: Fraction(times) for category, times in entry.bonus.items()},
        expires=timedelta(days=entry.expires_after_days) if entry.expires_after_days else None,
        least=entry.least,
        share=Fraction(entry.most_percent, 100),
        tiers=tuple(loyalty.Tier(tier.name, tier.threshold, Fraction(tier.times)) for tier in entry.tiers),
    )


def _diary(entry: AppointmentsEntry, shop: ShopEntry, places: tuple[store_info.Place, ...]) -> booking.Diary:
    return booking.Diary(
        zone=places[0].hours.zone,
        services=tuple(_service(service, shop) for service in entry.services),
        staff=tuple(_person(person, places) for person in entry.staff),
        rules=booking.Rules(
            grid=entry.grid,
            notice=timedelta(hours=entry.notice_hours),
            change_notice=timedelta(hours=entry.change_notice_hours),
            ahead=timedelta(days=entry.days_ahead),
            reminder=timedelta(hours=entry.reminder_hours),
        ),
    )


def _service(entry: ServiceEntry, shop: ShopEntry) -> booking.Service:
    return booking.Service(
        id=entry.id,
        title=_wording(entry.title, shop),
        minutes=entry.minutes,
        price=None if entry.price is None else Money(entry.price, shop.currency),
        before=entry.before,
        after=entry.after,
        aliases=tuple(entry.aliases),
    )


def _person(entry: StaffEntry, places: tuple[store_info.Place, ...]) -> booking.Staff:
    """Somebody without hours of their own works while the place is open."""
    place = next((place for place in places if place.name == entry.place), places[0])
    off = dict.fromkeys(entry.days_off, SpecialDay())
    own = _hours(place.hours.zone, entry.hours, off) if entry.hours else None
    open_but_off = Hours(
        place.hours.zone,
        place.hours.week,
        {**place.hours.special, **{day: said for day, said in off.items() if not isinstance(day, tuple)}},
        {**place.hours.yearly, **{day: said for day, said in off.items() if isinstance(day, tuple)}},
    )
    return booking.Staff(
        id=entry.id,
        name=entry.name,
        services=frozenset(entry.services),
        hours=own or open_but_off,
        opening=place.hours,
        breaks=tuple(entry.breaks),
    )
