"""`handla listen` on the virtual devices of a sound server: what is put in, what comes out, and when.

Both sinks are recorded side by side. When a sample went through is told by the earliest arrival of the pieces of its
recording, as voice/moments.py does it; both recordings are read in the same small pieces, so that what their reading
takes falls out of the difference.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any, Self

import numpy as np
import soxr
from numpy.typing import NDArray

from tests.voice.sound_server import EAR, MOUTH, RATE, SoundServer
from voice.mouth import AUDIBLE
from voice.wav import samples_of

Samples = NDArray[np.int16]
ROOT = Path(__file__).parents[1]
_PIECE = RATE // 100 * 2
"""Bytes of 10 ms."""


class Tape:
    """A recording of one sink whose samples have times, on `time.monotonic`."""

    def __init__(self, server: SoundServer, sink: str) -> None:
        command = ["parec", f"--device={sink}.monitor", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        environment = {**os.environ, **server.environment}
        self._process = subprocess.Popen(
            [*command, "--latency-msec=10", "--raw"], env=environment, stdout=subprocess.PIPE
        )
        self._parts: list[bytes] = []
        self._began = np.inf
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        count = 0
        while part := self._process.stdout.read1(_PIECE):  # type: ignore[attr-defined]
            count += len(part)
            self._parts.append(part)
            self._began = min(self._began, time.monotonic() - count / 2 / RATE)

    def audible(self, since: float, until: float = np.inf) -> NDArray[np.float64]:
        """When samples were audible in this span."""
        sound = b"".join(self._parts)
        samples = np.frombuffer(sound[: len(sound) // 2 * 2], np.int16)
        first = max(0, round((since - self._began) * RATE))
        last = len(samples) if np.isinf(until) else round((until - self._began) * RATE)
        loud = np.flatnonzero(np.abs(samples[first:last].astype(np.int32)) >= AUDIBLE)
        times: NDArray[np.float64] = self._began + (first + loud) / RATE
        return times

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(5)
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Session:
    """A running program that talks, prints JSON lines, and whose devices are recorded. Use as a context manager."""

    def __init__(self, server: SoundServer, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.server = server
        self.events: list[tuple[float, dict[str, Any]]] = []
        """(when it was told, the JSON object)"""
        self._keys, terminal = os.openpty()
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **server.environment, **environment},
            cwd=ROOT,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(terminal)
        self.errors = ""
        self._readers = [Thread(target=read, daemon=True) for read in (self._read, self._read_errors)]
        for reader in self._readers:
            reader.start()
        self.ear, self.mouth = Tape(server, EAR), Tape(server, MOUTH)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append((time.monotonic(), json.loads(line)))

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line

    def wait_for(self, kind: str, since: float = 0.0, seconds: float = 30.0) -> dict[str, Any]:
        """The first event of this kind that was told after `since`. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for at, event in tuple(self.events):
                if at >= since and event["event"] == kind:
                    return event
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise TimeoutError(
            f"no event {kind!r}; there were {[event['event'] for _, event in self.events]}\n{self.errors}"
        )

    def say(self, samples: Samples) -> tuple[float, float]:
        """Put speech, mono at RATE, before the microphone; when its first and last audible samples went through."""
        began = time.monotonic()
        self.server.put_in(samples)
        time.sleep(0.05)
        heard = self.ear.audible(began)
        return float(heard[0]), float(heard[-1])

    def press_enter(self) -> None:
        """What stops a reply."""
        os.write(self._keys, b"\n")

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)

    def __enter__(self) -> Self:
        self.wait_for("listening", seconds=120.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        os.close(self._keys)
        self.ear.close()
        self.mouth.close()


class Listening(Session):
    """`handla listen --json`."""

    def __init__(self, server: SoundServer, settings: Mapping[str, str], options: Sequence[str] = ()) -> None:
        """`settings`: HANDLA_* variables."""
        super().__init__(server, [sys.executable, "-m", "assistant.cli", "listen", "--json", *options], settings)


def spoken(file: Path) -> Samples:
    """A sound file, mono at RATE."""
    resampled: Samples = soxr.resample(samples_of(file), 16_000, RATE)
    return resampled
