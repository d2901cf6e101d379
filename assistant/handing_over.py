"""The shop's people, to whom conversations are handed over with all they need to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.acts import FetchPerson
from assistant.chapters import person
from assistant.handoff import Brief, Handoff, Open, Patience, Said, standing
from assistant.scene import Scene, question_of, say, spelled
from assistant.types import Decision, Done, Reply, Say, Turn
from commerce.types import Line, Money, Order

if TYPE_CHECKING:
    from assistant.records.handoffs import Handoffs

ONE_CONVERSATION = timedelta(hours=2)
"""Turns longer ago belong to another conversation, even in the same session."""
MOST_WISHES = 3
MANNERS = frozenset(
    {
        "affirm",
        "cancel",
        "checkout",
        "deny",
        "give_feedback",
        "greet",
        "help",
        "out_of_scope",
        "repeat",
        "stop",
        "talk_to_human",
        "thank",
    }
)
"""Intents that say nothing of what a customer wants."""


@dataclass(frozen=True, slots=True)
class People:
    """The queue, and how long customers are left in it."""

    handoffs: Handoffs
    patience: Patience = field(default_factory=Patience)

    def meanwhile(self, scene: Scene) -> tuple[Decision, bool]:
        """What the open handoff of the session makes of this turn, and whether Handla goes on with the turn itself."""
        handoff = self.handoffs.find(scene.session.handoff) if scene.session.handoff else None
        if handoff is None:
            return Decision(person.back(scene.session), ()), True
        unheard = [one for one in self.handoffs.messages(handoff.id, handoff.told) if one.sender == "person"]
        return person.meanwhile(scene, handoff, standing(handoff, scene.at, self.patience), unheard)


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a conversation that is handed over."""

    replies: Sequence[Reply]
    """Of this conversation, oldest first."""
    basket: Sequence[Line]
    last_order: Order | None


def opening(scene: Scene, turn: Turn, fetch: FetchPerson, story: Story, words: Callable[[Sequence[Say]], str]) -> Open:
    """The handoff to be put into the queue. `scene` is as the turn found it; `words` says things in its language."""
    before = [Said(reply.understanding.text if reply.understanding else "", reply.text) for reply in story.replies]
    brief = Brief(
        channel=turn.channel,
        language=turn.language,
        reason=fetch.reason,
        mood=scene.session.mood,
        summary=words(summary(scene, fetch, story)),
        transcript=(*before, Said(scene.heard.text, "")),
        basket=tuple(story.basket),
        last_order=story.last_order.number if story.last_order else None,
    )
    return Open(Handoff(fetch.handoff_id, scene.session.id, scene.session.customer_id, brief, turn.at))


def summary(scene: Scene, fetch: FetchPerson, story: Story) -> list[Say]:
    """Why a person is wanted, what was wanted, what was done, what stands open."""
    says = [say(f"handoff.{fetch.reason}")]
    heard = [reply.understanding for reply in story.replies if reply.understanding]
    wishes = [one.text for one in heard if one.intent not in MANNERS and one.text]
    if wishes:
        says.append(
            say("handoff.wanted", wishes=tuple(say("handoff.wish", text=text) for text in wishes[-MOST_WISHES:]))
        )
    done: list[Say] = []
    for did in (_did(reply.done) for reply in story.replies if reply.done):
        done += [] if did in done else [did]
    says.append(say("handoff.done", done=tuple(done)) if done else say("handoff.nothing_done"))
    if scene.session.misses:
        says.append(say("handoff.missed", count=scene.session.misses))
    if scene.session.pending is not None:
        says.append(say("handoff.open", question=question_of(scene.session.pending, "ask")))
    if story.basket:
        total = Money.total((line.total for line in story.basket), scene.shop.currency)
        says.append(say("handoff.basket", lines=tuple(story.basket), total=total))
    if story.last_order:
        order = story.last_order
        day = order.placed_at.date()
        says.append(say("handoff.order", number=spelled(order.number), lines=tuple(order.lines), day=day))
    return says


def _did(done: Done) -> Say:
    if done.outcome in ("changed", "placed", "cancelled", "partly_cancelled", "requested", "fetched"):
        return say(f"handoff.did.{done.action}", number=done.order_number or "")
    return say(f"handoff.did_not.{done.action}", reason=done.outcome.replace("_", " "))
