"""How good ranked lists are, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commerce.histories import Floats, Ints

METRICS = ("recall", "ndcg", "hit")
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """Shape (lists, 3): METRICS of each list."""

    each: Floats

    def mean(self, metric: str) -> float:
        return float(self.each[:, METRICS.index(metric)].mean()) if len(self.each) else 0.0

    def summary(self) -> dict[str, float]:
        return {metric: round(self.mean(metric), 4) for metric in METRICS}

    def interval(self, seed: int) -> dict[str, list[float]]:
        """95 percent, by resampling the lists."""
        return _interval(self.each, seed)

    def ahead_of(self, other: Measured, seed: int) -> dict[str, list[float]]:
        """95 percent interval of the mean difference over the same lists."""
        return _interval(self.each - other.each, seed)


def measured(lists: Sequence[Sequence[int]], truth: Sequence[Ints], k: int) -> Measured:
    """Recall, normalised discounted cumulative gain (binary, base 2) and hit rate of the first k places of each list.

    `truth`: what was bought, at least one product for each list. The best possible gain is that of min(k, |truth|)
    products in front.
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    each = np.zeros((len(lists), len(METRICS)))
    for row, (ranked, bought) in enumerate(zip(lists, truth, strict=True)):
        found = np.isin(np.asarray(ranked[:k], np.int64), bought)
        gain = discount[: len(found)][found].sum()
        each[row] = found.sum() / len(bought), gain / discount[: len(bought)].sum(), found.any()
    return Measured(each)


def _interval(each: Floats, seed: int) -> dict[str, list[float]]:
    if not len(each):
        return {}
    chance = np.random.default_rng(seed)
    means = np.array([each[chance.integers(0, len(each), len(each))].mean(axis=0) for _ in range(_RESAMPLES)])
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return {metric: [round(float(low[n]), 4), round(float(high[n]), 4)] for n, metric in enumerate(METRICS)}
