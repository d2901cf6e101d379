"""A whole run: every unit under every condition and configuration, by processes here or on a Dask cluster."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from assistant.evaluation.conditions import GENERATED, Condition
from assistant.evaluation.hearing import Hearing, LiveHearing
from assistant.evaluation.journal import Journal
from assistant.evaluation.manifest import Unit
from assistant.evaluation.playing import House, Scratch
from assistant.evaluation.results import Played
from assistant.evaluation.rooms import ROOMS
from assistant.settings import Settings

T = TypeVar("T")
R = TypeVar("R")
Spread = Callable[[Callable[[T], R], Iterable[T]], Iterator[R]]
Opening = Callable[[Settings], Hearing]
PACKAGES = ("voice", "nlu", "commerce", "assistant")
ORPHANED_AFTER = 2.0
"""Seconds after which a worker notices that the run was killed."""


class WorkersLost(RuntimeError):
    """Worker processes ended by themselves, mostly for want of memory; what was done is in the journal."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to set Handla up."""

    name: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """What all of a run stands on."""

    catalogue: Path | None
    now: datetime
    seed: int
    hearing: Opening = LiveHearing


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of work, as it is sent to a worker."""

    key: str
    configuration: Configuration
    condition: Condition
    unit: Unit


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs in order: configuration by configuration, condition by condition."""

    ground: Ground
    jobs: tuple[Job, ...]


def plan(
    units: Sequence[Unit], conditions: Sequence[Condition], configurations: Sequence[Configuration], ground: Ground
) -> Plan:
    """The jobs with their keys. Files are read for their checksums."""
    jobs = []
    rows = [_row_keys(unit) for unit in units]
    base = [program(), ground.catalogue and _digest(ground.catalogue), ground.now.isoformat(), ground.seed]
    for configuration in configurations:
        settings = configuration.settings.model_dump_json()
        for condition in conditions:
            laid = [*asdict(condition).values(), *_files_of(condition)]
            for unit, row in zip(units, rows, strict=True):
                whole = json.dumps([*base, configuration.name, settings, laid, row], default=str, sort_keys=True)
                key = hashlib.sha256(whole.encode()).hexdigest()[:32]
                jobs.append(Job(key, configuration, condition, unit))
    return Plan(ground, tuple(jobs))


def run(wanted: Plan, journal: Journal, spread: Spread[Job, Played], tell: Callable[[int], None]) -> list[Played]:
    """Play what the journal does not hold yet, and give everything in the plan's order. `tell`: rows just done."""
    missing = [job for job in wanted.jobs if job.key not in journal.played]
    for played in spread(partial(play, wanted.ground), missing):
        journal.add(played)
        tell(len(played.steps))
    return [journal.played[job.key] for job in wanted.jobs]


def play(ground: Ground, job: Job) -> Played:
    """One job, in whatever process; what it needs is loaded there once."""
    house, lock = _house(ground, job.configuration)
    with lock:
        return Played(job.key, job.configuration.name, job.condition.name, house.play(job.unit, job.condition))


_houses: dict[str, tuple[House, Lock]] = {}
_building = Lock()


def _house(ground: Ground, configuration: Configuration) -> tuple[House, Lock]:
    settings, catalogue = configuration.settings, ground.catalogue and _digest(ground.catalogue)
    whole = [settings.model_dump_json(), catalogue, ground.now, ground.seed, ground.hearing.__qualname__]
    name = json.dumps(whole, default=str)
    with _building:
        if name not in _houses:
            scratch = Scratch(settings, ground.catalogue, ground.now)
            _houses[name] = House(settings, ground.hearing(settings), scratch, ground.now, ground.seed), Lock()
        return _houses[name]


# Where the work is done


@contextmanager
def processes(workers: int) -> Iterator[Spread[Any, Any]]:
    """A `map` over worker processes, results as they come; at most two jobs a worker are under way."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (os.getpid(),))

    def spread(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        under_way: set[Future[R]] = set()
        for item in items:
            under_way.add(pool.submit(work, item))
            if len(under_way) >= 2 * workers:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        yield from (one.result() for one in under_way)

    try:
        yield spread
    except BrokenProcessPool as error:
        raise WorkersLost(
            "A worker process ended by itself, mostly for want of memory: use fewer --workers. "
            "The same command goes on from here."
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin(parent: int) -> None:
    """A worker keeps to one core, since there are as many as are wanted, and ends when its run was killed."""
    threadpool_limits(1)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHANED_AFTER)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# What makes two runs the same


@cache
def program() -> str:
    """A checksum of Handla's own files: results of another program are not taken for this one's."""
    whole = hashlib.sha256()
    root = Path(__file__).parents[2]
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                whole.update(f"{file.relative_to(root)}|{_digest(file)}\n".encode())
    return whole.hexdigest()[:16]


def _row_keys(unit: Unit) -> list[Mapping[str, Any]]:
    return [{**asdict(row), "file": row.file and _digest(row.file), "where": ""} for row in unit]


def _files_of(condition: Condition) -> list[str]:
    named = [(condition.noise, GENERATED), (condition.room, tuple(ROOMS))]
    return [_digest(Path(name)) for name, known in named if name and name not in known]


def _digest(file: Path) -> str:
    about = file.stat()
    return _digest_of(file, about.st_size, about.st_mtime_ns)


@cache
def _digest_of(file: Path, _size: int, _changed: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
