"""Requests of our own against the sample shop: a floor under what is reached."""

from __future__ import annotations

import pytest

from benchmarks._orders import coffee_bar, is_right
from benchmarks.understand import CLINC, faults, measure_false_accepts, read_requests, sample_shop, understand
from nlu import parse

VOCABULARY = sample_shop()
FLOOR = 0.96
"""Share of requests with intent, slots and lines all right; 0.99 is reached."""


def test_requests_are_understood_with_their_slots_and_lines() -> None:
    requests = read_requests()
    wrong = {row["text"]: found for row in requests if (found := faults(row, understand(row, VOCABULARY)))}
    assert len(wrong) <= (1 - FLOOR) * len(requests), wrong


@pytest.mark.skipif(not CLINC.exists(), reason="../shared/data/text/clinc150_train_val.json is not there")
def test_sentences_of_other_domains_hardly_ever_become_an_order() -> None:
    found = measure_false_accepts(VOCABULARY)
    assert found["sentences"] == 500
    assert found["effect"] <= 3  # type: ignore[operator]


def test_an_order_counts_as_right_only_when_nothing_is_missing_or_added() -> None:
    bar = coffee_bar()
    heard = parse("a small dark roast mocha with a bit of sugar", bar)
    wanted = {"coffeeDrink": "mocha", "size": "small", "roast": "dark roast", "sugarAmount": "a bit of sugar"}
    assert is_right(heard, wanted)
    assert not is_right(heard, {**wanted, "sugarAmount": "sugar"})
    assert not is_right(heard, {"coffeeDrink": "mocha", "size": "small"})
