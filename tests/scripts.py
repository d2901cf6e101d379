"""Conversations written as scripts (tests/dialogues): reading them, playing them on a shop, printing them.

A conversation has a `name` and `turns`, and may set `customer` (C001; null is a guest), `language` (the folder's name,
else English), `channel` (text), and `task`, the thing it gets done in as few words as it can (`handla bench dialogue`
counts them). Turns are what the customer does, what Handla does and says, and how the shop stands after:

    hears       what the customer says; "" is sound without words. `language`, `channel` and `customer` hold from
                here on, `cut_off` means Handla's last reply was not heard to its end, `unclear` that the words were
                hardly to be made out, `minutes_later` how long the customer took, `id` the turn's id
    says        parts of the reply, `says_not` what must not be in it, `aloud` parts of it as it is spoken,
                `words` how many it may have at most (left out: LONGEST_REPLY or LONGEST_READ_BACK)
    asks        what an answer would be an answer to; `ends`: whether the conversation is over; `done`: what came of it
    orders      orders placed so far; `basket`: product -> pieces; `list`: what stands on the shopping list;
                `order`: number -> state; `costs`: minor units of the customer's newest order

    handed_over whether one of the shop's people has the conversation

A turn may instead be another hand: in the shop, `shop: {price: {product, amount}}` or `{stock: {product, pieces}}`;
or, where the conversation sets `staffed`, one of its people, who claims what was handed over, says something, or closes
it: `person: {claim: Sam}`, `{says: Hello}`, `{close: a note}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from assistant.pipeline import Assistant
from assistant.records.handoffs import NotDone
from assistant.types import Reply, Turn
from tests.shops import NOW, Shops
from voice.types import Transcript

FOLDER = Path(__file__).parent / "dialogues"
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
LONGEST_REPLY = 35
"""Words that can be said in one breath."""
LONGEST_READ_BACK = 45
"""Words where a yes or no is asked for: what it would release is said whole, after what else there is to tell."""
BEFORE = {"hears", "language", "channel", "customer", "cut_off", "unclear", "minutes_later", "id"}
"""What the customer does."""
SAID = {"says", "says_not", "aloud", "words"}
AFTER = SAID | {"asks", "ends", "done", "orders", "basket", "list", "order", "costs", "handed_over"}
"""What is to come of it."""
ABOUT = {"name", "turns", "customer", "language", "channel", "task", "staffed"}
MEANWHILE = {"shop", "person"}
"""What others do."""
ANSWERED_IN = timedelta(seconds=5)
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation as it is written."""

    file: str
    name: str
    steps: tuple[Step, ...]
    customer: str | None = "C001"
    language: str = "en"
    channel: str = "text"
    task: str | None = None
    staffed: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


@dataclass
class Stage:
    """One conversation under way."""

    script: Script
    shops: Shops
    assistant: Assistant
    customer: str | None
    language: str
    channel: str
    at: datetime = NOW
    replies: list[tuple[str, Reply]] = field(default_factory=list)
    """What the customer said and what came back."""

    def go_on(self, step: Step) -> Reply | None:
        """One turn, with its reply; None where it was another hand's."""
        if "hears" in step:
            return self._hears(step)
        self._meanwhile(step)
        return None

    def _hears(self, step: Step) -> Reply:
        self.language = step.get("language", self.language)
        self.channel = step.get("channel", self.channel)
        self.customer = step.get("customer", self.customer)
        self.at += ANSWERED_IN + timedelta(minutes=step.get("minutes_later", 0))
        words = step["hears"]
        said = Transcript(words, self.language, 0.1 if step.get("unclear") else 0.95, None if words else "silence")
        turn_id = str(step.get("id", f"t{len(self.replies) + 1}"))
        heard = not step.get("cut_off", False)
        turn = Turn(turn_id, "s1", self.customer, self.channel, self.language, said, self.at, heard)
        reply = self.assistant.handle(turn)
        self.replies.append((words, reply))
        return reply

    def _meanwhile(self, step: Step) -> None:
        """What another hand does."""
        if "shop" in step:
            self.shops.change(self.assistant.shop, step["shop"])
            return
        people = self.assistant.people
        assert people is not None, "a person needs `staffed: true`"
        (handoff,) = people.handoffs.listed()
        ((deed, given),) = step["person"].items()
        done = {"claim": people.handoffs.claim, "says": people.handoffs.say, "close": people.handoffs.close}[deed]
        assert not isinstance(done(handoff.id, given, self.at), NotDone)

    @property
    def owner(self) -> str:
        return self.customer or self.assistant.session("s1", None).id

    def orders(self) -> int:
        """Orders placed since the conversation began."""
        return self.shops.orders_since(self.assistant.shop, NOW)

    def basket(self) -> dict[str, int]:
        """Product -> pieces."""
        return {line.product_id: line.quantity for line in self.assistant.shop.basket(self.owner).lines}

    def shopping_list(self) -> list[str]:
        lists = self.assistant.services.lists
        return [item.text for item in lists.shopping_list(self.owner).open] if lists else []

    def order_state(self, number: str) -> str | None:
        order = self.assistant.shop.order(number)
        return order.state.value if order else None

    def costs(self) -> int:
        """Minor units of the customer's newest order."""
        return self.assistant.shop.orders_of(self.owner, 1)[0].total.minor

    def transcript(self) -> str:
        """The conversation so far, as it would be read aloud by two."""
        return "\n".join(_told(said, reply) for said, reply in self.replies)


def scripts(folder: Path = FOLDER) -> Iterator[Script]:
    """Every conversation of the folder. Raises ValueError where one has a key that means nothing."""
    for file in sorted(folder.glob("**/*.yaml")):
        where = str(file.relative_to(folder).with_suffix(""))
        language = file.parent.name if file.parent != folder else "en"
        for content in yaml.load(file.read_text(encoding="utf-8"), LOADER):
            script = Script(where, content["name"], tuple(content["turns"]), language=language)
            _refuse_unknown(str(script), set(content) - ABOUT)
            for step in script.steps:
                _refuse_unknown(f"{script}, {step.get('hears')!r}", set(step) - BEFORE - AFTER - MEANWHILE)
            yield replace(script, **{key: content[key] for key in ABOUT - {"name", "turns"} if key in content})


def raised(script: Script, shops: Shops) -> Stage:
    """The stage with a shop of its own, before the first word."""
    assistant = shops.assistant(staffed=script.staffed)
    return Stage(script, shops, assistant, script.customer, script.language, script.channel)


def _refuse_unknown(where: str, keys: set[str]) -> None:
    if keys:
        raise ValueError(f"{where}: unknown {', '.join(sorted(keys))}; see {__name__}")


def _told(said: str, reply: Reply) -> str:
    done = f"\n            [{reply.done.action} {reply.done.outcome}]" if reply.done else ""
    return f"  customer: {said or '(nothing to be heard)'}{done}\n  Handla:   {reply.text}"
