"""A sound server of our own with two virtual devices, for tests and measurements that need a real audio device.

The virtual microphone is the monitor of the sink `ear`: what is played into that sink is what the microphone hears. The
virtual loudspeaker is the sink `mouth`: what its monitor gives is what a person would hear. Both are PulseAudio's
default devices there, so PortAudio's device "pulse" finds them. Debian: pulseaudio, pulseaudio-utils, libportaudio2,
libasound2-plugins.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

EAR, MOUTH = "ear", "mouth"
RATE = 48_000
"""Hertz that sounds are put in and taken out at."""
PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")


def missing() -> str | None:
    """What of the sound server is not installed; None when it can be started."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(absent)} (Debian: pulseaudio pulseaudio-utils)" if absent else None


class Recording:
    """What a sink is being given, from its monitor."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._parts: list[bytes] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while part := self._process.stdout.read1(4096):  # type: ignore[attr-defined]
            self._parts.append(part)

    def samples(self) -> NDArray[np.int16]:
        """All so far, mono, at RATE."""
        sound = b"".join(self._parts)
        return np.frombuffer(sound[: len(sound) // 2 * 2], np.int16)

    def stop(self) -> NDArray[np.int16]:
        self._process.terminate()
        self._process.wait(5)
        self._reader.join(5)
        return self.samples()


class SoundServer:
    """A running PulseAudio. `environment` makes a process its client."""

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
        self._wait_for(socket)
        self.plug(EAR)
        self.plug(MOUTH, 44_100)

    def plug(self, sink: str, rate: int = RATE) -> None:
        """Connect a virtual device."""
        self._modules[sink] = self._pactl(
            "load-module", "module-null-sink", f"sink_name={sink}", f"rate={rate}"
        ).strip()
        if sink == EAR:
            self._pactl("set-default-source", f"{EAR}.monitor")
        if sink == MOUTH:
            self._pactl("set-default-sink", MOUTH)

    def unplug(self, sink: str) -> None:
        self._pactl("unload-module", self._modules.pop(sink))

    @contextmanager
    def recording(self, sink: str = MOUTH) -> Iterator[Recording]:
        """What is played on `sink` meanwhile."""
        command = ["parec", f"--device={sink}.monitor", *_FORMAT, "--raw"]
        recording = Recording(subprocess.Popen(command, env=self._clients(), stdout=subprocess.PIPE))
        deadline = time.monotonic() + 5
        while not len(recording.samples()) and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield recording
        finally:
            recording.stop()

    def put_in(self, samples: NDArray[np.int16], sink: str = EAR) -> None:
        """Let the microphone hear `samples`, mono at RATE; returns when they are through."""
        command = ["pacat", "--playback", f"--device={sink}", *_FORMAT, "--raw"]
        subprocess.run(command, env=self._clients(), input=samples.tobytes(), check=True, timeout=120)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        shutil.rmtree(self._folder, ignore_errors=True)

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


_FORMAT = ("--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=10")
