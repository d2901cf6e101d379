"""Recordings in request bodies, and replies as sound. Needs the extra `voice`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from assistant.ears import Ears, Heard
from voice.ports import TextToSpeech
from voice.types import BadAudio
from voice.wav import write_wav
from voice.webm import unpack

T = TypeVar("T")


class Sound:
    """Ears and mouth, for one recording at a time: the models use all the threads they are given."""

    def __init__(self, ears: Ears, mouth: TextToSpeech) -> None:
        self.language = ears.language
        """What recordings are in."""
        self._ears, self._mouth = ears, mouth
        self._one = ThreadPoolExecutor(1, thread_name_prefix="sound")

    async def hear(self, body: bytes, webm: bool, hints: Sequence[str]) -> Heard:
        """The words of a recording. Raises BadAudio, whose message names no file."""
        return await self._run(partial(self._hear, body, webm, hints))

    async def speak(self, speech: str, kind: str) -> bytes:
        """A reply as the content of a file of that kind, wav or ogg (Opus); empty where there is nothing to say."""
        return await self._run(partial(self._speak, speech, kind))

    def close(self) -> None:
        """Finish what was begun."""
        self._one.shutdown(wait=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._one.submit(work))

    def _hear(self, body: bytes, webm: bool, hints: Sequence[str]) -> Heard:
        with TemporaryDirectory(prefix="handla-") as folder:
            recording = Path(folder) / "recording"
            recording.write_bytes(body)
            try:
                if webm:
                    unpack(recording, recording.with_suffix(".wav"), self._ears.longest_turn)
                    recording = recording.with_suffix(".wav")
                return self._ears.hear(recording, hints)
            except BadAudio as error:
                raise BadAudio(str(error).removeprefix(f"{recording}: ")) from error

    def _speak(self, speech: str, kind: str) -> bytes:
        with TemporaryDirectory(prefix="handla-") as folder:
            file = Path(folder) / f"reply.{kind}"
            if not speech or not write_wav(file, self._mouth.speak(speech)):
                return b""
            return file.read_bytes()
