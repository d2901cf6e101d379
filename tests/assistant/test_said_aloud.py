"""Worded, spoken by the voice and heard by Whisper: what matters in a reply arrives."""

from __future__ import annotations

import re

import numpy as np
import pytest
import soxr

from assistant.phrases.book import read_phrases
from assistant.phrases.ear import aloud, called_aloud
from voice.models import voice_files, whisper_folder
from voice.piper import Piper, PiperSettings
from voice.speech import Speech
from voice.speech_cache import SpeechCache
from voice.types import Utterance
from voice.wav import RATE
from voice.whisper import Whisper, WhisperSettings

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def mouth() -> Speech:
    return Speech(Piper(voice_files(), PiperSettings(variation=0.0)), SpeechCache(None))


@pytest.fixture(scope="module")
def ears() -> Whisper:
    return Whisper(whisper_folder(), WhisperSettings(threads=2))


def written(text: str) -> str:
    """Letters and figures alone, with what is written in two ways written in one."""
    text = text.lower().replace("%", " percent ").replace("&", " and ")
    for short, long in ((r"\bg\b", "grams"), (r"\bml\b", "millilitres"), (r"\bkg\b", "kilograms"), (r"\bcm\b", "cm")):
        text = re.sub(rf"(\d)\s?{short[2:]}", rf"\1 {long}", text)
    text = re.sub(r"\b([ap])\.m\b\.?", r"\1m", text)
    text = re.sub(r"\$(\d+)(?:\.(\d\d))?", lambda found: found[1] + (found[2] or ""), text)
    text = re.sub(r" dollars and (\d+) cents| dollars", lambda found: found[1] or "", text)
    text = text.replace("milliliters", "millilitres").replace("centimetres", "cm").replace("centimeters", "cm")
    return re.sub(r"[^a-z0-9]", "", text)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("It costs 32 dollars and 88 cents.", "$32.88"),
        ("That's 149 dollars in all, delivered free on Thursday.", "$149"),
        ("Order 4 0 7 2 is on its way.", "4072"),
        ("Your order, number 6 0 1 5, arrives on Tuesday, 24 November.", "6015"),
        ("It arrives on Tuesday, 24 November.", "Tuesday, 24 November"),
        ("The boots come in size 42.", "size 42"),
        ("It opens at 9 AM and closes at 6:30 PM.", "630 PM"),
        ("It has 4.5 of 5 stars.", "4.5 of 5"),
        ("A bag of 500 g.", "500 g"),
        ("A bottle of 750 ml.", "750 ml"),
        ("The pack weighs 1.2 kg.", "1.2 kg"),
        ("It is 30 cm wide.", "30 cm"),
        ("It is 20% cheaper today.", "20%"),
        ("Two times coffee & milk, please.", "coffee and milk"),
    ],
)
def test_what_matters_in_a_reply_is_heard_as_it_was_meant(mouth: Speech, ears: Whisper, said: str, heard: str) -> None:
    assert written(heard) in written(_words(mouth, ears, aloud(said, read_phrases("en"))))


@pytest.mark.parametrize(("label", "heard"), [("S", "small"), ("M", "medium"), ("XL", "extra large")])
def test_a_size_is_said_in_words(mouth: Speech, ears: Whisper, label: str, heard: str) -> None:
    said = f"I added the winter parka in {called_aloud(label, read_phrases('en'))}."

    assert written(heard) in written(_words(mouth, ears, said))


def _words(mouth: Speech, ears: Whisper, said: str) -> str:
    chunks = list(mouth.speak(said))
    sound = soxr.resample(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, RATE)
    samples = np.pad((sound * 0.4).astype(np.int16), round(0.3 * RATE))
    return ears.transcribe(Utterance(samples, RATE, 0.0, len(samples) / RATE)).text
