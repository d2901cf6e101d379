"""Every conversation in tests/dialogues/*.yaml, played through Assistant.handle on the sample shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.pipeline import Assistant
from assistant.types import Reply, Turn
from tests.shops import NOW, Shops
from voice.types import Transcript

FOLDER = Path(__file__).parent / "dialogues"
CONVERSATIONS = [
    pytest.param(conversation, id=f"{file.stem}: {conversation['name']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for conversation in yaml.safe_load(file.read_text(encoding="utf-8"))
]
TURN_KEYS = {
    "hears",
    "says",
    "says_not",
    "asks",
    "orders",
    "basket",
    "done",
    "ends",
    "cut_off",
    "unclear",
    "words",
    "id",
    "minutes_later",
}


@dataclass
class Stage:
    """One conversation under way."""

    assistant: Assistant
    customer: str | None
    shops: Shops
    at: datetime = NOW
    turns: int = 0
    replies: list[Reply] = field(default_factory=list)

    def hears(self, step: dict[str, Any]) -> Reply:
        self.turns += 1
        self.at += timedelta(seconds=5) + timedelta(minutes=step.get("minutes_later", 0))
        confidence = 0.1 if step.get("unclear") else 0.95
        said = Transcript(step["hears"], "en", confidence, None if step["hears"] else "silence")
        turn_id = str(step.get("id", f"t{self.turns}"))
        turn = Turn(turn_id, "s1", self.customer, "text", "en", said, self.at, not step.get("cut_off", False))
        self.replies.append(self.assistant.handle(turn))
        return self.replies[-1]

    def orders(self) -> int:
        """Orders placed since the conversation began."""
        return self.shops.orders_since(self.assistant.shop, NOW)


@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_conversation(conversation: dict[str, Any], shops: Shops) -> None:
    stage = Stage(shops.assistant(), conversation.get("customer", "C001"), shops)
    for number, step in enumerate(conversation["turns"], start=1):
        if "shop" in step:
            shops.change(stage.assistant.shop, step["shop"])
            continue
        assert set(step) <= TURN_KEYS, f"turn {number}: unknown keys {set(step) - TURN_KEYS}"
        reply = stage.hears(step)
        _check(stage, step, reply, f"turn {number} ({step['hears']!r}) said {reply.text!r}; {reply.understanding}")


def _check(stage: Stage, step: dict[str, Any], reply: Reply, where: str) -> None:
    for part in _listed(step.get("says")):
        assert part.lower() in reply.text.lower(), f"{where}: lacks {part!r}"
    for part in _listed(step.get("says_not")):
        assert part.lower() not in reply.text.lower(), f"{where}: has {part!r}"
    if "asks" in step:
        assert reply.asks == step["asks"], f"{where}: asks {reply.asks}"
    if "orders" in step:
        assert stage.orders() == step["orders"], where
    if "basket" in step:
        owner = stage.customer or stage.assistant.session("s1", None).id
        lines = {line.product_id: line.quantity for line in stage.assistant.shop.basket(owner).lines}
        assert lines == step["basket"], where
    if "done" in step:
        assert (reply.done.outcome if reply.done else None) == step["done"], where
    if "ends" in step:
        assert reply.ended is step["ends"], where
    limit = step.get("words", 45)
    assert len(reply.speech.split()) <= limit, f"{where}: more than one breath"


def _listed(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [str(value)]
