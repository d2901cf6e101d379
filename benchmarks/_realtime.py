"""The second peer of `handla bench voice`: RealtimeSTT and RealtimeTTS with Piper (benchmarks/_realtime_chain.py).

Its PyAudio comes as source: it needs a C compiler and PortAudio's headers (Debian: portaudio19-dev). RealtimeTTS starts
a process of Piper for each sentence; that is part of what is measured.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._environments import install
from benchmarks._live import Session
from tests.voice.sound_server import SoundServer
from voice.models import voice_files, whisper_folder

PACKAGES = ("RealtimeSTT[faster-whisper,silero-onnx]==1.1.2", "RealtimeTTS==0.8.10", "piper-tts==1.8.0")
CHAIN = Path(__file__).with_name("_realtime_chain.py")


@contextmanager
def realtime_chain(server: SoundServer, reply: str) -> Iterator[Session]:
    """The peer, listening. Raises NoPeer."""
    command = [str(install("realtime", PACKAGES)), str(CHAIN), str(whisper_folder()), str(voice_files().onnx), reply]
    with Session(server, command, {"OMP_NUM_THREADS": str(os.cpu_count() or 1)}) as session:
        yield session
