"""`handla evaluate`: recordings in, figures out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands.mistakes import UserMistake
from assistant.settings import Settings, read_settings
from assistant.terminal import Console, table

if TYPE_CHECKING:  # measuring needs the extra `evaluate`; no other command does
    from assistant.evaluation.evaluating import Request
    from assistant.evaluation.running import Configuration

MISSED_MARK = 1
"""Exit code where a figure is under what `--fail-under` asks for."""
FOLDER = Path("handla-evaluation")
WIDTH = 110
"""Columns where the output is no terminal."""


Manifests = Annotated[
    list[Path] | None, typer.Argument(help="JSON Lines or CSV (docs/evaluating.md), or a folder of sound files.")
]
Out = Annotated[Path, typer.Option(help="Folder of the reports and the journal; the same command again goes on.")]
Catalogue = Annotated[
    Path | None, typer.Option(help="Play on a scratch shop with this catalogue; default: the sample shop.")
]
Noise = Annotated[
    list[str] | None, typer.Option(help="A recording of noise, or white, pink, hum, typing; may be repeated.")
]
Snr = Annotated[str, typer.Option(help="Decibels of the speech above each noise: 6,12,18.")]
Room = Annotated[
    list[str] | None, typer.Option(help="An impulse response, or kitchen, living-room, hall; may be repeated.")
]
Speed = Annotated[str, typer.Option(help="Times as fast, at the same pitch: 0.85,1.2.")]
Codec = Annotated[str, typer.Option(help="opus, g711, g711-a, g722.")]
Seed = Annotated[int, typer.Option(help="Draws the places in the noise.")]
Models = Annotated[str, typer.Option(help="Whisper models side by side: tiny.en,base.")]
SettingsFiles = Annotated[list[Path] | None, typer.Option(help="Settings files side by side; may be repeated.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes, each with models of its own.")]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler that does the work.")]
Worst = Annotated[int, typer.Option(min=0, help="How many wrong rows the report shows, with their sound.")]
Compare = Annotated[
    tuple[Path, Path] | None, typer.Option(help="Only compare two report.json: is the second one better?")
]
FailUnder = Annotated[
    list[str] | None, typer.Option(help="FIGURE=LEAST, as task_success=0.95: exit code 1 where a group is worse.")
]


def evaluate(
    context: typer.Context,
    manifests: Manifests = None,
    out: Out = FOLDER,
    catalogue: Catalogue = None,
    noise: Noise = None,
    snr: Snr = "",
    room: Room = None,
    speed: Speed = "",
    codec: Codec = "",
    seed: Seed = 1,
    models: Models = "",
    settings: SettingsFiles = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    worst: Worst = 30,
    compare: Compare = None,
    fail_under: FailUnder = None,
) -> None:
    """Run recordings through Handla and report what share ends right, where it breaks, and how sure that is."""
    try:
        from assistant.evaluation import conditions as laid
        from assistant.evaluation import evaluating, manifest, reports
    except ImportError as error:
        raise UserMistake(f"evaluation needs the package {error.name}: pip install 'handla[evaluate]'") from error

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    wishes = laid.Wishes(noise or (), numbers("--snr", snr), room or (), numbers("--speed", speed), _listed(codec))
    try:
        marks = reports.marks(fail_under or [])
        if compare is not None:
            _compare(console, *compare)
            return
        if not manifests:
            raise UserMistake(
                "name a manifest or a folder of recordings (docs/evaluating.md), or --compare two reports"
            )
        wanted = evaluating.Request(
            units=manifest.read_manifests(manifests, context.obj.voice.longest_turn),
            conditions=laid.conditions(wishes),
            configurations=_configurations(context.obj, settings or [], _listed(models)),
            out=out,
            catalogue=catalogue,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            worst=worst,
        )
        evaluating.check(wanted)
    except evaluating.MISTAKES as error:
        raise UserMistake(f"{error}\nNothing was played.") from error
    _evaluate(console, wanted, marks)


def _evaluate(console: Console, wanted: Request, marks: Mapping[str, float]) -> None:
    from assistant.evaluation import evaluating, reports

    try:
        report = evaluating.evaluate(wanted, console)
    except evaluating.STOPS as error:
        raise UserMistake(str(error)) from error
    except KeyboardInterrupt:
        typer.echo(f"Interrupted. What was played is in {wanted.out}; the same command goes on from there.", err=True)
        raise typer.Exit(130) from None
    columns, rows = reports.table_of(report)
    table(console, "Figures, and below each its 95 % interval", columns, rows)
    for one in report["comparisons"]:
        if one["first"]["configuration"] != one["second"]["configuration"]:
            _print_comparison(console, one)
    typer.echo("  ".join(str(wanted.out / name) for name in ("report.html", "report.json", "junit.xml")))
    failed = reports.below(report, marks)
    for line in failed:
        typer.echo(line, err=True)
    if failed:
        raise typer.Exit(MISSED_MARK)


def _compare(console: Console, first: Path, second: Path) -> None:
    from assistant.evaluation import reports, summary

    found = summary.compare(reports.read_groups(first), reports.read_groups(second))
    if not found:
        raise UserMistake(f"{first} and {second} have no group of the same condition and kind; nothing to compare")
    for one in found:
        _print_comparison(console, one)


def _print_comparison(console: Console, one: dict[str, Any]) -> None:
    from assistant.evaluation import reports

    first, second = one["first"], one["second"]
    left, right = (f"{side['configuration']}, {side['condition']}" for side in (first, second))
    title = f"{right} against {left}; {one['kind']}, {one['units']} shared"
    title += f", {one['only_in_one']} in one of them only" if one["only_in_one"] else ""
    columns = ["figure", "difference", "95 %", "p", "verdict"]
    table(console, title, columns, reports.verdicts(one) or [["no figure differs", "", "", "", ""]])


def _configurations(base: Settings, files: Sequence[Path], models: Sequence[str]) -> list[Configuration]:
    """Every settings file with every model; one thread each, so that workers do not get into each other's way."""
    from assistant.evaluation.running import Configuration

    found = []
    for name, settings in [(file.stem, read_settings(file)) for file in files] or [("", base)]:
        for model in models or [settings.voice.whisper]:
            voice = settings.voice.model_copy(update={"whisper": model, "threads": 1})
            called = " ".join(part for part in (name, model if models or not name else "") if part)
            found.append(Configuration(called, settings.model_copy(update={"voice": voice})))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise UserMistake("two configurations have the same name; give settings files of different names")
    return found


def numbers(option: str, text: str) -> tuple[float, ...]:
    """A comma-separated list of an option."""
    try:
        return tuple(float(part) for part in _listed(text))
    except ValueError:
        raise UserMistake(f"{option} {text}: give numbers with commas between them, as 6,12,18") from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
