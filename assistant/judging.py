"""Is this a whole request? Asked in a pause: a finished turn is answered soon, an unfinished one is not cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from assistant.pipeline import Assistant
from nlu.endings import is_unfinished
from nlu.types import Understanding

Judgement = Literal["complete", "open", "unfinished"]

CONFIDENT = 0.65
"""Confidence from which an understanding counts as a whole request."""


def judge_for(
    assistant: Assistant, session_id: str, language: str = "en", customer_id: str | None = None
) -> Callable[[str], Judgement]:
    """A judge of words said so far in this session, which knows what it was asked and has no effect."""

    def understand(text: str) -> Understanding:
        return assistant.understand(text, language, assistant.session(session_id, customer_id, language))

    return lambda text: judgement(text, language, understand)


def judgement(text: str, language: str, understand: Callable[[str], Understanding]) -> Judgement:
    """Whether these words are a whole request, as `understand` understands them.

    A question is whole whatever it is about: the recogniser writes a question mark only where it heard a question end.
    """
    if is_unfinished(text, language):
        return "unfinished"
    if text.rstrip().endswith("?"):
        return "complete"
    heard = understand(text)
    return "complete" if heard.intent != "out_of_scope" and heard.confidence >= CONFIDENT else "open"
