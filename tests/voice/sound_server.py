"""A sound server of our own with two virtual devices, for tests and measurements that need a real audio device.

The virtual microphone is the monitor of the sink `ear`: what is played into that sink is what the microphone hears. The
virtual loudspeaker is the sink `mouth`: what its monitor gives is what a person would hear. Both are PulseAudio's
default devices there, so PortAudio's device "pulse" finds them.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

EAR, MOUTH = "ear", "mouth"
RATE = 48_000
"""Hertz that sounds are put in and taken out at."""
VARIABLE = "HANDLA_TEST_SOUND"
"""Environment variable: "required" makes it a failure, not a skip, that the sound server is not installed."""
DEBIAN = "pulseaudio pulseaudio-utils libportaudio2 libasound2-plugins"
PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")


def missing() -> str | None:
    """What of the sound server is not installed; None when it can be started."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    absent += [] if find_library("portaudio") else ["the PortAudio library"]
    if not absent:
        return None
    return f"not installed: {', '.join(absent)} (Debian: {DEBIAN})"


class Recording:
    """What a sink is being given, from its monitor. The first of it is there when this returns."""

    def __init__(self, process: subprocess.Popen[bytes], keep: bool = True) -> None:
        self._process = process
        self._keep = keep
        self._parts: list[bytes] = []
        self._begun = Event()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self._begun.wait(10)

    def _read(self) -> None:
        assert isinstance(self._process.stdout, io.BufferedReader)
        while part := self._process.stdout.read1(4096):
            self._begun.set()
            if self._keep:
                self._parts.append(part)

    def samples(self) -> NDArray[np.int16]:
        """All so far, mono, at RATE."""
        sound = b"".join(self._parts)
        return np.frombuffer(sound[: len(sound) // 2 * 2], np.int16)

    def stop(self) -> None:
        _end(self._process)
        self._reader.join(5)
        self._process.stdout.close()  # type: ignore[union-attr]


class SoundServer:
    """A running PulseAudio. `environment` makes a process its client. Use as a context manager, or call `close`."""

    def __init__(self) -> None:
        """Raises RuntimeError when it does not start."""
        self._folder = Path(tempfile.mkdtemp(prefix="handla-sound-"))
        socket = self._folder / "native"
        self.environment = {"PULSE_SERVER": f"unix:{socket}", "PULSE_COOKIE": str(self._folder / "cookie")}
        home = {
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder),
        }
        protocol = f"module-native-protocol-unix auth-anonymous=1 socket={socket}"
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
        self._log = self._folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["pulseaudio", *options, "-L", protocol],
                env={**os.environ, **home},
                stdout=log,
                stderr=log,
            )
        self._modules: dict[str, str] = {}
        self._listeners: dict[str, Recording] = {}
        self._wait_for(socket)
        self.plug(EAR)
        self.plug(MOUTH, 44_100)

    def plug(self, sink: str, rate: int = RATE) -> None:
        """Connect a virtual device.

        A null sink sleeps up to two seconds where nobody asks for less, and new clients wait for that. So somebody
        listens to it all the time, in small pieces.
        """
        self._modules[sink] = self._pactl(
            "load-module", "module-null-sink", f"sink_name={sink}", f"rate={rate}"
        ).strip()
        if sink == EAR:
            self._pactl("set-default-source", f"{EAR}.monitor")
        if sink == MOUTH:
            self._pactl("set-default-sink", MOUTH)
        self._listeners[sink] = Recording(self._listening(sink), keep=False)

    def unplug(self, sink: str) -> None:
        self._listeners.pop(sink).stop()
        self._pactl("unload-module", self._modules.pop(sink))

    @contextmanager
    def recording(self, sink: str = MOUTH) -> Iterator[Recording]:
        """What is played on `sink` meanwhile."""
        recording = Recording(self._listening(sink))
        try:
            yield recording
        finally:
            recording.stop()

    def put_in(self, samples: NDArray[np.int16], sink: str = EAR) -> None:
        """Let the microphone hear `samples`, mono at RATE; returns when they are through."""
        command = ["pacat", "--playback", f"--device={sink}", *_FORMAT[:-1], "--latency-msec=200", "--raw"]
        subprocess.run(command, env=self._clients(), input=samples.tobytes(), check=True, timeout=120)

    def __enter__(self) -> SoundServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for listener in self._listeners.values():
            listener.stop()
        _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _listening(self, sink: str) -> subprocess.Popen[bytes]:
        command = ["parec", f"--device={sink}.monitor", *_FORMAT, "--raw"]
        return subprocess.Popen(command, env=self._clients(), stdout=subprocess.PIPE)

    def _wait_for(self, socket: Path) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            if (
                socket.exists()
                and subprocess.run(["pactl", "info"], env=self._clients(), capture_output=True).returncode == 0
            ):
                return
            time.sleep(0.05)
        said = self._log.read_text(errors="replace")[-2000:]
        self.close()
        raise RuntimeError(f"PulseAudio does not start:\n{said}")

    def _pactl(self, *words: str) -> str:
        done = subprocess.run(["pactl", *words], env=self._clients(), capture_output=True, text=True, timeout=10)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def _clients(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


_FORMAT = ("--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=10")
