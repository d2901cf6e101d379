"""A shop's own words: tones, and phrases a merchant adds or overrides."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.phrases.book import LANGUAGES, BadPhrases, Brand, read_phrases
from assistant.pipeline import Assistant
from assistant.types import Turn
from tests.shops import NOW, Shops
from voice.types import Transcript


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def test_a_merchants_phrase_takes_the_place_of_ours_and_the_rest_stays(folder: Path) -> None:
    write(folder, "en.yaml", "greeting: Welcome to Handla Outfitters.")
    phrases = Brand(folder=folder).phrases("en")
    assert phrases["greeting"] == ("Welcome to Handla Outfitters.",)
    assert phrases["what.else"] == read_phrases("en")["what.else"]
    assert Brand(folder=folder).phrases("sv") == read_phrases("sv")


def test_a_tone_of_ones_own_is_dropped_when_the_customer_is_angry(folder: Path) -> None:
    write(folder, "en.pirate.yaml", "greeting: Ahoy.")
    brand = Brand("pirate", folder)
    assert brand.phrases("en")["greeting"] == ("Ahoy.",)
    assert brand.phrases("en", "frustrated") == read_phrases("en")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("en.yaml", "greetings: Hi.", r"en.yaml: greetings: no such phrase; did you mean greeting\?"),
        ("en.yaml", "greeting: Hi {name}.", r"greeting: {name} is not given here; there is none"),
        ("en.yaml", "order.ask: Shall I?", r"order.ask: {what} must be said"),
        ("sv.yaml", "order.what.free: '{lines}'", r"order.what.free: {day} must be said"),
        ("en.yaml", "order.ask.hasty: Go?", r"order.ask.hasty: {what} must be said"),
        ("en.yaml", "greeting: yes", r"greeting: give a phrase, or a list of phrases"),
        ("en.yaml", "greeting: 'Hi {'", r"greeting: .*a brace that is to be said is written twice"),
        ("en.yaml", "[one, two]", r"give keys and their phrases"),
        ("en.yaml", "a: [b", r"en.yaml: "),
        ("en.yaml", "hint.order: Buy {item}!", r"hint.order: is for hearing"),
        ("fr.yaml", "greeting: Bonjour.", r"fr.yaml: would never be read; name it en.yaml"),
    ],
)
def test_what_cannot_be_said_is_refused_with_file_key_and_reason(
    folder: Path, name: str, content: str, reason: str
) -> None:
    write(folder, name, content)
    with pytest.raises(BadPhrases, match=reason):
        Brand(folder=folder).check()


def test_a_word_of_the_catalogue_can_be_added(folder: Path) -> None:
    write(folder, "sv.yaml", "word.oat latte: havrelatte")
    assert Brand(folder=folder).phrases("sv")["word.oat latte"] == ("havrelatte",)


def test_an_unknown_tone_or_folder_is_refused(folder: Path) -> None:
    with pytest.raises(BadPhrases, match=r"no tone 'grumpy'; known are .*plain"):
        Brand("grumpy").check()
    with pytest.raises(BadPhrases, match="no such folder"):
        Brand(folder=folder / "missing").check()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", ["plain", "warm", "formal"])
def test_tones_that_suit_the_angry_are_kept(language: str, tone: str) -> None:
    assert Brand(tone).phrases(language, "frustrated") == Brand(tone).phrases(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_angry_customer_hears_nothing_playful(language: str) -> None:
    assert Brand("playful").phrases(language) != read_phrases(language)
    assert Brand("playful").phrases(language, "frustrated") == read_phrases(language)


def hear(assistant: Assistant, *said: str) -> list[str]:
    """The replies to these words, one after the other."""
    heard = [Transcript(words, "en", 1.0) for words in said]
    turns = [Turn(f"t{number}", "s1", "C001", "text", "en", one, NOW) for number, one in enumerate(heard)]
    return [assistant.handle(turn).text for turn in turns]


def test_a_conversation_is_in_the_tone_of_the_brand_until_the_customer_is_angry(shops: Shops) -> None:
    assistant = shops.assistant()
    assistant.brand = Brand("playful")
    playful, plain = assistant.brand.phrases("en"), read_phrases("en")
    hello, sorry, added = hear(assistant, "hello", "I hate this, nothing works", "add oat milk to my basket")
    assert hello.startswith(tuple(playful["greeting"]))
    assert sorry.startswith(plain["apology"][0])
    assert added in {one.format(lines="Oat Milk") for one in plain["basket.added"]}


def test_the_telephone_is_said_digit_by_digit(shops: Shops) -> None:
    asked = Transcript("what is your phone number", "en", 1.0)
    said = shops.assistant().handle(Turn("t1", "s1", "C001", "text", "en", asked, NOW))
    assert "+1 207 555 0142" in said.text
    assert "plus 1, 2 0 7, 5 5 5, 0 1 4 2" in said.speech
