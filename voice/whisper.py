"""Speech to text: Whisper on windows as short as the speech, and when to believe it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.ctranslate import Attempt, CTranslate2Model, Loading
from voice.mishearing import mishearings
from voice.plausible import hint_prompt, is_said_twice, said_once, words
from voice.types import Transcript, Utterance

RATE = 16_000
_FRAMES_PER_SECOND = 100
_FULL = 3_000
"""Log-mel frames of the window that Whisper was trained on: 30 s."""


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """How to listen, and when not to believe it. The thresholds are measured, see docs/decisions/0003 and 0013."""

    language: str = "en"
    """ISO 639-1 code of what is spoken."""
    languages: tuple[str, ...] = ()
    """Codes of what may be spoken instead of `language`; the likeliest of them is taken for each utterance."""
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 0
    """CPU threads; 0 leaves the choice to CTranslate2."""
    least_window: int = 700
    """Log-mel frames (10 ms) of the shortest window."""
    margin: int = 120
    """Frames of silence after the speech."""
    wider: int = 1_000
    """How many frames more the second look has."""
    sure: float = -1.0
    """Mean token log-probability from which one look is enough."""
    hinted_sure: float = -0.6
    """The same for a look with hints; below, a look without hints is compared."""
    lowest: float = -1.5
    """Mean token log-probability below which a text is refused."""
    no_speech: float = 0.5
    """No-speech probability, without hints, from which there are no words."""
    surely_speech: float = 0.3
    """No-speech probability, without hints, from which a wider look has to agree and the text has to be sure."""
    hinted_no_speech: float = 0.12
    """No-speech probability of a look with hints from which a look without hints has to agree that someone speaks."""
    silent_peak: int = 16
    """A peak of at most this much (of 32,767) is silence; nothing is asked."""
    least_peak: float = 0.3
    """Of full scale. Softer sound is made so loud: the features keep the level, and soft words passed for noise."""
    hint_tokens: int = 200
    """Of the 224 that Whisper takes before the text."""
    hint_bonus: float = 1.0
    """How much less probable, as a log-probability of the whole, a hinted text may be than one without hints."""
    correction_bonus: float = 2.0
    """How much less probable, as a log-probability of the whole, a text may be with a hinted phrase in the place of
    words that are almost the phrase and in no hint."""


class Model(Protocol):
    """A loaded Whisper model; see `voice.ctranslate.CTranslate2Model`."""

    def count(self, text: str) -> int:
        """Tokens of `text` in a prompt."""
        ...

    def encode(self, sound: NDArray[np.float32], window: int) -> Any:
        """Encoder output for samples -1..1, shape (n,), on `window` log-mel frames; what does not fit is cut off."""
        ...

    def language(self, encoded: Any, among: Sequence[str]) -> str:
        """The likeliest of these languages."""
        ...

    def decode(self, encoded: Any, prompt: str, language: str) -> Attempt:
        """The likeliest text, as if `prompt` had been said before; '' for no prompt."""
        ...

    def fit(self, encoded: Any, prompt: str, texts: Sequence[str], language: str) -> list[float]:
        """The log-probability of each text after `prompt`."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """One encoding of the sound and what is asked of it."""

    model: Model
    encoded: Any
    language: str
    prompt: str

    def hinted(self) -> Attempt:
        return _once(self.model.decode(self.encoded, self.prompt, self.language))

    def plain(self) -> Attempt:
        return _once(self.model.decode(self.encoded, "", self.language))


class Whisper:
    """A CTranslate2 Whisper model as SpeechToText.

    The window is max(700, speech + 120) log-mel frames instead of 3,000: the encoder's work falls with it. Hints go
    before the text as if they had been said. They also draw words out of noise and other words towards themselves, so
    a hinted text that is improbable, or from a sound that may not be speech, is compared with a look without hints;
    the encoder's output serves both. What is doubtful then is looked at on a wider window, and refused when it stays
    so. Words that are almost a hinted phrase give way to it where the sound fits the phrase nearly as well.

    Loads at the first use or by `warm_up`. Safe to use from several threads, which share one model. Raises ModelError
    from the loading.
    """

    def __init__(
        self,
        folder: Path,
        settings: WhisperSettings | None = None,
        load: Callable[[Path, Loading], Model] | None = None,
    ) -> None:
        """`folder`: as `voice.models.whisper_folder` gives it. `load`: another loader than CTranslate2's."""
        self.folder = folder
        self.settings = settings or WhisperSettings()
        self._load = load or CTranslate2Model
        self._prompt = lru_cache(maxsize=64)(self._worded)
        """Wording costs 6 ms, and most turns have the hints of the turn before."""
        self._lock = Lock()
        self._loaded: Model | None = None

    def warm_up(self) -> None:
        """Load the model and run it once, so that the first customer does not wait for it."""
        model = self._model()
        model.decode(model.encode(np.zeros(RATE, np.float32), self.settings.least_window), "", self._languages()[0])

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        """The words of one utterance at 16 kHz, of any length; ValueError at another rate.

        Longer than 30 s: split at the quietest places and joined; the language is that of the first words.
        """
        if utterance.rate != RATE:
            raise ValueError(f"sound at {utterance.rate} Hz where {RATE} Hz is needed: resample it first")
        pieces = list(_pieces(utterance.samples))
        heard = [self._piece(piece, hints) for piece in pieces]
        said = [one for one in heard if one.refused is None]
        if not said:
            return heard[0]
        confidence = sum(one.confidence * len(piece) for one, piece in zip(heard, pieces, strict=True))
        return Transcript(" ".join(one.text for one in said), said[0].language, confidence / len(utterance.samples))

    def _piece(self, samples: NDArray[np.int16], hints: Sequence[str]) -> Transcript:
        sound = self._prepared(samples)
        if sound is None:
            return Transcript("", self._languages()[0], 0.0, refused="silence")
        model = self._model()
        encoded = model.encode(sound, self._window(len(samples)))
        allowed = self._languages()
        language = model.language(encoded, allowed) if len(allowed) > 1 else allowed[0]
        look = _Look(model, encoded, language, self._prompt(tuple(hints)))
        attempt = self._listen(look, sound)
        if isinstance(attempt, str):
            return Transcript("", language, 0.0, refused=attempt)
        text = self._corrected(attempt.text, look, hints) if look.prompt else attempt.text
        return Transcript(text, language, min(1.0, exp(attempt.log_probability)))

    def _worded(self, hints: tuple[str, ...]) -> str:
        return hint_prompt(hints, self._model().count, self.settings.hint_tokens)

    def _listen(self, look: _Look, sound: NDArray[np.float32]) -> Attempt | str:
        """The attempt to believe, or the reason to believe none."""
        wanted = self.settings
        hinted: list[Attempt] = []
        if look.prompt:
            hinted = [look.hinted()]
            if self._is_good(hinted[0], wanted.hinted_sure) and hinted[0].no_speech < wanted.hinted_no_speech:
                return hinted[0]
        plain = [look.plain()]
        if plain[0].no_speech >= wanted.no_speech:
            return "not_speech"
        best = self._best(hinted, plain)
        if best and self._is_good(best, wanted.sure) and plain[0].no_speech < wanted.surely_speech:
            return best
        return self._listen_again(look, sound, hinted, plain)

    def _listen_again(
        self, look: _Look, sound: NDArray[np.float32], hinted: list[Attempt], plain: list[Attempt]
    ) -> Attempt | str:
        """What to believe after a wider window has been looked at too."""
        wanted = self.settings
        encoded = look.model.encode(sound, min(_FULL, self._window(len(sound)) + wanted.wider))
        wide = _Look(look.model, encoded, look.language, look.prompt)
        plain.append(wide.plain())
        if plain[-1].no_speech >= wanted.no_speech:
            return "not_speech"
        if look.prompt:
            hinted.append(wide.hinted())
        best = self._best(hinted, plain)
        if best is None:
            return "loop" if any(one.loop for one in [*hinted, *plain]) else "not_speech"
        least = wanted.sure if plain[-1].no_speech >= wanted.surely_speech else wanted.lowest
        return best if best.log_probability >= least else "uncertain"

    def _best(self, hinted: Sequence[Attempt], plain: Sequence[Attempt]) -> Attempt | None:
        """The likeliest text as a whole, as sure as the surest attempt that hears the same words; None for no text."""
        ranked = [(one.total + self.settings.hint_bonus, one) for one in hinted]
        ranked += [(one.total, one) for one in plain]
        usable = [pair for pair in ranked if pair[1].text and not pair[1].loop]
        if not usable:
            return None
        best = max(usable, key=lambda pair: pair[0])[1]
        surest = max(one.log_probability for _, one in usable if words(one.text) == words(best.text))
        return replace(best, log_probability=surest)

    def _is_good(self, attempt: Attempt, least: float) -> bool:
        stuck = attempt.loop or is_said_twice(attempt.text)
        return bool(attempt.text) and not stuck and attempt.log_probability >= least

    def _corrected(self, text: str, look: _Look, hints: Sequence[str]) -> str:
        """`text` with hinted phrases where it has almost that phrase and the sound fits the phrase about as well."""
        doubts = mishearings(text, hints)
        if not doubts:
            return text
        fits = look.model.fit(
            look.encoded, look.prompt, [text, *(one.corrected(text) for one in doubts)], look.language
        )
        accepted = [
            one for one, fit in zip(doubts, fits[1:], strict=True) if fit + self.settings.correction_bonus >= fits[0]
        ]
        for one in sorted(accepted, key=lambda one: -one.start):
            text = one.corrected(text)
        return text

    def _prepared(self, samples: NDArray[np.int16]) -> NDArray[np.float32] | None:
        """The samples as -1..1 around 0, raised where they are soft; None for silence."""
        if not len(samples):
            return None
        sound = samples.astype(np.float32) / 32768.0
        sound -= sound.mean()
        peak = float(np.abs(sound).max())
        if peak <= self.settings.silent_peak / 32768.0:
            return None
        return sound * max(1.0, self.settings.least_peak / peak)

    def _window(self, samples: int) -> int:
        frames = samples * _FRAMES_PER_SECOND // RATE
        return min(_FULL, max(self.settings.least_window, frames + self.settings.margin))

    def _languages(self) -> tuple[str, ...]:
        return self.settings.languages or (self.settings.language,)

    def _model(self) -> Model:
        wanted = self.settings
        with self._lock:
            if self._loaded is None:
                loading = Loading(wanted.device, wanted.compute_type, wanted.threads, self._languages())
                self._loaded = self._load(self.folder, loading)
            return self._loaded


def _once(attempt: Attempt) -> Attempt:
    """A decoder that is stuck on a short window mostly says the right words, over and over: once is what was said."""
    text = said_once(attempt.text) if attempt.loop else None
    if text is None:
        return attempt
    tokens = max(1, round(attempt.tokens * len(text) / len(attempt.text)))
    return replace(attempt, text=text, loop=False, tokens=tokens)


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
