"""Replies to what the loop heard."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from assistant.pipeline import Assistant
from assistant.types import Reply, Turn
from voice.listener import HeardTurn
from voice.types import Transcript

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Whose conversation it is."""

    session: str
    customer: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as the loop needs it, and whole."""

    reply: Reply
    heard_to_end: bool
    """Whether the reply before it was."""

    @property
    def speech(self) -> str:
        return self.reply.speech

    @property
    def understood(self) -> float:
        return self.reply.timings_ms.get("understand", 0.0) / 1000

    @property
    def ended(self) -> bool:
        return self.reply.ended


Now = Callable[[], datetime]
"""UTC."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def answers(
    assistant: Assistant, conversation: Conversation, now: Now = _utc_now
) -> Callable[[HeardTurn, bool], Answer]:
    """What the loop asks for replies. An error is logged with the turn's id and apologised for; the session goes on."""

    def respond(heard: HeardTurn, heard_to_end: bool) -> Answer:
        turn = _turn(conversation, heard.transcript, now(), heard_to_end)
        try:
            reply = assistant.handle(turn)
        except Exception:
            _log.exception("turn %s failed", turn.id)
            words = assistant.brand.sentence(conversation.language, "trouble")
            reply = Reply(turn.id, words, words, "nothing", ended=False)
        return Answer(reply, heard_to_end)

    return respond


def foretells(assistant: Assistant, conversation: Conversation, now: Now = _utc_now) -> Callable[[str], str]:
    """What would be said to words, were they the next turn; nothing where that fails: the turn itself will tell."""

    def foretell(said: str) -> str:
        turn = _turn(conversation, Transcript(said, conversation.language, 1.0), now(), True)
        try:
            return assistant.foretell(turn)
        except Exception:
            _log.warning("a reply could not be foretold", exc_info=True)
            return ""

    return foretell


def _turn(talk: Conversation, said: Transcript, at: datetime, heard_to_end: bool) -> Turn:
    return Turn(uuid4().hex, talk.session, talk.customer, "microphone", talk.language, said, at, heard_to_end)
