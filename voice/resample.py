"""Sound at one rate made sound at another."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import soxr
from numpy.typing import NDArray

S = TypeVar("S", np.int16, np.float32)


class Resampler:
    """A stream of mono sound from one rate to another by libsoxr; the same rate passes through untouched."""

    def __init__(
        self, source: int, target: int, kind: type[np.int16] | type[np.float32] = np.int16, live: bool = False
    ) -> None:
        """`source`, `target`: hertz. `kind`: of the samples that go in and come out.

        `live`: every push gives its share at once, 13 ms late. Otherwise the sound comes in its place in time, but in
        bursts that hold up to 40 ms back. (libsoxr's variable-rate engine; it costs some 2 ms a second of sound.)
        """
        self._kind = kind
        self._stream: Any = None
        if source != target:
            self._stream = soxr.ResampleStream(source, target, 1, dtype=np.dtype(kind).name, vr=live)

    def push(self, samples: NDArray[S]) -> NDArray[S]:
        """What is ready now."""
        if self._stream is None:
            return samples
        ready: NDArray[S] = self._stream.resample_chunk(samples)
        return ready

    def rest(self) -> NDArray[Any]:
        """What the filter held back. Nothing may be pushed after it."""
        nothing = np.zeros(0, self._kind)
        if self._stream is None:
            return nothing
        rest: NDArray[Any] = self._stream.resample_chunk(nothing, last=True)
        return rest
