"""The second step of everything that matters: the customer's own yes to exactly what was proposed, once."""

from __future__ import annotations

from dataclasses import replace

from assistant.acts import CancelOrder, ChangeOrder, PlaceOrder, ReturnItems
from assistant.chapters.confirming import ANSWER_WITHIN, as_answer
from assistant.dialogue import SURE_OF_YES
from assistant.scene import joined
from assistant.surfaces.agents import inputs, items, outputs
from assistant.surfaces.agents.ground import ASKED, Charge, Ground, Mistake, Planned, refused, speech
from assistant.surfaces.agents.untrusted import LONGEST_TEXT, clean
from assistant.types import Reply, Session
from commerce.types import Money
from nlu.types import Slot

YES = "yes"
"""The turn that says yes: there is one in a conversation, however often it is sent."""
ACTIONS = ("order", "change", "cancel", "return")
WENT_THROUGH = ("placed", "changed", "cancelled", "partly_cancelled", "requested", "payment_unknown")
AFRESH = {"place_order": "call quote again", "confirm": "ask for the change, cancellation or return again"}


def place(asked: inputs.PlaceOrder, ground: Ground) -> Planned | Mistake:
    return _answer(asked.quote_id, asked, ground, AFRESH["place_order"])


def confirm(asked: inputs.Confirm, ground: Ground) -> Planned | Mistake:
    return _answer(asked.proposal_id, asked, ground, AFRESH["confirm"])


def _answer(name: str, asked: inputs.PlaceOrder | inputs.Confirm, ground: Ground, afresh: str) -> Planned | Mistake:
    """The turn of the proposal's own conversation that the words are."""
    session = ground.session(name)
    if session.turns == 0:
        told = f"This customer has no such quote or proposal; {afresh} and tell the customer what it says."
        return Mistake("unknown", told)
    done = _done(name, ground)
    if done is not None:  # once: the same answer again
        return Planned(name, ground.meant("affirm"), done.turn_id)
    if not session.concluded:  # being done by another call at this moment, or left by a crash
        return Planned(name, ground.meant("affirm"), YES)
    if session.pending is None:
        return Mistake("gone", f"This was declined or dropped; nothing was done. To go on, {afresh}.")
    if session.last_at is not None and ground.at - session.last_at > ANSWER_WITHIN:
        return Mistake("expired", f"This has expired; nothing was done. To go on, {afresh} and ask the customer again.")
    if session.asked == "code":
        return _with_code(name, asked, session, ground)
    if session.pending.key != joined(session.id, ASKED):  # what waits now was never told as this quote or proposal
        return Mistake("changed", f"Price, stock or delivery changed; nothing was done. To go on, {afresh}.")
    return _words(name, asked.confirmation, session, ground)


def _words(name: str, words: str, session: Session, ground: Ground) -> Planned:
    """The customer's words as what they are; only a plain yes or no counts, anything with it is no answer to this."""
    heard = ground.assistant.understand(words, session.language, session, ground.at.date())
    heard = as_answer(replace(ground.scene(heard), session=session))
    plain = not heard.lines and not heard.slots and heard.confidence >= SURE_OF_YES
    if plain and heard.intent == "affirm":
        return Planned(name, heard, YES, _charge(session))
    if plain and heard.intent in ("deny", "cancel", "stop"):
        return Planned(name, replace(heard, intent="deny"), f"no-{ground.unique()}")
    # Without the words: in them the dialogue might find another delivery, and that was never quoted.
    return Planned(name, ground.meant("out_of_scope"), f"unclear-{ground.unique()}")


def _with_code(
    name: str, asked: inputs.PlaceOrder | inputs.Confirm, session: Session, ground: Ground
) -> Planned | Mistake:
    if asked.voice_code is None:
        return _code_needed()
    slot = Slot("code", asked.voice_code, "", (0, 0))
    return Planned(name, ground.meant("give_value", slots=(slot,)), f"code-{ground.unique()}", _charge(session))


