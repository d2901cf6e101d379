from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.index import Index
from commerce.search import search
from commerce.types import Choice, Found, Option, Product, Query, Variant
from commerce.words import Likeness
from tests.commerce.goods import product, usd


def variants(name: str, *figures: tuple[str, str, int, int]) -> tuple[Variant, ...]:
    """(colour, size, price, stock) each."""
    return tuple(
        Variant(f"{name}-{colour}-{size}", name, usd(price), stock, {"colour": colour, "size": size})
        for colour, size, price, stock in figures
    )


TRAIL = product(
    "Trail Jacket",
    categories=("outdoor", "jackets"),
    aliases=("rain coat",),
    brand="Fjord",
    attributes={"waterproof": True, "material": "nylon"},
    options=(Option("size", (Choice("S", ("small",)), Choice("M"))),),
    variants=variants("trail", ("black", "S", 19900, 0), ("black", "M", 15900, 3), ("red", "M", 14900, 3)),
    rating=4.6,
    rating_count=90,
)
PARKA = product(
    "Arctic Parka",
    24900,
    categories=("outdoor", "jackets"),
    attributes={"waterproof": False, "material": "down"},
    rating=4.1,
    rating_count=12,
)
SHELL = product("Summit Shell", 29900, categories=("outdoor", "jackets"), attributes={"waterproof": True})
TENT = product("Two Person Tent", 30000, categories=("outdoor", "tents"), description="Fits under a jacket of trees.")
GREEN_TEA = product("Green Tea", 450, categories=("groceries", "tea"))
BLACK_TEA = product("Black Tea", 400, categories=("groceries", "tea"))
PEAS = product("Green Peas", 300, categories=("groceries", "vegetables"))
BERRY = product("Berry Jam", 500, categories=("groceries", "spreads"), brand="Hof", rating=4.0, rating_count=4)
LATTE = product("Latte", 450, options=(Option("milk", (Choice("oat milk", ("oat",)), Choice("whole milk"))),))
GOODS = (TRAIL, PARKA, SHELL, TENT, GREEN_TEA, BLACK_TEA, PEAS, BERRY, LATTE)


def find(words: str = "", goods: Sequence[Product] = GOODS, **constraints: object) -> Found:
    return search(Index(goods), replace(Query(words), **constraints))  # type: ignore[arg-type]


def titles(found: Found) -> list[str]:
    return [hit.product.title for hit in found.hits]


# --- words


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("trail jacket", "Trail Jacket"),
        ("rain coat", "Trail Jacket"),
        ("TRAIL-JACKET!", "Trail Jacket"),
        ("green tea", "Green Tea"),
        ("berries", "Berry Jam"),
        ("tents", "Two Person Tent"),
        ("nylon jacket", "Trail Jacket"),
        ("oat", "Latte"),
    ],
)
def test_the_product_that_is_meant_comes_first(words: str, first: str) -> None:
    assert titles(find(words))[0] == first


def test_a_name_in_full_scores_one() -> None:
    assert find("rain coat").hits[0].score == 1.0
    assert 0 < find("nylon").hits[0].score < 1


def test_a_plural_finds_the_singular_and_the_other_way_round() -> None:
    singular = product("Rain Jacket")
    assert titles(find("jackets", [singular, GREEN_TEA])) == ["Rain Jacket"]
    assert set(titles(find("jacket"))) >= {"Trail Jacket", "Arctic Parka", "Summit Shell"}


def test_words_that_no_product_says_are_passed_over() -> None:
    assert set(titles(find("winter jacket"))) == set(titles(find("jacket")))


@pytest.mark.parametrize("words", ["xylophone", "qwzrt", "???", "42"])
def test_nonsense_alone_finds_nothing(words: str) -> None:
    assert find(words) == Found(())


def test_nonsense_beside_a_constraint_leaves_the_constraint() -> None:
    assert titles(find("xylophone", category="tea")) == ["Black Tea", "Green Tea"]


def test_a_product_that_shares_only_a_side_word_is_no_hit() -> None:
    assert "Green Peas" not in titles(find("green tea"))
    assert "Two Person Tent" not in titles(find("jacket"))


