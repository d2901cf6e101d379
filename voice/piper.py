"""Text to speech: Piper voices."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from piper import PiperConfig, PiperVoice, SynthesisConfig

from voice.models import ModelError, VoiceFiles
from voice.types import AudioChunk

if TYPE_CHECKING:
    from voice.streamed import TwoSteps

_log = logging.getLogger(__name__)

_ENDS = ".?!…"
_PEAK = 0.9
"""Share of full scale that a short word, which is among the loudest that a voice says, reaches at its peak."""
_MOST_GAIN = 8.0


class Part(NamedTuple):
    """A stretch of a sentence's sound."""

    samples: NDArray[np.int16]
    last: bool


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
    streamed: bool = True
    """Give out a sentence in parts as they are made, at the voice's own loudness. Otherwise, and where the network
    cannot be divided, sentences come whole and each fills the range."""

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
        self._steps: TwoSteps | None = None
        """The network, where it can be run in two steps."""
        self._gain = 1.0

    def warm_up(self) -> None:
        """Load the voice and speak a word unheard, so that the first reply does not wait for it."""
        for _ in self.speak("Yes."):
            pass

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """Sentence by sentence, the first part of each as soon as it is made; nothing for a text without words."""
        if not any(letter.isalnum() for letter in text):
            return
        voice, text = self._voice(), _plain(text)
        goes_on = text[-1] not in _ENDS
        if self._steps is None:
            for sentence in voice.synthesize(text, self._how(voice)):
                whole = Part(sentence.audio_int16_array, last=True)
                yield from self._trimmed([whole], sentence.sample_rate, goes_on)
        else:
            for phonemes in voice.phonemize(text):
                if phonemes:
                    ids = voice.phonemes_to_ids(phonemes)
                    yield from self._trimmed(self._parts(voice, self._steps, ids), voice.config.sample_rate, goes_on)

    def _parts(self, voice: PiperVoice, steps: TwoSteps, ids: list[int]) -> Iterator[Part]:
        for samples, last in steps.parts(ids, self._scales(voice.config)):
            loud = np.clip(samples * (self._gain * self.settings.volume), -1.0, 1.0)
            yield Part((loud * 32767).astype(np.int16), last)

    def _how(self, voice: PiperVoice) -> SynthesisConfig:
        noise, length, noise_w = self._scales(voice.config)
        return SynthesisConfig(
            noise_scale=noise, length_scale=length, noise_w_scale=noise_w, volume=self.settings.volume
        )

    def _scales(self, made_for: PiperConfig) -> tuple[float, float, float]:
        """Noise, length and noise of the lengths: our settings are relative to those that the voice was made for."""
        wanted = self.settings
        return (
            wanted.variation * made_for.noise_scale,
            wanted.length_scale * made_for.length_scale,
            wanted.variation * made_for.noise_w_scale,
        )

    def _trimmed(self, parts: Iterable[Part], rate: int, goes_on: bool) -> Iterator[AudioChunk]:
        """The parts of one sentence without the silence before it, and with the silence wanted behind."""
        wanted = self.settings
        held = np.zeros(0, np.int16)
        begun = False
        for part in parts:
            held = part.samples if begun else np.concatenate([held, part.samples])
            loud = np.flatnonzero(np.abs(held.astype(np.int32)) > wanted.quiet * 32767 * wanted.volume)
            if not begun and not len(loud):
                continue
            start = 0 if begun else max(0, int(loud[0]) - round(wanted.lead_in * rate))
            begun = True
            if part.last:
                end = int(loud[-1]) if len(loud) else 0
                if goes_on:
                    held = held[: end + round(wanted.breath * rate)]
                else:
                    held = np.pad(held, (0, max(0, end + round(wanted.gap * rate) - len(held))))
            yield AudioChunk(held[start:], rate)

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
            return (self._divided() if self.settings.streamed else None) or self._whole()
        except (OSError, KeyError, json.JSONDecodeError) as error:
            raise ModelError(f"{self.files.config}: not the description of a Piper voice ({error!r}).") from error
        except Exception as error:  # the ONNX runtime raises classes of its own, which it does not publish
            raise ModelError(f"{self.files.onnx}: the voice cannot be loaded ({error}).") from error

    def _whole(self) -> PiperVoice:
        return PiperVoice.load(self.files.onnx, self.files.config)

    def _divided(self) -> PiperVoice | None:
        """The voice without its network, which runs in two steps; None where it cannot be divided."""
        config = PiperConfig.from_dict(json.loads(self.files.config.read_text(encoding="utf-8")))
        try:
            from voice.streamed import NotDivisible, TwoSteps
        except ImportError as error:
            _log.info("without the package %s sentences are spoken whole", error.name)
            return None
        try:
            steps = TwoSteps(self.files.onnx)
        except NotDivisible as error:
            _log.info("%s: sentences are spoken whole (%s)", self.files.onnx, error)
            return None
        voice = PiperVoice(session=None, config=config)
        ids = voice.phonemes_to_ids(voice.phonemize("Yes.")[0])
        loudest = max(float(np.abs(samples).max()) for samples, _ in steps.parts(ids, (0.0, config.length_scale, 0.0)))
        self._gain = min(_MOST_GAIN, _PEAK / max(loudest, 1e-3))
        self._steps = steps
        return voice


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
