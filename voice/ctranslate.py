"""A Whisper model in memory, on CTranslate2: features, encoder, decoder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from voice.models import ModelError
from voice.plausible import is_loop

_log = logging.getLogger(__name__)

_POSITIONS = 448
"""Token positions of the decoder, prompt included."""
_SHORTEST = 1_600
"""Samples; the spectrum needs more than one frame."""
_FRAMES_PER_POSITION = 2
"""Log-mel frames per position of the encoder's output."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Which form of the model, and on what."""

    device: str
    compute_type: str
    threads: int
    """CPU threads; 0 leaves the choice to CTranslate2."""
    languages: tuple[str, ...]
    """ISO 639-1 codes that the model must know."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one look at the sound gave."""

    text: str
    log_probability: float
    """Mean over the tokens, the end of the text among them."""
    no_speech: float
    loop: bool
    """Says the same over and over, or more than anyone can say in that time."""
    tokens: int = 1
    """With the end of the text."""

    @property
    def total(self) -> float:
        """Log-probability of the whole text."""
        return self.log_probability * self.tokens


@dataclass(frozen=True, slots=True)
class Encoded:
    """The encoder's output for one piece of sound."""

    output: ctranslate2.StorageView
    seconds: float
    """Of sound, without the padding."""


class CTranslate2Model:
    """A loaded model as `voice.whisper.Model`. Loads from a folder; ModelError when that fails."""

    def __init__(self, folder: Path, loading: Loading) -> None:
        if not (folder / "tokenizer.json").is_file():  # the loader would look for it on the network
            raise ModelError(f"{folder}: tokenizer.json is missing. Give the folder of a CTranslate2 Whisper model.")
        try:
            self._whisper = WhisperModel(
                str(folder),
                device=loading.device,
                compute_type=loading.compute_type,
                cpu_threads=loading.threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"{folder}: the Whisper model cannot be loaded ({error}). Check the folder, the device "
                f"({loading.device}) and the compute type ({loading.compute_type})."
            ) from error
        spoken = self._whisper.supported_languages
        for language in loading.languages:
            if language not in spoken:
                raise ModelError(
                    f"{folder}: this Whisper model does not know the language {language!r}. "
                    f"It knows {', '.join(spoken[:8])}{' ...' if len(spoken) > 8 else ''}."
                )
        multilingual = self._whisper.model.is_multilingual
        self._tokens = {
            language: Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)
            for language in loading.languages
        }
        self._any = next(iter(self._tokens.values()))
        _log.info("loaded %s (%s, %s)", folder, loading.device, loading.compute_type)

    def count(self, text: str) -> int:
        """Tokens of `text` in a prompt."""
        return len(self._any.encode(f" {text}"))

    def encode(self, sound: NDArray[np.float32], window: int) -> Encoded:
        """The encoder's output for samples -1..1, shape (n,), on `window` log-mel frames; more is cut off.

        What the sound leaves of the window is filled with the lowest value of its own log-mel scale, as if silence
        followed; zeros, which lie within the range of speech, made short words less sure.
        """
        padded = np.pad(sound, (0, max(0, _SHORTEST - len(sound))))
        heard = self._whisper.feature_extractor(padded)[:, :window]
        features = np.full((heard.shape[0], window), heard.min(), np.float32)
        features[:, : heard.shape[1]] = heard
        output = self._whisper.model.encode(ctranslate2.StorageView.from_array(features[None]))
        return Encoded(output, len(sound) / self._whisper.feature_extractor.sampling_rate)

    def language(self, encoded: Encoded, among: Sequence[str]) -> str:
        """The likeliest of the languages `among`; the first for a model of English only."""
        if not self._whisper.model.is_multilingual:
            return among[0]
        (ranked,) = self._whisper.model.detect_language(encoded.output)
        likely = {token.strip("<|>"): probability for token, probability in ranked}
        return max(among, key=lambda language: likely.get(language, 0.0))

    def decode(self, encoded: Encoded, prompt: str, language: str) -> Attempt:
        """The likeliest text, greedily, as if `prompt` had been said before; '' for no prompt.

        At most eight tokens a second, which nobody speaks, and sixteen to begin with.
        """
        tokens = self._tokens[language]
        before = [*self._before(prompt, tokens), tokens.no_timestamps]
        most = 16 + round(8 * encoded.seconds)
        result = self._whisper.model.generate(
            encoded.output,
            [before],
            beam_size=1,
            # CTranslate2 writes at most half of max_length, and prompt and text together stay below it.
            max_length=min(_POSITIONS, max(2 * most, len(before) + most)),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        written = result.sequences_ids[0]
        text = tokens.decode(written).strip()
        loop = len(written) >= most or is_loop(text)
        return Attempt(text, float(result.scores[0]), float(result.no_speech_prob), loop, len(written) + 1)

    def fit(self, encoded: Encoded, prompt: str, texts: Sequence[str], language: str) -> list[float]:
        """The log-probability of each text after `prompt`, without its end: how well it fits the sound."""
        tokens = self._tokens[language]
        results = self._whisper.model.align(
            ctranslate2.StorageView.from_array(np.repeat(_array(encoded.output), len(texts), axis=0)),
            self._before(prompt, tokens),
            [tokens.encode(f" {text}") for text in texts],
            max(1, min(encoded.output.shape[1] * _FRAMES_PER_POSITION, round(encoded.seconds * 100))),
        )
        return [float(np.log(np.maximum(result.text_token_probs, 1e-9)).sum()) for result in results]

    def _before(self, prompt: str, tokens: Tokenizer) -> list[int]:
        hinted = [tokens.sot_prev, *tokens.encode(f" {prompt}")] if prompt else []
        return [*hinted, *tokens.sot_sequence]


def _array(output: ctranslate2.StorageView) -> NDArray[np.float32]:
    on_cpu: NDArray[np.float32] = np.array(
        output if output.device == "cpu" else output.to_device(ctranslate2.Device.cpu)
    )
    return on_cpu
