"""Text to speech: Piper voices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig

from voice.models import ModelError, VoiceFiles
from voice.types import AudioChunk

_ENDS = ".?!…"


@dataclass(frozen=True, slots=True)
class PiperSettings:
    """How to speak. Raises ValueError on values that give no speech."""

    length_scale: float = 1.0
    """Below 1 faster, above 1 slower."""
    volume: float = 1.0
    """1.0 fills the range; louder is cut off."""
    variation: float = 1.0
    """How much of the voice's own liveliness is left; with 0 a text sounds the same every time."""
    lead_in: float = 0.02
    """Seconds of the voice's own leading silence that are kept."""
    gap: float = 0.25
    """Seconds of silence after a sentence, at least; the voice itself leaves 0.1 to 0.2."""
    breath: float = 0.1
    """Seconds of silence after a text that ends inside a sentence, with a comma or none."""
    quiet: float = 0.01
    """Share of full scale below which sound counts as silence."""

    def __post_init__(self) -> None:
        if not 0.25 <= self.length_scale <= 4.0:
            raise ValueError(f"length_scale is {self.length_scale}; give 0.25 (fast) to 4 (slow)")
        if not 0.0 < self.volume <= 2.0:
            raise ValueError(f"volume is {self.volume}; give above 0, up to 2")
        if not 0.0 <= self.variation <= 1.0:
            raise ValueError(f"variation is {self.variation}; give 0 to 1")


class Piper:
    """A Piper voice as TextToSpeech; 16-bit mono at the voice's own rate, 22,050 Hz for most.

    Loads at the first use or by `warm_up`. Safe to use from several threads. Raises ModelError from the loading.
    """

    def __init__(self, files: VoiceFiles, settings: PiperSettings | None = None) -> None:
        """`files`: as `voice.models.voice_files` gives them."""
        self.files = files
        self.settings = settings or PiperSettings()
        self.identity = f"piper {files.onnx.name} {_version(files.onnx)} {self.settings}"
        """Two voices of the same identity make the same sound of a text."""
        self._lock = Lock()
        self._loaded: PiperVoice | None = None

    def warm_up(self) -> None:
        """Load the voice and speak a word unheard, so that the first reply does not wait for it."""
        for _ in self.speak("Yes."):
            pass

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """One chunk per sentence, each as soon as it is made; nothing for a text without words."""
        if not any(letter.isalnum() for letter in text):
            return
        voice = self._voice()
        how, text = self._how(voice), _plain(text)
        for sentence in voice.synthesize(text, how):
            samples = self._trimmed(sentence.audio_int16_array, sentence.sample_rate, goes_on=text[-1] not in _ENDS)
            if len(samples):
                yield AudioChunk(samples, sentence.sample_rate)

    def _how(self, voice: PiperVoice) -> SynthesisConfig:
        """Our settings are relative to those that the voice was made for."""
        wanted, made_for = self.settings, voice.config
        return SynthesisConfig(
            length_scale=wanted.length_scale * made_for.length_scale,
            noise_scale=wanted.variation * made_for.noise_scale,
            noise_w_scale=wanted.variation * made_for.noise_w_scale,
            volume=wanted.volume,
        )

    def _trimmed(self, samples: NDArray[np.int16], rate: int, goes_on: bool) -> NDArray[np.int16]:
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > self.settings.quiet * 32767 * self.settings.volume)
        if not len(loud):
            return samples[:0]
        start = max(0, int(loud[0]) - round(self.settings.lead_in * rate))
        if goes_on:
            return samples[start : int(loud[-1]) + round(self.settings.breath * rate)]
        missing = int(loud[-1]) + round(self.settings.gap * rate) - len(samples)
        return np.pad(samples[start:], (0, max(0, missing)))

    def _voice(self) -> PiperVoice:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> PiperVoice:
        for file in (self.files.onnx, self.files.config):
            if not file.is_file():
                raise ModelError(f"{file}: missing; a Piper voice is an .onnx file and its .onnx.json.")
        try:
            return PiperVoice.load(self.files.onnx, self.files.config)
        except (OSError, KeyError, json.JSONDecodeError) as error:
            raise ModelError(f"{self.files.config}: not the description of a Piper voice ({error!r}).") from error
        except Exception as error:  # the ONNX runtime raises classes of its own, which it does not publish
            raise ModelError(f"{self.files.onnx}: the voice cannot be loaded ({error}).") from error


def _plain(text: str) -> str:
    """Spaces between words only; no phonemes, which Piper takes from between double brackets."""
    return " ".join(text.replace("[[", "[").replace("]]", "]").split())


def _version(file: Path) -> str:
    """What tells one file of a name from another."""
    try:
        about = file.stat()
    except OSError:  # said when the voice is loaded
        return ""
    return f"{about.st_size} {about.st_mtime_ns}"
