"""Work done beside the thread that reads sound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Task(Protocol[T_co]):
    """A job that was started."""

    def ready(self, now: float) -> bool:
        """Whether the result is there at `now`, seconds of audio time."""
        ...

    def result(self) -> T_co:
        """The result; waits for it. Raises what the job raised."""
        ...

    def drop(self) -> None:
        """Nobody wants the result any more; a job that has not begun never will."""
        ...


class Worker(Protocol):
    """Runs jobs one after the other."""

    def start(self, job: Callable[[], T], now: float) -> Task[T]:
        """Start `job` at `now`, seconds of audio time, or as soon as the jobs before it are done. Returns at once."""
        ...


class ThreadWorker:
    """One thread of its own, whose results are there when they are there."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice-worker")

    def start(self, job: Callable[[], T], now: float) -> Task[T]:  # noqa: ARG002
        return _FutureTask(self._pool.submit(job))


class _FutureTask(Task[T]):
    def __init__(self, future: Future[T]) -> None:
        self._future = future

    def ready(self, now: float) -> bool:  # noqa: ARG002
        return self._future.done()

    def result(self) -> T:
        return self._future.result()

    def drop(self) -> None:
        self._future.cancel()
