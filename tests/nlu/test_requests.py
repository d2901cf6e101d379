"""Requests of our own against the sample shop: a floor under what is reached."""

from __future__ import annotations

import random

import pytest

from benchmarks._judged import is_refused, judge
from benchmarks._orders import coffee_bar, is_right
from benchmarks._outside import DATA, FILES, outside
from benchmarks._requests import own_requests, shop
from nlu import parse

FLOOR = 0.96
"""Share of requests with intent, slots and lines all right; 0.99 is reached."""


@pytest.mark.models
def test_requests_are_understood_with_their_slots_and_lines() -> None:
    requests = own_requests()
    wrong = {}
    for request in requests:
        judged = judge(request, heard := parse(request.text, shop(), request.expects))
        if not judged.whole:
            wrong[request.text] = (heard.intent, judged.missed, judged.added)
    assert len(wrong) <= (1 - FLOOR) * len(requests), wrong


@pytest.mark.models
@pytest.mark.skipif(not (DATA / FILES["clinc150"]).exists(), reason=f"{DATA / FILES['clinc150']} is not there")
def test_sentences_of_other_domains_hardly_ever_become_an_order() -> None:
    sample = random.Random(1).sample([row for row in outside("clinc150", None) if row.kind == "other"], 500)
    heard = [parse(row.text, shop()) for row in sample]
    bought = [
        one.text
        for one in heard
        if one.intent in ("add_to_basket", "checkout", "reorder", "affirm") and not is_refused(one)
    ]
    assert len(bought) <= 3, bought


def test_an_order_counts_as_right_only_when_nothing_is_missing_or_added() -> None:
    bar = coffee_bar()
    heard = parse("a small dark roast mocha with a bit of sugar", bar)
    wanted = {"coffeeDrink": "mocha", "size": "small", "roast": "dark roast", "sugarAmount": "a bit of sugar"}
    assert is_right(heard, wanted)
    assert not is_right(heard, {**wanted, "sugarAmount": "sugar"})
    assert not is_right(heard, {"coffeeDrink": "mocha", "size": "small"})
