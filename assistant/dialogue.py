"""The conversation's one rule book: (session, meaning, read-only shop) -> decision. Pure; writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.chapters import aftersales, basket, counter, details, finding, history, ordering, shopping_list
from assistant.scene import Scene, aside, ask, in_short, question_of, say, stay
from assistant.types import Decision, Outcome, Pending, PlaceOrder, ReturnItems, Say, Session
from nlu.types import Expectation

SURE = 0.35
"""Below this confidence an understanding is no understanding."""
SURE_OF_YES = 0.5
"""Below this confidence words are no yes."""


def decide(scene: Scene) -> Decision:
    """What to remember, do and say after one understood turn."""
    scene = replace(scene, session=replace(scene.session, ended=False))
    if scene.session.asked == "code" and (given := ordering.give_code(scene)):
        return given
    if scene.heard.confidence < SURE:
        return missed(scene)
    intent = ANSWERS.get(scene.heard.intent, scene.heard.intent)
    if scene.session.asked == "return" and scene.heard.lines and intent not in AFTERSALES:
        intent = "return_item"
    if scene.session.asked == "reason" and (told := aftersales.tell_why(scene)):
        return told
    if scene.session.pending is not None and intent in ("select_option", "add_to_basket", "affirm", "deny"):
        revised = ordering.revise(scene)
        if revised is not None:
            return revised
        if intent == "select_option":  # a change we cannot make: a later yes must not buy it unchanged and unheard
            return missed(scene)
    return HANDLERS.get(intent, _not_served)(scene)


def unheard(session: Session) -> Decision:
    """Sound without words: the open question stays open and nothing is confirmed."""
    return stay(session, say("not_heard"), misses=session.misses + 1)


def missed(scene: Scene) -> Decision:
    """Not understood: first ask to rephrase, then offer ways on; a pending order is read back again."""
    misses = scene.session.misses + 1
    step = "first" if misses == 1 else "again" if misses == 2 else "still"
    says = [say(f"not_understood.{step}")]
    if scene.session.pending is not None:
        says.append(question_of(scene.session.pending, "again"))
    return stay(scene.session, *says, misses=misses)


def expectation(session: Session, listed: tuple[str, ...]) -> Expectation:
    """What the session makes likely to be said next; `listed` are the product ids behind `session.listed`."""
    match session.asked:
        case "order":
            about = session.pending.lines if session.pending else ()
            return Expectation("confirm", listed, about[0].product_id if len(about) == 1 else None)
        case "confirm":
            return Expectation("confirm", listed)
        case "reason" | "code" as asked:
            return Expectation(asked, listed)
        case "add":
            return Expectation("confirm", listed, listed[0] if len(listed) == 1 else None)
        case "option" if session.drafts:
            draft = session.drafts[0]
            return Expectation("option", listed, draft.product_ids[0], draft.asking)
        case "choose":
            return Expectation("choose", listed)
        case "anything_else":
            return Expectation("anything_else", listed)
        case "what":
            return Expectation("what", listed)
        case _:
            return Expectation("nothing", listed)


def conclude(scene: Scene, action: Pending, outcome: Outcome) -> Decision:
    """What to say and remember once the shop has answered to what a yes released."""
    if isinstance(action, PlaceOrder):
        return ordering.conclude(scene, action, outcome)
    return aftersales.conclude(scene, action, outcome)


def _select(scene: Scene) -> Decision:
    """Of what was read out; after "anything else?" also a change of what was added last."""
    changed = ordering.revise_last(scene) if scene.session.asked == "anything_else" else None
    return changed or finding.select(scene)


def _affirm(scene: Scene) -> Decision:
    match scene.session.asked:
        case "order" | "confirm" if scene.heard.confidence >= SURE_OF_YES:
            return ordering.confirm(scene)
        case "order" | "confirm":
            return ordering.confirm(replace(scene, clear=False))
        case "add":
            return finding.take_the_one_listed(scene)
        case "choose" | "option":
            return finding.select(scene)
        case "anything_else":
            return ask(scene.session, "what", say("what.else"))
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
        case "nothing" | "what":
            return ask(scene.session, "what", say("nothing.to_confirm"))
        case _:
            return _dropped(scene)


def _cancel(scene: Scene) -> Decision:
    if isinstance(scene.session.pending, PlaceOrder):
        return ask(scene.session, "what", say("order.not_placed"), say("what.else"))
    if scene.session.pending is not None:
        return ask(scene.session, "what", _kept(scene.session.pending))
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
    decision = ask(replace(scene.session, listed=(), spoken=None), "nothing", say("goodbye"))
    return replace(decision, session=replace(decision.session, ended=True))


def _help(scene: Scene) -> Decision:
    if scene.session.pending is not None:
        return stay(scene.session, say("help.pending"), question_of(scene.session.pending, "again"))
    return stay(scene.session, say("help"))


def _not_served(scene: Scene) -> Decision:
    """Understood, and nothing this shop's assistant can do yet: said so; a pending order is read back again."""
    return aside(scene, say("not_served"))


def _kept(pending: Pending | None) -> Say:
    """What was asked about stays as it is."""
    return say("return.kept" if isinstance(pending, ReturnItems) else "cancel.kept")


def _greet(scene: Scene) -> Decision:
    return stay(scene.session, say("greeting"))


def _thank(scene: Scene) -> Decision:
    return stay(scene.session, say("welcome"))


ANSWERS = {"correct": "select_option", "give_value": "select_option"}
"""Intents that are answered like another one."""
AFTERSALES = ("cancel_order", "refund_status", "order_status", "order_history")
"""Intents that are about an order, whatever is named with them."""
HANDLERS: dict[str, Callable[[Scene], Decision]] = {
    "find_product": finding.find,
    "add_to_basket": finding.add,
    "select_option": _select,
    "product_details": details.tell,
    "recommend": finding.recommend,
    "checkout": ordering.checkout,
    "reorder": ordering.reorder,
    "order_status": ordering.order_status,
    "order_history": history.history,
    "cancel_order": aftersales.cancel_order,
    "return_item": aftersales.return_item,
    "refund_status": aftersales.refund_status,
    "list_add": shopping_list.add,
    "list_show": shopping_list.show,
    "list_remove": shopping_list.remove,
    "store_info": counter.store_info,
    "talk_to_human": counter.talk_to_human,
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
    "greet": _greet,
    "thank": _thank,
    "stop": _stop,
    "out_of_scope": missed,
}
