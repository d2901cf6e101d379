from __future__ import annotations

from commerce.details import reviews, specification
from commerce.index import Index
from commerce.search import search
from commerce.splits import Split, splits
from commerce.types import Choice, Option, Query, Review, Variant
from tests.commerce.goods import product, usd

JACKET = product(
    "Trail Jacket",
    attributes={"weight_grams": 380, "waterproof": True, "material": "nylon", "colour": "grey"},
    options=(Option("size", (Choice("S"), Choice("M"))),),
    rating=4.4,
    rating_count=120,
    reviews=(
        Review(5, "Kept me dry for a week."),
        Review(2, "The sleeves were too long."),
        Review(4, "Good, a bit long in the sleeve."),
    ),
)


def test_reviews_are_counted_and_quoted_as_they_were_written() -> None:
    said = reviews(JACKET)
    assert (said.rating, said.ratings, said.written) == (4.4, 120, 3)
    assert [review.stars for review in said.praise] == [5, 4]
    assert said.complaints == (JACKET.reviews[1],)


def test_reviews_about_a_subject_are_those_that_mention_it_with_any_ending() -> None:
    assert reviews(JACKET, "sleeves").written == 2
    assert reviews(JACKET, "zip").written == 0


def test_a_product_without_reviews_has_none() -> None:
    said = reviews(product("Pen"))
    assert (said.rating, said.ratings, said.written, said.praise, said.complaints) == (None, 0, 0, (), ())


def test_a_specification_is_found_by_its_name_in_the_question() -> None:
    weight = specification(JACKET, "what is the weight of it")
    assert weight is not None
    assert (weight.name, weight.values, weight.unit) == ("weight_grams", (380,), "grams")
    material = specification(JACKET, "which materials")
    assert material is not None
    assert material.values == ("nylon",)


def test_what_can_be_chosen_is_told_whole() -> None:
    sizes = specification(JACKET, "what sizes does it come in")
    assert sizes is not None
    assert sizes.values == ("S", "M")


def test_what_the_shop_does_not_know_is_not_made_up() -> None:
    assert specification(JACKET, "how old is the designer") is None
    assert specification(product("Pen"), "weight") is None


def found(*goods: object) -> tuple[object, ...]:
    return search(Index(goods), Query()).hits  # type: ignore[arg-type]


def test_the_property_that_tells_most_is_asked_about() -> None:
    goods = [
        product(f"Jacket {n}", attributes={"warmth": ["light", "warm"][n % 2], "hooded": n == 0, "material": "nylon"})
        for n in range(4)
    ]
    assert splits(found(*goods)) == Split("warmth", (("light", 2), ("warm", 2)))  # type: ignore[arg-type]


def test_a_property_that_few_have_tells_little() -> None:
    goods = [product(f"Mug {n}", brand=["Hof", "Berg"][n % 2]) for n in range(5)]
    goods[0] = product("Mug 0", brand="Hof", attributes={"handle": "left"})
    assert splits(found(*goods)).name == "brand"  # type: ignore[arg-type, union-attr]


def test_silence_about_a_yes_or_no_is_a_no() -> None:
    goods = [product(f"Tent {n}", attributes={"waterproof": True} if n else {}) for n in range(3)]
    assert splits(found(*goods)) == Split("waterproof", ((True, 2), (False, 1)))  # type: ignore[arg-type]


def test_sizes_that_everything_comes_in_tell_nothing() -> None:
    goods = [
        product(
            f"Shirt {n}",
            variants=tuple(Variant(f"{n}{size}", "Shirt", usd(100), 3, {"size": size}) for size in "SML"),
        )
        for n in range(3)
    ]
    assert splits(found(*goods)) is None  # type: ignore[arg-type]
    assert splits(()) is None
