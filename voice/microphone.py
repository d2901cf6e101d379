"""A device as Microphone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.devices import After, Device, DeviceGone, How, NoDevice, PortAudio, Stream, port_audio
from voice.resample import Resampler
from voice.types import AudioChunk
from voice.wav import RATE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """Which microphone, and what happens when it is gone."""

    device: str | None = None
    """Its number or a part of its name; None: the system's."""
    rate: int = RATE
    """Hertz of the chunks."""
    reopen: bool = False
    """Wait for a device that has gone until it is back; otherwise that raises DeviceGone."""
    block: float = 0.02
    """Seconds a chunk, roughly."""
    latency: float = 0.06
    """Seconds of sound that the device may hold before it hands it over; a wish."""
    waiting: float = 5.0
    """Seconds of sound that wait for the reader at most; what comes on top is lost."""
    silent: float = 2.0
    """Seconds without any chunk after which the device counts as gone."""
    retry: float = 1.0
    """Seconds between two tries to open it again."""


class DeviceMicrophone:
    """An input device. Use as a context manager, or call `close`.

    The audio thread only copies into a queue; whoever iterates `chunks` resamples. One reader at a time.
    """

    def __init__(
        self,
        settings: MicrophoneSettings | None = None,
        told: Callable[[str], None] = _log.warning,
        system: PortAudio | None = None,
    ) -> None:
        """`told` gets a sentence when sound was lost, and when the device goes and comes back. Raises NoDevice."""
        self.settings = settings or MicrophoneSettings()
        self.lost = 0
        """How often sound was lost, because the device overran or the reader fell behind."""
        self._told = told
        self._system = system or port_audio()
        self.device = self._system.pick(self.settings.device, "input")
        """The one in use."""
        self._queue: SimpleQueue[NDArray[np.int16] | None] = SimpleQueue()
        self._most = round(self.settings.waiting / self.settings.block)
        self._closed = Event()

    def chunks(self) -> Iterator[AudioChunk]:
        """Sound as it comes, until `close`. Raises NoDevice when it cannot be opened, DeviceGone when it goes."""
        stream = self._opened(self.device)
        while True:
            try:
                yield from self._heard(stream)
            finally:
                stream.close()
            if self._closed.is_set():
                return
            gone = f"The microphone {self.device.name} has gone."
            if not self.settings.reopen:
                raise DeviceGone(f"{gone} Connect it again, or name another one; `handla devices` lists them.")
            self._told(f"{gone} Waiting for it to come back.")
            found = self._back()
            if found is None:
                return
            stream = found
            self._told(f"The microphone {self.device.name} is back.")

    def close(self) -> None:
        """End `chunks`, from any thread."""
        self._closed.set()
        self._queue.put(None)

    def _heard(self, stream: Stream) -> Iterator[AudioChunk]:
        """Chunks of one stream until it falls silent or the microphone is closed."""
        resampler = Resampler(stream.rate, self.settings.rate, live=True)
        warned = False
        while True:
            try:
                block = self._queue.get(timeout=self.settings.silent)
            except Empty:
                return
            if block is None or self._closed.is_set():
                return
            if self.lost and not warned:
                warned = True
                self._told("Sound of the microphone was lost: this machine is too busy to listen without gaps.")
            mono = block[:, 0] if block.shape[1] == 1 else np.rint(block.mean(axis=1)).astype(np.int16)
            samples = resampler.push(mono)
            if len(samples):
                yield AudioChunk(samples, self.settings.rate)

    def _opened(self, device: Device) -> Stream:
        while not self._queue.empty():
            self._queue.get()
        settings = self.settings
        stream = self._system.open(device, "input", How(settings.block, settings.latency, self._take, self._ended))
        try:
            self._system.start(stream, device, "input")
        except NoDevice:
            stream.close()
            raise
        return stream

    def _take(self, block: Any, frames: int, times: Any, flags: Any) -> After:  # noqa: ARG002
        """On the audio thread: copy, count, and nothing else."""
        if flags.input_overflow or self._queue.qsize() >= self._most:
            self.lost += 1
        if self._queue.qsize() < self._most:
            self._queue.put(block.copy())
        return "go on"

    def _ended(self) -> None:
        self._queue.put(None)

    def _back(self) -> Stream | None:
        """The device opened again, as soon as it is there; None when closed meanwhile."""
        while not self._closed.wait(self.settings.retry):
            try:
                self._system.refresh()
                self.device = self._system.pick(self.settings.device, "input")
                return self._opened(self.device)
            except NoDevice as error:
                _log.debug("not back yet: %s", error)
        return None

    def __enter__(self) -> DeviceMicrophone:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
