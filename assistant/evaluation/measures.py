"""The figures: what each row adds to them, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.results import Step
from assistant.evaluation.statistics import Counts, Difference, Interval, Value, difference, interval

Units = Sequence[Sequence[Step]]
"""The rows of each unit that was played."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure."""

    title: str
    counts: Callable[[Step], Sequence[float] | None]
    """What a row adds to the sums; None where it does not count."""
    value: Value
    lower_is_better: bool = False
    unit: str = "rows"
    """What `Interval.of` counts."""


def figure(measure: Measure, units: Units) -> Interval | None:
    """The figure over these units; None where no row counts."""
    counts = _counts(measure, units)
    if not len(counts):
        return None
    value, low, high = interval(counts, measure.value)
    found, second = counts.sum(axis=0)[:2]
    return Interval(value, low, high, int(found + second if measure.unit == "slots" else second))


def compared(measure: Measure, first: Units, second: Units) -> Difference | None:
    """The second run against the first, unit by unit; None where no row counts in both."""
    pairs = [
        (one, other)
        for one, other in zip(
            (_unit(measure, unit) for unit in first), (_unit(measure, u) for u in second), strict=True
        )
        if one is not None and other is not None
    ]
    if not pairs:
        return None
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    return difference(left, right, measure.value, measure.lower_is_better)


def _counts(measure: Measure, units: Units) -> Counts:
    found = (_unit(measure, unit) for unit in units)
    return np.array([one for one in found if one is not None])


def _unit(measure: Measure, unit: Sequence[Step]) -> NDArray[np.float64] | None:
    rows = [counts for counts in map(measure.counts, unit) if counts is not None]
    return np.sum(np.array(rows, dtype=np.float64), axis=0) if rows else None


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = sums[..., 0] / np.maximum(sums[..., 1], 1e-9)
    return ratio


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    found, missed, added = sums[..., 0], sums[..., 1], sums[..., 2]
    score: NDArray[np.float64] = 2 * found / np.maximum(2 * found + missed + added, 1e-9)
    return score


def _share(of: Callable[[Step], bool | None]) -> Callable[[Step], Sequence[float] | None]:
    def counts(step: Step) -> Sequence[float] | None:
        told = of(step)
        return None if told is None else (float(told), 1.0)

    return counts


def _words(part: str) -> Callable[[Step], Sequence[float] | None]:
    def counts(step: Step) -> Sequence[float] | None:
        return None if step.errors is None else (float(getattr(step.errors, part)), float(step.errors.said))

    return counts


def _spoken(step: Step, told: bool) -> bool | None:
    """Of recordings that are known to hold words."""
    return told if step.spoken and (step.said or step.wanted) else None


MEASURES: Mapping[str, Measure] = {
    "task_success": Measure("task success", _share(lambda step: step.task), _ratio),
    "whole_requests": Measure("whole requests", _share(lambda step: step.whole), _ratio),
    "intent_accuracy": Measure("intent accuracy", _share(lambda step: step.intent_right), _ratio),
    "slot_f1": Measure(
        "slot F1",
        lambda step: (step.found, len(step.missed), len(step.added)) if step.slots_labelled else None,
        _f1,
        unit="slots",
    ),
    "word_error_rate": Measure("word error rate", _words("all"), _ratio, True, "words"),
    "substitutions": Measure("words substituted", _words("substitutions"), _ratio, True, "words"),
    "deletions": Measure("words deleted", _words("deletions"), _ratio, True, "words"),
    "insertions": Measure("words inserted", _words("insertions"), _ratio, True, "words"),
    "missed": Measure("missed", _share(lambda step: _spoken(step, step.turns == 0)), _ratio, True),
    "split": Measure("split", _share(lambda step: _spoken(step, step.turns > 1)), _ratio, True),
    "false_alarms": Measure(
        "false alarms", _share(lambda step: bool(step.heard) if step.said == "" else None), _ratio, True
    ),
    "refused": Measure(
        "heard, not believed",
        _share(lambda step: _spoken(step, step.turns > 0 and step.refused is not None)),
        _ratio,
        True,
    ),
    "not_understood": Measure(
        "asked to say it again",
        _share(lambda step: step.not_understood if step.wanted and "out_of_scope" not in step.wanted else None),
        _ratio,
        True,
    ),
    "out_of_scope_refused": Measure(
        "off the subject, refused",
        _share(lambda step: step.not_understood or not step.heard if "out_of_scope" in step.wanted else None),
        _ratio,
    ),
}
"""By the name that `--fail-under` and the JSON use; most telling first."""
