from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import reorder
from benchmarks._peers import Tifu, Upcf, g_top_freq, gp_top_freq, p_top_freq, tifu_knn, tuned, up_cf
from benchmarks._ranked import Measured, measured
from benchmarks._transactions import RETAIL, read_retail, read_transactions
from commerce.refused import ImportRefused
from tests.commerce.past import past

HEADER = "customer_id,order_id,ordered_at,product_id,quantity\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "orders.csv"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read_transactions(write(folder, text))
    return list(refused.value.faults)


# --- metrics


def test_recall_gain_and_hits_are_those_made_by_hand() -> None:
    result = measured([[1, 2, 3], [4, 5, 6]], [np.array([2, 9]), np.array([7])], 3)
    best = 1 / np.log2(2) + 1 / np.log2(3)
    assert result.each.tolist() == [[0.5, pytest.approx(1 / np.log2(3) / best), 1.0], [0.0, 0.0, 0.0]]


def test_a_difference_that_is_the_same_for_everybody_has_no_spread() -> None:
    chance = np.random.default_rng(3).random((50, 3))
    assert Measured(chance + 0.1).ahead_of(Measured(chance), 0)["recall"] == [0.1, 0.1]
    low, high = Measured(chance).interval(0)["recall"]
    assert low < chance[:, 0].mean() < high


# --- published methods, against numbers worked out from the papers


def test_top_frequencies_rank_by_counts_of_all_of_ones_own_and_of_both() -> None:
    history, products = past(["jam tea", "tea"], ["milk", "milk", "milk"], ["milk jam"])
    assert [products[n] for n in g_top_freq(history, len(products), 3)(0)] == ["milk", "jam", "tea"]
    assert [products[n] for n in p_top_freq(history, 3)(0)] == ["tea", "jam"]
    assert [products[n] for n in gp_top_freq(history, len(products), 3)(0)] == ["tea", "jam", "milk"]


def test_up_cf_weighs_neighbours_by_the_asymmetric_likeness() -> None:
    # The first customer shares tea with the second (1 of 2 products) and jam with the third (1 of 3).
    history, products = past(["tea jam"], ["tea rye"], ["jam oil egg"])
    rank = up_cf(history, len(products), 9, Upcf(recency=5, locality=1, asymmetry=0.5))
    likeness = {"tea": 1 + 0.5, "jam": 1 + 1 / 6**0.5, "rye": 0.5, "egg": 1 / 6**0.5, "oil": 1 / 6**0.5}
    assert [products[n] for n in rank(0)] == sorted(likeness, key=lambda name: (-likeness[name], name))


def test_up_cf_looks_at_the_newest_baskets_only() -> None:
    history, products = past(["tea", "jam"])
    assert [products[n] for n in up_cf(history, len(products), 9, Upcf(recency=1))(0)] == ["jam"]


def test_tifu_decays_within_and_across_groups_and_mixes_neighbours_in() -> None:
    # Two groups of two: (tea, jam) and (rye, oil); weights 0.7 * 0.9 / 2, 0.7 / 2, 0.9 / 2, 1 / 2, all over 2 groups.
    history, products = past(["tea", "jam", "rye", "oil"], ["oil egg"])
    settings = Tifu(groups=2, within=0.9, across=0.7, neighbours=300, own=0.9)
    assert [products[n] for n in tifu_knn(history, len(products), 9, settings)(0)] == [
        "oil",
        "rye",
        "jam",
        "tea",
        "egg",
    ]
    others = Tifu(groups=2, within=0.9, across=0.7, neighbours=300, own=0.1)
    assert [products[n] for n in tifu_knn(history, len(products), 2, others)(0)] == ["oil", "egg"]


def test_each_parameter_is_tuned_in_turn() -> None:
    grid = {"recency": (1, 5, 25), "locality": (1, 30)}
    best = tuned(Upcf(), grid, lambda tried: -abs(tried.recency - 25) - abs(tried.locality - 30))
    assert (best.recency, best.locality) == (25, 30)


# --- files


