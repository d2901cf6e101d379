"""The conversation's one rule book: (session, meaning, read-only shop) -> decision. Pure; writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.acts import AboutOrder, ChangeOrder, Outcome, Pending, PlaceOrder, Released, ReturnItems
from assistant.chapters import (
    aftersales,
    alerts,
    appointments,
    basket,
    buying,
    changing,
    choosing,
    comparing,
    confirming,
    counter,
    details,
    finding,
    greeting,
    history,
    ordering,
    person,
    remembering,
    resuming,
    revising,
    shopping_list,
    suggesting,
    tracking,
)
from assistant.chapters.cues import cue, said_just
from assistant.chapters.drafts import places_of
from assistant.scene import Scene, aside, ask, in_short, question_of, say, stay
from assistant.types import Decision, Say, Session
from assistant.visits import BookVisit, CancelVisit, MoveVisit
from nlu.types import Expectation

SURE = 0.35
"""Below this confidence an understanding is no understanding."""
SURE_OF_YES = 0.5
"""Below this confidence words are no yes."""


def decide(scene: Scene) -> Decision:
    """What to remember, do and say after one understood turn."""
    goes_on = replace(scene.session, ended=False) if scene.session.ended else scene.session
    if ordering.is_gone(scene):
        goes_on = replace(goes_on, pending=None, asked="nothing")
        if scene.heard.intent == "affirm":
            return ask(goes_on, "what", say("order.gone_since"), say("what.would"))
    decision = _decide(replace(scene, session=goes_on, heard=confirming.as_answer(scene)))
    asked_about = scene.session.correction
    if asked_about is not None and decision.session.correction is asked_about:  # once
        decision = replace(decision, session=replace(decision.session, correction=None))
    if not decision.aside:
        return decision
    if resuming.is_forgotten(scene):
        return replace(decision, session=ask(decision.session, "nothing").session)
    question = resuming.open_question(replace(scene, session=decision.session))
    return replace(decision, says=(*decision.says, question)) if question else decision


def _decide(scene: Scene) -> Decision:
    answer = ANSWERED.get(scene.session.asked)
    if answer and (told := answer(scene)):
        return told
    if person.vented(scene):
        return counter.feedback(scene)
    if scene.heard.confidence < SURE:
        return missed(scene)
    if scene.session.asked == "reason" and (told := aftersales.tell_why(scene)):
        return told
    intent = _intent(scene)
    if scene.session.asked in ("order", "anything_else") and intent in REVISING:
        revised = revising.revise(scene)
        if revised is not None:
            return revised
    if scene.session.pending is not None and intent == "select_option":
        return missed(scene)  # a change we cannot make: a later yes must not buy it unchanged and unheard
    return HANDLERS.get(intent, _not_served)(scene)


def _intent(scene: Scene) -> str:
    """What is wanted, given what was asked: what is named is to be sent back, or changed about an order."""
    intent, asked = ANSWERS.get(scene.heard.intent, scene.heard.intent), scene.session.asked
    lines = scene.heard.lines
    if scene.heard.intent == "correct" and basket.is_denied(scene):
        intent = "remove_from_basket"
    if asked == "anything_else" and cue(scene, "too_many") and not (lines or scene.heard.slots):
        intent = "change_quantity"
    if asked == "return" and said_just(scene, "all"):
        return "return_item"
    if asked == "return" and (lines or intent == "select_option") and intent not in AFTERSALES:
        return "return_item"
    if asked == "anything_else" and cue(scene, "order_it") and all(places_of(one, scene.basket) for one in lines):
        return "checkout"
    about_order = intent in OF_GOODS and changing.is_about_a_placed_order(scene)
    if about_order or (asked == "change" and intent in (*OF_GOODS, "select_option", "out_of_scope")):
        return "change_order"
    return intent


def _about_the_choice(scene: Scene) -> Decision | None:
    """An answer to the question that narrows a search, or a wish for other products; None where it is neither."""
    if comparing.asks_of_all(scene):
        return comparing.compare(scene)
    if scene.heard.confidence >= SURE and scene.heard.intent in ("product_details", "compare_products"):
        return None
    told, heard = finding.answer(scene), scene.heard
    asks_for_more = heard.intent in MORE or heard.confidence < SURE
    if told is not None or heard.slots or heard.lines or not asks_for_more or not cue(scene, "more"):
        return told
    return finding.again(scene) or suggesting.recommend(scene)


def unheard(session: Session) -> Decision:
    """Sound without words: the open question stays open and nothing is confirmed."""
    return stay(session, say("not_heard"), misses=session.misses + 1)


def missed(scene: Scene) -> Decision:
    """Not understood: first asked to rephrase, then told what can be said now, then offered a person.

    The open question is asked again, and what waits for a yes is read back again.
    """
    session = scene.session
    misses = session.misses + 1
    if misses == 1:
        step = "first"
    elif misses == 2:
        step = f"again.{session.asked}" if session.asked in WITH_CHOICES else "again"
    else:
        step = "still" if scene.services.staffed and not session.offered_person else "person"  # else offered behind it
    decision = stay(session, say(f"not_understood.{step}"), misses=misses)
    return replace(decision, aside=misses != 2 or session.asked not in WITH_CHOICES or session.pending is not None)


def expectation(session: Session, listed: tuple[str, ...], about: str | None = None) -> Expectation:
    """What the session makes likely to be said next.

    `listed` are the product ids behind `session.listed`, `about` is the one behind `session.about`.
    """
    match session.asked:
        case "order":
            lines = session.pending.lines if isinstance(session.pending, AboutOrder) else ()
            return Expectation("confirm", listed, lines[0].product_id if len(lines) == 1 else None)
        case "visit":
            times = tuple(slot.visit.starts.isoformat() for slot in session.visit.slots) if session.visit else ()
            return Expectation("choose", names=times) if times else Expectation("date", listed)
        case "person" | "forget":
            return Expectation("confirm")
        case "add":
            return Expectation("confirm", listed, listed[0] if len(listed) == 1 else None)
        case "option" if session.drafts:
            draft = session.drafts[0]
            return Expectation("option", listed, draft.product_ids[0], draft.asking)
        case "anything_else":
            return Expectation("anything_else", listed, about)
        case "confirm" | "reason" | "code" | "choose" | "what" as asked:
            return Expectation(asked, listed)
        case _:
            return Expectation("nothing", listed)


def conclude(scene: Scene, action: Released, outcome: Outcome) -> Decision:
    """What to say and remember once the shop has answered to what a yes released."""
    if isinstance(action, PlaceOrder):
        return ordering.conclude(scene, action, outcome)
    if isinstance(action, ChangeOrder):
        return changing.conclude(scene, action, outcome)
    if isinstance(action, BookVisit | MoveVisit | CancelVisit):
        return appointments.conclude(scene, action, outcome)
    return aftersales.conclude(scene, action, outcome)


def _find(scene: Scene) -> Decision:
    """A search; without anything to look for it is about what was read out."""
    found = suggesting.gift(scene) or finding.find(scene)
    if found is not None:
        return found
    return choosing.select(scene) if scene.session.listed else ask(scene.session, "what", say("what.would"))


def _recommend(scene: Scene) -> Decision:
    """What this customer may like or need; for somebody else, what people give."""
    return suggesting.gift(scene) or suggesting.recommend(scene)


def _affirm(scene: Scene) -> Decision:
    match scene.session.asked:
        case "order" | "confirm" if scene.heard.confidence >= SURE_OF_YES:
            return confirming.confirm(scene)
        case "order" | "confirm":
            return confirming.confirm(replace(scene, clear=False))
        case "add":
            return choosing.take_the_one_listed(scene)
        case "person":
            return person.fetch_offered(scene)
        case "forget" if scene.heard.confidence >= SURE_OF_YES and scene.clear and scene.reply_was_heard:
            return remembering.forget_all(scene)
        case "forget":
            return stay(scene.session, say("memory.forget_all"))
        case "choose" | "option":
            return choosing.select(scene)
        case "anything_else":
            return ask(scene.session, "what", say("what.would"))
        case _:
            return ask(scene.session, "what", say("nothing.to_confirm"))


def _deny(scene: Scene) -> Decision:
    match scene.session.asked:
        case "order":
            return ask(scene.session, "what", say("order.not_placed"), say("what.else"))
        case "code":
            return ask(scene.session, "what", say("order.not_placed"), say("what.else"))
        case "confirm" | "reason":
            return ask(scene.session, "what", _kept(scene.session.pending))
        case "anything_else":
            return ordering.checkout(scene)
        case "person":
            return ask(scene.session, "what", say("person.declined"))
        case "forget":
            return ask(scene.session, "what", say("memory.kept"))
        case "nothing":
            return ask(scene.session, "what", say("nothing.to_confirm"))
        case "choose" | "add":
            return choosing.none_of_them(scene)
        case "what" if not scene.basket:
            return ask(scene.session, "nothing", say("all_right"))
        case _:
            return _dropped(scene)


def _cancel(scene: Scene) -> Decision:
    if isinstance(scene.session.pending, PlaceOrder):
        return ask(scene.session, "what", say("order.not_placed"), say("what.else"))
    if scene.session.pending is not None:
        return ask(scene.session, "what", _kept(scene.session.pending))
    if told := aftersales.cancel_it(scene):
        return told
    if scene.session.asked in ("nothing", "what") and scene.session.search is None:
        return ask(scene.session, "what", say("nothing.to_drop"))
    return _dropped(replace(scene, session=replace(scene.session, listed=())))


def _dropped(scene: Scene) -> Decision:
    """The open question is dropped; what is in the basket stays there, and that is said."""
    if not scene.basket:
        return ask(scene.session, "what", say("cancelled"))
    return ask(scene.session, "anything_else", say("cancelled.basket", lines=in_short(scene.basket)))


def _repeat(scene: Scene) -> Decision:
    spoken = scene.session.spoken
    return stay(scene.session, say("again", spoken=spoken) if spoken else say("nothing.to_repeat"))


def _stop(scene: Scene) -> Decision:
    undone = () if scene.session.pending is None else (_undone(scene.session.pending),)
    decision = ask(replace(scene.session, listed=(), spoken=None), "nothing", *undone, say("goodbye"))
    return replace(decision, session=replace(decision.session, ended=True))


def _help(scene: Scene) -> Decision:
    if scene.session.pending is not None:
        return stay(scene.session, say("help.pending"), question_of(scene.session.pending, "again"))
    return stay(scene.session, say("help"))


def _not_served(scene: Scene) -> Decision:
    """Understood, and nothing this shop's assistant can do yet: said so; a pending order is read back again."""
    return aside(scene, say("not_served"))


