"""Turns and questions answered within a surface's deadline; a turn that takes longer goes on, its reply is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Literal, TypeVar

from assistant.pipeline import Assistant
from assistant.records.sessions import Conflict
from assistant.types import Reply, Turn
from assistant.web.logs import turn_id
from assistant.web.metrics import Metrics

_log = logging.getLogger(__name__)

T = TypeVar("T")
Outcome = Literal["answered", "late", "busy", "failed", "unknown"]
_APOLOGY = {"late": "late", "busy": "busy", "failed": "trouble"}
"""What is said instead of a reply: outcome -> phrase."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a surface has to deliver for a turn."""

    outcome: Outcome
    """'late': it is still being worked on and the same turn id gets its reply later; 'busy': other turns of the session
    or too many turns at all are in the way, nothing was done; 'failed': an error of ours, logged with the turn id;
    'unknown': the shop does not know the customer, nothing was done and there are no words for it."""
    reply: Reply
    """The reply, or a spoken apology that changes nothing in the conversation."""


class Unanswered(Exception):
    """A question that was not answered in time, or not even begun."""

    def __init__(self, outcome: Literal["late", "busy"]) -> None:
        super().__init__(outcome)
        self.outcome: Literal["late", "busy"] = outcome


class Answering:
    """An assistant on threads of its own, shared by all surfaces."""

    def __init__(self, assistant: Assistant, metrics: Metrics, threads: int, most: int) -> None:
        """`most`: turns and questions at once; further ones are told to come back."""
        self._assistant = assistant
        self._metrics = metrics
        self._most = most
        self._now = 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="turn")

    async def answer(self, turn: Turn, deadline: float) -> Answer:
        """The answer to a turn after at most `deadline` seconds, queueing included. Never raises."""
        started = perf_counter()
        if self._now >= self._most:
            answer = self._apology(turn, "busy")
        else:
            awaited = _Awaited()
            context = copy_context()
            context.run(turn_id.set, turn.id)
            work = self._watched(self._pool.submit(context.run, self._answer, turn, awaited))
            await asyncio.wait({work}, timeout=deadline)
            late = not work.done() and awaited.leave()
            answer = self._apology(turn, "late") if late else await work
        seconds = perf_counter() - started
        self._metrics.turn(turn.channel, answer.outcome, answer.reply, seconds)
        heard = answer.reply.understanding
        fields = {"channel": turn.channel, "outcome": answer.outcome, "intent": heard.intent if heard else None}
        _log.info("turn", extra={"fields": {"turn": turn.id, **fields, "ms": round(seconds * 1000, 1)}})
        return answer

    async def ask(self, question: Callable[[], T], deadline: float | None = None) -> T:
        """What a question to the shop gives, on the same threads.

        With a deadline in seconds, Unanswered is raised after it, or where too much is going on, and a question that
        was not begun is dropped. What writes something down is asked without: it waits until it is done.
        """
        if deadline is not None and self._now >= self._most:
            raise Unanswered("busy")
        begun = self._pool.submit(question)
        work = self._watched(begun)
        await asyncio.wait({work}, timeout=deadline)
        if not work.done():
            begun.cancel()  # where it is still queued, nobody needs it any more
            raise Unanswered("late")
        return await work

    def close(self) -> None:
        """Finish every turn that was begun."""
        self._pool.shutdown(wait=True)

    def _answer(self, turn: Turn, awaited: Callable[[], bool]) -> Answer:
        try:
            if turn.customer_id is not None and self._assistant.shop.customer(turn.customer_id) is None:
                return Answer("unknown", Reply(turn.id, "", "", "nothing", False))
            return Answer("answered", self._assistant.handle(turn, awaited))
        except Conflict:
            return self._apology(turn, "busy")
        except Exception:
            _log.exception("turn %s failed", turn.id)
            return self._apology(turn, "failed")

    def _apology(self, turn: Turn, outcome: Literal["late", "busy", "failed"]) -> Answer:
        words = self._assistant.brand.sentence(turn.language, _APOLOGY[outcome])
        return Answer(outcome, Reply(turn.id, words, words, "nothing", False))

    def _watched(self, begun: Future[T]) -> asyncio.Future[T]:
        """The work as the event loop waits for it, counted among what is going on until it is done."""
        work = asyncio.wrap_future(begun)
        self._now += 1
        work.add_done_callback(self._finished)
        return work

    def _finished(self, work: asyncio.Future[T]) -> None:
        self._now -= 1
        if not work.cancelled():
            work.exception()  # nobody may be left to ask for it, which asyncio would report as an error of its own


class _Awaited:
    """Whether a surface still waits; settled by whoever asks first, so that no reply is both kept as heard and lost."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answer: bool | None = None

    def __call__(self) -> bool:
        """Asked right before the reply is kept: if it is awaited, the surface stays until it is there."""
        with self._lock:
            self._answer = self._answer is not False
            return self._answer

    def leave(self) -> bool:
        """Give up waiting; False where the reply is being kept at this moment."""
        with self._lock:
            if self._answer is None:
                self._answer = False
            return not self._answer
