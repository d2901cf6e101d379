"""Decisions about appointments: a time that suits is booked and said; what is cancelled is asked about first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from assistant.acts import Outcome
from assistant.chapters.cues import cue, plain
from assistant.scene import MOST_READ_OUT, Scene, aside, ask, question_of, say, spelled
from assistant.types import Choices, Decision, Say, Value
from assistant.visits import BookVisit, CancelVisit, MoveVisit, VisitWish
from commerce.booking import Booking, Diary, NotBooked, Service, Slot, Wish, change_refusal, staff_named
from commerce.hours import Part, Period, local, on_days

AHEAD = timedelta(days=14)
"""Looked through where no day was said."""
PARTS: tuple[Part, ...] = ("morning", "afternoon", "evening")
MOST_SERVICES = 4
"""Services read out one by one."""


def book(scene: Scene) -> Decision:
    """A new appointment: what for and when, as far as it was said."""
    return _with_diary(scene, VisitWish()) or aside(scene, say("not_served"))


def move(scene: Scene) -> Decision:
    """The customer's next appointment, or that for the service named, at another time."""
    found = _theirs(scene)
    if isinstance(found, Decision):
        return found
    diary, booking = found
    if told := _too_late(scene, diary, booking):
        return aside(scene, told)
    wish = VisitWish(booking.service_id, moves=booking.number)
    if scene.heard.slot("date") is None and scene.heard.slot("time") is None:
        visit = replace(scene.session, visit=wish)
        return ask(visit, "visit", say("visit.when", service=_called(scene, diary, booking.service_id)))
    return _proceed(scene, diary, wish)


def cancel(scene: Scene) -> Decision:
    """The customer's next appointment, or that for the service named, read back for a yes."""
    found = _theirs(scene)
    if isinstance(found, Decision):
        return found
    diary, booking = found
    if told := _too_late(scene, diary, booking):
        return aside(scene, told)
    starts = local(booking.visit.starts, diary.zone)
    title = _called(scene, diary, booking.service_id)
    action = CancelVisit(scene.key, booking.customer_id, booking.number, title, starts.date(), starts.time())
    return ask(replace(scene.session, pending=action), "confirm", question_of(action, "ask"))


def answer(scene: Scene) -> Decision | None:
    """The time that was asked for, or a wish for others; None where the words are about something else."""
    wish, bookings = scene.session.visit, scene.services.bookings
    diary = bookings.diary() if bookings else None
    if wish is None or diary is None or scene.heard.intent in ("deny", "cancel", "stop"):
        return None
    if wish.slots and (slot := _chosen(scene, diary, wish.slots)):
        return _take(scene, wish, slot)
    later = cue(scene, "more") and bool(wish.slots)
    said = any(scene.heard.slot(name) is not None for name in ("date", "time", "staff", "service"))
    if later or said or _services(scene, diary):
        return _proceed(scene, diary, wish, after=wish.slots[-1].visit.starts if later else None)
    return None


def conclude(scene: Scene, action: BookVisit | MoveVisit | CancelVisit, outcome: Outcome) -> Decision:
    """What to say once the diary has answered; a time taken meanwhile is answered with others."""
    session = replace(scene.session, pending=None, concluded=True)
    bookings = scene.services.bookings
    diary = bookings.diary() if bookings else None
    if isinstance(outcome, Booking) and diary:
        if isinstance(action, CancelVisit):
            return ask(session, "nothing", say("visit.cancelled", **_when(diary, outcome.visit.starts)))
        person = diary.person(outcome.staff_id)
        key = "visit.moved" if isinstance(action, MoveVisit) else "visit.booked"
        values: dict[str, Value] = _when(diary, outcome.visit.starts) | {"number": spelled(outcome.number)}
        values |= {"service": _called(scene, diary, outcome.service_id), "staff": person.name if person else ""}
        return ask(session, "nothing", say(key, **values))
    if not isinstance(outcome, NotBooked):
        raise TypeError(f"no outcome for {action}")
    if outcome.nearest and diary and isinstance(action, BookVisit | MoveVisit):
        moves = action.booking if isinstance(action, MoveVisit) else ""
        wish = VisitWish(action.slot.service_id, moves=moves, slots=outcome.nearest[:MOST_READ_OUT])
        return _offer(replace(scene, session=session), diary, wish, "visit.taken")
    return ask(session, "what", say("visit.not"))


def _with_diary(scene: Scene, wish: VisitWish) -> Decision | None:
    bookings = scene.services.bookings
    diary = bookings.diary() if bookings else None
    if diary is None:
        return None
    if scene.session.customer_id is None:
        return ask(scene.session, "nothing", say("visit.whose"))
    return _proceed(scene, diary, wish)


