"""Description and constraints together: by meaning, with reasons, and with an honest account of what nothing meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks._wanted import Answer as Judged
from benchmarks._wanted import meanings_of, ours, quality_of, read_requests
from commerce.index import Index
from commerce.meanings import Meanings, text_of
from commerce.payments import SandboxPayments
from commerce.sample import sample_products
from commerce.search import search
from commerce.store import Store, create_tables, open_engine
from commerce.types import Choice, Found, Option, Product, Query, Unmet, Variant, Why
from tests.commerce.concepts import Concepts
from tests.commerce.goods import product, usd
from tests.shops import meaning

RAIN = product("Storm Jacket", 12000, categories=("outdoor", "jackets"), attributes={"waterproof": True}, rating=4.0)
DOWN = product("Down Parka", 20000, categories=("outdoor", "jackets"), attributes={"warmth": "very warm"}, rating=4.6)
FLASK = product("Steel Flask", 3000, categories=("outdoor", "gear"), description="Keeps a brew hot.")
BAG = product("Day Pack", 7000, categories=("outdoor", "bags"), description="With a sleeve for a laptop.")
NUTS = product(
    "Trail Mix", 500, categories=("food",), description="Raisins and nuts.", attributes={"gluten_free": True}
)
BAR = product("Oat Bar", 300, categories=("food",), description="Oats and honey.", attributes={"gluten_free": False})
PEN = product("Blue Pen", 200, categories=("office",))
GOODS = (RAIN, DOWN, FLASK, BAG, NUTS, BAR, PEN)


def find(words: str = "", goods: Sequence[Product] = GOODS, meaning: bool = True, **constraints: object) -> Found:
    read = Concepts()
    kinds = dict(zip(read.kinds, read(read.kinds), strict=True))
    index = Index(goods, Meanings(goods, read([text_of(one) for one in goods]), kinds))
    query = replace(Query(words), **constraints)  # type: ignore[arg-type]
    return search(index, query, vector=read([words])[0] if meaning else None)


def titles(found: Found) -> list[str]:
    return [hit.product.title for hit in found.hits]


# --- meaning


def test_a_description_that_shares_no_word_finds_what_is_meant() -> None:
    assert find("something cosy", meaning=False) == Found(())
    assert titles(find("something cosy")) == ["Down Parka"]


def test_what_the_shop_does_not_have_is_not_made_up_for_by_what_mentions_it() -> None:
    assert titles(find("laptop", meaning=False)) == ["Day Pack"]
    assert find("laptop") == Found((), elsewhere=True)


def test_a_thing_the_shop_has_is_no_thing_it_does_not_have() -> None:
    tent = product("Light Tent", categories=("outdoor", "tents"))
    assert titles(find("shelter", [*GOODS, tent])) == ["Light Tent"]
    assert find("shelter") == Found((), elsewhere=True)


def test_a_name_in_full_is_found_whatever_it_means() -> None:
    assert titles(find("blue pen")) == ["Blue Pen"]


def test_a_limit_alone_does_not_bring_in_something_else() -> None:
    assert find("laptop", price_max=50000) == Found((), elsewhere=True)


def test_within_a_category_words_only_describe() -> None:
    assert titles(find("for a laptop", category="bags")) == ["Day Pack"]


def test_a_product_whose_meaning_is_not_known_yet_stands_by_its_words() -> None:
    read = Concepts()
    vectors = read([text_of(one) for one in GOODS])
    vectors[GOODS.index(FLASK)] = 0
    index = Index(GOODS, Meanings(GOODS, vectors, {}))
    found = search(index, Query("steel"), vector=read(["steel"])[0])
    assert "Steel Flask" in titles(found)


# --- without


def test_what_a_product_says_of_itself_excludes_it() -> None:
    assert set(titles(find(without=("nuts",), category="food"))) == {"Oat Bar"}
    assert set(titles(find(without=("nut",), category="food"))) == {"Oat Bar"}


def test_a_yes_or_no_attribute_decides_over_words() -> None:
    bread = product("Gluten Free Bread", categories=("food",), attributes={"gluten_free": True})
    decaf = product("Decaf", categories=("food",), attributes={"caffeine": False}, description="Without caffeine.")
    assert set(titles(find(goods=[*GOODS, bread], without=("gluten",), category="food"))) == {
        "Trail Mix",
        "Gluten Free Bread",
    }
    assert "Decaf" in titles(find(goods=[*GOODS, decaf], without=("caffeine",), category="food"))


def test_a_choice_that_can_be_left_out_excludes_nothing_and_a_variant_only_itself() -> None:
    latte = product("Latte", options=(Option("milk", (Choice("oat milk"), Choice("cream"))),))
    assert titles(find(goods=[latte], without=("cream",))) == ["Latte"]
    cap = product(
        "Cap",
        options=(Option("colour", (Choice("red"), Choice("grey"))),),
        variants=(
            Variant("cap-red", "Cap", usd(900), 3, {"colour": "red"}),
            Variant("cap-grey", "Cap", usd(1000), 3, {"colour": "grey"}),
        ),
    )
    assert find(goods=[cap], without=("red",)).hits[0].variant.sku == "cap-grey"


def test_where_everything_has_it_the_nearest_says_so() -> None:
    found = find(without=("waterproof",), attributes={"waterproof": True})
    assert found.hits == ()
    assert found.nearest[0].unmet == ("without",)


# --- why, and what nothing meets


def test_a_hit_says_which_constraints_words_and_meaning_speak_for_it() -> None:
    hit = find("storm jacket for wet days", attributes={"waterproof": True}).hits[0]
    assert Why("attribute", "waterproof", True) in hit.why
    assert Why("words", "title", "storm") in hit.why
    assert any(reason.kind == "meaning" for reason in hit.why)


def test_a_word_that_names_a_quality_is_that_quality() -> None:
    assert Why("attribute", "warmth", "very warm") in find("warm parka").hits[0].why


def test_reasons_are_true_of_the_product() -> None:
    for words in ("storm jacket", "cosy", "a brew", "oats and honey"):
        for hit in find(words).hits:
            text = text_of(hit.product).casefold()
            assert all(str(why.value) in text for why in hit.why if why.kind == "words")


def test_a_price_nobody_meets_comes_with_the_nearest_figure() -> None:
    found = find("jacket", attributes={"waterproof": True}, price_max=10000)
    assert found.nearest[0].product is RAIN
    assert found.unmet == (Unmet("price_max", 10000, 12000, alone=True),)


def test_a_constraint_met_only_by_others_does_not_stand_alone() -> None:
    found = find(category="jackets", attributes={"waterproof": True}, rating_min=4.5)
    assert found.hits == ()
    assert found.unmet == (Unmet("rating_min", 4.5, 4.0, alone=False),)


# --- in a shop


def open_shop(url: str, meaning: Concepts | None) -> Store:
    engine = open_engine(url)
    create_tables(engine)
    return Store(engine, SandboxPayments(engine), meaning)


def test_meanings_are_read_once_and_kept(tmp_path: Path) -> None:
    url, first = f"sqlite:///{tmp_path}/shop.db", Concepts()
    open_shop(url, first).import_products(GOODS)
    assert len(first.read) == len(set(first.read)) == len(GOODS) + len(first.kinds)
    again = Concepts()
    store = open_shop(url, again)
    assert store.learn_meanings() == 0
    assert titles(store.find(Query("something cosy"))) == ["Down Parka"]
    assert again.read == ["something cosy"]


def test_a_changed_text_is_read_again_and_only_that() -> None:
    meaning = Concepts()
    store = open_shop("sqlite://", meaning)
    store.import_products(GOODS)
    meaning.read.clear()
    store.import_products([replace(PEN, description="For a notebook."), RAIN])
    assert meaning.read == ["Blue Pen (office). For a notebook. "]


def test_a_shop_filled_without_a_model_learns_when_there_is_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    by_words = open_shop(url, None)
    by_words.import_products(GOODS)
    assert titles(by_words.find(Query("laptop"))) == ["Day Pack"]
    store = open_shop(url, Concepts())
    assert titles(store.find(Query("laptop"))) == ["Day Pack"]
    assert store.learn_meanings(at_most=4) == 4
    assert store.learn_meanings() == len(GOODS) + len(Concepts.kinds) - 4
    assert store.find(Query("laptop")) == Found((), elsewhere=True)


# --- the real model on written requests


@pytest.fixture(scope="module")
def answers() -> list[Judged]:
    model, goods = meaning(), sample_products()
    plain = Index(goods)
    system = ours(Index(goods, meanings_of(plain, model)), model)["handla"]
    return [Judged(request, system(request.query)) for request in read_requests() if not request.tuning]


def test_requests_nobody_tuned_on_are_answered_and_refused_as_measured(answers: list[Judged]) -> None:
    quality = quality_of(answers, 0.0)
    assert quality["ndcg_5"] >= 0.8
    assert quality["hit_3"] >= 0.9
    assert quality["false_finds"] <= 0.25


def test_every_judged_product_is_in_the_shop() -> None:
    sold = {one.id for one in sample_products()}
    requests = read_requests()
    assert all(set(request.fits) <= sold for request in requests)
    assert sum(not request.fits for request in requests) >= 30
    assert len(requests) >= 150
