"""Text to speech where there is no better voice: espeak-ng, a program of the system."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.models import ModelError
from voice.types import AudioChunk

PROGRAM = "espeak-ng"
_WORDS_A_MINUTE = 160
_AMPLITUDE = 90
_LONGEST = 20.0
"""Seconds that one text may take to be made; it takes a hundredth of that."""


@dataclass(frozen=True, slots=True)
class EspeakSettings:
    """How to speak. Raises ValueError on values that give no speech."""

    language: str
    """ISO 639-1 code, or a voice of espeak-ng such as "en-gb"."""
    rate: float = 1.0
    """2.0 is twice as fast."""
    volume: float = 1.0
    """1.0 is as loud as a Piper voice, roughly."""

    def __post_init__(self) -> None:
        if not 0.3 <= self.rate <= 3.0:
            raise ValueError(f"rate is {self.rate}; give 0.3 to 3")
        if not 0.0 < self.volume <= 2.0:
            raise ValueError(f"volume is {self.volume}; give above 0, up to 2")


class Espeak:
    """espeak-ng as TextToSpeech: understandable, in a hundred languages, and plainly a machine."""

    def __init__(self, settings: EspeakSettings) -> None:
        """Raises ModelError where the program is missing or does not speak the language."""
        self.settings = settings
        program = shutil.which(PROGRAM)
        if program is None:
            raise ModelError(
                f"{PROGRAM} is not installed, and no Piper voice is named for the language {settings.language!r}. "
                f"Install it (Debian and Ubuntu: apt install {PROGRAM}) or name a voice in voice.voice "
                "(docs/speaking.md)."
            )
        self._command = [
            program,
            *("-v", settings.language),
            *("-s", str(round(_WORDS_A_MINUTE * settings.rate))),
            *("-a", str(min(200, round(_AMPLITUDE * settings.volume)))),
            *("-b", "1"),
        ]
        self.identity = " ".join(self._command)
        """Two voices of the same identity make the same sound of a text."""
        self._refuse_unknown()

    def warm_up(self) -> None:
        """There is nothing to load."""

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """One chunk; nothing for a text without words. Raises ModelError when the program fails."""
        if not any(letter.isalnum() for letter in text):
            return
        # through standard input: what is said shows in no list of processes, and no text is taken for an option
        made = self._run(["--stdin", "--stdout"], text)
        try:
            with wave.open(io.BytesIO(made)) as sound:
                rate, samples = sound.getframerate(), sound.readframes(sound.getnframes())
        except (wave.Error, EOFError) as error:
            raise ModelError(f"{self._command[0]}: made no sound ({error}).") from error
        yield AudioChunk(np.frombuffer(samples[: len(samples) // 2 * 2], np.int16), rate)

    def _refuse_unknown(self) -> None:
        try:
            self._run(["-q"], "")
        except ModelError as error:
            known = "`espeak-ng --voices` lists what it speaks"
            raise ModelError(f"{PROGRAM} does not speak {self.settings.language!r}; {known} ({error}).") from error

    def _run(self, options: list[str], text: str) -> bytes:
        command = [*self._command, *options]
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ModelError(f"{Path(command[0]).name} does not run ({error}).") from error
        if done.returncode:
            raise ModelError(f"{PROGRAM}: {done.stderr.decode(errors='replace').strip() or 'it failed'}")
        return done.stdout
