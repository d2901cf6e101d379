"""Every conversation in tests/dialogues, played through Assistant.handle on the sample shop."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.types import Reply
from tests.scripts import LONGEST_READ_BACK, LONGEST_REPLY, Script, Stage, Step, raised, scripts
from tests.shops import Shops


@pytest.mark.parametrize("script", list(scripts()), ids=str)
def test_conversation(script: Script, shops: Shops) -> None:
    stage = raised(script, shops)
    for step in script.steps:
        reply = stage.go_on(step)
        if reply is None:
            continue
        wrong = [*_wrong_words(step, reply), *_wrong_state(step, reply, stage), *_same_words(stage)]
        assert not wrong, f"{'; '.join(wrong)}\n{stage.transcript()}\n{reply.understanding}"


def _wrong_words(step: Step, reply: Reply) -> list[str]:
    """What the reply lacks, or has and should not have."""
    text, speech = (words.lower().replace("\xa0", " ") for words in (reply.text, reply.speech))
    wrong = [f"lacks {part!r}" for part in _listed(step.get("says")) if part.lower() not in text]
    wrong += [f"has {part!r}" for part in _listed(step.get("says_not")) if part.lower() in text]
    wrong += [f"lacks {part!r} aloud" for part in _listed(step.get("aloud")) if part.lower() not in speech]
    wrong += [f"{sign!r} cannot be said aloud" for sign in "$€£×&_" if sign in speech]
    longest = LONGEST_READ_BACK if reply.asks in ("order", "confirm") else LONGEST_REPLY
    if len(speech.split()) > step.get("words", longest):
        wrong.append(f"{len(speech.split())} words are more than one breath")
    return wrong


def _same_words(stage: Stage) -> list[str]:
    """A reply like the one before it, unless the customer asked to hear it again or it is the same turn."""
    if len(stage.replies) < 2:
        return []
    (_, before), (_, now) = stage.replies[-2:]
    asked = now.understanding is not None and now.understanding.intent == "repeat"
    return ["says the same in the same words"] if before.text == now.text != "" and not (asked or now.repeated) else []


def _wrong_state(step: Step, reply: Reply, stage: Stage) -> list[str]:
    """Where Handla asks for something else, or the shop stands differently."""
    found: dict[str, Any] = {
        "asks": reply.asks,
        "ends": reply.ended,
        "handed_over": reply.handed_over,
        "done": reply.done.outcome if reply.done else None,
        "orders": stage.orders,
        "basket": stage.basket,
        "list": stage.shopping_list,
        "costs": stage.costs,
        "order": lambda: {number: stage.order_state(number) for number in step["order"]},
    }
    wrong = []
    for key, now in found.items():
        if key in step and step[key] != (state := now() if callable(now) else now):
            wrong.append(f"{key}: {state} instead of {step[key]}")
    return wrong


def _listed(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [str(value)]
