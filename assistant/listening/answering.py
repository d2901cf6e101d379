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


def answers(
    assistant: Assistant, conversation: Conversation, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Callable[[HeardTurn, bool], Answer]:
    """What the loop asks for replies. An error is logged with the turn's id and apologised for; the session goes on."""

    def respond(heard: HeardTurn, heard_to_end: bool) -> Answer:
        talk = conversation
        turn = Turn(
            uuid4().hex,
            talk.session,
            talk.customer,
            "microphone",
            talk.language,
            heard.transcript,
            now(),
            heard_to_end,
        )
        try:
            reply = assistant.handle(turn)
        except Exception:
            _log.exception("turn %s failed", turn.id)
            words = assistant.brand.sentence(talk.language, "trouble")
            reply = Reply(turn.id, words, words, "nothing", ended=False)
        return Answer(reply, heard_to_end)

    return respond
