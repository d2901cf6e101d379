"""How fast recordings are evaluated: one worker against several, over the project's own short recordings.

    python -m benchmarks.batch [--rows N] [--workers 1,2] [--seconds LONGEST]

Prints one JSON line. The fixtures of at most `--seconds` are repeated until there are enough rows, each time with pink
noise at 15 dB from another place, and played by real weights through the whole of Handla. The rate counts from the
start of the workers, which load their models first: take a few hundred rows. Memory is the peak of this process and of
the largest worker.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from assistant.evaluation.conditions import Condition
from assistant.evaluation.evaluating import Request, check, evaluate
from assistant.evaluation.manifest import read_manifests
from assistant.evaluation.running import Configuration
from assistant.settings import Settings
from assistant.terminal import Console
from benchmarks._machine import peak_megabytes
from voice.wav import FileMicrophone

FIXTURES = Path(__file__).parents[1] / "audio_fixtures"
NOISE = Condition(noise="pink", snr=15)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="handla bench batch", description=__doc__)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--workers", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2])
    parser.add_argument("--seconds", type=float, default=2.0, help="longest recording that is used")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        manifest = repeated(Path(scratch), options.rows, options.seconds)
        ran = {workers: measure(manifest, workers) for workers in options.workers}
    rates = {workers: report["about"]["rows_a_second"] for workers, report in ran.items()}
    figures = {workers: report["groups"][0]["figures"] for workers, report in ran.items()}
    first = rates[options.workers[0]]
    line = {
        "benchmark": "batch",
        "speech": "synthetic fixtures in pink noise, 15 dB",
        "rows": options.rows,
        "rows_a_second": rates,
        "times_the_first": {workers: round(rate / first, 2) for workers, rate in rates.items()},
        "whole_requests": {workers: one["whole_requests"]["value"] for workers, one in figures.items()},
        "peak_memory_mb": {"run": peak_megabytes(), "largest_worker": peak_megabytes(resource.RUSAGE_CHILDREN)},
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
    }  # fmt: skip
    print(json.dumps(line))


def repeated(folder: Path, count: int, longest: float) -> Path:
    """A manifest of so many rows."""
    lines = (FIXTURES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["text"]]
    short = [row for row in rows if FileMicrophone(FIXTURES / row["file"]).duration <= longest]
    manifest = folder / "manifest.jsonl"
    with manifest.open("w", encoding="utf-8") as file:
        for number, row in enumerate(islice(cycle(short), count)):
            file.write(json.dumps({**row, "id": str(number), "file": str(FIXTURES / row["file"])}) + "\n")
    return manifest


def measure(manifest: Path, workers: int) -> dict[str, Any]:
    settings = Settings()
    settings = settings.model_copy(update={"voice": settings.voice.model_copy(update={"threads": 1})})
    request = Request(
        units=read_manifests([manifest], settings.voice.longest_turn),
        conditions=[NOISE],
        configurations=[Configuration(settings.voice.whisper, settings)],
        out=manifest.parent / f"{workers} workers",
        workers=workers,
        worst=0,
    )
    check(request)
    return evaluate(request, Console(file=sys.stderr))


if __name__ == "__main__":
    main()
