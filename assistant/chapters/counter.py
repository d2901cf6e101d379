"""Decisions about the shop itself: when it is open, where it is, what its policies are, and a customer's points."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.chapters import sending
from assistant.scene import Scene, aside, ask, say, spelled
from assistant.types import Decision, Say, Verbatim
from commerce.hours import hours_on, local, next_opening, open_at
from commerce.store_info import Place, ShopInfo, Topic, in_language, place_named, question_like, told

TOPICS: tuple[Topic, ...] = ("shipping", "returns", "payment", "contact")
"""What the merchant has words for."""
PLAIN = ("hours", "shipping", "returns", "payment")
"""Topics that a question of the merchant's own does not come before."""
SOON = timedelta(days=60)
"""Points that expire later are not spoken of."""


def own_answer(scene: Scene) -> Decision | None:
    """The merchant's answer to a question of their own, for words that are otherwise no shop's business."""
    info = scene.services.info.info() if scene.services.info else None
    asked = question_like(info, scene.heard.text) if info else None
    if info is None or asked is None:
        return None
    return aside(scene, _quoted(in_language(asked.answer, scene.session.language, info.language)))


def store_info(scene: Scene) -> Decision:
    """The merchant's own answer: a question like it, hours, a place, a policy."""
    info = scene.services.info.info() if scene.services.info else None
    if info is None:
        return aside(scene, say("store.unknown"))
    topic, named = scene.heard.slot("topic"), scene.heard.slot("place")
    answer = None if topic in PLAIN else own_answer(scene)
    if answer is not None:
        return answer
    if sending.asks_price(scene) and (costs := sending.costs(scene)):
        return aside(scene, costs)
    place = (place_named(info, str(named)) if named else None) or info.places[0]
    if topic == "hours":
        return aside(scene, _hours(place, scene))
    if topic == "address":
        return aside(scene, *_address(place, info, scene.session.language))
    for known in TOPICS:
        if topic == known:
            return aside(scene, _policy(info, known, scene.session.language))
    return aside(scene, say("store.what", name=info.name))


def loyalty_balance(scene: Scene) -> Decision:
    """How many points there are, and when the next ones expire."""
    customer, loyalty = scene.session.customer_id, scene.services.loyalty
    if loyalty is None:
        return aside(scene, say("points.none_here"))
    if customer is None:
        return ask(scene.session, "nothing", say("points.whose"))
    balance = loyalty.points(customer, scene.at)
    if balance is None:
        return aside(scene, say("points.none_here"))
    said = [say("points.has", points=balance.points)]
    if balance.expiring and balance.expiring[0][0] - scene.at < SOON:
        moment, points = balance.expiring[0]
        said.append(say("points.expire", points=points, day=moment.date()))
    return aside(scene, *said)


def feedback(scene: Scene) -> Decision:
    """Praise is thanked for, anger met with a sorry; neither is claimed to be passed on."""
    return aside(scene, say("feedback.sorry" if scene.heard.sentiment == "frustrated" else "feedback.thanks"))


def _hours(place: Place, scene: Scene) -> Say:
    wanted = scene.heard.slot("date")
    day = _day(wanted)
    if day is not None:
        return _hours_of(place, day)
    return hours_now(place, scene.at)


def hours_now(place: Place, now: datetime) -> Say:
    """Until when it is open, or when it opens."""
    if (period := open_at(place.hours, now)) is not None:
        return say("store.open_now", name=place.name, until=local(period.ends, place.hours.zone).time())
    period = next_opening(place.hours, now)
    if period is None:
        return say("store.closed", name=place.name)
    start = local(period.starts, place.hours.zone)
    return say("store.opens", name=place.name, day=start.date(), at=start.time())


def _hours_of(place: Place, day: date) -> Say:
    that = hours_on(place.hours, day)
    if not that.spans:
        if that.why:
            return say("store.closed_on.why", name=place.name, day=day, why=that.why)
        return say("store.closed_on", name=place.name, day=day)
    first, last = that.spans[0], that.spans[-1]
    return say("store.open_on", name=place.name, day=day, begins=first.begins, ends=last.ends)


def _address(place: Place, info: ShopInfo, language: str) -> list[Say]:
    directions = in_language(place.directions, language, info.language)
    found = [say("store.address", name=place.name, address=place.address)]
    return [*found, _quoted(directions)] if directions else found


def _policy(info: ShopInfo, topic: Topic, language: str) -> Say:
    words = told(info, topic, language)
    if topic == "contact" and info.contact.phone:
        return say("store.contact", phone=spelled(info.contact.phone), words=Verbatim(words, words))
    return _quoted(words) if words else say("store.unknown")


def _quoted(words: str) -> Say:
    return say("quoted", words=Verbatim(words, words))


def _day(value: object) -> date | None:
    """The day asked about; the first of a period."""
    try:
        return date.fromisoformat(str(value).split("/")[0]) if value else None
    except ValueError:
        return None
