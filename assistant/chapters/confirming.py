"""A yes to what waits for one: whether it counts, and whether buying by voice needs more than that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.acts import CancelOrder, ChangeOrder, CheckCode, Pending, PlaceOrder
from assistant.chapters.cues import said_just
from assistant.scene import Scene, ask, question_of, say, stay
from assistant.types import Asked, Decision, Session
from assistant.visits import CancelVisit
from commerce.codes import CodeCheck
from commerce.types import Money
from nlu.types import Understanding

ANSWER_WITHIN = timedelta(minutes=5)
"""A yes that comes later is asked for again: the question may be forgotten, the prices old."""


def as_answer(scene: Scene) -> Understanding:
    """What was heard; to "shall I cancel it?", "yes, cancel it" is a yes, though the words deny elsewhere."""
    heard, session = scene.heard, scene.session
    to_cancel = session.asked == "confirm" and isinstance(session.pending, CancelOrder | CancelVisit)
    if not (to_cancel and said_just(scene, "yes_cancel")):
        return heard
    return replace(heard, intent="affirm", confidence=1.0, slots=(), lines=())


def confirm(scene: Scene) -> Decision:
    """A yes while something is pending: it counts only if the question was heard to its end and the yes was clear."""
    session = scene.session
    if session.pending is None:
        return ask(session, "what", say("nothing.to_confirm"))
    too_late = session.last_at is not None and scene.at - session.last_at > ANSWER_WITHIN
    if too_late or not scene.reply_was_heard or session.correction is not None:  # the last question was another one
        return stay(session, question_of(session.pending, "again"))
    if not scene.clear:
        return stay(session, question_of(session.pending, "say_yes"))
    return _allowed(scene, session.pending)


def give_code(scene: Scene) -> Decision | None:
    """The voice code that was asked for; None where the words are about something else."""
    pending, session = scene.session.pending, scene.session
    if not isinstance(pending, PlaceOrder | ChangeOrder) or scene.heard.intent in ("deny", "cancel", "stop"):
        return None
    if session.last_at is not None and scene.at - session.last_at > ANSWER_WITHIN:
        asked: Asked = "order" if isinstance(pending, PlaceOrder) else "confirm"
        return ask(session, asked, question_of(pending, "again"))
    said = scene.heard.slot("code") or scene.heard.slot("order_number")
    digits = str(said) if said is not None else "".join(letter for letter in scene.heard.text if letter.isdigit())
    if not digits:
        return stay(session, say("code.ask"), misses=session.misses + 1)
    return Decision(session, (), perform=CheckCode(scene.key, digits, pending))


def code_checked(session: Session, check: CodeCheck) -> Decision:
    """What to say of a code that was not right."""
    if check.outcome == "locked":
        return ask(session, "what", say("code.locked"))
    return stay(session, say("code.wrong", left=check.left))


def _allowed(scene: Scene, pending: Pending) -> Decision:
    """Carried out, unless the customer has set a limit or a code for buying by voice."""
    codes = scene.services.codes
    cost = _charged(pending)
    rule = codes.buying(pending.customer_id, cost) if codes and cost else "free"
    if rule == "too_much":
        return ask(scene.session, "what", say("code.too_much"))
    if rule == "code":
        return ask(scene.session, "code", say("code.ask"))
    return Decision(scene.session, (), perform=pending)


def _charged(pending: Pending) -> Money | None:
    """What a yes would charge; None for nothing."""
    if isinstance(pending, PlaceOrder):
        return pending.total
    more = pending.proposal.difference if isinstance(pending, ChangeOrder) else None
    return more if more and more.minor > 0 else None
