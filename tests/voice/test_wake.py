"""The wake phrase as recognisers write it."""

from __future__ import annotations

import pytest

from voice.wake import WakePhrase


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hey Handla, reorder my coffee.", "reorder my coffee."),
        ("Hey, Handla.", ""),
        ("hey handler where is my parcel?", "where is my parcel?"),
        ("Hey Hanla! What do you recommend?", "What do you recommend?"),
        ("Hey Hand la, reorder my coffee", "reorder my coffee"),
        ("Hey Handle a large latte", "a large latte"),
    ],
)
def test_the_phrase_is_found_however_it_was_written(text: str, rest: str) -> None:
    assert WakePhrase().rest(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Reorder my coffee.",
        "Hey, how are you?",
        "Hey Anna, come here.",
        "Handle with care",
        "I said hey Handla",
        "...",
    ],
)
def test_other_words_do_not_wake(text: str) -> None:
    assert WakePhrase().rest(text) is None


def test_another_phrase_may_be_set() -> None:
    assert WakePhrase("computer").rest("Computer, stop") == "stop"
