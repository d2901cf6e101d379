"""Work spread over a Dask cluster (extra `dask`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from distributed import Client, Future

T = TypeVar("T")
R = TypeVar("R")
_WAIT = 20
"""Seconds for a cluster to answer."""


class NoCluster(RuntimeError):
    """There is no cluster at this address; the message says so."""


def _client(address: str) -> Any:
    connect: Any = Client  # it has no types
    return connect(address, timeout=_WAIT, set_as_default=False)


@contextmanager
def cluster(address: str) -> Iterator[Callable[[Callable[[T], R], Iterable[T]], Iterator[R]]]:
    """A `map` whose calls run on the workers of the scheduler at `address`, results in order. Raises NoCluster.

    At most two calls for each thread of the workers are under way: results wait in the cluster's memory, not here.
    """
    try:
        client = _client(address)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(f"no Dask scheduler answers at {address}: {error}") from None
    with client:

        def spread(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
            most = 2 * max(1, sum(client.nthreads().values()))
            under_way: deque[Future[Any]] = deque()
            for item in items:
                under_way.append(client.submit(work, item, pure=False))
                if len(under_way) >= most:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()

        yield spread