def test_a_word_written_alike_is_not_another_thing() -> None:
    assert find("pears") == Found(())
    assert find("coach") == Found(())


def test_accents_and_case_make_no_difference() -> None:
    assert titles(find("creme BRULEE", [product("Crème brûlée"), GREEN_TEA])) == ["Crème brûlée"]


def test_among_equals_the_better_rated_and_then_the_cheaper_comes_first() -> None:
    plain = product("Mug A", 900), product("Mug B", 700)
    rated = product("Mug C", 1200, rating=4.9, rating_count=50), product("Mug D", 100, rating=2.0, rating_count=50)
    assert titles(find("mug", [*plain, *rated])) == ["Mug C", "Mug B", "Mug A", "Mug D"]


def test_one_five_does_not_beat_a_hundred_of_four_point_eight() -> None:
    once = product("Mug A", rating=5.0, rating_count=1)
    often = product("Mug B", rating=4.8, rating_count=100)
    others = [product(f"Plate {n}", rating=3.5, rating_count=30) for n in range(5)]
    assert titles(find("mug", [once, often, *others])) == ["Mug B", "Mug A"]


@pytest.mark.parametrize(("word", "alike"), [("jackets", "jacket"), ("dish", "dishes"), ("berries", "berry")])
def test_endings_are_alike(word: str, alike: str) -> None:
    assert alike in dict(Likeness([alike, "tea", "lamp"]).alike(word))


@pytest.mark.parametrize(("word", "other"), [("boots", "books"), ("pan", "panda"), ("500", "5000"), ("as", "ask")])
def test_other_words_are_not_alike(word: str, other: str) -> None:
    assert Likeness([other]).alike(word) == ()


# --- constraints


def test_a_price_range_is_inclusive_and_names_the_variant_that_meets_it() -> None:
    hit = find("trail jacket", price_min=14900, price_max=14900).hits[0]
    assert (hit.variant.sku, hit.unmet) == ("trail-red-M", ())


def test_one_variant_must_meet_all_constraints_at_once() -> None:
    assert find("trail", attributes={"colour": "red", "size": "M"}).hits[0].variant.sku == "trail-red-M"
    nearest = find("trail", attributes={"colour": "red", "size": "S"}).nearest
    assert nearest[0].unmet in (("colour", "in_stock"), ("size",))
    assert find("trail", attributes={"colour": "red", "size": "S"}).hits == ()


def test_what_is_sold_out_is_found_only_when_asked_for() -> None:
    assert find("trail", attributes={"size": "S"}).hits == ()
    assert find("trail", attributes={"size": "small"}, in_stock=False).hits[0].variant.sku == "trail-black-S"


def test_a_choice_of_a_modifier_is_met_by_any_variant() -> None:
    assert titles(find("latte", attributes={"milk": "oat"})) == ["Latte"]
    assert find("latte", attributes={"milk": "goat"}).nearest[0].unmet == ("milk",)


def test_yes_and_no_are_told_apart_and_silence_is_no() -> None:
    assert set(titles(find("jacket", attributes={"waterproof": True}))) == {"Trail Jacket", "Summit Shell"}
    assert titles(find("jacket", attributes={"waterproof": False})) == ["Arctic Parka"]
    assert titles(find("latte", attributes={"waterproof": False})) == ["Latte"]


def test_a_value_of_several_words_is_each_of_them() -> None:
    goods = [product("Parka", attributes={"warmth": "very warm"}), product("Shell", attributes={"warmth": "light"})]
    assert titles(find(goods=goods, attributes={"warmth": "warm"})) == ["Parka"]
    assert titles(find(goods=goods, attributes={"warmth": "very warm"})) == ["Parka"]
    assert find(goods=goods, attributes={"warmth": "very light"}).hits == ()


