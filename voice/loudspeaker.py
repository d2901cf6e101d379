"""A device as Speaker."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event, Lock
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.devices import After, DeviceGone, How, NoDevice, PortAudio, Stream, port_audio
from voice.ports import Tap
from voice.resample import Resampler
from voice.types import AudioChunk, Played

_MARGIN = 0.02
"""Seconds by which a device may hold more than it says."""


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """Which loudspeaker, and how it is fed."""

    device: str | None = None
    """Its number or a part of its name; None: the system's."""
    block: float = 0.01
    """Seconds handed over at a time."""
    latency: float = 0.08
    """Seconds of sound that the device's buffer should hold; a wish. More bears a busier machine."""
    silent: float = 2.0
    """Seconds without being asked for sound after which the device counts as gone."""


class DeviceSpeaker:
    """An output device. Use as a context manager, or call `close`. Sounds of several threads play one after the other.

    The device is kept open and runs only while something plays: a sound starts behind no silence. A stop drops what
    the device's buffer holds, so that it takes one block, however much is buffered.
    """

    def __init__(self, settings: SpeakerSettings | None = None, system: PortAudio | None = None) -> None:
        """Raises NoDevice where there is no such device."""
        self.settings = settings or SpeakerSettings()
        self.late = 0
        """How often the device wanted sound that was not there in time."""
        self._system = system or port_audio()
        self.device = self._system.pick(self.settings.device, "output")
        """The one in use."""
        self._lock = Lock()
        self._stream: Stream | None = None
        self._playing: _Playing | None = None

    def play(self, sound: Iterable[AudioChunk], stop: Event | None = None, tap: Tap | None = None) -> Played:
        """As the port says. Raises NoDevice when the device cannot be opened, DeviceGone when it goes meanwhile."""
        with self._lock:
            stream = self._opened()
            playing = self._playing = _Playing(stream.rate, stop or Event(), tap)
            try:
                self._feed(sound, playing, stream)
                if playing.started:
                    self._wait(playing)
            finally:
                self.late += playing.late
                self._playing = None
                if self._stream is stream:
                    stream.reset()
            return Played(playing.sounded, playing.finished)

    def close(self) -> None:
        """Give the device back."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _feed(self, sound: Iterable[AudioChunk], playing: _Playing, stream: Stream) -> None:
        for chunk in sound:
            if playing.is_over():
                return
            playing.add(chunk)
            if not playing.started:
                playing.started = True
                try:
                    self._system.start(stream, self.device, "output")
                except NoDevice:
                    self.close()
                    raise
        playing.complete()

    def _wait(self, playing: _Playing) -> None:
        asked = playing.asked
        while not playing.ended.wait(self.settings.silent):
            if playing.asked == asked:
                break
            asked = playing.asked
        if not playing.is_over():
            self.close()
            raise DeviceGone(
                f"The loudspeaker {self.device.name} has gone. Connect it again, or name another one; "
                "`handla devices` lists them."
            )

    def _opened(self) -> Stream:
        if self._stream is None:
            self._system.refresh()
            self.device = self._system.pick(self.settings.device, "output")
            how = How(self.settings.block, self.settings.latency, self._fill, self._ended)
            self._stream = self._system.open(self.device, "output", how)
        return self._stream

    def _fill(self, out: Any, frames: int, times: Any, flags: Any) -> After:
        """On the audio thread: copy what is there, and nothing else."""
        playing = self._playing
        if playing is None:
            out.fill(0)
            return "abort"
        if flags.output_underflow:
            playing.late += 1
        ahead = max(0.0, times.outputBufferDacTime - times.currentTime)
        return playing.fill(out, frames, ahead)

    def _ended(self) -> None:
        playing = self._playing
        if playing is not None:
            playing.ended.set()

    def __enter__(self) -> DeviceSpeaker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Playing:
    """One sound on its way out: filled by the caller's thread, emptied by the audio thread."""

    def __init__(self, rate: int, stop: Event, tap: Tap | None) -> None:
        self.started = False
        self.ended = Event()
        self.finished = False
        self.sounded = 0.0
        """Seconds of the sound that reached the ear, once it is over."""
        self.asked = 0
        """How often the device wanted a block."""
        self.late = 0
        self._rate = rate
        self._stop = stop
        self._tap = tap
        self._parts: deque[NDArray[np.int16]] = deque()
        self._complete = False
        self._taken = 0
        self._trailing = 0
        self._resampler: Resampler | None = None
        self._source = 0

    def is_over(self) -> bool:
        """Whether all of it has sounded, or it was stopped."""
        return self.finished or self._stop.is_set()

    def add(self, chunk: AudioChunk) -> None:
        if self._resampler is None or self._source != chunk.rate:
            self._flush()
            self._resampler, self._source = Resampler(chunk.rate, self._rate), chunk.rate
        self._parts.append(self._resampler.push(chunk.samples))

    def complete(self) -> None:
        """No more is added."""
        self._flush()
        self._complete = True
        self.finished = not self.started

    def _flush(self) -> None:
        if self._resampler is not None:
            self._parts.append(self._resampler.rest())

    def fill(self, out: Any, frames: int, ahead: float) -> After:
        """The next block into `out`, shape (frames, channels), which sounds in `ahead` seconds.

        After the last sample there is silence until that sample has sounded: not every sound system plays out by itself
        what it holds when a stream ends.
        """
        self.asked += 1
        sounded = (self._taken + self._trailing) / self._rate - ahead
        if self._stop.is_set() or (self._trailing and sounded > self._taken / self._rate + _MARGIN):
            out.fill(0)
            self.sounded = min(max(0.0, sounded), self._taken / self._rate)
            self.finished = not self._stop.is_set()
            return "abort"
        out[:] = self._next(frames, self._complete)[:, np.newaxis]
        if self._tap is not None:
            self._tap(AudioChunk(out[:, 0].copy(), self._rate), time.monotonic() + ahead)
        return "go on"

    def _next(self, frames: int, complete: bool) -> NDArray[np.int16]:
        """The next samples, shape (frames,); silence where there are none (yet)."""
        piece = np.zeros(frames, np.int16)
        done = 0
        while done < frames and self._parts:
            part = self._parts[0]
            used = part[: frames - done]
            piece[done : done + len(used)] = used
            done += len(used)
            if len(used) == len(part):
                self._parts.popleft()
            else:
                self._parts[0] = part[len(used) :]
        self._taken += done
        if complete:
            self._trailing += frames - done
        elif done < frames:
            self.late += 1
        return piece
