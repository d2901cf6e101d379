"""Words said against words heard."""

from __future__ import annotations

import pytest

from assistant.evaluation.words import Errors, aligned, errors, spelled


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("a jacket under two hundred dollars", "A jacket under $200."),
        ("a hundred and fifty dollars", "$150"),
        ("twenty seven dollars and ninety eight cents", "$27.98"),
        ("fifty percent", "50%"),
        ("twelve-ounce, don't", "12oz don’t"),
        ("order one two seven four", "Order 1274"),
        ("one thousand two hundred dollars", "$1,200"),
    ],
)
def test_what_is_said_the_same_is_spelled_the_same(said: str, heard: str) -> None:
    assert spelled(said) == spelled(heard)
    assert errors(said, heard).all == 0


def test_errors_are_told_by_kind() -> None:
    assert errors("please show me blue boots", "show me blue coats right now") == Errors(5, 1, 1, 2)
    assert errors("yes", "") == Errors(1, 0, 1, 0)


def test_the_differences_stand_in_their_places() -> None:
    assert aligned("two large lattes please", "two lattes peas") == [
        ("equal", "two", "two"),
        ("delete", "large", ""),
        ("equal", "lattes", "lattes"),
        ("substitute", "please", "peas"),
    ]
    assert aligned("", "hello") == [("insert", "", "hello")]


def test_other_languages_keep_their_numbers_and_letters() -> None:
    assert spelled("Två påsar à 20 kr!", "sv") == "två påsar à 20 kr"
