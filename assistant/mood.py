"""How a conversation feels to the customer, from its last turns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from assistant.scene import say
from assistant.types import Decision, Feeling, Mood, Session
from nlu.types import Sentiment, Understanding

LOOK_BACK = 4
"""Turns whose feelings are remembered."""
STILL_ANGRY = 2
"""Anger colours the turn it is said in and the next one."""
TOO_ANGRY = 2
"""Angry turns among those remembered that call for a person."""
TOO_MANY_MISSES = 3
"""Turns not understood in a row that do."""
FEELINGS: dict[Sentiment, Feeling] = {"frustrated": "frustrated", "pleased": "pleased", "neutral": "neutral"}


def felt(session: Session, heard: Understanding) -> Session:
    """The session with the feeling of this turn and the mood that makes."""
    feeling: Feeling = FEELINGS[heard.sentiment]
    if heard.hurried and feeling != "frustrated":
        feeling = "hurried"
    feelings = (*session.feelings, feeling)[-LOOK_BACK:]
    return replace(session, feelings=feelings, mood=mood_of(feelings))


def mood_of(feelings: Sequence[Feeling]) -> Mood:
    """Anger lasts for two turns and haste for as long as it is remembered; delight is of the moment."""
    if "frustrated" in feelings[-STILL_ANGRY:]:
        return "frustrated"
    if "hurried" in feelings:
        return "hasty"
    return "delighted" if feelings and feelings[-1] == "pleased" else "calm"


def too_much(session: Session) -> Literal["frustrated", "misses"] | None:
    """Why a person should be offered; None while Handla gets on."""
    if session.feelings.count("frustrated") >= TOO_ANGRY:
        return "frustrated"
    return "misses" if session.misses >= TOO_MANY_MISSES else None


def with_apology(decision: Decision) -> Decision:
    """What is said to an angry customer begins with a sorry, once in a conversation."""
    session = decision.session
    if session.mood != "frustrated" or session.apologised or not decision.says:
        return decision
    return replace(decision, session=replace(session, apologised=True), says=(say("apology"), *decision.says))
