"""Weights for ranking, fitted to what was bought. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commerce.histories import Floats, Ints

_STEPS = 25
_SMALLEST_STEP = 1e-3
_FREE = 1e-3
"""Pull on the weight of the column of ones: next to none."""


@dataclass(frozen=True, slots=True)
class _Loss:
    """Weighted logistic loss and a quadratic pull."""

    table: Floats
    bought: Floats
    importance: Floats
    start: Floats
    pulls: Floats

    def at(self, weights: Floats) -> float:
        z, spread = self.table @ weights, weights - self.start
        return float(self.importance @ (np.logaddexp(0, z) - self.bought * z) + self.pulls @ spread**2 / 2)

    def newton_step(self, weights: Floats) -> Floats:
        chance = 1 / (1 + np.exp(-np.clip(self.table @ weights, -30, 30)))
        slope = self.table.T @ (self.importance * (self.bought - chance)) - self.pulls * (weights - self.start)
        steep = self.importance * chance * (1 - chance)
        curve = (self.table * steep[:, None]).T @ self.table + np.diag(self.pulls)
        return np.asarray(np.linalg.solve(curve, slope), np.float64)


def fitted(table: Floats, bought: Floats, customer: Ints, start: Floats, pull: float) -> Floats:
    """Weights of a logistic regression, shape (columns,), by Newton's method with step halving.

    `table`: shape (rows, columns), its last column all ones. `bought`: 1 or 0 for each row. Each customer's purchases
    weigh together as much as any other's. `pull`: the strength of the quadratic pull of all but the last weight towards
    `start`, in rows; with no row that was bought, `start` is the answer.
    """
    if not bought.any():
        return start
    importance = 1 / np.maximum(np.bincount(customer, weights=bought), 1.0)[customer]
    pulls = np.append(np.full(len(start) - 1, pull), _FREE)
    loss = _Loss(table, bought, importance * len(importance) / importance.sum(), start, pulls)
    weights, reached = start.copy(), loss.at(start)
    for _ in range(_STEPS):
        step, size = loss.newton_step(weights), 1.0
        while (tried := loss.at(weights + size * step)) >= reached:
            size /= 2
            if size < _SMALLEST_STEP:
                return weights
        weights = weights + size * step
        if reached - tried < 1e-7 * reached:
            return weights
        reached = tried
    return weights