def _proceed(scene: Scene, diary: Diary, wish: VisitWish, after: datetime | None = None) -> Decision:
    """Book the time that was named exactly, else offer the first three that suit."""
    named = _services(scene, diary)
    service = named[0].id if len(named) == 1 else wish.service_id
    staff, said = scene.heard.slot("staff"), scene.heard.slot("date")
    person = staff_named(diary, str(staff)) if staff else None
    wish = replace(wish, staff_id=person.id if person else wish.staff_id, days=str(said or wish.days), slots=())
    if not service:
        titles = tuple(_called(scene, diary, one.id) for one in (named or diary.services)[:MOST_SERVICES])
        return ask(replace(scene.session, visit=wish), "visit", say("visit.what", choices=Choices(titles)))
    wish = replace(wish, service_id=service)
    clock = _clock(scene)
    within = _within(scene, diary, wish, clock, after)
    bookings = scene.services.bookings
    free = bookings.free(Wish(service, within, wish.staff_id), scene.at, MOST_READ_OUT) if bookings and within else None
    if free is None or not (free.slots or free.nearest):
        return ask(replace(scene.session, visit=wish), "visit", say("visit.none"))
    if free.slots and isinstance(clock, time) and len(within) == 1:
        return _take(scene, wish, free.slots[0])
    offered = replace(wish, slots=(free.slots or free.nearest)[:MOST_READ_OUT])
    return _offer(scene, diary, offered, "visit.offer" if free.slots else "visit.instead")


def _offer(scene: Scene, diary: Diary, wish: VisitWish, key: str) -> Decision:
    times = tuple(say("visit.time", **_when(diary, slot.visit.starts)) for slot in wish.slots)
    said = say(key, service=_called(scene, diary, wish.service_id), times=times)
    return ask(replace(scene.session, visit=wish), "visit", said)


def _take(scene: Scene, wish: VisitWish, slot: Slot) -> Decision:
    customer = scene.session.customer_id
    if customer is None:
        return ask(scene.session, "nothing", say("visit.whose"))
    if wish.moves:
        return ask(scene.session, "nothing", perform=MoveVisit(scene.key, customer, wish.moves, slot))
    return ask(scene.session, "nothing", perform=BookVisit(scene.key, customer, slot))


def _chosen(scene: Scene, diary: Diary, slots: Sequence[Slot]) -> Slot | None:
    """Which of the times read out is meant: by its place, or by its day and hour."""
    place = scene.heard.slot("ordinal")
    if isinstance(place, int):
        index = place - 1 if place > 0 else len(slots) + place
        return slots[index] if 0 <= index < len(slots) else None
    if scene.heard.intent == "affirm":
        return slots[0] if len(slots) == 1 else None
    clock, day = _clock(scene), scene.heard.slot("date")
    if clock is None and day is None:
        return None
    meant = [
        slot
        for slot in slots
        if (starts := local(slot.visit.starts, diary.zone))
        and (day is None or starts.date().isoformat() == day)
        and (clock is None or starts.time() == clock)
    ]
    return meant[0] if len(meant) == 1 else None


def _within(
    scene: Scene, diary: Diary, wish: VisitWish, clock: time | Part | None, after: datetime | None
) -> tuple[Period, ...]:
    """When it may begin; the next two weeks where no day was said. Empty for words that are no day."""
    today = local(scene.at, diary.zone).date()
    try:
        first, _, last = wish.days.partition("/")
        begins = date.fromisoformat(first) if first else today
        ends = date.fromisoformat(last or first) if first else today + AHEAD
    except ValueError:
        return ()
    periods = on_days(begins, ends, diary.zone, clock)
    if after is None:
        return periods
    since = after + timedelta(minutes=1)
    return tuple(Period(max(one.starts, since), one.ends) for one in periods if one.ends > since)


def _clock(scene: Scene) -> time | Part | None:
    said = scene.heard.slot("time")
    for part in PARTS:
        if said == part:
            return part
    try:
        return time.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def _services(scene: Scene, diary: Diary) -> list[Service]:
    """The services named in the words, by the longest of their names that is in them."""
    said, found = plain(scene.heard.text), dict[str, int]()
    for service in diary.services:
        names = [name for name in (*service.title.values(), *service.aliases) if plain(name) in said]
        if names:
            found[service.id] = max(map(len, names))
    longest = max(found.values(), default=0)
    return [service for service in diary.services if found.get(service.id) == longest and longest]


def _theirs(scene: Scene) -> tuple[Diary, Booking] | Decision:
    """The appointment meant: the next one, or the next for the service named."""
    bookings, customer = scene.services.bookings, scene.session.customer_id
    diary = bookings.diary() if bookings else None
    if bookings is None or diary is None:
        return aside(scene, say("not_served"))
    if customer is None:
        return ask(scene.session, "nothing", say("visit.whose"))
    named = {service.id for service in _services(scene, diary)}
    found = [one for one in bookings.bookings_of(customer, scene.at) if not named or one.service_id in named]
    return (diary, found[0]) if found else aside(scene, say("visit.has_none"))


def _too_late(scene: Scene, diary: Diary, booking: Booking) -> Say | None:
    refusal = change_refusal(booking, diary.rules, scene.at)
    return say("visit.too_late", **_when(diary, booking.visit.starts)) if refusal else None


def _when(diary: Diary, moment: datetime) -> dict[str, Value]:
    there = local(moment, diary.zone)
    return {"day": there.date(), "at": there.time()}


def _called(scene: Scene, diary: Diary, service_id: str) -> str:
    service = diary.service(service_id)
    titles = service.title if service else {}
    return titles.get(scene.session.language) or next(iter(titles.values()), service_id)
