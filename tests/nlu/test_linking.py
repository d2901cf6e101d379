"""Heard words to catalogue entries."""

from __future__ import annotations

import pytest

from nlu.heard import listen
from nlu.language import load_language
from nlu.linking import Linked, link
from tests.nlu.shop import small_shop

ENGLISH = load_language("en")
SHOP = small_shop()


def linked(text: str) -> Linked:
    return link(listen(text, ENGLISH), SHOP.index(ENGLISH), ENGLISH)


def named(text: str) -> dict[str, str]:
    found = linked(text)
    return {found.heard.said(mention.first, mention.last): mention.terms[0].value for mention in found.mentions}


def test_the_longest_name_wins_and_plurals_count() -> None:
    assert named("dark roast coffee beans and lattes") == {
        "dark roast coffee beans": "Dark Roast Coffee Beans",
        "lattes": "Caffe Latte",
    }


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("cappucino", "Cappuccino"), ("Moko", "Mocha"), ("expresso", "Espresso"), ("light rose", "light roast"),
        ("A-town's", "small"), ("eight ons", "small"), ("8 ounce", "small"), ("whole mylk", "Whole Milk"),
    ],
)  # fmt: skip
def test_misheard_names_are_found_by_their_sound(heard: str, meant: str) -> None:
    assert meant in named(f"a {heard} please").values()


@pytest.mark.parametrize("text", ["my broken computer", "set a timer for ten minutes", "quack zzz", "the weather"])
def test_words_that_are_like_nothing_name_nothing(text: str) -> None:
    assert named(text) == {}


def test_an_exact_name_scores_one_and_a_misheard_one_less() -> None:
    assert [mention.score for mention in linked("mocha").mentions] == [1.0]
    assert 0.5 < linked("moko").mentions[0].score < 1.0


def test_names_are_spoken_of_where_they_stand_in_the_text() -> None:
    found = linked("Oh — two  LATTES, please!")
    mention = found.mentions[0]
    start, end = found.heard.span(mention.first, mention.last)
    assert found.heard.text[start:end] == "LATTES"


def test_an_empty_catalogue_names_nothing() -> None:
    from nlu import Vocabulary

    empty = Vocabulary((), "USD")
    assert link(listen("two lattes", ENGLISH), empty.index(ENGLISH), ENGLISH).mentions == ()
