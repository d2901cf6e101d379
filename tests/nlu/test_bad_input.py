"""Whatever is said, an Understanding comes back that the rest can rely on."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._bad_input import bad_input
from benchmarks._requests import LANGUAGES, TODAY, shop
from nlu import parse
from nlu.types import INTENTS, Asked, Expectation, Understanding

WORDS = """
add remove two the my of no yes not without under 2000 kr $ please latte oat milk jacket friday order 1274 list it
lägg till inte utan den två på fredag jacka vattentät mjölk ; ? ! - . , ' ’ 12:30 3.5 %
"""
"""Words that mean something, so that random sentences reach deep."""

expectations = st.builds(
    Expectation,
    asked=st.sampled_from(get_args(Asked)),
    listed=st.sampled_from([(), ("fjord-winter-jacket", "harbor-winter-parka"), ("no-such-product",)]),
    product_id=st.sampled_from([None, "caffe-latte", "no-such-product"]),
    option=st.sampled_from([None, "size", "no-such-option"]),
    today=st.sampled_from([None, TODAY]),
)


def check(heard: Understanding, text: str) -> None:
    assert heard.text == text
    assert heard.intent in INTENTS
    assert 0 <= heard.confidence <= 1
    assert 0 <= heard.sentiment_score <= 1
    for part in (*heard.slots, *heard.lines):
        start, end = part.span
        assert 0 <= start <= end <= len(text)
    for line in heard.lines:
        assert line.quantity >= 0
        assert all(0 <= one.score <= 1 for one in line.candidates)


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
def test_bad_input_gives_an_understanding(language: str) -> None:
    for texts in bad_input().values():
        for text in texts:
            check(parse(text, shop("sample", language), Expectation(today=TODAY), language), text)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=120), expects=expectations)
@settings(max_examples=60, deadline=None)
def test_any_characters_give_an_understanding(language: str, text: str, expects: Expectation) -> None:
    check(parse(text, shop("sample", language), expects, language), text)


@pytest.mark.parametrize("language", LANGUAGES)
@given(words=st.lists(st.sampled_from(WORDS.split()), max_size=25), expects=expectations)
@settings(max_examples=100, deadline=None)
def test_any_words_give_an_understanding(language: str, words: list[str], expects: Expectation) -> None:
    text = " ".join(words)
    check(parse(text, shop("sample", language), expects, language), text)
