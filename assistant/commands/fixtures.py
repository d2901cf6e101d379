"""`handla fixtures ...`: recordings to evaluate with: made, recorded, checked, fetched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.mistakes import UserMistake
from assistant.settings import Settings
from assistant.terminal import Console, LiveLine, progress

fixtures_app = typer.Typer(no_args_is_help=True, help="Recordings to evaluate with (docs/evaluating.md).")
READING_PAUSE = 1.2
"""Seconds of silence that end a take: people who read aloud breathe."""
DOUBTS = 1
"""Exit code where recordings or labels are doubtful."""

Out = Annotated[Path, typer.Option(help="Folder for the recordings and manifest.jsonl.")]


@contextmanager
def _mistakes() -> Iterator[None]:
    """What the caller can mend, as a sentence."""
    try:
        from assistant.evaluation.conditions import BadCondition
        from assistant.evaluation.corpora import BadCorpus
        from assistant.evaluation.manifest import BadManifest
    except ImportError as error:
        raise UserMistake(f"recordings need the package {error.name}: pip install 'handla[evaluate]'") from error
    try:
        yield
    except (BadManifest, BadCondition, BadCorpus) as error:
        raise UserMistake(str(error)) from error


@fixtures_app.command()
def make(
    context: typer.Context,
    texts: Annotated[Path, typer.Argument(help="A manifest whose rows have a text and no file, or a .txt file.")],
    out: Out,
    voice: Annotated[list[str] | None, typer.Option(help="A Piper voice; default: every installed one.")] = None,
    speed: Annotated[str, typer.Option(help="Times the voice's own pace.")] = "0.85,1,1.2",
    noise: Annotated[list[str] | None, typer.Option(help="A recording, or white, pink, hum, typing.")] = None,
    snr: Annotated[str, typer.Option(help="Decibels of the speech above each noise.")] = "",
) -> None:
    """Speak texts with every installed voice, speed and noise; beside the noisy ones there is always a clean one."""
    with _mistakes():
        from assistant.commands.evaluate import numbers
        from assistant.evaluation import conditions, making

        settings: Settings = context.obj
        laid = conditions.conditions(conditions.Wishes(noises=noise or (), snrs=numbers("--snr", snr)))
        names = voice or making.installed_voices(settings)
        if not names:
            raise UserMistake("no voice is installed: pip install 'handla[models]', or set voice.voice_folder")
        speeds = numbers("--speed", speed) or (1.0,)
        if not all(0.25 <= one <= 4 for one in speeds):
            raise UserMistake(f"--speed {speed}: give 0.25 to 4")
        recipe = making.Recipe([making.open_voice(name, settings) for name in names], speeds, laid)
        rows = making.texts_of(texts)
        with progress(Console(), "Speaking", making.count(rows, recipe)) as tell:
            manifest = making.make(rows, recipe, out, tell)
    typer.echo(f"{manifest}: {making.count(rows, recipe)} recordings of {len(rows)} texts by {', '.join(names)}")


@fixtures_app.command()
def record(
    prompts: Annotated[Path, typer.Argument(help="A manifest with text (to read) or prompt (to answer), or a .txt.")],
    out: Out,
    speaker: Annotated[str, typer.Option(help="Who speaks; a name of your choosing.")],
    licence: Annotated[str, typer.Option(help="Under what terms the recordings may be used.")] = "not released",
    device: Annotated[str | None, typer.Option(help="Microphone: its number or a part of its name.")] = None,
) -> None:
    """Record a person reading or answering prompts; clipped and silent takes are made again."""
    with _mistakes():
        from assistant.evaluation import making, recording
        from voice.endpoint import EndpointSettings
        from voice.microphone import DeviceMicrophone, MicrophoneSettings

        rows = making.texts_of(prompts)
        line = LiveLine(Console(highlight=False))
        with DeviceMicrophone(MicrophoneSettings(device)) as microphone, line:
            booth = recording.Booth(
                microphone,
                _asked,
                line.print,
                lambda level: line.show(_meter(level)),
                EndpointSettings(end_silence=READING_PAUSE),
            )
            about = {"speaker": speaker, "device": microphone.device.name, "licence": licence}
            kept = recording.record(rows, booth, out, about)
    typer.echo(f"{kept} recorded in {out / 'manifest.jsonl'}")


@fixtures_app.command()
def check(
    context: typer.Context,
    manifests: Annotated[list[Path], typer.Argument(help="Manifests or folders.")],
    catalogue: Annotated[Path | None, typer.Option(help="What the labels are about; default: the sample shop.")] = None,
) -> None:
    """Look for wrong rates, clipping, silence, duplicates, missing files and mistakes in labels."""
    with _mistakes():
        from assistant.evaluation.checking import doubts
        from assistant.evaluation.manifest import read_manifests
        from commerce import sample
        from commerce.catalogue import read_catalogue

        units = read_manifests(manifests, context.obj.voice.longest_turn)
        found = 0
        products = read_catalogue(catalogue).products if catalogue else sample.sample_products()
        for doubt in doubts(units, products):
            found += 1
            typer.echo(doubt, err=True)
    typer.echo(f"{sum(map(len, units))} rows, {found} doubts")
    if found:
        raise typer.Exit(DOUBTS)


@fixtures_app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="Left out: list what there is.")] = None,
    out: Out = Path("handla-corpora"),
    listing: Annotated[Path | None, typer.Option("--corpora", help="A list of your own (TOML).")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="The licence was read; do not ask.")] = False,
) -> None:
    """Fetch a public corpus; its licence is shown first."""
    with _mistakes():
        from assistant.evaluation import corpora

        known = corpora.corpora(listing)
        if name is None:
            for one, corpus in known.items():
                typer.echo(f"{one}\n    {corpus.title}\n    {corpus.licence}, {corpus.bytes / 1e6:.0f} MB")
            return
        if name not in known:
            raise UserMistake(f"no corpus {name}; known are {', '.join(known)}")
        corpus = known[name]
        typer.echo(f"{corpus.title}\nlicence  {corpus.licence} ({corpus.terms})")
        typer.echo(f"from     {corpus.url}, {corpus.bytes / 1e6:.0f} MB")
        if not yes and not typer.confirm("Fetch it under this licence?", default=False):
            raise UserMistake("Nothing was fetched.")
        with progress(Console(stderr=True), "Fetching", corpus.bytes) as tell:
            manifest = corpora.fetch(name, corpus, out, tell)
    typer.echo(str(manifest))


def _asked(question: str) -> str:
    try:
        return input(question).strip().lower()
    except (EOFError, KeyboardInterrupt):
        sys.stdout.write("\n")
        return "q"


def _meter(level: float) -> str:
    """-60 to 0 dB as a bar."""
    filled = round(max(0.0, min(1.0, 1 + level / 60)) * 40)
    return f"    {'█' * filled}{'·' * (40 - filled)} {level:5.0f} dB"
