"""Lines of an order: products, quantities, choices."""

from __future__ import annotations

import pytest

from nlu import parse
from nlu.types import HeardLine
from tests.nlu.shop import small_shop

SHOP = small_shop()


def lines(text: str) -> list[tuple[str, int, dict[str, str]]]:
    heard = parse(text, SHOP)
    assert heard.intent == "add_to_basket", heard
    return [_line(line) for line in heard.lines]


def _line(line: HeardLine) -> tuple[str, int, dict[str, str]]:
    chosen = {option.name: f"{option.amount or ''} {option.value}".strip() for option in line.options}
    return line.candidates[0].product_id, line.quantity, chosen


def test_several_items_with_their_own_quantities_and_choices() -> None:
    assert lines("two large lattes with oat milk and a cappuccino") == [
        ("latte", 2, {"size": "large", "milk": "oat milk"}),
        ("cappuccino", 1, {}),
    ]


def test_how_many_may_stand_behind_a_name() -> None:
    assert lines("add salted butter two packs and whole milk three cartons") == [
        ("butter", 2, {}),
        ("whole-milk", 3, {}),
    ]


def test_milk_and_sugar_behind_with_are_choices_not_products() -> None:
    assert lines("I'd like a coffee with milk and sugar") == [
        ("coffee", 1, {"milk": "whole milk", "sweetener": "sugar"})
    ]


def test_a_counted_pack_behind_a_drink_is_an_item_of_its_own() -> None:
    assert lines("a coffee with milk and two cartons of oat milk") == [
        ("coffee", 1, {"milk": "whole milk"}),
        ("oat-milk", 2, {}),
    ]


def test_bread_and_butter_are_two_but_salt_and_vinegar_crisps_are_one() -> None:
    assert [line[0] for line in lines("add bread and butter to my basket")] == ["bread", "butter"]
    assert [line[0] for line in lines("add salt and vinegar crisps to my basket")] == ["crisps"]


def test_units_are_skipped_and_packs_are_not_made_to_order() -> None:
    assert lines("order two bags of dark roast coffee beans") == [("beans", 2, {})]
    assert lines("order two bags of dark roast") == [("beans", 2, {})]
    assert lines("a dark roast coffee") == [("coffee", 1, {"roast": "dark roast"})]


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("a little bit of", "a little"), ("a splash of", "a little"), ("some", "some"), ("lots of", "a lot"),
        ("extra", "a lot"), ("no", "no"),
    ],
)  # fmt: skip
def test_amounts_go_with_the_choice_behind_them(said: str, amount: str) -> None:
    assert lines(f"make me a latte with {said} brown sugar") == [("latte", 1, {"sweetener": f"{amount} brown sugar"})]


def test_an_amount_is_dropped_where_the_choice_cannot_be_dosed() -> None:
    assert lines("a latte with some dark roast") == [("latte", 1, {"roast": "dark roast"})]


def test_one_name_for_two_choices_means_the_one_not_yet_chosen() -> None:
    assert lines("a medium latte") == [("latte", 1, {"size": "medium"})]
    assert lines("a large medium latte") == [("latte", 1, {"size": "large", "roast": "medium roast"})]


def test_pieces_that_differ_become_lines_of_their_own() -> None:
    assert lines("two lattes, one with oat milk") == [("latte", 1, {}), ("latte", 1, {"milk": "oat milk"})]
    assert lines("two large and one small latte") == [("latte", 2, {"size": "large"}), ("latte", 1, {"size": "small"})]


def test_choices_before_the_product_and_in_the_next_sentence_belong_to_it() -> None:
    assert lines("Can I get a cappuccino? Large. With oat milk.") == [
        ("cappuccino", 1, {"size": "large", "milk": "oat milk"})
    ]
    assert lines("small, dark roast espresso") == [("espresso", 1, {"size": "small", "roast": "dark roast"})]


def test_a_misheard_order_is_still_that_order() -> None:
    assert lines("Make me a light rose A-town's moko.") == [("mocha", 1, {"roast": "light roast", "size": "small"})]
    assert lines("Can I have a 12 ons cappucino?") == [("cappuccino", 1, {"size": "medium"})]


def test_several_products_of_a_name_are_all_returned() -> None:
    heard = parse("order a winter jacket", SHOP)
    assert heard.intent == "add_to_basket"
    assert {candidate.product_id for candidate in heard.lines[0].candidates[:3]} == {"parka", "puffer", "quilted"}


def test_an_order_of_something_unknown_has_no_candidates_and_is_a_guess() -> None:
    heard = parse("order a pizza", SHOP)
    assert heard.intent == "add_to_basket"
    assert heard.lines[0].candidates == ()
    assert heard.confidence < 0.5


def test_a_choice_that_the_product_does_not_have_is_told_apart() -> None:
    heard = parse("an espresso with oat milk", SHOP)
    assert [line.options for line in heard.lines] == [()]
    assert heard.slot("not_offered") == "oat milk"
