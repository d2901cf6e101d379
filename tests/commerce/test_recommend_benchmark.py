from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import recommend
from benchmarks._transactions import RETAIL, Transactions, read_retail
from benchmarks.reorder import held_out
from tests.commerce.past import past


def shop(customers: int = 40) -> Transactions:
    """Customers whose last basket completes a pair: beans with filters, soap with towels, and something at random."""
    chance = np.random.default_rng(11)
    pairs = (("beans", "filters"), ("soap", "towel"))

    def baskets(who: int) -> list[str]:
        one, other = pairs[who % 2]
        rest = [f"x{chance.integers(15)} y{chance.integers(15)}" for _ in range(4)]
        return [f"{rest[0]} {one} {other}", rest[1], f"{rest[2]} {one} {other}", f"{one} {other}"]

    bought, products = past(*(baskets(who) for who in range(customers)))
    return Transactions("pairs", bought, products)


def test_co_occurrence_finds_the_other_half_of_a_pair() -> None:
    data = shop()
    task = held_out(data.past, data.products, 10)
    peers = recommend.Counts(task.past, len(data.products)).peers("basket")
    beans, filters = data.products.index("beans"), data.products.index("filters")
    for name in ("co-occurrence (cosine)", "co-occurrence (share)"):
        assert peers[name](np.empty(0, np.int64), np.array([beans]))[0] == filters
    assert beans not in peers["popularity"](np.empty(0, np.int64), np.array([beans]))


def test_a_case_holds_out_one_product_and_keeps_the_rest_in_the_basket() -> None:
    data = shop()
    task = held_out(data.past, data.products, 10)
    for case in recommend.complement_cases(task, np.random.default_rng(0)):
        assert len(case.truth) == 1
        held = data.past.newest(case.customer)
        assert sorted([*case.basket, *case.truth]) == sorted(held)


def test_picks_are_what_was_never_bought_before() -> None:
    data = shop()
    task = held_out(data.past, data.products, 10)
    assert recommend.pick_cases(task, np.random.default_rng(0)) == []
    bought, products = past(["milk", "milk", "milk jam"], ["tea", "tea", "tea"])
    (case,) = recommend.pick_cases(held_out(bought, products, 10), np.random.default_rng(0))
    assert [products[place] for place in case.truth] == ["jam"]


def test_the_measurement_finds_pairs_for_customers_and_for_guests() -> None:
    report = recommend.measure(shop())
    for part in ("complements", "complements_for_guests"):
        assert report[part]["cases"] == 40
        assert report[part]["at_3"]["handla"]["hit"] == 1.0
    assert "handla" in recommend.table(report)
    json.dumps(report)


def test_a_file_without_three_baskets_of_anybody_measures_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,order_id,sequence,product_id\na,1,1,x\n")
    recommend.main(["--transactions", str(file)])
    assert json.loads(capsys.readouterr().out)["skipped"] == "no customer has 3 baskets"


@pytest.mark.models
@pytest.mark.skipif(not RETAIL.exists(), reason="needs ../shared/data/retail")
def test_on_real_orders_complements_and_picks_are_found_better_than_by_co_occurrence() -> None:
    report = recommend.measure(read_retail())
    for part in ("complements", "picks"):
        for k in recommend.CUTS:
            assert all(lead["interval"][0] > 0 for lead in report[part][f"at_{k}"]["ahead_of_best_peer"].values())
