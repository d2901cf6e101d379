"""Handla's own voice taken out of what the microphone hears: WebRTC's echo canceller (AEC3), as livekit binds it."""

from __future__ import annotations

from collections import deque

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from voice.resample import Resampler
from voice.types import AudioChunk

RATE = 16_000
_PIECE = RATE // 100
"""WebRTC takes pieces of 10 ms."""
_MOST_WAITING = RATE // 2
"""Samples of played sound that may wait to be met by the microphone: what is further ahead, it cannot match."""
_RINGS = 1.0
"""Seconds after the last played sound in which the room may still give some of it back."""


_LEARNING = 1.0
"""Seconds of played sound in which AEC3, when it is new, may let some of the echo through."""
_TRUSTED_AFTER = 2.0
"""Seconds over which its output grows from silence to what it is: a sudden beginning would be taken for speech."""
_WOULD_BE_HEARD = 10**-3.0
"""An echo of this power beside what is played, -30 dB, is looked for."""
_ABOVE_NOISE = 4.0
"""Times the noise's power: what is above is no noise."""
_NOISE_OF = 200
"""Pieces by which the noise is known, of those before a reply."""
_LEAST_NOISE = 16.0
"""Power of a piece that nobody hears."""


class EchoCanceller:
    """Feed it what is played and what is heard, in the order of time; one of them per microphone.

    While nothing was played for a second, sound passes through untouched. It also does for the rest of a reply of
    which nothing comes back in its first half second of loud sound, as with headphones: AEC3 takes words for it.
    A new AEC3 lets through parts of the first second of an echo: that is kept silent, what follows grows louder.
    Not for use by two threads at once.
    """

    def __init__(self) -> None:
        self._apm = rtc.AudioProcessingModule(echo_cancellation=True)
        self._resampler: Resampler | None = None
        self._rate = 0
        self._played = np.zeros(0, np.int16)
        self._heard = np.zeros(0, np.int16)
        self._quiet = round(_RINGS * RATE)
        """Samples heard since the last played sound."""
        self._noise: deque[float] = deque(maxlen=_NOISE_OF)
        """Power of what was last heard while nothing was played."""
        self._unanswered = 0
        """Samples of this reply that would have been heard, had they come back, but were not; -1: some may have."""
        self._learnt = 0
        """Samples of sound that AEC3 has met."""

    def played(self, sound: AudioChunk) -> None:
        """Sound on its way to the loudspeaker, at any rate."""
        if self._resampler is None or self._rate != sound.rate:
            self._resampler, self._rate = Resampler(sound.rate, RATE), sound.rate
        self._played = np.concatenate([self._played, self._resampler.push(sound.samples)])[-_MOST_WAITING:]

    def clean(self, sound: AudioChunk) -> AudioChunk:
        """What else is heard beside it; whole pieces of 10 ms, the rest with the next call. ValueError off 16 kHz."""
        if sound.rate != RATE:
            raise ValueError(f"sound at {sound.rate} Hz where {RATE} Hz is needed: resample it first")
        self._heard = np.concatenate([self._heard, sound.samples])
        count = len(self._heard) // _PIECE
        pieces = [self._clean(self._heard[n * _PIECE : (n + 1) * _PIECE]) for n in range(count)]
        self._heard = self._heard[count * _PIECE :]
        return AudioChunk(np.concatenate(pieces) if pieces else np.zeros(0, np.int16), RATE)

    def _clean(self, heard: NDArray[np.int16]) -> NDArray[np.int16]:
        reference, self._played = self._played[:_PIECE], self._played[_PIECE:]
        self._quiet = 0 if np.any(reference) else self._quiet + _PIECE
        if self._quiet > _RINGS * RATE:
            self._noise.append(_power(heard))
            self._unanswered = 0
            return heard
        if len(reference) < _PIECE:
            reference = np.pad(reference, (0, _PIECE - len(reference)))
        cleaned = self._cancel(reference, heard)
        if self._nothing_comes_back(reference, heard):
            return heard
        if self._quiet == 0:
            self._learnt += _PIECE
        trust = np.clip((self._learnt / RATE - _LEARNING) / _TRUSTED_AFTER, 0.0, 1.0)
        softened: NDArray[np.int16] = (cleaned * trust).astype(np.int16)
        return softened

    def _nothing_comes_back(self, reference: NDArray[np.int16], heard: NDArray[np.int16]) -> bool:
        """Whether this reply, for as long as an echo may take, has left the microphone as still as it was before."""
        if 0 <= self._unanswered < _MOST_WAITING:
            noise = max(_LEAST_NOISE, float(np.quantile(self._noise, 0.1))) if self._noise else np.inf
            if _power(heard) > _ABOVE_NOISE * noise:
                self._unanswered = -1
            elif _power(reference) * _WOULD_BE_HEARD > _ABOVE_NOISE * noise:
                self._unanswered += _PIECE
        return self._unanswered >= _MOST_WAITING

    def _cancel(self, reference: NDArray[np.int16], heard: NDArray[np.int16]) -> NDArray[np.int16]:
        self._apm.process_reverse_stream(_frame(reference))
        frame = _frame(heard)
        self._apm.process_stream(frame)
        return np.frombuffer(bytes(frame.data.cast("B")), np.int16)


def _power(samples: NDArray[np.int16]) -> float:
    return float(np.square(samples.astype(np.float64)).mean())


def _frame(samples: NDArray[np.int16]) -> rtc.AudioFrame:
    return rtc.AudioFrame(bytearray(samples.tobytes()), RATE, 1, len(samples))
