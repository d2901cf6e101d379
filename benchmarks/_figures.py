"""Figures of how well requests were understood: shares with intervals, F1, calibration, times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.evaluation import statistics
from benchmarks._judged import Judgement

RESAMPLES = 1000


def share(right: Sequence[bool]) -> dict[str, object]:
    """The share of true values and its 95 % bootstrap interval (percentiles, 1000 resamples, fixed seed)."""
    values = np.asarray(right, dtype=float)
    if not len(values):
        return {"of": 0}
    drawn = np.random.default_rng(1).choice(values, (RESAMPLES, len(values))).mean(axis=1)
    return {"share": _round(values.mean()), "interval": _interval(drawn), "of": len(values)}


def slot_f1(judged: Sequence[Judgement]) -> dict[str, object]:
    """F1 over labelled slots and lines of all requests together, with its 95 % bootstrap interval over requests."""
    counts = np.array([(one.found, len(one.missed), len(one.added)) for one in judged], dtype=float)
    if not counts.sum():
        return {"of": 0}
    picks = np.random.default_rng(1).integers(len(counts), size=(RESAMPLES, len(counts)))
    drawn = [_f1(counts[pick].sum(axis=0)) for pick in picks]
    return {"f1": _round(_f1(counts.sum(axis=0))), "interval": _interval(drawn), "of": int(counts[:, :2].sum())}


def calibration(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten bins."""
    error, _ = statistics.calibration(np.asarray(confidences, dtype=float), np.asarray(right, dtype=float))
    return _round(error)


def times(milliseconds: Sequence[float]) -> dict[str, float]:
    taken = milliseconds or [0.0]
    return {"p50_ms": round(float(np.percentile(taken, 50)), 2), "p95_ms": round(float(np.percentile(taken, 95)), 2)}


def _f1(counts: np.ndarray) -> float:
    found, missed, added = counts
    return 2 * found / max(2 * found + missed + added, 1.0)


def _interval(drawn: Sequence[float] | np.ndarray) -> list[float]:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return [_round(low), _round(high)]


def _round(value: float) -> float:
    return round(float(value), 3)
