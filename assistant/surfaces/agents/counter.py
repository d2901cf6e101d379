"""Tools about the shop itself: questions, appointments, a person; and what a program may read without asking."""

from __future__ import annotations

from datetime import time
from hashlib import sha256
from typing import Any

from assistant.chapters.counter import TOPICS
from assistant.surfaces.agents import inputs, items, outputs
from assistant.surfaces.agents.ground import Ground, Mistake, Planned, refused, speech
from assistant.surfaces.agents.untrusted import LONGEST_TEXT, clean
from assistant.types import Reply
from commerce.booking import Booking, Diary
from commerce.booking import Slot as Time
from commerce.hours import local, open_at
from commerce.store_info import in_language, told
from commerce.types import Money
from nlu.types import Slot


def store(asked: inputs.StoreInfo, ground: Ground) -> Planned | Mistake:
    if asked.topic is None and asked.question is None:
        return Mistake("nothing_asked", "Give a topic, or the customer's question in their words.")
    slots = _slots(topic=asked.topic, place=asked.place, date=asked.day)
    if asked.topic is None and asked.question:
        heard = ground.assistant.understand(asked.question, ground.language, today=ground.at.date())
        named = {slot.name for slot in slots}
        slots = (*slots, *(slot for slot in heard.slots if slot.name not in named))
    return ground.fresh("c", ground.meant("store_info", asked.question or "", slots=slots))


def store_told(_: inputs.StoreInfo, reply: Reply, ground: Ground, __: Planned) -> outputs.StoreTold | Mistake:
    services = ground.assistant.services
    info = services.info.info() if services.info else None
    return outputs.StoreTold(
        speech=speech(reply),
        open_now=open_at(info.places[0].hours, ground.at) is not None if info else None,
        places=tuple(clean(f"{place.name}, {place.address}") for place in info.places) if info else (),
    )


def book(asked: inputs.BookAppointment, ground: Ground) -> Planned | Mistake:
    if asked.time is not None and asked.day is None:
        return Mistake("no_day", "time needs the day that the customer chose with it.")
    slots = _slots(date=asked.day, time=asked.time, staff=asked.staff)
    said = ground.meant("book_appointment", asked.service, slots=slots)
    if asked.idempotency_key:
        return Planned(f"v-{asked.idempotency_key}", said)
    if _booked(asked, ground) is not None:
        return Mistake("has_it", "The customer has this very appointment already; nothing more was booked.")
    return ground.fresh("c", said)


def book_told(
    asked: inputs.BookAppointment, reply: Reply, ground: Ground, plan: Planned
) -> outputs.AppointmentTold | Mistake:
    diary = _diary(ground)
    if diary is None:
        return refused("not_served", reply)
    if reply.done is not None and reply.done.outcome == "booked":
        booking = _booked(asked, ground)
        if booking is None:
            return Mistake("gone", "That was booked and is not any more; call again with another idempotency_key.")
        when = _time(Time(booking.service_id, booking.staff_id, booking.visit), diary)
        return outputs.AppointmentTold(speech=speech(reply), booked=when, number=booking.number, free=(), services=())
    wish = ground.session(plan.id).visit
    free = tuple(_time(slot, diary) for slot in wish.slots) if wish else ()
    unclear = wish is not None and not wish.service_id
    services = tuple(in_language(one.title, ground.language, "en") for one in diary.services) if unclear else ()
    return outputs.AppointmentTold(speech=speech(reply), booked=None, number=None, free=free, services=services)


def _slots(**given: object) -> tuple[Slot, ...]:
    return tuple(Slot(name, str(value), str(value), (0, 0)) for name, value in given.items() if value is not None)


def _diary(ground: Ground) -> Diary | None:
    bookings = ground.assistant.services.bookings
    return bookings.diary() if bookings else None


def _booked(asked: inputs.BookAppointment, ground: Ground) -> Booking | None:
    """The customer's appointment of just that time."""
    bookings, diary = ground.assistant.services.bookings, _diary(ground)
    if bookings is None or diary is None or asked.day is None or asked.time is None or ground.customer is None:
        return None
    wanted = (asked.day, time.fromisoformat(asked.time))
    for booking in bookings.bookings_of(ground.customer, ground.at):
        starts = local(booking.visit.starts, diary.zone)
        if (starts.date(), starts.time()) == wanted:
            return booking
    return None


def _time(slot: Time, diary: Diary) -> outputs.TimeTold:
    starts, person = local(slot.visit.starts, diary.zone), diary.person(slot.staff_id)
    return outputs.TimeTold(day=starts.date(), time=f"{starts:%H:%M}", staff=person.name if person else "")


def fetch(asked: inputs.HandOver, ground: Ground) -> Planned | Mistake:
    """A customer has one conversation with the shop's people through a program, however often it asks for one."""
    theirs = sha256(ground.customer.encode()).hexdigest()[:32] if ground.customer else ground.unique()
    name = asked.conversation_id or f"h-{theirs}"
    return Planned(name, ground.meant("talk_to_human", clean(asked.message, LONGEST_TEXT)), f"once-{ground.unique()}")


def fetched(_: inputs.HandOver, reply: Reply, ground: Ground, plan: Planned) -> outputs.HandedOver | Mistake:
    words = speech(reply) or ground.assistant.brand.sentence(ground.language, "passed_on")
    with_people = ground.session(plan.id).handoff is not None
    return outputs.HandedOver(speech=words, conversation_id=plan.id, fetched=with_people)


def categories(ground: Ground) -> dict[str, Any]:
    """What is sold, broad to narrow, and how many products there are of each."""
    count: dict[tuple[str, ...], int] = {}
    for product in ground.shop.products():
        for depth in range(1, len(product.categories) + 1):
            path = tuple(clean(name) for name in product.categories[:depth])
            count[path] = count.get(path, 0) + 1
    return {"categories": [{"path": list(path), "products": number} for path, number in sorted(count.items())]}


def policies(ground: Ground) -> dict[str, Any]:
    """How this shop delivers, takes back and is paid; the merchant's own words are under `words`."""
    terms, services = ground.shop.terms(), ground.assistant.services
    info = services.info.info() if services.info else None
    words = {topic: clean(told(info, topic, ground.language), LONGEST_TEXT) for topic in TOPICS} if info else {}
    currency = ground.shop.currency

    def amount(minor: int) -> dict[str, Any]:
        return items.price(Money(minor, currency), ground).model_dump()

    return {
        "currency": currency,
        "delivery": [
            {
                "key": way.key,
                "title": clean(way.title),
                "price": amount(way.price),
                "working_days": way.days,
                "free_from": amount(way.free_from) if way.free_from is not None else None,
                "countries": list(way.countries),
                "not_for": list(way.not_for),
            }
            for way in terms.delivery
        ],
        "return_days": terms.returns.days,
        "return_days_by_category": dict(terms.returns.days_by_category),
        "return_reasons": list(terms.returns.reasons),
        "cancel_within_minutes": int(terms.cancel_window.total_seconds() // 60),
        "words": {topic: text for topic, text in words.items() if text},
    }
