"""From manifests to reports: check everything, play what is missing, write what came of it."""

from __future__ import annotations

import io
import os
import platform
import time
import wave
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.evaluation.conditions import BadCondition, Condition, heard_as
from assistant.evaluation.hearing import LiveHearing
from assistant.evaluation.html import write_html
from assistant.evaluation.html_rows import Sound
from assistant.evaluation.journal import BadJournal, open_journal
from assistant.evaluation.junit import write_junit
from assistant.evaluation.manifest import BadManifest, Unit
from assistant.evaluation.reports import BadReport, write_json
from assistant.evaluation.running import (
    Configuration,
    Ground,
    Opening,
    Plan,
    Spread,
    WorkersLost,
    plan,
    processes,
    program,
    run,
)
from assistant.evaluation.summary import groups_of, summary
from assistant.settings import Settings
from assistant.terminal import Console, progress
from commerce.catalogue import read_catalogue
from commerce.refused import ImportRefused
from voice.models import ModelError, whisper_folder
from voice.wav import RATE


class NoScheduler(RuntimeError):
    """The Dask cluster cannot be reached; the message says why."""


MISTAKES = (BadManifest, BadCondition, BadReport, BadJournal, ImportRefused, ModelError)
"""What the caller can mend, found before anything is played."""
STOPS = (WorkersLost, BadJournal, NoScheduler)
"""What ends a run half-way."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be evaluated."""

    units: Sequence[Unit]
    conditions: Sequence[Condition]
    configurations: Sequence[Configuration]
    out: Path
    catalogue: Path | None = None
    seed: int = 1
    workers: int = 1
    scheduler: str | None = None
    worst: int = 30
    """Wrong rows that the HTML report shows with their sound."""
    hearing: Opening = LiveHearing


def check(wanted: Request) -> None:
    """Raise one of MISTAKES where a row is only a prompt, or the catalogue or the weights cannot be used.

    Weights are unpacked here, before several workers want them.
    """
    for row in (row for unit in wanted.units for row in unit):
        if row.file is None and not row.text:
            raise BadManifest(f"{row.where}: is a prompt, to be recorded with handla fixtures record; it has no words.")
    if wanted.catalogue:
        read_catalogue(wanted.catalogue)
    for one in wanted.configurations:
        voice = one.settings.voice
        whisper_folder(voice.whisper, voice.whisper_folder, voice.cache_folder)


def evaluate(wanted: Request, console: Console) -> dict[str, Any]:
    """Play everything that the journal in `out` does not hold, and write journal, JSON, JUnit XML and HTML there.

    Gives the report as JSON has it. Raises one of STOPS.
    """
    with open_journal(wanted.out / "journal.jsonl", datetime.now(UTC)) as journal:
        ground = Ground(wanted.catalogue, journal.now, wanted.seed, wanted.hearing)
        jobs = plan(wanted.units, wanted.conditions, wanted.configurations, ground)
        rows = sum(len(job.unit) for job in jobs.jobs)
        resumed = sum(len(job.unit) for job in jobs.jobs if job.key in journal.played)
        began = time.perf_counter()
        with progress(console, "Playing", rows, resumed) as tell, _spread(wanted, rows > resumed) as spread:
            played = run(jobs, journal, spread, tell)
        took = time.perf_counter() - began
    about = _about(wanted, jobs, rows, resumed, took)
    report = summary(about, played)
    write_json(wanted.out / "report.json", report)
    write_junit(wanted.out / "junit.xml", groups_of(played))
    write_html(wanted.out / "report.html", report, _sounds(jobs), wanted.worst)
    return report


def _sounds(jobs: Plan) -> Sound:
    """The sound of a row as it was heard: made again, since it is the same each time."""
    by_key = {job.key: job for job in jobs.jobs}

    def sound(key: str, row_id: str) -> bytes | None:
        job = by_key[key]
        row = next(row for row in job.unit if row.id == row_id)
        if row.file is None:
            return None
        samples = heard_as(row.file, job.condition, f"{jobs.ground.seed}|{row.id}")
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.astype("<i2").tobytes())
        return out.getvalue()

    return sound


@contextmanager
def _spread(wanted: Request, any_work: bool) -> Iterator[Spread[Any, Any]]:
    if not any_work:
        yield lambda work, items: map(work, items)
    elif wanted.scheduler is None:
        with processes(wanted.workers) as spread:
            yield spread
    else:
        try:
            from commerce.cluster import NoCluster, cluster
        except ImportError as error:
            raise NoScheduler(f"a scheduler needs the package {error.name}: pip install 'handla[dask]'") from error
        with ExitStack() as stack:
            try:
                spread = stack.enter_context(cluster(wanted.scheduler))
            except NoCluster as error:
                raise NoScheduler(str(error)) from error
            yield spread


def _about(wanted: Request, jobs: Plan, rows: int, resumed: int, took: float) -> dict[str, Any]:
    """How the run was made. Of the settings only what hears and talks: others hold addresses and keys."""
    return {
        "handla": version("handla"),
        "program": program(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "now": jobs.ground.now.isoformat(timespec="seconds"),
        "seed": wanted.seed,
        "catalogue": wanted.catalogue and str(wanted.catalogue),
        "configurations": {one.name: _heard_with(one.settings) for one in wanted.configurations},
        "conditions": [{"name": one.name, **asdict(one)} for one in wanted.conditions],
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()},
        "work": (wanted.scheduler and "a Dask cluster") or f"{wanted.workers} processes",
        "rows": rows,
        "resumed": resumed,
        "seconds": round(took, 1),
        "rows_a_second": round((rows - resumed) / took, 2) if rows > resumed else None,
    }


def _heard_with(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(mode="json", include={"voice", "dialogue"})
