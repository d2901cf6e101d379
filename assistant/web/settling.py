"""What is done beside the turns, again and again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Job = Callable[[datetime], int]
"""Settles what is unfinished at that moment; how many there were."""


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def settling(jobs: Mapping[str, Job], every: float, now: Clock = _now) -> Iterator[None]:
    """Do the jobs each `every` seconds, on a thread, as long as the block lasts."""
    stopped = Event()
    thread = Thread(target=_keep_settling, args=(jobs, every, stopped, now), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(every)


def _keep_settling(jobs: Mapping[str, Job], every: float, stopped: Event, now: Clock) -> None:
    while not stopped.wait(every):
        for name, job in jobs.items():
            try:
                settled = job(now())
            except Exception:
                _log.exception("%s could not be settled; trying again in %.0f s", name, every)
            else:
                if settled:
                    _log.info("%s: %d settled that had been left unfinished", name, settled)
