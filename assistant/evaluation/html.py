"""The report for people: one HTML file that needs no network. Summary first, the worst rows last, with their sound."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from assistant.evaluation import plots
from assistant.evaluation.html_rows import Sound, rows_that_went_wrong
from assistant.evaluation.measures import MEASURES
from assistant.evaluation.reports import MAIN, short, title_of, verdicts
from assistant.evaluation.results import Blame
from assistant.evaluation.summary import STAGES

PLOTTED = ("task_success", "whole_requests", "intent_accuracy", "slot_f1", "word_error_rate")
BLAMED = get_args(Blame)
MOST_CONFUSED = 18
"""Intents that a matrix has room for."""
Json = Mapping[str, Any]


def write_html(path: Path, report: Json, sound: Sound, worst: int) -> None:
    """Write the page. `sound` gives a row's WAV as it was heard; the `worst` wrong rows get theirs."""
    style = files("assistant.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    groups = report["groups"]
    parts = [
        _head(report["about"]),
        f'<div class="summary">{"".join(_sentences(report))}</div>',
        "<h2>Figures</h2>" + _figures(groups),
        *_by_condition(groups),
        _comparisons(report["comparisons"]),
        "<h2>What went wrong first</h2>" + _blame(groups),
        "<h2>By tag</h2>" + _tags(groups),
        "<h2>Intents</h2>" + _confusion(groups),
        "<h2>Latency</h2>" + _latency(groups),
        _calibration(groups),
        f"<h2>Rows that went wrong</h2>{rows_that_went_wrong(report['rows'], sound, worst)}",
        "<h2>How it was made</h2>" + _made(report["about"]),
    ]
    body = "\n".join(part for part in parts if part)
    path.write_text(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Handla: evaluation</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f"<body><main>\n{body}\n</main></body></html>\n",
        encoding="utf-8",
    )


def _head(about: Json) -> str:
    made = f"{about['made'][:16].replace('T', ' ')} UTC, Handla {about['handla']}, program {about['program']}"
    return f'<h1>Evaluation</h1><p class="soft">{escape(made)}, {about["rows"]} rows played.</p>'


def _sentences(report: Json) -> Iterable[str]:
    """What a reader should know first, a sentence for each group played as recorded, and every verdict."""
    groups = report["groups"]
    for group in groups:
        if group["condition"] == groups[0]["condition"]:
            yield f"<p>{_sentence(group)}</p>"
    for one in report["comparisons"]:
        if one["first"]["configuration"] != one["second"]["configuration"]:
            yield f"<p>{_verdict(one)}</p>"


def _sentence(group: Json) -> str:
    told = []
    for name, what in (
        ("task_success", "left the shop as they should"),
        ("whole_requests", "were understood whole"),
        ("intent_accuracy", "had the right intent"),
        ("missed", "were missed"),
    ):
        found = group["figures"].get(name)
        if found and (name != "intent_accuracy" or "whole_requests" not in group["figures"]):
            count = round(found["value"] * found["of"])
            told.append(
                f"<b>{count} of {found['of']}</b> {what} "
                f"({short(found['value'])}; 95 %: {short(found['low'])} to {short(found['high'])})"
            )
    words = group["figures"].get("word_error_rate")
    if words:
        told.append(f"the word error rate is <b>{short(words['value'])}</b> over {words['of']} words")
    alarms = group["figures"].get("false_alarms")
    if alarms:
        told.append(f"{round(alarms['value'] * alarms['of'])} of {alarms['of']} sounds without words gave words")
    response = group["latency_ms"].get("response")
    if response:
        told.append(f"half of the replies came within <b>{response['p50']:.0f} ms</b> of the last word")
    blame = ", ".join(f"{stage} {count}" for stage, count in group["blame"].items())
    end = f" What went wrong first: {escape(blame)}." if blame else ""
    return f"{escape(title_of(group))}: {'; '.join(told) or 'nothing was labelled'}.{end}"


def _verdict(one: Json) -> str:
    found: dict[str, list[str]] = {}
    for name, difference in one["differences"].items():
        if name in PLOTTED:
            found.setdefault(difference["verdict"], []).append(MEASURES[name].title)
    told = [
        f'<b class="{verdict}">{verdict}</b> in {", ".join(found[verdict])}'
        for verdict in ("better", "worse")
        if verdict in found
    ]
    if "cannot tell" in found:
        told.append(f"cannot tell from {one['units']} in {', '.join(found['cannot tell'])}")
    second, first = escape(one["second"]["configuration"]), escape(one["first"]["configuration"])
    return f"{second} against {first} ({escape(one['second']['condition'])}, {one['kind']}): {'; '.join(told)}."


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    names = "".join(f"<th>{name}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    inner = f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table>{inner}</table></div>'


def _cell(figure: Json | None) -> str:
    if figure is None:
        return ""
    return f"{short(figure['value'])}<small>{short(figure['low'])} – {short(figure['high'])}</small>"


def _figures(groups: Sequence[Json]) -> str:
    note = "<p class='soft'>Below each figure its 95 % interval. Recorded and synthetic rows are never mixed.</p>"
    more = _figure_table(groups, [name for name in MEASURES if name not in MAIN])
    return _figure_table(groups, MAIN) + note + f"<details><summary>More figures</summary>{more}</details>"


def _figure_table(groups: Sequence[Json], names: Sequence[str]) -> str:
    names = [name for name in names if any(name in group["figures"] for group in groups)]
    rows = [
        [escape(title_of(group)), str(group["rows"]), *(_cell(group["figures"].get(name)) for name in names)]
        for group in groups
    ]
    return table(["group", "rows", *(MEASURES[name].title for name in names)], rows)


def _by_condition(groups: Sequence[Json]) -> Iterable[str]:
    titles = {name: MEASURES[name].title for name in PLOTTED}
    for kind in dict.fromkeys(group["kind"] for group in groups):
        own = [group for group in groups if group["kind"] == kind]
        if any(set(titles) & set(group["figures"]) for group in own):
            yield f"<h3>{kind}</h3><figure>{plots.by_condition(own, titles)}</figure>"


def _comparisons(comparisons: Sequence[Json]) -> str:
    if not comparisons:
        return ""
    parts = ["<h2>Against each other</h2><p class='soft'>The same rows in both. p by approximate randomization; "
             "the interval of the difference by paired bootstrap.</p>"]  # fmt: skip
    for one in comparisons:
        left, right = (
            escape(f"{side['configuration']}, {side['condition']}") for side in (one["first"], one["second"])
        )
        rows = [
            [escape(name), value, spread, p, f'<span class="{verdict}">{escape(verdict)}</span>']
            for name, value, spread, p, verdict in verdicts(one)
        ]
        shown = table(["figure", "difference", "95 %", "p", "verdict"], rows) if rows else "<p>No figure differs.</p>"
        title = f"{right} against {left} <small>{one['kind']}, {one['units']} shared</small>"
        opened = " open" if one["first"]["configuration"] != one["second"]["configuration"] else ""
        parts.append(f"<details{opened}><summary>{title}</summary>{shown}</details>")
    return "".join(parts)


def _blame(groups: Sequence[Json]) -> str:
    colours = {stage: f"var(--series-{number})" for number, stage in enumerate(BLAMED, start=1)}
    used = [stage for stage in BLAMED if any(stage in group["blame"] for group in groups)]
    if not used:
        return "<p>Nothing that was labelled went wrong.</p>"
    keys = _keys({stage: colours[stage] for stage in used})
    rows = []
    for group in groups:
        wrong, parts = sum(group["blame"].values()), []
        for stage in used:
            share = 100 * group["blame"].get(stage, 0) / max(1, group["rows"])
            parts.append(f'<span style="width:{share:.2f}%;background:{colours[stage]}"></span>')
        rows.append(
            [escape(title_of(group)), f"{wrong} of {group['rows']}", f'<div class="bar">{"".join(parts)}</div>']
        )
    return keys + table(["group", "wrong", ""], rows)


def _keys(colours: Mapping[str, str]) -> str:
    keys = (f'<span class="key"><i style="background:{one}"></i>{escape(name)}</span>' for name, one in colours.items())
    return f"<p>{''.join(keys)}</p>"


def _tags(groups: Sequence[Json]) -> str:
    parts = []
    for number, group in enumerate(groups):
        tables = []
        for tag, values in group["tags"].items():
            names = [name for name in MEASURES if any(name in one["figures"] for one in values.values())]
            rows = [
                [escape(value), str(one["rows"]), *(_cell(one["figures"].get(name)) for name in names)]
                for value, one in values.items()
            ]
            if names:
                tables.append(table([escape(tag), "rows", *(MEASURES[name].title for name in names)], rows))
        if tables:
            opened = " open" if number == 0 else ""
            inner = "".join(tables)
            parts.append(f"<details{opened}><summary>{escape(title_of(group))}</summary>{inner}</details>")
    return "".join(parts) or "<p>No tag tells rows apart.</p>"


def _confusion(groups: Sequence[Json]) -> str:
    parts = []
    for number, group in enumerate(groups):
        wrong = [(a, b, n) for a, b, n in group["confusion"] if a != b]
        if not group["confusion"]:
            continue
        opened = " open" if number == 0 else ""
        title = f"{escape(title_of(group))} <small>{sum(n for *_, n in wrong)} confused</small>"
        shown = _matrix(group["confusion"]) if wrong else "<p>Every labelled intent was right.</p>"
        parts.append(f"<details{opened}><summary>{title}</summary>{shown}</details>")
    return "".join(parts) or "<p>No intent was labelled.</p>"


def _matrix(pairs: Sequence[Sequence[Any]]) -> str:
    """Rows are what was wanted, columns what was understood; intents that were never confused are left out."""
    confused: dict[str, int] = {}
    for wanted, got, count in pairs:
        if wanted != got:
            for name in (wanted, got):
                confused[name] = confused.get(name, 0) + count
    names = sorted(sorted(confused, key=lambda name: -confused[name])[:MOST_CONFUSED])
    counts = {(wanted, got): count for wanted, got, count in pairs}
    wanted_names = [name for name in names if any((name, got) in counts for got in names)]
    most = max(counts.get((a, b), 0) for a in wanted_names for b in names)
    rows = []
    for wanted in wanted_names:
        cells = []
        for got in names:
            count = counts.get((wanted, got), 0)
            heat = 0.75 * count / most
            bold = f"<b>{count}</b>" if wanted != got and count else str(count or "")
            cells.append(f'<td style="background:rgba(var(--heat),{heat:.2f})">{bold}</td>')
        rows.append(f"<tr><th>{escape(wanted)}</th>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    return (
        '<div class="scroll"><table class="matrix"><thead><tr><th></th>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        "<p class='soft'>Rows: what was meant. Columns: what was understood.</p>"
    )


def _latency(groups: Sequence[Json]) -> str:
    timed = [group for group in groups if group["latency_ms"]]
    if not timed:
        return "<p>Nothing was timed.</p>"
    named = [stage for stage in STAGES if any(stage in group["latency_ms"] for group in timed)]
    rows = []
    for group in timed:
        cells = [
            f"{took['p50']:.0f}<small>{took['p90']:.0f} · {took['p99']:.0f}</small>" if took else ""
            for took in (group["latency_ms"].get(stage) for stage in named)
        ]
        factor = group["real_time_factor"]
        rows.append([escape(title_of(group)), *cells, "" if factor is None else f"{factor:.2f}"])
    note = (
        "<p class='soft'>Milliseconds: p50, below it p90 and p99. 'response' is from the last speech sample to the "
        "reply, with the silence that ends the turn. Real time: work for a second of sound.</p>"
    )
    drawn = timed[: len(plots.SERIES)]
    keys = _keys({title_of(group): f"var(--series-{number})" for number, group in enumerate(drawn, start=1)})
    return f"{keys}<figure>{plots.latency(drawn, named)}</figure>" + table(["group", *named, "real time"], rows) + note


def _calibration(groups: Sequence[Json]) -> str:
    """The bins of all groups of one kind and the first configuration together."""
    parts = []
    for kind in dict.fromkeys(group["kind"] for group in groups):
        own = [one for one in groups if one["kind"] == kind and one["configuration"] == groups[0]["configuration"]]
        pooled = {name: _pooled([one["calibration"][name]["bins"] for one in own if name in one["calibration"]])
                  for name in ("words", "intent")}  # fmt: skip
        pooled = {name: bins for name, bins in pooled.items() if bins}
        if pooled:
            errors = ", ".join(
                f"{name} {sum(abs(share - sure) * count for sure, share, count in bins) / sum(b[2] for b in bins):.3f}"
                for name, bins in pooled.items()
            )
            shown = plots.reliability(pooled)
            parts.append(f"<h3>{kind}</h3><p>Expected calibration error: {errors}.</p><figure>{shown}</figure>")
    title = "<h2>Can its confidence be believed?</h2>" if parts else ""
    return title + "".join(parts)


def _pooled(many: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    found: dict[int, list[float]] = {}
    for sure, share, count in (one for bins in many for one in bins):
        sums = found.setdefault(min(int(sure * 10), 9), [0.0, 0.0, 0.0])
        for at, more in enumerate((sure * count, share * count, count)):
            sums[at] += more
    return [[sure / count, share / count, count] for _, (sure, share, count) in sorted(found.items())]


def _made(about: Json) -> str:
    shown = json.dumps(about, indent=1, ensure_ascii=False, default=str)
    return f"<details><summary>Settings, conditions, seed, machine</summary><pre>{escape(shown)}</pre></details>"
