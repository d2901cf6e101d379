"""The reports of a run: written, and read again to be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.evaluation.measures import MEASURES
from assistant.evaluation.results import Played, Step
from assistant.evaluation.summary import FORMAT, Group, groups_of

_steps: TypeAdapter[Step] = TypeAdapter(Step)
MAIN = ("task_success", "whole_requests", "intent_accuracy", "slot_f1", "word_error_rate", "missed", "false_alarms")
"""Figures that a table has room for."""


class BadReport(ValueError):
    """A file that is no report, or a figure that is none; the message says what would be right."""


def write_json(path: Path, report: dict[str, Any]) -> None:
    """One JSON document, as `read_groups` takes it back."""
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def read_groups(path: Path) -> list[Group]:
    """What was played, from a report.json. Raises BadReport."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise BadReport(f"{path}: {reason}; give a report.json of handla evaluate.") from error
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise BadReport(f"{path}: not a report.json of this version of handla evaluate; run the evaluation again.")
    played: dict[str, Played] = {}
    try:
        for row in report["rows"]:
            step = _steps.validate_python(row, strict=False)
            before = played.get(row["unit"])
            steps = (*before.steps, step) if before else (step,)
            played[row["unit"]] = Played(row["unit"], row["configuration"], row["condition"], steps)
    except (KeyError, TypeError, ValidationError) as error:
        raise BadReport(f"{path}: a row of this report cannot be read ({error}).") from error
    return groups_of(list(played.values()))


def table_of(report: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows for a terminal: a row for each group."""
    names = [name for name in MAIN if any(name in group["figures"] for group in report["groups"])]
    columns = ["group", "rows", *(MEASURES[name].title for name in names), "response", "real time"]
    rows = []
    for group in report["groups"]:
        response, factor = group["latency_ms"].get("response"), group["real_time_factor"]
        rows.append(
            [
                f"{group['configuration']}\n{group['condition']}\n{group['kind']}",
                str(group["rows"]),
                *(shown(group["figures"].get(name)) for name in names),
                f"{response['p50']:.0f} ms\np90 {response['p90']:.0f}" if response else "",
                "" if factor is None else f"{factor:.2f}",
            ]
        )
    return columns, rows


def title_of(group: Mapping[str, Any]) -> str:
    """'base, kitchen-noise 6 dB, recorded'."""
    return f"{group['configuration']}, {group['condition']}, {group['kind']}"


def shown(figure: dict[str, Any] | None) -> str:
    """'.967', and its interval below; empty for none."""
    if figure is None:
        return ""
    return f"{short(figure['value'])}\n{short(figure['low'], 2)}–{short(figure['high'], 2)}"


def verdicts(comparison: Mapping[str, Any]) -> list[list[str]]:
    """A row for each figure that differs: the difference, its interval, p, and the verdict."""
    told = {"cannot tell": f"cannot tell from {comparison['units']}"}
    return [
        [
            MEASURES[name].title,
            f"{one['value']:+.3f}",
            f"{one['low']:+.3f} to {one['high']:+.3f}",
            f"{one['p']:.3f}",
            told.get(one["verdict"], one["verdict"]),
        ]
        for name, one in comparison["differences"].items()
        if one["value"] or one["p"] < 1
    ]


def marks(wanted: Sequence[str]) -> dict[str, float]:
    """`--fail-under` as figure -> least (or most, where less is better). Raises BadReport."""
    found = {}
    for one in (part for text in wanted for part in text.split(",")):
        name, _, value = one.partition("=")
        if name not in MEASURES:
            raise BadReport(f"--fail-under {one}: unknown figure; known are {', '.join(MEASURES)}.")
        try:
            found[name] = float(value)
        except ValueError:
            raise BadReport(f"--fail-under {one}: write FIGURE=NUMBER, as {name}=0.95.") from None
    return found


def below(report: Mapping[str, Any], wanted: Mapping[str, float]) -> list[str]:
    """The groups whose figure is not as good as asked for; a figure that no group has is one too."""
    found = []
    for name, mark in wanted.items():
        measure = MEASURES[name]
        groups = [group for group in report["groups"] if name in group["figures"]]
        if not groups:
            found.append(f"{measure.title}: no row tells; label what it needs (docs/evaluating.md)")
        for group in groups:
            value = group["figures"][name]["value"]
            if value > mark if measure.lower_is_better else value < mark:
                found.append(f"{measure.title} {short(value)}, asked for {short(mark)}: {title_of(group)}")
    return found


def short(value: float, digits: int = 3) -> str:
    """'.967'; no leading zero, as in tables of shares."""
    return f"{value:.{digits}f}".removeprefix("0")
