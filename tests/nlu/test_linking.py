"""Heard words to catalogue entries."""

from __future__ import annotations

import random

import pytest

from nlu import Vocabulary
from nlu.alike import WHOLE
from nlu.heard import listen
from nlu.language import load_language
from nlu.lines import read_items
from nlu.linking import Linked, link, product_candidates
from nlu.types import Term
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
    empty = Vocabulary((), "USD")
    assert link(listen("two lattes", ENGLISH), empty.index(ENGLISH), ENGLISH).mentions == ()


def test_a_misspelt_word_is_the_catalogues_word_and_tells_its_name_from_others() -> None:
    found = linked("a quiltet winter jacket")
    assert best("a quiltet winter jacket") == "quilted"
    assert found.stems[1] == "quilted"
    assert 0.8 < found.doubts[1] < 1.0


def test_a_kind_of_goods_that_the_shop_does_not_have_is_no_misheard_name() -> None:
    shop = Vocabulary([Term("product", "peas", "Frozen Peas", ("frozen peas", "peas"))], "USD")
    heard = listen("a pizza", ENGLISH)
    assert link(heard, shop.index(ENGLISH), ENGLISH).mentions == ()


def test_of_products_that_fit_alike_the_one_talked_about_comes_first() -> None:
    for wanted in ("parka", "puffer", "quilted"):
        heard = listen("a winter jacket", ENGLISH)
        found = link(heard, SHOP.index(ENGLISH), ENGLISH, favoured=(wanted,))
        candidates = read_items(found, 0, 3).lines[0].candidates
        assert candidates[0].product_id == wanted
        assert candidates[0].score > candidates[1].score


def test_a_large_catalogue_finds_a_misspelt_name_among_many() -> None:
    chance = random.Random(5)
    words = ["".join(chance.choices("bdfgklmnprstvaeiou", k=7)) for _ in range(300)]
    titles = sorted({" ".join(chance.sample(words, 3)) for _ in range(WHOLE + 500)})
    shop = Vocabulary([Term("product", title, title, (title,)) for title in titles], "USD")
    found = 0
    for title in chance.sample(titles, 20):
        swapped = title[:2] + title[3] + title[2] + title[4:]
        heard = listen(swapped, ENGLISH)
        lines = read_items(link(heard, shop.index(ENGLISH), ENGLISH), 0, len(heard.words)).lines
        found += bool(lines) and bool(lines[0].candidates) and lines[0].candidates[0].product_id == title
    assert found >= 19


def test_words_like_no_name_can_mean_a_product_but_never_surely() -> None:
    def meant_by(text: str) -> list[tuple[str, float]]:
        return [("shoes", 0.9)] if text == "footgear" else [("shoes", 0.2)]

    shop = Vocabulary([Term("product", "shoes", "Running Shoes", ("running shoes",))], "USD", meant_by)
    for text, meant in (("footgear", ["shoes"]), ("nonsense", [])):
        found = link(listen(text, ENGLISH), shop.index(ENGLISH), ENGLISH)
        candidates = product_candidates(found, 0, 1)
        assert [one.product_id for one in candidates] == meant
        assert all(one.score <= 0.7 for one in candidates)


def test_a_number_alone_is_not_looked_up_by_what_it_means() -> None:
    asked: list[str] = []
    shop = Vocabulary([Term("product", "shoes", "Shoes", ("shoes",))], "USD", lambda text: asked.append(text) or [])  # type: ignore[func-returns-value]
    for text in ("6011", "footgear 6011"):
        product_candidates(link(listen(text, ENGLISH), shop.index(ENGLISH), ENGLISH), 0, len(text.split()))
    assert asked == ["footgear 6011"]


def best(text: str) -> str:
    found = linked(text)
    return read_items(found, 0, len(found.heard.words)).lines[0].candidates[0].product_id


def test_the_last_word_says_what_a_thing_is() -> None:
    terms = [
        Term("product", "oxford", "Black Oxford Shoes", ("black oxford shoes", "dress shoes")),
        Term("product", "gown", "Floral Summer Dress", ("floral summer dress",)),
    ]
    found = link(listen("the dress", ENGLISH), Vocabulary(terms, "USD").index(ENGLISH), ENGLISH)
    assert [one.product_id for one in product_candidates(found, 1, 2)] == ["gown", "oxford"]


def test_a_product_with_all_the_words_comes_before_one_that_is_called_by_one_of_them() -> None:
    terms = [
        Term("product", "fjord", "Fjord Winter Jacket", ("fjord winter jacket", "parka")),
        Term("product", "harbor", "Harbor Winter Parka", ("harbor winter parka",)),
    ]
    shop = Vocabulary(terms, "USD")
    for text, meant in (("the harbor parka", "harbor"), ("the parka", "fjord")):
        found = link(listen(text, ENGLISH), shop.index(ENGLISH), ENGLISH)
        assert read_items(found, 0, len(found.heard.words)).lines[0].candidates[0].product_id == meant
