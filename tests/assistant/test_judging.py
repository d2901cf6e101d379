from __future__ import annotations

import pytest

from assistant.judging import judge_for
from assistant.types import Turn
from tests.shops import NOW, Shops
from voice.types import Transcript


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        ("where is my parcel", "complete"),
        ("reorder my coffee", "complete"),
        ("I'd like to order a", "unfinished"),
        ("a large latte with", "unfinished"),
        ("purple elephants", "open"),
        ("What's the weather like tomorrow?", "complete"),
        ("Can I get a large latte with a?", "unfinished"),
    ],
)
def test_whole_requests_are_told_from_those_still_going_on(shops: Shops, said: str, judged: str) -> None:
    assert judge_for(shops.assistant(), "s1")(said) == judged


def test_an_answer_to_what_was_asked_is_whole(shops: Shops) -> None:
    assistant = shops.assistant()
    for number, text in enumerate(["show me waterproof winter jackets", "the cheapest one"]):
        assistant.handle(Turn(f"t{number}", "s1", "C001", "text", "en", Transcript(text, "en", 1.0), NOW))
    assert judge_for(assistant, "s1")("medium") == "complete"
