"""Runs the tools for whoever calls them: who may, how often, how much; one turn each; a row in the audit each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from assistant.records.agents import NOBODY, AgentRecords, Call, Limits, Purchase
from assistant.settings import AgentsSettings
from assistant.surfaces.agents.callers import PERSONAL, READ, Caller, Scope
from assistant.surfaces.agents.cart import too_much
from assistant.surfaces.agents.ground import CHANNEL, Ground, Mistake, Planned
from assistant.surfaces.agents.inputs import Asked
from assistant.surfaces.agents.outputs import Told
from assistant.surfaces.agents.tools import BY_NAME, Readable, Tool
from assistant.surfaces.agents.untrusted import clean
from assistant.surfaces.agents.yes import went_through
from assistant.types import Turn
from assistant.web.answering import Answer
from assistant.web.door import Door
from assistant.web.guards import Pace

_log = logging.getLogger(__name__)
NOT_ANSWERED = {
    "late": "This takes longer than usual and goes on. Call again with the same arguments to get its answer; for a "
    "change of the basket look at view_basket first.",
    "busy": "The shop is busy; nothing was done. Call again in a few seconds.",
    "unknown": "The shop does not know this customer any more; nothing was done. They must link an account again.",
    "failed": "Something went wrong in the shop. Look at what stands (view_basket, list_orders) before you call again.",
}


def _unique() -> str:
    return uuid4().hex


@dataclass(frozen=True)
class Tools:
    """The tools of one shop, behind one door."""

    door: Door
    records: AgentRecords
    unique: Callable[[], str] = _unique
    _running: set[asyncio.Task[Told | Mistake]] = field(default_factory=set)

    @property
    def settings(self) -> AgentsSettings:
        return self.door.settings.agents

    @cached_property
    def _pace(self) -> Pace:
        a_minute = self.settings.calls_a_minute
        return Pace(a_minute / 60, a_minute)

    async def call(self, name: str, arguments: dict[str, Any], caller: Caller) -> Told | Mistake:
        """What the tool gives, or why it gave nothing. Never raises for anything a caller can send.

        A caller that goes away meanwhile stops nothing: what was begun is finished and noted.
        """
        work = asyncio.create_task(self._noted(name, arguments, caller))
        self._running.add(work)
        work.add_done_callback(self._running.discard)
        return await asyncio.shield(work)

    async def finish(self) -> None:
        """Wait for every call that was begun."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _noted(self, name: str, arguments: dict[str, Any], caller: Caller) -> Told | Mistake:
        started, tool = perf_counter(), BY_NAME.get(name)
        told: Told | Mistake = Mistake("no_tool", "There is no such tool; tools/list names them.")
        customer, about = None, ""
        try:
            if tool is not None:
                customer = await self.door.answering.ask(lambda: self._customer(tool.scope, caller))
                told, about = await self._called(tool, arguments, caller, customer)
        except Exception:
            _log.exception("a call of %s failed", name)
            told = Mistake("failed", NOT_ANSWERED["failed"])
        call = Call(
            at=self.door.now(),
            client=caller.client_id[:200],
            token=caller.token[:80],
            customer=customer or NOBODY,
            tool=tool.name if tool else "unknown",
            outcome=told.code if isinstance(told, Mistake) else "done",
            about=about,
            order_number=_order_number(told),
            milliseconds=round((perf_counter() - started) * 1000, 1),
        )
        await self.door.answering.ask(lambda: self.records.note(call))
        return told

    async def read(self, resource: Readable, caller: Caller) -> dict[str, Any]:
        """What stands in a resource: the same for everybody."""
        nobody = self._ground(None, caller, None)
        return await self.door.answering.ask(lambda: resource.read(nobody))

    async def _called(
        self, tool: Tool, arguments: dict[str, Any], caller: Caller, customer: str | None
    ) -> tuple[Told | Mistake, str]:
        """The result, and the quote or proposal it is about."""
        if refusal := self._refusal(tool, caller, customer):
            return refusal, ""
        try:
            asked = tool.asks.model_validate(arguments)
        except ValidationError as unfit:
            return Mistake("arguments", _faults(unfit)), ""
        about = str(getattr(asked, "quote_id", getattr(asked, "proposal_id", "")))
        ground = self._ground(customer, caller, asked)
        plan = await self.door.answering.ask(lambda: tool.plan(asked, ground))
        if isinstance(plan, Mistake):
            return plan, about
        if plan.spends and (refusal := await self._spending(plan, ground)):
            return refusal, about
        told = await self._answered(tool, asked, ground, plan)
        if isinstance(told, Mistake):
            return told, about
        return told, about or str(getattr(told, "quote_id", getattr(told, "proposal_id", "")))

    async def _answered(self, tool: Tool, asked: Asked, ground: Ground, plan: Planned) -> Told | Mistake:
        session = ground.conversation(plan.id)
        turn = Turn(plan.turn, session, ground.customer, CHANNEL, ground.language, plan.said, ground.at)
        answer: Answer = await self.door.answering.answer(turn, self.settings.calls_deadline)
        if answer.outcome != "answered":
            return Mistake(answer.outcome, NOT_ANSWERED[answer.outcome])

        def tell() -> Told | Mistake:
            if plan.spends and not went_through(answer.reply):
                self.records.give_back(session)
            return tool.tell(asked, answer.reply, ground, plan)

        return await self.door.answering.ask(tell)

    async def _spending(self, plan: Planned, ground: Ground) -> Mistake | None:
        """Counts what a yes would charge towards the limits; why not, where it is more than they allow."""
        if plan.spends is None:
            return None
        limits, minor = self.settings, plan.spends.amount.minor
        if limits.most_per_order is not None and minor > limits.most_per_order:
            return too_much(ground)
        key, who = ground.conversation(plan.id), ground.caller.client_id[:200]
        purchase = Purchase(key, who, ground.customer or NOBODY, minor, int(plan.spends.order), ground.at)
        allowed = Limits(limits.most_per_day, limits.orders_a_day)
        taken = await self.door.answering.ask(lambda: self.records.take(purchase, allowed))
        if taken == "taken":
            return None
        what = "spend more" if taken == "too_much" else "place more orders"
        told = f"This program may not {what} for this customer today; nothing was done. They can order it themselves."
        return Mistake(f"{taken}_today", told)

    def _refusal(self, tool: Tool, caller: Caller, customer: str | None) -> Mistake | None:
        if tool.scope not in caller.scopes:
            return Mistake("scope", f"This needs the scope {tool.scope}, which the access token does not have.")
        if tool.scope != READ and customer is None:
            return Mistake("guest", "This is for customers who are signed in; the customer has to link their account.")
        wait = self._pace.wait(caller.token)
        return Mistake("too_often", f"Too many calls; wait {int(wait) + 1} seconds.") if wait else None

    def _customer(self, scope: Scope, caller: Caller) -> str | None:
        """For whom a tool works: what needs no customer knows them only where the caller may see what is theirs."""
        theirs = caller.customer_id if scope != READ or PERSONAL in caller.scopes else None
        return theirs if theirs and self.door.assistant.shop.customer(theirs) else None

    def _ground(self, customer: str | None, caller: Caller, asked: Asked | None) -> Ground:
        return Ground(
            assistant=self.door.assistant,
            caller=caller,
            customer=customer,
            wanted=asked.language if asked else None,
            default=self.door.settings.dialogue.language,
            at=self.door.now(),
            most=self.settings.most_per_order,
            unique=self.unique,
        )


def _order_number(told: Told | Mistake) -> str:
    """Of the order that came of a call."""
    order = getattr(told, "order", None)
    return order.number if order is not None else ""


def _faults(unfit: ValidationError) -> str:
    """Which arguments are wrong and why, without what was sent."""
    faults = [clean(".".join(map(str, fault["loc"]))) + f": {fault['msg']}" for fault in unfit.errors()]
    return "Wrong arguments. " + "; ".join(faults[:5])
