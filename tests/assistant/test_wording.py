from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from assistant.scene import say
from assistant.types import Choices, Priced
from assistant.wording import BadPhrases, Wording, read_phrases
from commerce.types import Line, LineOption, Money

TODAY = date(2026, 3, 2)
SOURCES = Path(__file__).parents[2] / "assistant"
LANGUAGES = ("en", "sv")
LONGEST_PHRASE = 35
"""Words that can be said in one breath, and be remembered."""


@pytest.fixture
def english() -> Wording:
    return Wording("en", read_phrases("en"), TODAY)


@pytest.fixture
def swedish() -> Wording:
    return Wording("sv", read_phrases("sv"), TODAY)


def test_money_is_written_with_its_sign_and_spoken_in_words(english: Wording) -> None:
    spoken = english.word([say("priced", title="Oat Milk", price=Money(2798, "USD"))], turn=0)
    assert spoken.text == "Oat Milk at $27.98"
    assert spoken.speech == "Oat Milk at 27 dollars and 98 cents"


@pytest.mark.parametrize(
    ("minor", "currency", "speech"),
    [
        (100, "USD", "1 dollar"),
        (101, "USD", "1 dollar and 1 cent"),
        (99, "USD", "99 cents"),
        (0, "USD", "0 dollars"),
        (200_000, "SEK", "2000 kronor"),
        (1500, "JPY", "¥1,500"),
    ],
)
def test_amounts_in_words(english: Wording, minor: int, currency: str, speech: str) -> None:
    assert english.word([say("priced", title="It", price=Money(minor, currency))], 0).speech == f"It at {speech}"


def test_a_line_names_its_quantity_and_its_options(english: Wording) -> None:
    options = (LineOption("size", "large"), LineOption("milk", "oat milk", "a little"))
    line = Line("latte", "latte", "Latte", 2, Money(480, "USD"), options)
    said = english.word([say("order.what", lines=(line,), total=line.total)], 0)
    assert said.text == "2 × Latte, large, a little oat milk, $9.60 in all"
    assert "2 times Latte" in said.speech


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 2), "today"),
        (date(2026, 3, 3), "tomorrow"),
        (date(2026, 3, 6), "on Friday"),
        (date(2026, 3, 20), "on 20 March"),
        (date(2026, 3, 1), "yesterday"),
        (date(2026, 2, 25), "on 25 February"),
        (date(2025, 3, 15), "on 15 March 2025"),
    ],
)
def test_days_are_said_as_people_say_them(english: Wording, day: date, said: str) -> None:
    values = say("status.delivered", number="1", lines="tea", day=day)
    assert english.word([values], 0).text.endswith(f"was delivered {said}.")


def test_lists_are_joined_with_commas_and_a_last_word(english: Wording) -> None:
    priced = tuple(Priced(title, Money(100, "USD")) for title in ("A", "B", "C"))
    assert "A at $1.00, B at $1.00 and C at $1.00" in english.word([say("found.some", items=priced)], 0).text
    assert "S, M or L" in english.word([say("option.some", option="size", choices=Choices(("S", "M", "L")))], 0).text


@pytest.mark.parametrize(
    ("minor", "currency", "text", "speech"),
    [
        (2450, "USD", "24,50\xa0US$", "24 dollar och 50 cent"),
        (2400, "SEK", "24,00\xa0kr", "24 kronor"),
        (150, "SEK", "1,50\xa0kr", "en krona och 50 öre"),
        (100, "GBP", "1,00\xa0GBP", "ett pund"),
    ],
)
def test_money_in_swedish(swedish: Wording, minor: int, currency: str, text: str, speech: str) -> None:
    said = swedish.word([say("priced", title="Te", price=Money(minor, currency))], 0)
    assert (said.text, said.speech) == (f"Te för {text}", f"Te för {speech}")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 3), "i morgon"),
        (date(2026, 3, 6), "på fredag"),
        (date(2026, 3, 20), "den 20 mars"),
        (date(2025, 3, 15), "den 15 mars 2025"),
    ],
)
def test_days_in_swedish(swedish: Wording, day: date, said: str) -> None:
    values = say("status.shipped", number="1", lines="te", carrier="Postnord", day=day)
    assert swedish.word([values], 0).text.endswith(f"väntas {said}.")


def test_lists_in_swedish(swedish: Wording) -> None:
    assert (
        "S, M eller L" in swedish.word([say("details.choices", title="It", choices=Choices(("S", "M", "L")))], 0).text
    )
    assert "A, B och C" in swedish.word([say("list.has", items=("A", "B", "C"))], 0).text


def test_every_language_has_the_same_phrases_filled_with_the_same_values() -> None:
    def values(variants: tuple[str, ...]) -> set[str]:
        return {name for variant in variants for name in re.findall(r"{(\w+)}", variant)}

    english, swedish = read_phrases("en"), read_phrases("sv")
    assert set(english) == set(swedish)
    assert {key: values(swedish[key]) for key in swedish} == {key: values(english[key]) for key in english}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_is_one_breath_at_most(language: str) -> None:
    """Each value counted as two words; lists of three products with their prices are counted in the conversations."""
    long = {
        variant
        for key, variants in read_phrases(language).items()
        if not key.startswith(("asks.", "hint."))
        for variant in variants
        if len(re.sub(r"{\w+}", "two words", variant).split()) > LONGEST_PHRASE
    }
    assert long == set()


def test_neighbouring_turns_use_different_words(english: Wording) -> None:
    first, second = (english.word([say("order.not_placed")], turn).text for turn in (4, 5))
    assert first != second


def test_a_missing_phrase_or_value_is_a_clear_error(english: Wording) -> None:
    with pytest.raises(BadPhrases, match=r"no phrase nonsense\.key"):
        english.word([say("nonsense.key")], 0)
    with pytest.raises(BadPhrases, match="wants 'lines'"):
        english.word([say("basket.added")], 0)
    with pytest.raises(BadPhrases, match="no phrases for language"):
        read_phrases("tlh")


def test_every_phrase_is_used_and_every_phrase_used_is_there() -> None:
    keys = set(read_phrases("en"))
    literals = {
        node.value
        for file in SOURCES.glob("**/*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    computed = (
        "status.", "cancel.", "return.", "refund.", "refused.", "recommend.", "nearest.", "wanted.", "order.",
        "not_understood.", "money.", "option.amount.", "hint.", "asks.",
    )  # fmt: skip
    unused = {key for key in keys if key.removesuffix(".speech") not in literals and not key.startswith(computed)}
    assert unused == set()
    used = {node for node in literals if node.startswith(("found.", "basket.", "help.", "nothing.", "what.", "day."))}
    assert used - keys == set()
