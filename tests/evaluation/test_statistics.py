"""How sure figures are, and when two runs may be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.evaluation.statistics import calibration, difference, interval


def share(right: int, of: int) -> np.ndarray:
    return np.array([[float(n < right), 1.0] for n in range(of)])


def ratio(sums: np.ndarray) -> np.ndarray:
    return np.asarray(sums[..., 0] / sums[..., 1])


def test_a_share_has_the_interval_that_its_binomial_spread_gives() -> None:
    value, low, high = interval(share(80, 100), ratio)
    assert value == 0.8
    assert low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)


def test_sixty_of_sixty_is_no_certainty() -> None:
    assert interval(share(60, 60), ratio) == (1.0, pytest.approx(0.9404, abs=0.0005), 1.0)
    assert interval(share(0, 60), ratio) == (0.0, 0.0, pytest.approx(0.0596, abs=0.0005))


def test_rows_of_one_conversation_count_as_one_observation() -> None:
    alone = np.array([[float(n % 2), 1.0] for n in range(40)])
    together = np.array([[10.0 * (n % 2), 10.0] for n in range(4)])
    assert ratio(alone.sum(axis=0)) == ratio(together.sum(axis=0))
    assert np.diff(interval(together, ratio)[1:]) > 2 * np.diff(interval(alone, ratio)[1:])


def test_two_runs_that_differ_plainly_are_told_apart_and_the_direction_counts() -> None:
    found = difference(share(60, 100), share(80, 100), ratio, lower_is_better=False)
    assert (found.verdict, found.value) == ("better", pytest.approx(0.2))
    assert found.low > 0
    assert found.p < 0.01
    assert difference(share(60, 100), share(80, 100), ratio, lower_is_better=True).verdict == "worse"


def test_few_rows_tell_nothing_even_where_all_of_them_changed() -> None:
    found = difference(share(0, 5), share(5, 5), ratio, lower_is_better=False)
    assert (found.verdict, found.value) == ("cannot tell", 1.0)
    assert 0.03 < found.p < 0.1  # exactly 2 / 2**5


def test_the_same_run_twice_does_not_differ() -> None:
    found = difference(share(3, 9), share(3, 9), ratio, lower_is_better=False)
    assert (found.verdict, found.value, found.p) == ("cannot tell", 0.0, 1.0)


def test_false_alarms_of_the_test_are_as_rare_as_it_says() -> None:
    rng = np.random.default_rng(5)
    told = 0
    for _ in range(100):
        first, second = ((rng.random((40, 1)) < 0.7).astype(float) for _ in range(2))
        ones = np.ones((40, 1))
        found = difference(np.hstack([first, ones]), np.hstack([second, ones]), ratio, lower_is_better=False)
        told += found.verdict != "cannot tell"
    assert told <= 12


def test_calibration_is_the_mean_gap_between_confidence_and_share_right() -> None:
    error, bins = calibration(np.array([0.95] * 4 + [0.25] * 4), np.array([1, 1, 1, 0, 0, 0, 0, 1.0]))
    assert error == pytest.approx((0.2 + 0.0) / 2)
    assert [one[2] for one in bins] == [4, 4]
