"""All that was played, as figures: one group for each configuration, condition and kind. The report for machines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assistant.evaluation.measures import MEASURES, Units, compared, figure
from assistant.evaluation.results import Played, Step
from assistant.evaluation.statistics import calibration

FORMAT = 1
"""Of the JSON report."""
TAGS = ("speaker", "device", "noise", "voice", "language", "licence")
MOST_VALUES = 24
"""A column of more different values tells rows apart, not kinds of rows."""
STAGES = ("detect", "transcribe", "understand", "decide", "act", "word", "response")
BY_TAG = ("task_success", "whole_requests", "intent_accuracy", "word_error_rate", "missed")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one figure may be made of: recorded and synthetic sound never share one."""

    configuration: str
    condition: str
    kind: str
    units: tuple[tuple[Step, ...], ...]

    @property
    def steps(self) -> list[Step]:
        return [step for unit in self.units for step in unit]


def groups_of(played: Sequence[Played]) -> list[Group]:
    """In the order played. A conversation of several kinds is split by kind."""
    found: dict[tuple[str, str, str], list[tuple[Step, ...]]] = defaultdict(list)
    for one in played:
        for kind in dict.fromkeys(step.kind for step in one.steps):
            rows = tuple(step for step in one.steps if step.kind == kind)
            found[one.configuration, one.condition, kind].append(rows)
    return [Group(*key, tuple(units)) for key, units in found.items()]


def summary(about: Json, played: Sequence[Played]) -> Json:
    """The report as JSON; docs/evaluating.md describes it. `about`: how the run was made."""
    groups = groups_of(played)  # typed rows that only set the scene are no group of the report
    return {
        "format": FORMAT,
        "about": about,
        "groups": [told for told in map(_group, groups) if told["figures"] or told["kind"] != "typed"],
        "comparisons": _against_first(groups),
        "rows": [_row(one, step) for one in played for step in one.steps],
    }


def _row(played: Played, step: Step) -> Json:
    return {"unit": played.key, "configuration": played.configuration, "condition": played.condition, **asdict(step)}


def _group(group: Group) -> Json:
    steps = group.steps
    return {
        "configuration": group.configuration,
        "condition": group.condition,
        "kind": group.kind,
        "rows": len(steps),
        "seconds": round(sum(step.seconds for step in steps), 1),
        "figures": _figures(group.units, tuple(MEASURES)),
        "latency_ms": _latency(steps),
        "real_time_factor": _real_time_factor(steps),
        "calibration": _calibrations(steps),
        "confusion": _confusion(steps),
        "blame": dict(Counter(step.blame for step in steps if step.blame).most_common()),
        "tags": _by_tag(group),
    }


def _figures(units: Units, names: Sequence[str]) -> Json:
    found = {name: figure(MEASURES[name], units) for name in names}
    return {name: _rounded(asdict(one)) for name, one in found.items() if one is not None}


def _rounded(values: Mapping[str, Any]) -> Json:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def _latency(steps: Sequence[Step]) -> Json:
    """p50, p90 and p99 of each stage, over the recordings that came to it."""
    found = {}
    for stage in STAGES:
        took = [step.timings_ms[stage] for step in steps if step.file and stage in step.timings_ms]
        if took:
            p50, p90, p99 = (round(float(value), 1) for value in np.percentile(took, (50, 90, 99)))
            found[stage] = {"p50": p50, "p90": p90, "p99": p99, "of": len(took)}
    return found


def _real_time_factor(steps: Sequence[Step]) -> float | None:
    """Milliseconds of work for a millisecond of sound; waiting for silence is no work."""
    sound = sum(step.seconds for step in steps if step.timings_ms)
    work = sum(took for step in steps if step.file for stage, took in step.timings_ms.items() if stage != "response")
    return round(work / 1000 / sound, 3) if sound else None


