from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.mishearing import mishearings

HINTS = [
    "Make me a medium iced mocha.",
    "iced mocha",
    "skim milk",
    "sweetener",
    "tent",
    "rye bread",
    "two",
    "light roast",
]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Make me an ice mocha.", "Make me an iced mocha."),
        ("with a bit of kim milk", "with a bit of skim milk"),
        ("Sweeter, please.", "Sweetener, please."),
        ("I'm looking for a two person ten", "I'm looking for a two person tent"),
        ("a loaf of ripe bread", "a loaf of rye bread"),
        ("one Light Rose, please", "one Light roast, please"),
    ],
)
def test_words_almost_like_a_hinted_phrase_are_found(text: str, corrected: str) -> None:
    (found,) = mishearings(text, HINTS)
    assert found.corrected(text) == corrected


@pytest.mark.parametrize(
    "text",
    [
        "Make me a medium iced mocha with skim milk.",
        "A medium iced mocha!",
        "I want soy milk",
        "Where is my order?",
        "too",
        "20 tents",
        "Iced mochas!",
        "",
    ],
)
def test_what_stands_in_a_hint_or_is_not_like_one_is_left_alone(text: str) -> None:
    assert mishearings(text, HINTS) == []


def test_places_do_not_overlap_and_the_likest_come_first() -> None:
    text = "ice mocha, kim milk, sweeten, rye breads, light rose"
    found = mishearings(text, HINTS)

    assert len(found) == 3
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)
    assert all(a.end <= b.start or b.end <= a.start for a in found for b in found if a is not b)


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=6))
def test_any_text_and_hints_can_be_compared(text: str, hints: list[str]) -> None:
    for one in mishearings(text, hints):
        assert one.corrected(text) == text[: one.start] + one.corrected(text)[one.start :]
