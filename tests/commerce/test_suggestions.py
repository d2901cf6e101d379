from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from commerce.alternatives import alternatives
from commerce.foretell import Foretold
from commerce.learned import summed_up
from commerce.lines import make_line
from commerce.recommend import Situation, recommend
from commerce.reorder import due, due_score, habit_score, usual, usual_basket
from commerce.tally import tally
from commerce.types import Basket, Choice, Line, LineOption, Option, Order, OrderState, Product, Suggestion
from tests.commerce.goods import ANN, NOW, line, open_store, past_order, product, usd
from tests.commerce.past import past

COFFEE, MILK, FILTER, JAM, TENT = (product(title) for title in ("Coffee", "Milk", "Filter", "Jam", "Tent"))
CATALOGUE = {one.id: one for one in (COFFEE, MILK, FILTER, JAM, TENT)}
TODAY = date(2026, 3, 2)
EMPTY = Basket(ANN.id, "USD")


def days_ago(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=days) for days in ago]


def due_ids(history: Sequence[Order], catalogue: dict[str, Product] = CATALOGUE) -> list[str]:
    return [one.product.id for one in due(history, catalogue, NOW, 9)]


# --- the rhythm


def test_a_product_is_half_due_on_its_day_and_more_so_later() -> None:
    assert due_score(days_ago(24, 16, 8), TODAY) == 0.5
    early, late = due_score(days_ago(18, 10, 2), TODAY), due_score(days_ago(32, 24, 16), TODAY)
    assert 0 < early < 0.5 < late < 1


@pytest.mark.parametrize("purchases", [[], days_ago(30), days_ago(30, 30)])
def test_fewer_than_two_days_have_no_rhythm(purchases: list[date]) -> None:
    assert due_score(purchases, TODAY) == 0


def test_one_long_holiday_does_not_change_the_rhythm() -> None:
    assert due_score(days_ago(80, 72, 64, 16, 8), TODAY) == 0.5


def test_a_habit_of_every_order_is_firmer_than_one_of_every_third_and_both_stay_below_one() -> None:
    assert 1 > habit_score(range(20)) > habit_score(range(0, 20, 3)) > habit_score(range(6, 20, 3)) > 0


# --- due


def test_what_is_due_is_put_forward_with_the_line_of_last_time() -> None:
    history = [past_order(days, (COFFEE, 2)) for days in (14, 28, 42)]
    (suggestion,) = due(history, CATALOGUE, NOW)
    assert (suggestion.product, suggestion.reason) == (COFFEE, "due")
    assert suggestion.last == history[0].lines[0]


def test_what_was_bought_the_other_day_is_not_due() -> None:
    assert due_ids([past_order(days, (COFFEE, 1)) for days in (2, 16, 30)]) == []


def test_a_habit_given_up_is_not_due() -> None:
    assert due_ids([past_order(days, (COFFEE, 1)) for days in (100, 114, 128)]) == []


def test_what_is_sold_out_or_sold_no_more_is_not_due() -> None:
    history = [past_order(days, (COFFEE, 2)) for days in (14, 28)]
    gone = replace(COFFEE, variants=(replace(COFFEE.variants[0], stock=1),))
    assert due_ids(history) == ["coffee"]
    assert due_ids(history, {"coffee": gone}) == []
    assert due_ids(history, {}) == []


def test_the_more_due_and_firmer_habit_comes_first() -> None:
    often = [past_order(days, (COFFEE, 1)) for days in range(10, 100, 8)]
    rare = [past_order(days, (JAM, 1)) for days in (41, 81)]
    history = sorted([*often, *rare], key=lambda order: order.placed_at, reverse=True)
    assert due_ids(history) == ["coffee", "jam"]


# --- the usual


LATTE = product("Latte", 450, options=(Option("milk", (Choice("oat", (), 60), Choice("whole"))),))


def latte(milk: str, quantity: int = 1) -> Line:
    made = make_line(LATTE, "latte", quantity, [LineOption("milk", milk)])
    assert made is not None
    return made


def ordered(*lines: Line) -> Order:
    """An order of these lines; usual() looks at the order of orders, not at their dates."""
    return replace(past_order(1), lines=lines)


def test_the_usual_is_the_line_bought_most_with_its_options_and_its_quantity() -> None:
    history = [ordered(latte("whole")), *[ordered(latte("oat", 2))] * 3, ordered(latte("oat", 1))]
    assert usual(history, ["latte"]) == latte("oat", 2)


def test_a_new_habit_outweighs_an_old_one_of_the_same_count() -> None:
    assert usual([ordered(latte("whole"))] * 3 + [ordered(latte("oat"))] * 3, ["latte"]) == latte("whole")


def test_what_was_never_bought_has_no_usual() -> None:
    assert usual([ordered(latte("oat"))], ["coffee"]) is None
    assert usual([], ["latte"]) is None


# --- the usual basket


