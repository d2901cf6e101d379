"""The peer of `handla bench voice`: wyoming-faster-whisper and wyoming-piper with the same weights, joined as Home
Assistant joins them (benchmarks/_wyoming_chain.py). It is installed into a virtual environment of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks._environments import NoPeer, install
from benchmarks._live import Session
from benchmarks._machine import free_port
from tests.voice.sound_server import SoundServer
from voice.models import voice_files, whisper_folder

PACKAGES = ("wyoming-faster-whisper==3.8.1", "wyoming-piper==2.5.2")
CHAIN = Path(__file__).with_name("_wyoming_chain.py")


@contextmanager
def wyoming_chain(server: SoundServer, reply: str) -> Iterator[Session]:
    """The peer, listening. Raises NoPeer."""
    python = install("wyoming", PACKAGES)
    whisper, voice = whisper_folder(), voice_files()
    stt, tts = free_port(), free_port()
    threads = str(os.cpu_count() or 1)
    data = ("--data-dir", str(voice.onnx.parent))
    hear = ("wyoming_faster_whisper", "--model", str(whisper), "--language", "en", "--compute-type", "int8")
    with ExitStack() as stack:
        for port, command in (
            (stt, (*hear, "--stt-library", "faster-whisper", "--cpu-threads", threads, *data)),
            (tts, ("wyoming_piper", "--voice", voice.onnx.stem, "--local-files-only", *data)),
        ):
            stack.enter_context(_served(python, port, command))
        command = [str(python), str(CHAIN), str(stt), str(tts), reply]
        yield stack.enter_context(Session(server, command, {}))


@contextmanager
def _served(python: Path, port: int, command: Sequence[str]) -> Iterator[None]:
    whole = [str(python), "-m", *command, "--uri", f"tcp://127.0.0.1:{port}"]
    process = subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        deadline = time.monotonic() + 90
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise NoPeer(f"{command[0]} does not start: {process.stderr.read().strip()[-300:]}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
