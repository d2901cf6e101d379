"""How Whisper's looks at the sound are judged, on a model that says what the test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.voice.conftest import utterance
from tests.voice.sounds import counting, silence, tone, white
from voice.ctranslate import Attempt, Loading
from voice.models import ModelError
from voice.types import Transcript, Utterance
from voice.whisper import Whisper, WhisperSettings, _pieces

SURE = Attempt("two bags of rice", -0.2, 0.01, False)
UNSURE = Attempt("two backs of right", -1.4, 0.1, False)
GIBBERISH = Attempt("the the", -3.0, 0.1, False)
LOOP = Attempt("no no no no no no", -0.1, 0.1, True)
NOISE = Attempt("you", -2.0, 0.9, False)
FAINT = Attempt("you", -1.5, 0.4, False)
"""Hard to tell on the short window."""

HINTS = ["oat milk", "rice"]


class Said:
    """A model in memory: `answers` maps (window is the wider one, with hints) to what a look gives."""

    def __init__(self, answers: Callable[[bool, bool], Attempt]) -> None:
        self.answers = answers
        self.looks: list[tuple[bool, bool]] = []
        self.windows: list[int] = []
        self.sounds: list[NDArray[np.float32]] = []
        self.prompts: list[str] = []
        self.languages: list[str] = []
        self.spoken = "en"
        self.fits: dict[str, float] = {}
        self.fitted: list[str] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def encode(self, sound: NDArray[np.float32], window: int) -> bool:
        """Whether this is the second encoding of the same sound."""
        again = bool(self.sounds) and self.sounds[-1] is sound
        self.sounds.append(sound)
        self.windows.append(window)
        return again

    def language(self, encoded: Any, among: Sequence[str]) -> str:
        del encoded
        assert self.spoken in among
        return self.spoken

    def decode(self, encoded: Any, prompt: str, language: str) -> Attempt:
        self.languages.append(language)
        self.looks.append((encoded, bool(prompt)))
        self.prompts.append(prompt)
        return self.answers(*self.looks[-1])

    def fit(self, encoded: Any, prompt: str, texts: Sequence[str], language: str) -> list[float]:
        del encoded, prompt, language
        self.fitted += texts
        return [self.fits[text] for text in texts]


def listen(
    answers: dict[tuple[bool, bool], Attempt] | Attempt,
    hints: Sequence[str] = (),
    samples: NDArray[np.int16] | None = None,
) -> tuple[Transcript, Said]:
    def answer(full: bool, hinted: bool) -> Attempt:
        return answers if isinstance(answers, Attempt) else answers[full, hinted]

    model = Said(answer)
    whisper = Whisper(Path("nowhere"), load=lambda *_: model)
    return whisper.transcribe(utterance(white(3, 1000) if samples is None else samples), hints), model


def test_a_sure_text_needs_one_look_on_a_short_window() -> None:
    transcript, model = listen(SURE)

    assert (transcript.text, transcript.language, transcript.refused) == ("two bags of rice", "en", None)
    assert transcript.confidence == pytest.approx(np.exp(-0.2))
    assert (model.looks, model.windows) == ([(False, False)], [700])


@pytest.mark.parametrize(("seconds", "window"), [(0.05, 700), (5, 700), (12, 1_320), (28.5, 2_970)])
def test_the_window_follows_the_speech(seconds: float, window: int) -> None:
    assert listen(SURE, samples=white(seconds, 1000))[1].windows == [window]


@pytest.mark.parametrize("doubtful", [UNSURE, LOOP, Attempt("", 0.0, 0.1, False)])
def test_a_doubtful_text_is_looked_at_again_on_a_wider_window(doubtful: Attempt) -> None:
    transcript, model = listen({(False, False): doubtful, (True, False): SURE})

    assert transcript.text == "two bags of rice"
    assert model.windows == [700, 1_700]


def test_a_sentence_heard_twice_over_is_looked_at_again() -> None:
    twice = Attempt("two bags of rice two bags of rice", -0.1, 0.01, False, tokens=11)
    once = Attempt("two bags of rice", -0.1, 0.01, False, tokens=6)

    assert listen({(False, False): twice, (True, False): once})[0].text == once.text
    assert listen(twice)[0].text == twice.text


def test_a_sentence_said_over_and_over_by_a_stuck_decoder_is_taken_once() -> None:
    stuck = Attempt("Two bags of rice. Two bags of rice. Two bags of rice. Two bags", -0.1, 0.01, True, tokens=19)
    transcript, model = listen(stuck)

    assert (transcript.text, transcript.refused) == ("Two bags of rice.", None)
    assert model.windows == [700]


def test_a_text_unsure_twice_is_kept_with_its_low_confidence() -> None:
    transcript, _ = listen(UNSURE)
    assert (transcript.text, transcript.refused) == (UNSURE.text, None)
    assert transcript.confidence == pytest.approx(np.exp(-1.4))


@pytest.mark.parametrize(("attempt", "refused"), [(LOOP, "loop"), (GIBBERISH, "uncertain"), (NOISE, "not_speech")])
@pytest.mark.parametrize("hints", [[], HINTS])
def test_what_stays_bad_is_refused_without_words(attempt: Attempt, refused: str, hints: list[str]) -> None:
    transcript, _ = listen(attempt, hints)
    assert transcript == Transcript("", "en", 0.0, refused)


@pytest.mark.parametrize("hints", [[], HINTS])
def test_noise_that_the_short_window_cannot_tell_is_refused_on_the_wider_one(hints: list[str]) -> None:
    transcript, _ = listen(
        {(False, False): FAINT, (False, True): UNSURE, (True, False): NOISE, (True, True): SURE}, hints
    )
    assert transcript.refused == "not_speech"


def test_a_short_word_that_the_short_window_cannot_tell_is_heard_on_the_wider_one() -> None:
    transcript, _ = listen({(False, False): FAINT, (True, False): Attempt("Next.", -0.8, 0.33, False)})
    assert transcript.text == "Next."


def test_noise_costs_no_look_on_a_wider_window() -> None:
    assert listen(NOISE)[1].windows == [700]
    assert listen(NOISE, HINTS)[1].windows == [700]


def test_digital_silence_is_refused_without_a_look() -> None:
    for samples in (silence(2), silence(0), white(1, 3), silence(2) + np.int16(9_000)):
        transcript, model = listen(SURE, samples=samples)
        assert (transcript.text, transcript.refused) == ("", "silence")
        assert model.looks == []


@pytest.mark.parametrize(("level", "peak"), [(300, 0.3), (20_000, 20_000 / 32_768)])
def test_soft_speech_is_raised_and_loud_speech_left_alone(level: float, peak: float) -> None:
    _, model = listen(SURE, samples=tone(1, 440, level))
    assert np.abs(model.sounds[0]).max() == pytest.approx(peak, rel=1e-3)


def test_a_constant_offset_is_taken_away() -> None:
    _, model = listen(SURE, samples=tone(1, 440, 12_000) + np.int16(9_000))
    assert (model.sounds[0].mean(), model.sounds[0].max()) == pytest.approx((0, 12_000 / 32_768), abs=1e-3)


def test_a_sure_text_with_hints_needs_one_look() -> None:
    said = Attempt("two bags of rice", -0.2, 0.01, False)
    transcript, model = listen(said, HINTS)

    assert transcript.text == said.text
    assert (model.looks, model.prompts) == ([(False, True)], ["oat milk, rice."])


def test_a_clip_of_noise_that_parrots_the_hints_is_refused() -> None:
    parrot = Attempt("oat milk", -0.3, 0.25, False)
    transcript, _ = listen({(False, True): parrot, (False, False): NOISE}, HINTS)

    assert transcript.refused == "not_speech"


def test_words_that_hints_drew_out_of_noise_are_refused() -> None:
    counting_on = Attempt("one, two, three, four", -0.7, 0.3, False)
    transcript, _ = listen({(False, True): counting_on, (False, False): NOISE}, HINTS)

    assert transcript.refused == "not_speech"


@pytest.mark.parametrize(("probability", "refused"), [(-0.9, None), (-1.1, "uncertain")])
def test_what_may_be_no_speech_on_both_windows_has_to_be_sure(probability: float, refused: str | None) -> None:
    transcript, model = listen(Attempt("Hmm.", probability, 0.4, False))

    assert transcript.refused == refused
    assert model.windows == [700, 1_700]


def test_a_customer_who_says_just_a_hinted_word_is_heard_at_once() -> None:
    transcript, model = listen(Attempt("oat milk", -0.3, 0.1, False), HINTS)

    assert transcript.text == "oat milk"
    assert model.looks == [(False, True)]


def test_an_improbable_hinted_text_gives_way_to_a_more_probable_one_without_hints() -> None:
    ladder = Attempt("ladder", -0.5, 0.1, False, tokens=3)
    for probability, text in ((-0.8, "latte"), (-0.9, "ladder")):
        hinted = Attempt("latte", probability, 0.1, False, tokens=3)
        transcript, model = listen({(False, True): hinted, (False, False): ladder}, HINTS)
        assert (transcript.text, model.windows) == (text, [700])


def test_what_hints_add_to_a_short_answer_does_not_count_for_it() -> None:
    hinted = Attempt("Yes, like you want.", -0.7, 0.1, False, tokens=6)
    plain = Attempt("Yes", -0.9, 0.1, False, tokens=2)

    assert listen({(False, True): hinted, (False, False): plain}, HINTS)[0].text == "Yes"


def corrected(text: str, fits: dict[str, float]) -> tuple[str, list[str]]:
    model = Said(lambda *_: Attempt(text, -0.2, 0.01, False))
    model.fits = {text: -1.0, **fits}
    transcript = Whisper(Path("nowhere"), load=lambda *_: model).transcribe(
        utterance(white(3, 1000)), ["Give me an iced mocha.", "skim milk", "iced mocha", "rice"]
    )
    return transcript.text, model.fitted


def test_words_almost_like_a_hinted_phrase_give_way_to_it_where_the_sound_fits_as_well() -> None:
    heard = "An ice mocha with kim milk."
    both = {"An iced mocha with kim milk.": -1.5, "An ice mocha with skim milk.": -2.9}
    one = {"An iced mocha with kim milk.": -9.0, "An ice mocha with skim milk.": -1.2}

    assert corrected(heard, both)[0] == "An iced mocha with skim milk."
    assert corrected(heard, one)[0] == "An ice mocha with skim milk."


def test_a_text_of_hinted_phrases_is_not_fitted_again() -> None:
    assert corrected("Give me an iced mocha with skim milk.", {}) == ("Give me an iced mocha with skim milk.", [])


def test_the_language_is_pinned_or_found_among_those_allowed() -> None:
    model = Said(lambda *_: SURE)
    assert Whisper(Path("nowhere"), load=lambda *_: model).transcribe(utterance(white(1, 1000))).language == "en"

    loadings: list[Loading] = []

    def load(_: Path, loading: Loading) -> Said:
        loadings.append(loading)
        return model

    model.spoken = "sv"
    several = Whisper(Path("nowhere"), WhisperSettings(languages=("en", "sv")), load)
    assert several.transcribe(utterance(white(1, 1000))).language == "sv"
    assert (model.languages, loadings[0].languages) == (["en", "sv"], ("en", "sv"))


def test_only_as_many_hints_are_given_as_the_prompt_holds() -> None:
    hints = [f"word{n}" for n in range(500)]
    assert listen(SURE, hints)[1].prompts[0].count(",") == 199


def test_a_long_utterance_is_heard_in_pieces_and_joined() -> None:
    transcript, model = listen(SURE, samples=white(70, 1000))

    assert transcript.text == "two bags of rice two bags of rice two bags of rice"
    assert sum(map(len, model.sounds)) == 70 * 16_000


def test_silence_within_a_long_utterance_lowers_the_confidence_only() -> None:
    samples = np.concatenate([white(20, 1000), silence(40)])
    transcript, _ = listen(SURE, samples=samples)

    assert transcript.text == SURE.text
    assert transcript.confidence < 0.6


@settings(max_examples=20)
@given(st.floats(0.0, 100.0))
def test_pieces_lose_no_sample_and_are_never_too_long(seconds: float) -> None:
    samples = counting(round(seconds * 16_000))
    pieces = list(_pieces(samples))

    assert np.array_equal(np.concatenate(pieces), samples)
    assert max(map(len, pieces)) <= 29 * 16_000


def test_pieces_are_cut_where_it_is_quiet() -> None:
    samples = np.concatenate([white(20, 3000), white(0.4, 10), white(20, 3000)])
    first, _ = _pieces(samples)

    assert 20.0 <= len(first) / 16_000 <= 20.4


def test_sound_at_another_rate_is_refused() -> None:
    whisper = Whisper(Path("nowhere"), load=lambda *_: Said(lambda *_: SURE))
    with pytest.raises(ValueError, match="44100 Hz where 16000 Hz is needed"):
        whisper.transcribe(Utterance(tone(1, 440), 44_100, 0.0, 1.0))


def test_the_model_is_loaded_once_by_the_first_of_many_threads() -> None:
    loads: list[Path] = []
    release = threading.Event()

    def load(folder: Path, _: Loading) -> Said:
        release.wait(5)
        loads.append(folder)
        return Said(lambda *_: SURE)

    whisper = Whisper(Path("nowhere"), load=load)
    threads = [threading.Thread(target=whisper.transcribe, args=[utterance(white(1, 1000))]) for _ in range(8)]
    for thread in threads:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(10)

    assert loads == [Path("nowhere")]


def test_a_folder_without_a_tokenizer_is_refused_and_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"tokenizer\.json is missing"):
        Whisper(tmp_path).warm_up()


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    for file in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / file).write_bytes(b"{}")

    with pytest.raises(ModelError, match="the Whisper model cannot be loaded"):
        Whisper(tmp_path).warm_up()
