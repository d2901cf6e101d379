"""Plots as SVG to stand inside an HTML page; colours are the page's, so that they follow light and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SERIES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05", "#0a0b06")
"""Stand-ins for the page's colours --series-1 and on."""
INK, RULE = "#0a0b0e", "#0a0b0f"
"""Stand-ins for the page's --ink and --rule."""
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}
Group = Mapping[str, Any]
"""A group of the report, as JSON has it."""


def by_condition(groups: Sequence[Group], names: Mapping[str, str]) -> str:
    """The figures `names` (name -> title), a panel each, over the conditions; a colour for each configuration."""
    shown = {name: title for name, title in names.items() if any(name in group["figures"] for group in groups)}
    conditions = list(dict.fromkeys(group["condition"] for group in groups))
    configurations = list(dict.fromkeys(group["configuration"] for group in groups))
    with rc_context(_STYLE):
        height = 0.75 + 0.27 * max(1, len(conditions)) * max(1, 0.55 * len(configurations))
        drawn = Figure((2.25 * len(shown) + 1.2, height), layout="constrained")
        panels = drawn.subplots(1, len(shown), sharey=True, squeeze=False)[0]
        for panel, (name, title) in zip(panels, shown.items(), strict=True):
            for number, configuration in enumerate(configurations):
                own = [one for one in groups if one["configuration"] == configuration and name in one["figures"]]
                offset = (number - (len(configurations) - 1) / 2) * 0.22
                places = [conditions.index(one["condition"]) + offset for one in own]
                _dots(panel, places, [one["figures"][name] for one in own], SERIES[number % len(SERIES)], configuration)
            panel.set_title(title)
            panel.set_xlim(-0.02, 1.02)
            panel.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
            panel.grid(axis="x")
        panels[0].set_yticks(range(len(conditions)), conditions)
        panels[0].set_ylim(len(conditions) - 0.5, -0.5)
        if len(configurations) > 1:
            drawn.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=len(configurations))
        return _svg(drawn, "conditions")


def _dots(panel: Axes, places: Sequence[float], figures: Sequence[Mapping[str, float]], colour: str, name: str) -> None:
    values = [one["value"] for one in figures]
    spread = [
        [max(0.0, one["value"] - one["low"]) for one in figures],
        [max(0.0, one["high"] - one["value"]) for one in figures],
    ]
    panel.errorbar(values, places, xerr=spread, fmt="o", ms=5, lw=1.6, color=colour, label=name)


def latency(groups: Sequence[Group], stages: Sequence[str]) -> str:
    """p50 as a dot and a line to p99 with a tick at p90, for each stage; a colour for each group."""
    named = [stage for stage in stages if any(stage in group["latency_ms"] for group in groups)]
    with rc_context(_STYLE):
        drawn = Figure((7.6, 0.8 + 0.36 * len(named)), layout="constrained")
        panel = drawn.subplots()
        for number, group in enumerate(groups):
            colour = SERIES[number % len(SERIES)]
            offset = (number - (len(groups) - 1) / 2) * 0.7 / max(1, len(groups))
            for place, stage in enumerate(named):
                took = group["latency_ms"].get(stage)
                if took:
                    panel.plot([took["p50"], took["p99"]], [place + offset] * 2, color=colour, lw=1.2)
                    panel.plot([took["p90"]], [place + offset], "|", ms=7, mew=1.4, color=colour)
                    panel.plot([took["p50"]], [place + offset], "o", ms=4.5, color=colour)
        panel.set_xscale("symlog", linthresh=1)
        panel.set_xlim(left=0)
        most = max(one["p99"] for group in groups for one in group["latency_ms"].values())
        ticks = [0, *(10**power for power in range(6) if 10**power <= 2 * most)]
        panel.set_xticks(ticks, [f"{tick}" for tick in ticks])
        panel.set_yticks(range(len(named)), named)
        panel.set_ylim(len(named) - 0.4, -0.6)
        panel.set_xlabel("milliseconds (dot p50, tick p90, end p99)")
        panel.grid(axis="x")
        return _svg(drawn, "latency")


def reliability(calibrations: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Share right over confidence: `calibrations` is what was sure -> (confidence, share right, how many)."""
    with rc_context(_STYLE):
        drawn = Figure((2.9 * len(calibrations) + 0.2, 2.9), layout="constrained")
        for number, (name, bins) in enumerate(calibrations.items()):
            panel = drawn.add_subplot(1, len(calibrations), number + 1)
            panel.plot([0, 1], [0, 1], color=RULE, lw=1)
            most = max(one[2] for one in bins)
            panel.scatter(
                [one[0] for one in bins],
                [one[1] for one in bins],
                s=[14 + 110 * one[2] / most for one in bins],
                color=SERIES[number],
                alpha=0.85,
            )
            panel.set_title(name)
            panel.set_xlabel("confidence")
            panel.set_ylabel("share right")
            panel.set(xlim=(-0.03, 1.05), ylim=(-0.03, 1.08), aspect="equal")
            panel.grid()
        return _svg(drawn, "reliability")


def _svg(drawn: Figure, name: str) -> str:
    """The drawing with the page's colours in place of the stand-ins."""
    out = io.StringIO()
    with rc_context({"svg.hashsalt": name}):
        drawn.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    for number, colour in enumerate(SERIES, start=1):
        text = text.replace(colour, f"var(--series-{number})")
    text = text.replace(INK, "var(--ink)").replace(RULE, "var(--rule)")
    return re.sub(r"font: ([^;\"]*?)px [^;\"]*", r"font: \1px var(--sans)", text)
