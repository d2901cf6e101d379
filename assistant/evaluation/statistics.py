"""How sure a figure is, and whether two runs differ. Everything is a function of counts that are summed over units.

A unit is a conversation, or a row that is none: rows of one conversation are not independent, so units are resampled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""Shape (units, k): what each unit adds to the sums a figure is made from."""
Value = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Sums, shape (..., k), -> figures, shape (...)."""
Verdict = Literal["better", "worse", "cannot tell"]

RESAMPLES = 2_000
_AT_ONCE = 200
"""Resamples held in memory together."""
SURE = 0.05


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float
    of: int
    """What it is a share of: rows, words, slots; for a rate, the denominator."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of the same units in two runs: the second less the first."""

    value: float
    low: float
    high: float
    p: float
    verdict: Verdict
    units: int


def interval(counts: Counts, value: Value) -> tuple[float, float, float]:
    """The figure and its 95 % interval: percentile bootstrap over units (Efron & Tibshirani 1993), 2,000 resamples.

    Where resampling cannot vary it (all right, or all wrong), the exact binomial limit at 95 % for that many units
    (Clopper & Pearson 1934) takes its place: sixty of sixty is no certainty.
    """
    figure = float(value(counts.sum(axis=0)))
    drawn = value(_resampled(counts))
    low, high = (float(edge) for edge in np.percentile(drawn, (2.5, 97.5)))
    if low == high and 0.0 <= figure <= 1.0:
        least = 0.025 ** (1 / max(1, len(counts)))
        low, high = (least, 1.0) if figure == 1.0 else (0.0, 1.0 - least) if figure == 0.0 else (low, high)
    return figure, low, high


def difference(first: Counts, second: Counts, value: Value, lower_is_better: bool) -> Difference:
    """Whether the second run is better; row i of both is the same unit.

    Test: approximate randomization (Noreen 1989; Riezler & Maxwell 2005): the two runs' results of each unit are
    swapped at random; p is the share of shufflings at least as far apart, two-sided. Interval: paired bootstrap.
    """
    apart = float(value(second.sum(axis=0)) - value(first.sum(axis=0)))
    rng = np.random.default_rng(1)
    total = first.sum(axis=0) + second.sum(axis=0)
    more = 0
    for _ in range(RESAMPLES // _AT_ONCE):
        swap = rng.integers(0, 2, (_AT_ONCE, len(first))).astype(np.float64)
        one = swap @ second + (1 - swap) @ first
        more += int(np.sum(np.abs(value(total - one) - value(one)) >= abs(apart) - 1e-12))
    p = (more + 1) / (RESAMPLES + 1)
    drawn = value(_resampled(second)) - value(_resampled(first))
    low, high = (float(edge) for edge in np.percentile(drawn, (2.5, 97.5)))
    verdict: Verdict = "cannot tell"
    if p < SURE and apart != 0:
        verdict = "better" if (apart < 0) == lower_is_better else "worse"
    return Difference(apart, low, high, p, verdict, len(first))


def calibration(confidences: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[float, list[list[float]]]:
    """Expected calibration error over ten bins, and the bins: confidence, share right, how many.

    Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    """
    place = np.minimum((confidences * 10).astype(int), 9)
    bins = [
        [float(confidences[place == one].mean()), float(right[place == one].mean()), int((place == one).sum())]
        for one in sorted(set(place.tolist()))
    ]
    error = sum(abs(share - sure) * count for sure, share, count in bins) / max(1, len(right))
    return float(error), bins


def _resampled(counts: Counts) -> NDArray[np.float64]:
    """Sums of units drawn with replacement, shape (RESAMPLES, k); the same draws for runs of as many units."""
    drawn = _draws(len(counts))
    return np.concatenate([drawn[at : at + _AT_ONCE] @ counts for at in range(0, RESAMPLES, _AT_ONCE)])


@lru_cache(maxsize=2)
def _draws(size: int) -> NDArray[np.uint16]:
    """How often each unit is drawn in each resample, shape (RESAMPLES, size): 40 MB for 10,000 units."""
    rng = np.random.default_rng(1)
    return rng.multinomial(size, np.full(size, 1 / size), RESAMPLES).astype(np.uint16)
