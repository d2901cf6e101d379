"""Decisions about fetching a person, and about turns while the shop's people have the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from assistant.acts import FetchPerson
from assistant.chapters.counter import hours_now
from assistant.handoff import End, Handoff, HandoffMove, Message, PassOn, Reason, Standing, Tell
from assistant.mood import too_much
from assistant.scene import Scene, aside, ask, say, spelled
from assistant.types import Decision, Say, Session, Verbatim

SURE_OF_NO = 0.5
"""Below this confidence "never mind" is passed on like anything else."""
ANGRY_WORDS = ("deny", "affirm", "thank", "greet", "out_of_scope", "cancel")
"""What plain anger is taken for where it asks for nothing."""
ANSWERED_IN_ANGER = ("order", "confirm", "code", "return", "reason", "option")
"""Questions to which anger may be the answer: a no to an order is one, however angry."""
PLAINLY = 0.7


def talk_to_human(scene: Scene) -> Decision:
    """Hand over where the shop has people who answer; else how to reach them."""
    return fetch(scene, "asked") if scene.services.staffed else aside(scene, *contact(scene, "person.phone"))


def fetch(scene: Scene, reason: Reason) -> Decision:
    """Put the conversation into the queue; what was open is dropped, so that nothing is ordered meanwhile."""
    handoff_id = sha256(scene.key.encode()).hexdigest()[:10]
    asked = ask(scene.session, "nothing", say("person.fetched"), perform=FetchPerson(handoff_id, reason))
    return replace(asked, session=replace(asked.session, handoff=handoff_id, listed=()))


def fetch_offered(scene: Scene) -> Decision:
    """A yes to the offer of a person."""
    return fetch(scene, too_much(scene.session) or "asked")


def vented(scene: Scene) -> bool:
    """Whether the words are anger and nothing else: no answer to a question, nothing asked for."""
    heard, may_be = scene.heard, scene.session.asked not in ANSWERED_IN_ANGER
    empty = heard.intent in ANGRY_WORDS and not heard.lines and not heard.slots
    return empty and may_be and heard.sentiment == "frustrated" and heard.sentiment_score >= PLAINLY


def offered(scene: Scene, decision: Decision) -> Decision:
    """The decision with the offer of a person where it is too much."""
    session = decision.session
    if session.handoff or session.ended:
        return decision
    if not scene.services.staffed or session.offered_person or too_much(session) is None or not decision.says:
        return decision
    session = replace(session, offered_person=True)
    if session.asked in ("nothing", "what"):
        session = replace(session, asked="person")
        return replace(decision, session=session, says=(*decision.says, say("person.offer")))
    last = len(decision.says) - (session.pending is not None)  # a yes is an answer to what was said last
    says = (*decision.says[:last], say("person.say"), *decision.says[last:])
    return replace(decision, session=session, says=says)


def meanwhile(scene: Scene, handoff: Handoff, stands: Standing, unheard: Sequence[Message]) -> tuple[Decision, bool]:
    """What a handed over conversation makes of this turn, and whether Handla goes on with the turn itself.

    `unheard` are the person's messages that have not reached the customer.
    """
    words, told = _said(unheard), _told(handoff, unheard)
    match stands:
        case "claimed":
            both: tuple[HandoffMove, ...] = (*_passed_on(scene, handoff), *told)
            return Decision(scene.session, words, moves=both, handed_over=True), False
        case "waiting" if scene.heard.intent in ("cancel", "stop") and scene.heard.confidence >= SURE_OF_NO:
            ends: tuple[HandoffMove, ...] = (End(handoff.id, "withdrawn by the customer", scene.at),)
            if scene.heard.intent == "stop":
                return Decision(back(scene.session), (), moves=ends), True
            return replace(ask(back(scene.session), "what", say("person.withdrawn")), moves=ends), False
        case "waiting":
            return Decision(scene.session, (say("person.waiting"),), moves=_passed_on(scene, handoff)), False
        case "unanswered":
            ends = (End(handoff.id, "nobody came", scene.at),)
            return Decision(back(scene.session), contact(scene, "person.nobody"), moves=ends), True
        case "left":
            ends = (*told, End(handoff.id, "no answer from the person", scene.at))
            return Decision(back(scene.session), (*words, say("person.back")), moves=ends), True
        case "closed":
            return Decision(back(scene.session), (*words, say("person.back")), moves=told), True


def back(session: Session) -> Session:
    """Handla's again, with a fresh mind about how it went."""
    return replace(session, handoff=None, offered_person=False, feelings=(), mood="calm", misses=0, asked="nothing")


def contact(scene: Scene, key: str) -> tuple[Say, ...]:
    """That nobody can be fetched (a phrase KEY or KEY.none), the shop's telephone number and its hours."""
    info = scene.services.info.info() if scene.services.info else None
    if info is None or not info.contact.phone:
        return (say("person.none"),)
    return say(key, phone=spelled(info.contact.phone)), hours_now(info.places[0], scene.at)


def _said(messages: Sequence[Message]) -> tuple[Say, ...]:
    return tuple(say("quoted", words=Verbatim(message.text, message.text)) for message in messages)


def _told(handoff: Handoff, messages: Sequence[Message]) -> tuple[Tell, ...]:
    return (Tell(handoff.id, messages[-1].number),) if messages else ()


def _passed_on(scene: Scene, handoff: Handoff) -> tuple[PassOn, ...]:
    text = scene.heard.text.strip()
    return (PassOn(handoff.id, text, scene.at),) if text else ()
