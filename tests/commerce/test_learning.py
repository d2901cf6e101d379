from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.histories import Histories, joined
from commerce.learned import Learned, nothing_learned, summed_up
from commerce.learning import LEAST_BASKETS, conclude, learned_from, nothing_studied, scope, study
from commerce.nextbasket import COLUMNS, START, Ranker
from commerce.ranking import fitted
from commerce.tally import FULL_WEIGHT, tally
from tests.commerce.past import past

WEEKLY = ["milk bread", "milk jam", "milk bread", "milk tea", "milk bread"]


def best(learned: Learned, history: Histories, limit: int = 3, question: str = "next") -> list[str]:
    (ranked,) = Ranker(learned).best(question, history, limit)
    return [learned.products[place] for place, _ in ranked]


# --- histories


def test_a_product_twice_in_a_basket_counts_once() -> None:
    history, _ = past(["milk jam milk", "milk"])
    assert history.item.tolist() == [1, 0, 1]
    assert history.baskets_of.tolist() == [2]


def test_the_last_basket_is_held_out_of_those_who_have_enough() -> None:
    history, products = past(["milk", "jam", "tea"], ["bread", "milk"])
    left = history.without_newest(3)
    assert [products[place] for place in left.item] == ["milk", "jam", "bread", "milk"]
    assert left.baskets_of.tolist() == [2, 2]


def test_customers_taken_out_one_by_one_and_joined_again_are_the_same_histories() -> None:
    history, _ = past(["milk jam", "jam"], [], ["tea"], ["milk", "tea bread", "milk"])
    again = joined([history.one(customer) for customer in range(history.customers)])
    taken = joined([history.take(np.array([customer])) for customer in range(history.customers)])
    for one in (again, taken):
        assert one.item.tolist() == history.item.tolist()
        assert one.basket_start.tolist() == history.basket_start.tolist()
        assert one.customer_start.tolist() == history.customer_start.tolist()


# --- counting


def test_counts_are_those_made_by_hand() -> None:
    history, products = past(["milk jam", "jam", "milk jam"], ["milk tea"])
    counted = tally(history, len(products), 14.0)
    assert products == ("jam", "milk", "tea")
    assert counted.sold.tolist() == [3, 3, 1]
    assert counted.buyers.tolist() == [1, 2, 1]
    assert counted.chances.tolist() == [2, 2, 0]
    assert counted.repeats.tolist() == [2, 1, 0]
    # Jam with milk: 0 * 3 + 1; milk with tea: 1 * 3 + 2.
    assert dict(zip(counted.shared_buyers.key.tolist(), counted.shared_buyers.times.tolist(), strict=True)) == {
        1: 1,
        5: 1,
    }
    assert dict(zip(counted.shared_baskets.key.tolist(), counted.shared_baskets.times.tolist(), strict=True)) == {
        1: 2,
        5: 1,
    }


def test_a_sale_a_half_life_ago_weighs_half() -> None:
    history, products = past(["milk", "jam", "tea"])
    assert tally(history, len(products), 14.0).recent.tolist() == [
        round(FULL_WEIGHT * 0.5**0.5),
        FULL_WEIGHT // 2,
        FULL_WEIGHT,
    ]


