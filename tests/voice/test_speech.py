from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice.speech import Speech
from voice.speech_cache import SpeechCache
from voice.types import AudioChunk

LONG = "I found the Harbor Winter Parka, and two that cost a little less. Which one would you like?"


class Typewriter:
    """A voice that makes one sample of each letter, and remembers what it was asked for."""

    identity = "typewriter"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def warm_up(self) -> None:
        pass

    def speak(self, text: str) -> Iterator[AudioChunk]:
        self.asked.append(text)
        yield AudioChunk(np.array([ord(letter) for letter in text], np.int16), 1000)


def said(sound: Iterator[AudioChunk]) -> list[str]:
    return ["".join(chr(sample) for sample in chunk.samples) for chunk in sound]


def until_made(voice: Typewriter, count: int) -> None:
    deadline = time.monotonic() + 5
    while len(voice.asked) < count and time.monotonic() < deadline:
        time.sleep(0.005)


def test_only_the_first_clause_is_made_before_the_first_sound() -> None:
    voice = Typewriter()
    sound = Speech(voice, SpeechCache(None)).speak(LONG)

    assert said(iter([next(sound)])) == voice.asked == ["I found the Harbor Winter Parka,"]
    assert said(sound) == ["and two that cost a little less.", "Which one would you like?"]


def test_what_was_said_is_not_made_again() -> None:
    voice = Typewriter()
    speech = Speech(voice, SpeechCache(None))

    first, second = said(speech.speak(LONG)), said(speech.speak(LONG))
    assert first == second
    assert len(voice.asked) == 3


def test_a_text_without_words_makes_no_sound() -> None:
    assert list(Speech(Typewriter(), SpeechCache(None)).speak(" ... ")) == []


def test_prepared_sentences_are_made_ahead_and_outlive_the_process(tmp_path: Path) -> None:
    voice = Typewriter()
    speech = Speech(voice, SpeechCache(tmp_path))
    speech.prepare(["Which one would you like?", "Goodbye."])
    until_made(voice, 2)
    speech.close()

    another = Typewriter()
    assert said(Speech(another, SpeechCache(tmp_path)).speak("Goodbye.")) == ["Goodbye."]
    assert another.asked == []


def test_nothing_of_what_a_customer_was_told_is_on_disk(tmp_path: Path) -> None:
    voice = Typewriter()
    speech = Speech(voice, SpeechCache(tmp_path))
    speech.prepare(["Which one would you like?"])
    until_made(voice, 1)
    list(speech.speak("Order 12 to Elm Street 5, Anna, is on its way. Which one would you like?"))
    speech.close()

    (kept,) = tmp_path.iterdir()
    assert len(kept.read_bytes()) == 40 + 2 * len("Which one would you like?")
    assert "Which" not in kept.name


def test_another_voice_makes_its_own_sound(tmp_path: Path) -> None:
    voice, lower = Typewriter(), Typewriter()
    lower.identity = "typewriter, lower"
    cache = SpeechCache(tmp_path)
    list(Speech(voice, cache).speak("Goodbye."))
    list(Speech(lower, cache).speak("Goodbye."))

    assert lower.asked == ["Goodbye."]


def test_making_ahead_waits_while_something_is_spoken(tmp_path: Path) -> None:
    voice = Typewriter()
    speech = Speech(voice, SpeechCache(tmp_path))
    sound = speech.speak(LONG)
    next(sound)
    speech.prepare(["Goodbye."])
    time.sleep(0.15)
    assert "Goodbye." not in voice.asked

    list(sound)
    until_made(voice, 4)
    speech.close()
    assert "Goodbye." in voice.asked


@pytest.mark.parametrize("damage", [b"", b"short", b"HSP1" + bytes(60)])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    sound = AudioChunk(np.arange(100, dtype=np.int16), 22_050)
    SpeechCache(tmp_path).put("a", sound, on_disk=True)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)

    assert SpeechCache(tmp_path).get("a") is None
    SpeechCache(tmp_path).put("a", sound, on_disk=True)
    found = SpeechCache(tmp_path).get("a")
    assert found is not None
    assert found.rate == 22_050
    assert np.array_equal(found.samples, sound.samples)


def test_the_disk_holds_no_more_than_it_may_and_drops_what_is_oldest(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, most_on_disk=1000)
    for key in "abcd":
        cache.put(key, AudioChunk(np.zeros(150, np.int16), 22_050), on_disk=True)
        time.sleep(0.01)
        SpeechCache(tmp_path).get("a")  # used again
        time.sleep(0.01)

    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "d"]


def test_memory_holds_no_more_than_it_may() -> None:
    cache = SpeechCache(None, most_in_memory=1000)
    for key in "abcd":
        cache.put(key, AudioChunk(np.zeros(150, np.int16), 22_050), on_disk=False)

    assert [cache.get(key) is not None for key in "abcd"] == [False, True, True, True]


def test_a_disk_that_cannot_be_written_to_is_said_and_nothing_else_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "speech")
    cache.put("a", AudioChunk(np.zeros(10, np.int16), 22_050), on_disk=True)

    assert cache.get("a") is not None
    assert "Speech cannot be kept in" in caplog.text
