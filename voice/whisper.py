"""Speech to text: Whisper on CTranslate2, on windows as short as the speech."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from voice.models import ModelError
from voice.plausible import hint_prompt, is_loop, only_hints
from voice.types import Transcript, Utterance

_log = logging.getLogger(__name__)

RATE = 16_000
_FRAMES_PER_SECOND = 100
_FULL = 3_000
"""Log-mel frames of the window that Whisper was trained on: 30 s."""
_POSITIONS = 448
"""Token positions of the decoder, prompt included."""


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """How to listen, and when not to believe it. The thresholds are measured, see `Whisper`."""

    language: str = "en"
    """ISO 639-1 code of what is spoken."""
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 0
    """CPU threads; 0 leaves the choice to CTranslate2."""
    least_window: int = 1_000
    """Log-mel frames (10 ms) of the shortest window."""
    margin: int = 200
    """Frames of silence after the speech."""
    sure: float = -1.0
    """Mean token log-probability from which one look is enough."""
    lowest: float = -1.8
    """Mean token log-probability below which a text is refused."""
    no_speech: float = 0.5
    """No-speech probability, without hints, from which there are no words."""
    surely_speech: float = 0.3
    """No-speech probability, without hints, below which a hinted text is no echo of the hints."""
    hinted_no_speech: float = 0.2
    """No-speech probability of a hinted look from which a look without hints must agree that someone speaks."""
    silent_peak: int = 16
    """A peak of at most this much (of 32,767) is silence; nothing is asked."""
    hint_tokens: int = 100
    hint_bonus: float = 0.5
    """How much less probable, as a mean token log-probability, a hinted text may be than one without hints."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one look at the sound gave."""

    text: str
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    loop: bool
    """Says the same over and over, or more than anyone can say in that time."""


class Model(Protocol):
    """A loaded Whisper model."""

    def count(self, text: str) -> int:
        """Tokens of `text` in a prompt."""
        ...

    def encode(self, sound: NDArray[np.float32], window: int) -> Any:
        """Encoder output for samples -1..1, shape (n,), on `window` log-mel frames; what does not fit is cut off."""
        ...

    def decode(self, encoded: Any, prompt: str, seconds: float) -> Attempt:
        """The likeliest text of `seconds` of sound, as if `prompt` had been said before; '' for no prompt."""
        ...


class Whisper:
    """A CTranslate2 Whisper model as SpeechToText.

    The window is max(1000, speech + 200) log-mel frames instead of 3,000: the encoder's work falls with it. A text
    that loops or whose tokens are improbable is looked at again on the full window, and refused when it stays so; there
    the no-speech probability tells noise (0.5 and more) from short words (0.35 and less) where the short one does not.
    The window is filled with the lowest value of the clip's own log-mel scale, as if silence followed; zeros, which
    lie within the range of speech, made short words less sure.

    Hints go before the text as if they had been said. They also make noise sound like words and the no-speech
    probability weak, so a hinted text that is unsure, made of hints only, or from a clip that may not be speech is
    checked by a look without hints; the encoder's output serves both.

    Loads at the first use or by `warm_up`. Safe to use from several threads. Raises ModelError from the loading.
    """

    def __init__(
        self,
        folder: Path,
        settings: WhisperSettings | None = None,
        load: Callable[[Path, WhisperSettings], Model] | None = None,
    ) -> None:
        """`folder`: as `voice.models.whisper_folder` gives it. `load`: another loader than CTranslate2's."""
        self.folder = folder
        self.settings = settings or WhisperSettings()
        self._load = load or CTranslate2Model
        self._lock = Lock()
        self._loaded: Model | None = None

    def warm_up(self) -> None:
        """Load the model and run it once, so that the first customer does not wait for it."""
        model = self._model()
        model.decode(model.encode(np.zeros(RATE, np.float32), self.settings.least_window), "", 1.0)

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        """The words of one utterance at 16 kHz, of any length; ValueError at another rate.

        Longer than 30 s: split at the quietest places and joined.
        """
        if utterance.rate != RATE:
            raise ValueError(f"sound at {utterance.rate} Hz where {RATE} Hz is needed: resample it first")
        pieces = list(_pieces(utterance.samples))
        heard = [self._piece(piece, hints) for piece in pieces]
        said = [one for one in heard if one.refused is None]
        if not said:
            return heard[0]
        confidence = sum(one.confidence * len(piece) for one, piece in zip(heard, pieces, strict=True))
        return Transcript(
            " ".join(one.text for one in said), self.settings.language, confidence / len(utterance.samples)
        )

    def _piece(self, samples: NDArray[np.int16], hints: Sequence[str]) -> Transcript:
        if not len(samples) or int(np.abs(samples.astype(np.int32)).max()) <= self.settings.silent_peak:
            return self._refused("silence")
        attempt = self._listen(samples, hints)
        if isinstance(attempt, str):
            return self._refused(attempt)
        return Transcript(attempt.text, self.settings.language, min(1.0, exp(attempt.log_probability)))

    def _listen(self, samples: NDArray[np.int16], hints: Sequence[str]) -> Attempt | str:
        """The attempt to believe, or the reason to believe none."""
        model = self._model()
        sound, seconds = samples.astype(np.float32) / 32768.0, len(samples) / RATE
        prompt = hint_prompt(hints, model.count, self.settings.hint_tokens)
        short = model.encode(sound, self._window(len(samples)))
        first = model.decode(short, prompt, seconds)
        may_be_echo = bool(prompt) and (
            first.no_speech >= self.settings.hinted_no_speech or only_hints(first.text, hints)
        )
        if self._is_sure(first) and not may_be_echo:
            return first
        plain = model.decode(short, "", seconds) if prompt else first
        if plain.no_speech >= self.settings.no_speech:
            return "not_speech"
        if self._is_sure(first) and plain.no_speech < self.settings.surely_speech:
            return first
        full = model.encode(sound, _FULL)
        looks = [plain, model.decode(full, "", seconds)]
        if looks[-1].no_speech >= self.settings.no_speech:
            return "not_speech"
        return self._best([first, model.decode(full, prompt, seconds)] if prompt else [], looks)

    def _best(self, hinted: list[Attempt], plain: list[Attempt]) -> Attempt | str:
        ranked = [(one.log_probability + self.settings.hint_bonus, one) for one in hinted]
        ranked += [(one.log_probability, one) for one in plain]
        usable = [(rank, one) for rank, one in ranked if one.text and not one.loop]
        if not usable:
            return "loop" if any(one.loop for _, one in ranked) else "not_speech"
        best = max(usable, key=lambda pair: pair[0])[1]
        return best if best.log_probability >= self.settings.lowest else "uncertain"

    def _window(self, samples: int) -> int:
        frames = samples * _FRAMES_PER_SECOND // RATE
        return min(_FULL, max(self.settings.least_window, frames + self.settings.margin))

    def _is_sure(self, attempt: Attempt) -> bool:
        wanted = self.settings
        return (
            bool(attempt.text)
            and not attempt.loop
            and attempt.log_probability >= wanted.sure
            and attempt.no_speech < wanted.no_speech
        )

    def _refused(self, reason: str) -> Transcript:
        return Transcript("", self.settings.language, 0.0, refused=reason)

    def _model(self) -> Model:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load(self.folder, self.settings)
            return self._loaded