CUSTOMERS = st.lists(
    st.lists(
        st.lists(st.sampled_from(["milk", "jam", "tea", "rye"]), min_size=1, max_size=4).map(" ".join), max_size=6
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(CUSTOMERS, st.integers(1, 5))
def test_however_histories_are_cut_into_chunks_they_teach_the_same(customers: list[list[str]], size: int) -> None:
    history, products = past(*customers)
    whole = scope(len(products), 35.0, 1)
    total = nothing_studied(len(products))
    for _, chunk in history.batches(size):
        total += study(chunk, whole)
    assert_same(conclude(total, products), conclude(study(history, whole), products))


def assert_same(one: Learned, other: Learned) -> None:
    assert one.products == other.products
    assert one.baskets == other.baskets
    for name in ("sold", "recent", "buyers", "chances", "repeats"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    for name in ("start", "place", "buyers", "baskets"):
        assert getattr(one.neighbours, name).tolist() == getattr(other.neighbours, name).tolist()
    for question in START:
        assert one.weights[question].tolist() == other.weights[question].tolist()


# --- weights


def test_weights_find_what_told_the_bought_from_the_others() -> None:
    chance = np.random.default_rng(7)
    table = np.column_stack([chance.normal(size=(4000, 2)), np.ones(4000)])
    bought = (chance.random(4000) < 1 / (1 + np.exp(-(2 * table[:, 0] - 1)))).astype(float)
    weights = fitted(table, bought, np.arange(4000) // 4, np.zeros(3), 1.0)
    assert weights[0] > 1.2
    assert abs(weights[1]) < 0.3


def test_where_nobody_bought_anything_the_weights_are_those_of_the_start() -> None:
    start = np.array([1.0, 2.0])
    assert fitted(np.ones((5, 2)), np.zeros(5), np.zeros(5, np.int64), start, 1.0).tolist() == [1.0, 2.0]
    assert fitted(np.empty((0, 2)), np.empty(0), np.empty(0, np.int64), start, 1.0).tolist() == [1.0, 2.0]


# --- ranking


def test_without_anything_learned_ones_own_habits_come_first_the_firmest_ahead() -> None:
    history, products = past(WEEKLY)
    nothing = nothing_learned()
    (ranked,) = Ranker(nothing).best("next", history, 9)
    assert [products[place] for place, _ in ranked][:2] == ["milk", "bread"]


def test_what_many_others_bought_together_reaches_a_customer_who_has_half_of_it() -> None:
    pairs = [["bread", "beans filters", "bread"]] * 6 + [["bread", "soap", "bread"]] * 2
    everybody, products = past(*pairs, ["bread beans", "bread"])
    learned = learned_from(everybody, products)
    assert best(learned, everybody.one(8), 1, "new") == ["filters"]


def test_what_is_in_the_basket_is_completed_by_what_goes_with_it() -> None:
    everybody, products = past(*[["beans filters", "soap towel"]] * 6, *[["milk"]] * 9)
    learned = summed_up(products, tally(everybody, len(products), 7.0))
    stranger, _ = past([])
    nobody = replace(stranger, customer_start=np.zeros(2, np.int64))
    (ranked,) = Ranker(learned).best("with", nobody, 1, [np.array([products.index("soap")])])
    assert [products[place] for place, _ in ranked] == ["towel"]


def test_new_is_only_what_was_never_bought() -> None:
    everybody, products = past(WEEKLY, ["soap", "towel"], ["soap tea"])
    learned = learned_from(everybody, products)
    assert set(best(learned, everybody.one(0), 9, "new")) == {"soap", "towel"}


def test_products_that_came_since_are_ranked_by_the_customers_own_orders() -> None:
    old, products = past(["soap"], ["towel"])
    learned = learned_from(old, products)
    since = Histories(np.array([7, 7, 0]), np.array([0, 1, 2, 3]), np.array([0, 3]), np.full(3, np.nan))
    (ranked,) = Ranker(learned).best("next", since, 2)
    assert [place for place, _ in ranked] == [7, 0]


@pytest.mark.parametrize(
    "customers",
    [[["milk"]], [["milk", "milk", "milk", "milk"]], [[]], [["milk"] * 4] * 5, [["milk jam"], ["tea"], []]],
)
@pytest.mark.parametrize("days", [True, False])
def test_few_or_uniform_orders_are_learned_from_without_complaint(customers: list[list[str]], days: bool) -> None:
    history, products = past(*customers, days=days)
    ranker = Ranker(learned_from(history, products))
    for question in START:
        for ranked in ranker.best(question, history, 3):
            assert all(np.isfinite(score) for _, score in ranked)


def test_shops_with_too_few_baskets_keep_the_weights_of_the_start() -> None:
    history, products = past(*[["milk jam", "milk"]] * 9)
    assert history.baskets_of.max() < LEAST_BASKETS
    learned = learned_from(history, products)
    assert all(learned.weights[question].tolist() == START[question].tolist() for question in START)
    assert all(len(weights) == len(COLUMNS) for weights in learned.weights.values())