def test_the_usual_basket_is_what_most_of_the_newest_orders_have() -> None:
    history = [
        past_order(7, (MILK, 2), (COFFEE, 1)),
        past_order(14, (MILK, 2)),
        past_order(21, (MILK, 1), (COFFEE, 1), (JAM, 1)),
        past_order(28, (MILK, 2)),
    ]
    assert [(line.product_id, line.quantity) for line in usual_basket(history)] == [("milk", 2), ("coffee", 1)]


def test_two_orders_make_no_usual_basket() -> None:
    assert usual_basket([past_order(7, (MILK, 1)), past_order(14, (MILK, 1))]) == []


# --- recommended


def shop_of(*carts: str) -> Foretold:
    """What is known of carts, each the only one of a customer, without weights learned."""
    bought, products = past(*([cart] for cart in carts))
    return Foretold(summed_up(products, tally(bought, len(products), 0.0)))


PAIRED = shop_of(*["coffee filter"] * 4, *["milk"] * 8)


def recommended(
    history: Sequence[Order] = (),
    basket: Sequence[Product] = (),
    catalogue: dict[str, Product] = CATALOGUE,
    foretold: Foretold = PAIRED,
    refused: Sequence[str] = (),
) -> tuple[Suggestion, ...]:
    lines = tuple(made for one in basket if (made := make_line(one, one.variants[0].sku)))
    situation = Situation(catalogue, history, replace(EMPTY, lines=lines), NOW, refused)
    return recommend(foretold, situation, 9).best


def told(suggestions: Sequence[Suggestion]) -> list[tuple[str, str, str]]:
    return [(one.product.id, one.reason, one.because) for one in suggestions]


def test_products_go_together_when_orders_say_so_more_than_chance_would() -> None:
    foretold = shop_of(*["coffee filter milk"] * 4, *["milk"] * 4, *["jam milk"] * 2)
    filters = foretold.bond("filter", ["coffee", "jam"])
    assert filters is not None
    assert (filters.product_id, filters.times, filters.cosine) == ("coffee", 4, pytest.approx(1.0))
    # Milk is in every order: that says nothing about coffee.
    assert foretold.bond("coffee", ["milk"]) is None


def test_two_orders_are_not_enough_to_say_what_goes_together() -> None:
    assert shop_of(*["coffee filter"] * 2, *["jam"] * 9).bond("coffee", ["filter"]) is None


def test_what_goes_with_the_basket_names_what_it_goes_with_and_how_many_orders_say_so() -> None:
    (found,) = recommended(basket=[COFFEE])
    assert told([found]) == [("filter", "goes_with", "Coffee")]
    assert found.times == 4


def test_what_goes_with_a_product_bought_twice_says_how_often_it_was_bought() -> None:
    (found,) = recommended([past_order(days, (COFFEE, 1)) for days in (2, 30)])
    assert told([found]) == [("filter", "goes_with_bought", "Coffee")]
    assert found.times == 2


def test_one_purchase_speaks_for_nothing_else() -> None:
    assert told(recommended([past_order(2, (COFFEE, 1))])) == []


def test_what_was_refused_is_not_put_forward() -> None:
    assert told(recommended(basket=[COFFEE], refused=["filter"])) == []


@pytest.mark.parametrize(
    ("history", "basket", "stranger"),
    [([], [], True), ([], [COFFEE], False), ([past_order(5, (MILK, 1))], [], False)],
)
def test_of_a_stranger_with_nothing_in_the_basket_it_says_that_nothing_is_known(
    history: Sequence[Order], basket: Sequence[Product], stranger: bool
) -> None:
    lines = tuple(made for one in basket if (made := make_line(one, one.variants[0].sku)))
    situation = Situation(CATALOGUE, history, replace(EMPTY, lines=lines), NOW)
    assert recommend(PAIRED, situation).stranger is stranger


def test_what_is_bought_often_is_put_forward_with_the_last_line() -> None:
    (often,) = recommended([past_order(days, (MILK, 2)) for days in (10, 20, 30)])
    assert (often.product, often.reason) == (MILK, "bought_often")
    assert often.last is not None
    assert (often.last.quantity, often.times) == (2, 3)


def test_nothing_in_the_basket_just_bought_or_out_of_stock_is_put_forward() -> None:
    habit = [past_order(days, (MILK, 1)) for days in (10, 20, 30)]
    assert told(recommended(habit, basket=[MILK])) == []
    assert told(recommended([past_order(1, (MILK, 1)), *habit])) == []
    sold_out = {**CATALOGUE, "milk": replace(MILK, variants=(replace(MILK.variants[0], stock=0),))}
    assert told(recommended(habit, catalogue=sold_out)) == []


@pytest.mark.parametrize(("ago", "offered"), [(60, []), (120, ["tent"])])
def test_a_durable_thing_is_not_offered_again_for_ninety_days(ago: int, offered: list[str]) -> None:
    rated = {**CATALOGUE, "tent": replace(TENT, rating=4.8, rating_count=200)}
    assert [one.product.id for one in recommended([past_order(ago, (TENT, 1))], catalogue=rated)] == offered