def _charge(session: Session) -> Charge | None:
    match session.pending:
        case PlaceOrder(total=total):
            return Charge(total, order=True)
        case ChangeOrder(proposal=proposal) if proposal.difference.minor > 0:
            return Charge(proposal.difference, order=False)
        case _:
            return None


def _done(name: str, ground: Ground) -> Reply | None:
    """The reply by which it was done already."""
    replies = ground.assistant.replies(ground.conversation(name), ground.customer)
    return next((one for one in replies if went_through(one)), None)


def went_through(reply: Reply) -> bool:
    """Whether a yes has done what it was said to."""
    done = reply.done
    return done is not None and done.action in ACTIONS and done.outcome in WENT_THROUGH


def placed(_: inputs.PlaceOrder, reply: Reply, ground: Ground, plan: Planned) -> outputs.Placed | Mistake:
    done = reply.done
    if done is None or not went_through(reply):
        return _not_done(reply, plan, AFRESH["place_order"])
    order = ground.shop.order(done.order_number) if done.order_number else None
    status = "placed" if done.outcome == "placed" else "payment_unknown"
    return outputs.Placed(speech=speech(reply), status=status, order=items.order(order, ground) if order else None)


def confirmed(_: inputs.Confirm, reply: Reply, ground: Ground, plan: Planned) -> outputs.Confirmed | Mistake:
    done = reply.done
    if done is None or not went_through(reply):
        return _not_done(reply, plan, AFRESH["confirm"])
    order = ground.shop.order(done.order_number) if done.order_number else None
    told = items.order(order, ground) if order else None
    return outputs.Confirmed(speech=speech(reply), does=done.action, status=done.outcome, order=told)


def _not_done(reply: Reply, plan: Planned, afresh: str) -> Mistake:
    """Why nothing came of the customer's words."""
    if reply.done is not None and reply.done.outcome.startswith("code_"):
        return Mistake("code_wrong", "That is not the customer's code; ask them again. After too many it is locked.")
    if reply.done is not None:
        return Mistake("refused", f"Nothing was done: {reply.done.outcome.replace('_', ' ')}. To go on, {afresh}.")
    if reply.asks == "code":
        return _code_needed()
    if plan.said.intent == "deny":
        return Mistake("declined", f"The customer said no; nothing was done. If they change their mind, {afresh}.")
    if plan.turn == YES:
        return Mistake("refused", f"Nothing was done. {clean(reply.text, LONGEST_TEXT)} To go on, {afresh}.")
    told = "confirmation is no clear yes. Read `speech` of the quote or proposal to the customer again and give exactly"
    return Mistake("unclear", f"{told} what they answer; nothing was done.")


def _code_needed() -> Mistake:
    told = "The customer buys with a code. Ask them for it and call again with the same arguments and voice_code."
    return Mistake("code_needed", told)


def proposed(
    _: inputs.ChangeOrder | inputs.CancelOrder | inputs.ReturnItem, reply: Reply, ground: Ground, plan: Planned
) -> outputs.ProposalTold | Mistake:
    """What waits for the customer's yes."""
    pending = ground.session(plan.id).pending
    if not isinstance(pending, CancelOrder | ChangeOrder | ReturnItems):
        return refused("not_possible", reply)
    more: Money | None = None
    if isinstance(pending, ChangeOrder):
        difference = pending.proposal.difference
        more = difference if difference.minor > 0 else None
        back = difference * -1 if difference.minor < 0 else None
        does, total = "change", pending.proposal.quote.total
    else:
        back, total = pending.refund, None
        does = "cancel" if isinstance(pending, CancelOrder) else "return"
    return outputs.ProposalTold(
        speech=speech(reply),
        proposal_id=plan.id,
        expires_at=ground.at + ANSWER_WITHIN,
        does=does,
        order_number=pending.number,
        lines=items.lines(pending.lines, ground),
        refund=items.price(back, ground) if back else None,
        charge=items.price(more, ground) if more else None,
        total=items.price(total, ground) if total else None,
    )