def test_a_file_is_read_by_time_and_basket_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    text = HEADER + "b,2,2026-01-09,x,1\na,1,2026-01-05,jam,2\nb,1,2026-01-02T08:00Z,y,\nb,2,2026-01-09,x,3\n"
    read = read_transactions(write(tmp_path, text))
    assert read.products == ("jam", "x", "y")
    assert read.past.baskets_of.tolist() == [2, 1]
    assert read.past.item.tolist() == [2, 1, 0]


def test_a_compressed_file_with_sequence_numbers_and_ids_of_any_text_is_read(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv.gz"
    rows = 'Åsa,"1, or 2",10,café,x\nÅsa,7,9,☕,y\n'
    file.write_bytes(gzip.compress(("customer_id,order_id,sequence,product_id,colour\n" + rows).encode()))
    read = read_transactions(file)
    assert [read.products[place] for place in read.past.item] == ["☕", "café"]
    assert np.isnan(read.past.day).all()


def test_faulty_rows_are_refused_with_line_and_reason(tmp_path: Path) -> None:
    rows = "a,1,2026-01-05,x,1\n,1,2026-01-05,x,1\na,1,soon,x,1\na,1,2026-01-05,x,-2\na,1,2026-01-05,x,two\na,1\n"
    found = faults(tmp_path, HEADER + rows)
    assert [fault.split(": ")[1] for fault in found] == ["line 3", "line 4", "line 5", "line 6", "line 7"]
    assert "customer_id is empty" in found[0]
    assert 'ordered_at is "soon"; give a date' in found[1]
    assert "quantity is -2" in found[2]
    assert 'quantity is "two"; give a number' in found[3]


def test_missing_columns_and_empty_files_are_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "customer_id,order_id\n") == [
        "orders.csv: line 1: there is no column product_id.",
        "orders.csv: line 1: there is no column ordered_at or sequence.",
    ]
    assert len(faults(tmp_path, "")) == 4
    assert faults(tmp_path, HEADER) == ["orders.csv: there are no orders below the header."]
    with pytest.raises(ImportRefused, match="No such file"):
        read_transactions(tmp_path / "none.csv")


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress((HEADER + "a,1,2026-01-05,x,1\n" * 9).encode())[:-12])
    with pytest.raises(ImportRefused, match="ends or breaks"):
        read_transactions(file)


# --- the measurement


def test_the_measurement_prints_one_line_with_every_method(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = np.random.default_rng(5)
    rows = [
        f"c{customer},{order},{order},p{product}"
        for customer in range(30)
        for order in range(5)
        for product in {customer % 7, *chance.integers(0, 20, 3).tolist()}
    ]
    file = write(tmp_path, "customer_id,order_id,sequence,product_id\n" + "\n".join(rows))
    reorder.main(["--transactions", str(file), "--k", "5", "--json"])
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert shown.err == ""
    assert report["customers"] == 30
    assert set(report["methods"]) == {"handla", "G-TopFreq", "P-TopFreq", "GP-TopFreq", "UP-CF", "TIFU-KNN"}
    # Everybody buys one product every time, which a next-basket method must see.
    assert report["methods"]["handla"]["hit"] == 1.0
    assert report["methods"]["P-TopFreq"]["hit"] == 1.0
    assert report["methods"]["G-TopFreq"]["recall"] < report["methods"]["handla"]["recall"]


def test_a_file_without_three_baskets_of_anybody_measures_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reorder.main(["--transactions", str(write(tmp_path, HEADER + "a,1,2026-01-05,x,1\n"))])
    assert json.loads(capsys.readouterr().out)["skipped"] == "no customer has 3 baskets"


@pytest.mark.models
@pytest.mark.skipif(not RETAIL.exists(), reason="needs ../shared/data/retail")
def test_on_real_orders_the_next_basket_is_foretold_better_than_by_any_published_method() -> None:
    report = reorder.measure(read_retail())
    ours = report["methods"].pop("handla")
    for metric in ("recall", "ndcg", "hit"):
        assert ours[metric] > max(peer[metric] for peer in report["methods"].values())
        assert report["ahead_of_best_peer"][metric][0] > 0