def test_a_guest_hears_of_well_rated_products_one_of_each_kind_first() -> None:
    def rated(title: str, kind: str, rating: float, count: int) -> Product:
        return product(title, categories=(kind,), rating=rating, rating_count=count)

    goods = [
        rated("Mug", "kitchen", 4.9, 90),
        rated("Jug", "kitchen", 4.8, 90),
        rated("Sock", "fashion", 4.5, 90),
        rated("Fad", "fashion", 5.0, 1),
        rated("Dud", "fashion", 2.0, 90),
    ]
    suggestions = recommended(catalogue={one.id: one for one in goods})
    assert told(suggestions) == [
        ("mug", "well_rated", ""),
        ("sock", "well_rated", ""),
        ("jug", "well_rated", ""),
    ]


def test_well_rated_products_of_the_kind_a_customer_buys_come_first() -> None:
    tea = product("Tea", categories=("tea",), rating=4.3, rating_count=50)
    mug = product("Mug", categories=("kitchen",), rating=4.9, rating_count=90)
    pot = product("Chai", categories=("tea",))
    history = [past_order(10, (pot, 1))]
    suggestions = recommended(history, catalogue={one.id: one for one in (tea, mug, pot)})
    assert [one.product.id for one in suggestions] == ["tea", "mug"]


# --- alternatives


def tent(title: str, price: int = 1000, stock: int = 5, **attributes: str) -> Product:
    return product(title, price, stock, categories=("outdoor", "tents"), attributes=attributes)


DOME = tent("Dome Tent", 10_000, 0, season="summer", colour="green")
OTHERS = (
    tent("Family Tent", 30_000, season="summer", colour="blue"),
    tent("Small Dome Tent", 9_000, season="summer", colour="green"),
    tent("Gone Dome Tent", 10_000, 0, season="summer", colour="green"),
    product("Dome Lamp", 10_000, categories=("outdoor", "lamps")),
)
CAMPING = {one.id: one for one in (DOME, *OTHERS)}


def test_in_place_of_what_is_sold_out_comes_the_likest_of_its_kind_that_is_there() -> None:
    found = alternatives(DOME, CAMPING, (), (), 9)
    assert told(found) == [("small-dome-tent", "instead_of", "Dome Tent"), ("family-tent", "instead_of", "Dome Tent")]
    assert found[0].score > found[1].score


def test_a_refused_alternative_is_left_out_and_one_bought_before_says_so() -> None:
    (found,) = alternatives(DOME, CAMPING, [past_order(9, (OTHERS[0], 1))], ["small-dome-tent"], 9)
    assert (found.product.id, found.times) == ("family-tent", 1)


def test_a_product_that_is_called_something_else_is_no_alternative() -> None:
    honey = product("Organic Honey", categories=("food", "pantry"), stock=0)
    others = [product(title, categories=("food", "pantry")) for title in ("Organic Pasta", "Acacia Honey")]
    pantry = {one.id: one for one in (honey, *others)}
    assert [one.product.id for one in alternatives(honey, pantry, (), (), 9)] == ["acacia-honey"]


# --- through the shop


def test_the_shop_suggests_from_its_own_orders() -> None:
    store, _ = open_store(products=[COFFEE, MILK, FILTER, JAM, TENT])
    for number, days in enumerate((14, 28, 42, 56)):
        order = replace(past_order(days, (COFFEE, 1), (FILTER, 1)), number=f"300{number}")
        store.import_orders([order])
    for number in range(8):
        store.import_orders([replace(past_order(5, (MILK, 1)), number=f"400{number}", state=OrderState.PLACED)])
    assert [one.product.id for one in store.due(ANN.id, NOW)] == ["coffee", "filter"]
    basket = replace(EMPTY, lines=(line(store, "coffee"),))
    assert told(store.recommend("stranger", basket, NOW).best) == [("filter", "goes_with", "Coffee")]


def test_cancelled_and_returned_orders_teach_nothing() -> None:
    store, _ = open_store(products=[COFFEE])
    for number, state in enumerate((OrderState.CANCELLED, OrderState.RETURNED, OrderState.CANCELLED)):
        store.import_orders([replace(past_order(14 * (1 + number), (COFFEE, 1)), number=f"300{number}", state=state)])
    assert store.due(ANN.id, NOW) == []
    assert store.usual(ANN.id, ["coffee"]) is None
    assert len(store.orders_of(ANN.id)) == 3


def test_a_price_of_today_is_told_even_if_another_was_paid() -> None:
    store, _ = open_store(products=[COFFEE])
    store.import_orders([replace(past_order(14, (COFFEE, 1)), number="3000")])
    store.set_price("coffee", 1399)
    usually = store.usual(ANN.id, ["coffee"])
    assert usually is not None
    assert usually.unit_price == usd(1399)