def test_a_number_is_a_number_however_it_is_written() -> None:
    goods = [product("Rope A", attributes={"metres": 20}), product("Rope B", attributes={"metres": 2.5})]
    assert titles(find("rope", goods, attributes={"metres": 20.0})) == ["Rope A"]
    assert find("rope", goods, attributes={"metres": True}).hits == ()


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ({"category": "Tea"}, ["Black Tea", "Green Tea"]),
        ({"brand": "fjord"}, ["Trail Jacket"]),
        ({"rating_min": 4.5}, ["Trail Jacket"]),
        ({"category": "jackets", "price_max": 25000}, ["Trail Jacket", "Arctic Parka"]),
        ({"category": "yachts"}, []),
    ],
)
def test_constraints_work_without_words(constraints: dict[str, object], expected: list[str]) -> None:
    assert titles(find(**constraints)) == expected


def test_no_words_and_no_constraint_list_what_is_in_stock() -> None:
    assert len(find().hits) == len(GOODS)


# --- nearest


def test_where_the_price_is_too_low_the_next_dearer_come_first() -> None:
    found = find("jacket", price_max=10000)
    assert found.hits == ()
    assert [hit.product.title for hit in found.nearest] == ["Trail Jacket", "Arctic Parka", "Summit Shell"]
    assert all(hit.unmet == ("price_max",) for hit in found.nearest)
    assert found.nearest[0].variant.price == usd(14900)


def test_missing_the_price_is_nearer_than_missing_an_attribute() -> None:
    found = find("jacket", price_max=26000, attributes={"waterproof": True, "material": "down"})
    assert found.nearest[0].unmet in (("material",), ("waterproof",))
    found = find("jacket", price_max=28000, attributes={"waterproof": True}, brand="Nobody")
    assert [hit.unmet for hit in found.nearest][:2] == [("brand",), ("brand", "price_max")]


def test_another_category_is_never_near() -> None:
    found = find(category="jackets", price_max=100)
    assert {hit.product.title for hit in found.nearest} == {"Trail Jacket", "Arctic Parka", "Summit Shell"}
    assert find(category="yachts", price_max=100).nearest == ()


def test_prices_and_stock_are_swapped_without_building_anew() -> None:
    index = Index(GOODS)
    cheap = replace(PARKA, variants=(replace(PARKA.variants[0], price=usd(100)),))
    after = index.with_figures([cheap])
    query = Query("jacket", price_max=200)
    assert titles(search(after, query)) == ["Arctic Parka"]
    assert search(index, query).hits == ()


def test_an_empty_shop_has_nothing() -> None:
    assert search(Index(()), Query("tea")) == search(Index(()), Query(category="tea")) == Found(())


QUERIES = st.builds(
    Query,
    words=st.sampled_from(["", "jacket", "tea", "green", "xylophone jam", "latte"]),
    category=st.none() | st.sampled_from(["jackets", "tea", "yachts"]),
    price_min=st.none() | st.integers(0, 30000),
    price_max=st.none() | st.integers(0, 30000),
    attributes=st.dictionaries(
        st.sampled_from(["waterproof", "colour", "size", "milk"]),
        st.sampled_from([True, False, "red", "M", "small", "oat"]),
        max_size=2,
    ),
    in_stock=st.booleans(),
)


@settings(max_examples=80, deadline=None)
@given(query=QUERIES)
def test_hits_meet_everything_and_nearest_fail_something(query: Query) -> None:
    found = search(Index(GOODS), query)
    assert not (found.hits and found.nearest)
    assert all(not hit.unmet for hit in found.hits)
    assert all(hit.unmet for hit in found.nearest)
    for hit in found.hits:
        assert (
            (query.price_min or 0) <= hit.variant.price.minor <= (query.price_max or 10**9 * (query.price_max is None))
        )
        assert hit.variant in hit.product.variants
        assert hit.variant.stock > 0 or not query.in_stock
        assert query.category is None or query.category in hit.product.categories


@settings(max_examples=80, deadline=None)
@given(query=QUERIES)
def test_a_search_over_all_finds_what_a_look_at_each_product_finds(query: Query) -> None:
    query = replace(query, words="")
    each = {one.id for one in GOODS if search(Index([one]), query).hits}
    assert {hit.product.id for hit in search(Index(GOODS), query).hits} == each
