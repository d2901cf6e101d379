from __future__ import annotations

import pytest

from nlu.endings import is_unfinished


@pytest.mark.parametrize(
    "text", ["I'd like to order a", "can I get", "two lattes with", "Add milk and", "I want", "one for my", "um"]
)
def test_words_that_no_request_ends_with_say_that_more_is_coming(text: str) -> None:
    assert is_unfinished(text, "en")


@pytest.mark.parametrize("text", ["yes", "where is my parcel?", "the second one", "", "!", "check out", "no sugar"])
def test_a_request_that_may_be_over_is_not_held_up(text: str) -> None:
    assert not is_unfinished(text, "en")
