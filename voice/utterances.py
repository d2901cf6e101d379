"""A stream of sound cut into utterances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from voice.endpoint import Ended, Endpointer, EndpointSettings
from voice.ports import SpeechDetector
from voice.types import AudioChunk, Utterance


def utterances(
    chunks: Iterable[AudioChunk], detector: SpeechDetector, settings: EndpointSettings | None = None
) -> Iterator[Utterance]:
    """Each utterance as soon as it has ended; the last one when the stream ends.

    Chunks of any length, all at `detector.rate`; ValueError otherwise. Keeps no more sound than the running utterance
    (`settings.longest`) and the pre-roll. The detector is reset first.
    """
    detector.reset()
    endpointer = Endpointer(settings, detector.rate, detector.frame_samples)
    kept = Kept()
    for frame in frames(chunks, detector.rate, detector.frame_samples):
        kept.append(frame)
        missing = detector.frame_samples - len(frame)  # only the last frame can be short
        whole = np.pad(frame, (0, missing)) if missing else frame
        for event in endpointer.feed(detector.probability(whole)):
            if isinstance(event, Ended):
                yield _utterance(kept, event, detector.rate)
        kept.forget(endpointer.keep_from)
    for event in endpointer.flush():
        if isinstance(event, Ended):
            yield _utterance(kept, event, detector.rate)


def _utterance(kept: Kept, event: Ended, rate: int) -> Utterance:
    samples = kept.between(event.start, event.end)
    ended = min(event.speech_end, event.start + len(samples))
    return Utterance(samples, rate, event.start / rate, ended / rate)


def frames(chunks: Iterable[AudioChunk], rate: int, size: int) -> Iterator[NDArray[np.int16]]:
    """`chunks` as frames of `size` samples; the last one may be shorter. ValueError for a chunk at another rate."""
    rest = np.zeros(0, np.int16)
    for chunk in chunks:
        if chunk.rate != rate:
            raise ValueError(f"sound at {chunk.rate} Hz where {rate} Hz is needed: resample it first")
        joined = np.concatenate([rest, chunk.samples])
        whole = len(joined) - len(joined) % size
        yield from joined[:whole].reshape(-1, size)
        rest = joined[whole:]
    if len(rest):
        yield rest


class Kept:
    """The sound that may still be asked for, by its position in the stream."""

    def __init__(self) -> None:
        self._frames: list[NDArray[np.int16]] = []
        self._first = 0

    def append(self, frame: NDArray[np.int16]) -> None:
        self._frames.append(frame)

    def between(self, start: int, end: int) -> NDArray[np.int16]:
        """A copy, shape (n,); shorter than asked for where the stream ended before `end`."""
        return np.concatenate(self._frames)[start - self._first : end - self._first]

    def forget(self, before: int) -> None:
        while self._frames and self._first + len(self._frames[0]) <= before:
            self._first += len(self._frames.pop(0))