class CTranslate2Model:
    """The model in memory: features, encoder, decoder. Loads from a folder; ModelError when that fails."""

    def __init__(self, folder: Path, settings: WhisperSettings) -> None:
        if not (folder / "tokenizer.json").is_file():  # the loader would look for it on the network
            raise ModelError(f"{folder}: tokenizer.json is missing. Give the folder of a CTranslate2 Whisper model.")
        try:
            self._whisper = WhisperModel(
                str(folder),
                device=settings.device,
                compute_type=settings.compute_type,
                cpu_threads=settings.threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{folder}: the Whisper model cannot be loaded ({error}).") from error
        spoken = self._whisper.supported_languages
        if settings.language not in spoken:
            raise ModelError(
                f"{folder}: this Whisper model does not know the language {settings.language!r}. "
                f"It knows {', '.join(spoken[:8])}{' ...' if len(spoken) > 8 else ''}."
            )
        self._tokens = Tokenizer(
            self._whisper.hf_tokenizer,
            self._whisper.model.is_multilingual,
            task="transcribe",
            language=settings.language,
        )
        _log.info("loaded %s (%s, %s)", folder, settings.device, settings.compute_type)

    def count(self, text: str) -> int:
        return len(self._tokens.encode(f" {text}"))

    def encode(self, sound: NDArray[np.float32], window: int) -> ctranslate2.StorageView:
        """See `Model.encode`."""
        sound = np.pad(sound, (0, max(0, 1_600 - len(sound))))  # the spectrum needs more than one frame
        heard = self._whisper.feature_extractor(sound)[:, :window]
        features = np.full((heard.shape[0], window), heard.min(), np.float32)
        features[:, : heard.shape[1]] = heard
        return self._whisper.model.encode(ctranslate2.StorageView.from_array(features[None]))

    def decode(self, encoded: ctranslate2.StorageView, prompt: str, seconds: float) -> Attempt:
        """See `Model.decode`. Greedy; at most ten tokens a second, which nobody speaks."""
        tokens = self._tokens
        before = [tokens.sot_prev, *tokens.encode(f" {prompt}")] if prompt else []
        before += [*tokens.sot_sequence, tokens.no_timestamps]
        most = 20 + round(10 * seconds)
        result = self._whisper.model.generate(
            encoded,
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
        return Attempt(text, float(result.scores[0]), float(result.no_speech_prob), loop)


def _pieces(samples: NDArray[np.int16], longest: float = 29.0) -> Iterator[NDArray[np.int16]]:
    """Pieces of at most `longest` seconds, cut in the quietest 0.2 s of the second half; together all samples."""
    most, width = round(longest * RATE), RATE // 5
    while len(samples) > most:
        energy = np.square(samples[most // 2 : most].astype(np.float64))
        sums = np.convolve(np.add.reduceat(energy, np.arange(0, len(energy), width // 20)), np.ones(20), mode="valid")
        cut = most // 2 + int(np.argmin(sums)) * (width // 20) + width // 2
        yield samples[:cut]
        samples = samples[cut:]
    yield samples