def _undone(pending: Pending) -> Say:
    return say("order.not_placed" if isinstance(pending, PlaceOrder) else "undone")


def _kept(pending: Pending | None) -> Say:
    """What was asked about stays as it is."""
    if isinstance(pending, ReturnItems):
        return say("return.kept")
    if isinstance(pending, CancelVisit):
        return say("visit.kept")
    return say("change.kept" if isinstance(pending, ChangeOrder) else "cancel.kept")


def _thank(scene: Scene) -> Decision:
    return aside(scene, say("welcome"))


ANSWERS = {"correct": "select_option", "give_value": "select_option"}
"""Intents that are answered like another one."""
ANSWERED: dict[str, Callable[[Scene], Decision | None]] = {
    "code": confirming.give_code,
    "choose": _about_the_choice,
    "order": ordering.send_otherwise,
    "visit": appointments.answer,
}
"""What was asked -> what looks first whether the words are about just that, however unsure they are."""
OF_GOODS = ("add_to_basket", "remove_from_basket", "change_quantity", "store_info")
"""Intents that mean an order where one is spoken of, and where it was asked what to change of it."""
WITH_CHOICES = ("order", "confirm", "choose", "add", "anything_else")
"""Questions for which it is told, after a second miss, what can be said."""
AFTERSALES = ("cancel_order", "refund_status", "order_status", "order_history")
"""Intents that are about an order, whatever is named with them."""
MORE = ("find_product", "select_option", "recommend", "out_of_scope")
"""Intents in which "more" and "what else" ask for other products; "no more, thanks" is a no."""
REVISING = ("select_option", "add_to_basket", "change_quantity", "affirm", "deny")
"""Intents that may change what is being ordered, or what was added last."""
HANDLERS: dict[str, Callable[[Scene], Decision]] = {
    "find_product": _find,
    "add_to_basket": choosing.add,
    "select_option": choosing.select,
    "product_details": details.tell,
    "compare_products": comparing.compare,
    "recommend": _recommend,
    "checkout": ordering.checkout,
    "buy_now": buying.buy_now,
    "reorder": ordering.reorder,
    "order_status": tracking.order_status,
    "order_history": history.history,
    "change_order": changing.change_order,
    "cancel_order": aftersales.cancel_order,
    "set_alert": alerts.set_alert,
    "book_appointment": appointments.book,
    "change_appointment": appointments.move,
    "cancel_appointment": appointments.cancel,
    "return_item": aftersales.return_item,
    "refund_status": aftersales.refund_status,
    "list_add": shopping_list.add,
    "list_show": shopping_list.show,
    "list_remove": shopping_list.remove,
    "store_info": counter.store_info,
    "remember": remembering.remember,
    "recall": remembering.recall,
    "forget": remembering.forget,
    "talk_to_human": person.talk_to_human,
    "give_feedback": counter.feedback,
    "loyalty_balance": counter.loyalty_balance,
    "show_basket": basket.show,
    "clear_basket": basket.clear,
    "remove_from_basket": basket.remove,
    "change_quantity": basket.change_quantity,
    "affirm": _affirm,
    "deny": _deny,
    "cancel": _cancel,
    "repeat": _repeat,
    "help": _help,
    "greet": greeting.greet,
    "thank": _thank,
    "stop": _stop,
    "out_of_scope": lambda scene: counter.own_answer(scene) or missed(scene),
}