def _calibrations(steps: Sequence[Step]) -> Json:
    """Whether the confidence of words and of intents can be believed."""
    words = [(step.confidence, step.errors.all == 0) for step in steps if step.errors and step.heard and step.file]
    intents = [(step.intent_confidence, step.intent_right) for step in steps if step.wanted and step.intent]
    found = {}
    for name, pairs in (("words", words), ("intent", intents)):
        if pairs:
            sure, right = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
            error, bins = calibration(sure, right)
            found[name] = {
                "error": round(error, 4),
                "bins": [[round(v, 3) for v in one] for one in bins],
                "of": len(pairs),
            }
    return found


def _confusion(steps: Sequence[Step]) -> list[list[Any]]:
    """[wanted, understood, how often], most often first; right ones included."""
    pairs = Counter(
        (step.intent if step.intent in step.wanted else step.wanted[0], step.intent or "nothing")
        for step in steps
        if step.wanted
    )
    return [[*pair, count] for pair, count in pairs.most_common()]


def _by_tag(group: Group) -> Json:
    """Figures by tag and value, where a tag has some values and not one for each row."""
    values: dict[str, dict[str, list[list[Step]]]] = defaultdict(lambda: defaultdict(list))
    for unit in group.units:
        split: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for step in unit:
            for name, value in {**step.tags, "language": step.language}.items():
                split[name, value].append(step)
        for (name, value), steps in split.items():
            values[name][value].append(steps)
    ordered = sorted(values, key=lambda name: (TAGS.index(name) if name in TAGS else len(TAGS), name))
    few = [name for name in ordered if 1 < len(values[name]) <= min(MOST_VALUES, max(2, len(group.units) // 2))]
    return {
        name: {
            value: {"rows": sum(map(len, units)), "figures": _figures(units, BY_TAG)}
            for value, units in sorted(values[name].items())
        }
        for name in few
    }


# Two runs


def _against_first(groups: Sequence[Group]) -> list[Json]:
    """Every configuration against the first one, and under the first every condition against the first one."""
    found = []
    for group in groups:
        base = next(one for one in groups if one.kind == group.kind and one.configuration == groups[0].configuration)
        same = next((one for one in groups if (one.kind, one.condition) == (group.kind, group.condition)), group)
        other = same if same is not group else base
        if other is not group:
            found.append(_comparison(other, group))
    return found


def compare(first: Sequence[Group], second: Sequence[Group]) -> list[Json]:
    """The groups of another run against those of this one with the same condition and kind.

    Configurations are matched by name where both runs have the name, else in order.
    """
    found = []
    renamed = _matched([group.configuration for group in first], [group.configuration for group in second])
    for group in second:
        for other in first:
            same = (other.condition, other.kind) == (group.condition, group.kind)
            if same and renamed.get(group.configuration) == other.configuration:
                found.append(_comparison(other, group))
    return found


def _matched(first: Sequence[str], second: Sequence[str]) -> Mapping[str, str]:
    ours, theirs = list(dict.fromkeys(first)), list(dict.fromkeys(second))
    matched = {name: name for name in theirs if name in ours}
    left = [name for name in ours if name not in matched]
    return matched | dict(zip((name for name in theirs if name not in matched), left, strict=False))


def _comparison(first: Group, second: Group) -> Json:
    """The second against the first, over the units that both have."""
    ours = {_ids(unit): unit for unit in first.units}
    shared = [(ours[_ids(unit)], unit) for unit in second.units if _ids(unit) in ours]
    one, other = [pair[0] for pair in shared], [pair[1] for pair in shared]
    differences = {name: compared(measure, one, other) for name, measure in MEASURES.items()} if shared else {}
    return {
        "first": {"configuration": first.configuration, "condition": first.condition},
        "second": {"configuration": second.configuration, "condition": second.condition},
        "kind": second.kind,
        "units": len(shared),
        "only_in_one": len(first.units) + len(second.units) - 2 * len(shared),
        "differences": {name: _rounded(asdict(one)) for name, one in differences.items() if one is not None},
    }


def _ids(unit: Sequence[Step]) -> tuple[str, ...]:
    return tuple(step.id for step in unit)
