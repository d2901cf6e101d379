"""The question that stays open while something else is answered, asked again in short."""

from __future__ import annotations

from datetime import timedelta

from assistant.chapters.apart import names
from assistant.chapters.choosing import option_questions
from assistant.chapters.drafts import Open, settle
from assistant.chapters.finding import reopened
from assistant.scene import Scene, question_of, say
from assistant.types import Choices, Say

LAPSES = timedelta(minutes=10)
"""Silence after which nobody recalls a question: it is not asked again where something else is wanted."""


def is_forgotten(scene: Scene) -> bool:
    """Whether the open question is too old to come back to by itself; what waits for a yes is kept and read back."""
    session = scene.session
    return session.pending is None and session.last_at is not None and scene.at - session.last_at > LAPSES


def open_question(scene: Scene) -> Say | None:
    """What the session still asks; None where nothing, or nothing that would be worth its words."""
    session = scene.session
    if session.asked == "code":
        return say("code.ask")
    if session.pending is not None:
        return question_of(session.pending, "resume")
    match session.asked:
        case "option" if session.drafts:
            made = settle(session.drafts[0], scene.shop)
            return say("resume.option", questions=option_questions(made)) if isinstance(made, Open) else None
        case "choose":
            titles = names(scene.listed())
            return reopened(scene) or (say("resume.choose", choices=Choices(titles)) if titles else None)
        case "add":
            titles = names(scene.listed())
            return say("resume.add", title=titles[0]) if titles else None
        case "anything_else":
            return say("anything.else")
        case "return":
            return say("resume.return")
        case "visit":
            return say("resume.visit")
        case _:
            return None
