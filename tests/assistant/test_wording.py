from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.phrases.book import FORMS, LANGUAGES, NOT_SAID, OPEN, BadPhrases, Brand, read_phrases
from assistant.scene import say
from assistant.types import Choices, Priced, Verbatim, Word
from assistant.wording import SENTENCE_ENDS, Wording
from commerce.types import Line, LineOption, Money

TODAY = date(2026, 3, 2)
SOURCES = Path(__file__).parents[2] / "assistant"
TONES = ("plain", "warm", "playful", "formal")
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
        (1500, "JPY", "1,500 Japanese yen"),
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

    def said(language: str) -> dict[str, set[str]]:
        return {key: values(variants) for key, variants in read_phrases(language).items() if not key.startswith(OPEN)}

    assert said("sv") == said("en")


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_is_one_breath_at_most(language: str, tone: str) -> None:
    """Each value counted as two words; lists of three products with their prices are counted in the conversations."""
    long = {
        variant
        for key, variants in Brand(tone).phrases(language).items()
        if not key.startswith(NOT_SAID)
        for variant in variants
        if len(re.sub(r"{\w+}", "two words", variant).split()) > LONGEST_PHRASE
    }
    assert long == set()


def test_neighbouring_turns_use_different_words(english: Wording) -> None:
    first, second = (english.word([say("order.not_placed")], turn).text for turn in (4, 5))
    assert first != second


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_just_said_is_said_again_where_there_is_another(language: str) -> None:
    wording = Wording(language, read_phrases(language), TODAY)
    first = wording.word([say("order.not_placed"), say("what.else")], 0).text
    second = replace(wording, last=first).word([say("cancel.kept"), say("what.else")], 0).text
    assert not set(SENTENCE_ENDS.split(first)) & set(SENTENCE_ENDS.split(second))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_only_one_wording_is_never_said_twice_in_the_same_words(language: str) -> None:
    wording = Wording(language, read_phrases(language), TODAY)
    said = [wording.word([say("refund.none")], 0).text]
    for turn in range(1, 6):
        said.append(replace(wording, last=said[-1]).word([say("refund.none")], turn).text)
    assert all(said[0] in one for one in said)
    assert all(one != before for before, one in pairwise(said))


def test_what_a_customer_asks_to_hear_again_is_said_in_the_same_words(english: Wording) -> None:
    spoken = Verbatim("It is $2.00.", "It is 2 dollars.")
    again = replace(english, last=spoken.text).word([say("again", spoken=spoken)], 1)
    assert again == spoken


def test_a_mood_has_its_own_words_where_there_are_some(english: Wording) -> None:
    hasty = replace(english, mood="hasty")
    assert len(hasty.word([say("basket.added", lines="Tea")], 0).text) < len("Added Tea. Anything else?")
    assert hasty.word([say("refund.none")], 0) == english.word([say("refund.none")], 0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tea is no longer for sale. Could you put that another way?"),
        ("sv", "Tea säljs inte längre. Kan du säga det på ett annat sätt?"),
    ],
)
def test_the_angry_are_told_sorry_by_the_apology_alone(language: str, said: str) -> None:
    phrases = {key: value for key, value in read_phrases(language).items() if not key.endswith(".frustrated")}
    angry = Wording(language, phrases, TODAY, "frustrated")
    assert angry.word([say("order.not_for_sale", title="Tea"), say("not_understood.first")], 0).text == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", TONES)
def test_nothing_the_angry_hear_apologises_again(language: str, tone: str) -> None:
    """Whatever is not an apology's own phrase, or what is said when nothing is known of the customer."""
    sorry = re.compile("sorry|pardon|tyvärr|förlåt|ursäkta|beklagar", re.IGNORECASE)
    phrases = Brand(tone).phrases(language, "frustrated")
    angry = Wording(language, phrases, TODAY, "frustrated")
    said = {key: [angry._unsorry(one) for one in ones] for key, ones in phrases.items() if not key.startswith(NOT_SAID)}
    again = {key for key, ones in said.items() if any(sorry.search(one) for one in ones)}
    assert again <= {"apology", "trouble"}


@pytest.mark.parametrize(
    ("language", "points", "said"),
    [
        ("en", 1, "You have one point."),
        ("en", 1500, "You have 1,500 points."),
        ("sv", 1, "Du har ett poäng."),
        ("sv", 1500, "Du har 1\xa0500 poäng."),
    ],
)
def test_one_is_said_otherwise_than_many(language: str, points: int, said: str) -> None:
    assert Wording(language, read_phrases(language), TODAY).word([say("points.has", points=points)], 0).text == said


@pytest.mark.parametrize(
    ("language", "written", "aloud"),
    [
        ("en", "Ember & Oak Coffee, 500 g", "Ember and Oak Coffee, 500 grams"),
        ("en", "Oat Milk 1 l", "Oat Milk 1 litre"),
        ("en", "Trail Jacket, black, XL", "Trail Jacket, black, extra large"),
        ("en", "Socks 3×2, 42", "Socks 3 times 2, 42"),
        ("en", "80% cotton at 9:30 AM, route A1", "80 percent cotton at 9:30 AM, route A1"),
        ("sv", "Ember & Oak Coffee, 1 kg", "Ember och Oak Coffee, 1 kilo"),
        ("sv", "Trail Jacket, svart, XL", "Trail Jacket, svart, extra large"),
    ],
)
def test_signs_units_and_sizes_are_said_in_words(language: str, written: str, aloud: str) -> None:
    said = Wording(language, read_phrases(language), TODAY).word([say("line", title=written)], 0)
    assert (said.text, said.speech) == (written, aloud)


def test_words_of_the_catalogue_are_said_in_swedish(swedish: Wording) -> None:
    one = swedish.word([say("option.some", option=Word("colour"), choices=Choices(("black", "XL")))], 0)
    assert (one.text, one.speech) == ("vilken färg, svart eller XL", "vilken färg, svart eller extra large")
    assert swedish.word([say("line", title=Word("waterproof", many=True))], 0).text == "vattentäta"
    assert swedish.word([say("line", title="Black, white & read, moss green")], 0).text.endswith("read, mossgrön")


def test_a_missing_phrase_or_value_is_a_clear_error(english: Wording) -> None:
    with pytest.raises(BadPhrases, match=r"no phrase nonsense\.key"):
        english.word([say("nonsense.key")], 0)
    with pytest.raises(BadPhrases, match="wants 'lines'"):
        english.word([say("basket.added")], 0)
    with pytest.raises(BadPhrases, match="no phrases for language"):
        read_phrases("tlh")


def stems(key: str) -> Iterator[str]:
    """The key without what says in which form it is: "found.one.hasty", "found.one"."""
    while form := next((form for form in FORMS if key.endswith(form)), None):
        key = key.removesuffix(form)
        yield key


def test_every_phrase_is_used_and_every_phrase_used_is_there() -> None:
    keys = set(read_phrases("en"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES.glob("**/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    literals = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    families = [re.escape(text) + ".+" for text in literals if re.fullmatch(r"[a-z]+\.", text)]
    patterns = re.compile(
        "|".join([*families, *(pattern_of(node) for node in nodes if isinstance(node, ast.JoinedStr))])
    )

    def is_used(key: str) -> bool:
        return key.startswith(OPEN) or any(one in literals or patterns.fullmatch(one) for one in (key, *stems(key)))

    assert {key for key in keys if not is_used(key)} == set()
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "Phrase")]
    said = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert len(said) > 100
    assert said - keys == set()


def pattern_of(text: ast.JoinedStr) -> str:
    """The keys an f-string may become: those of a family, or ending in a certain form; nothing for other texts."""
    fast = [part.value if isinstance(part, ast.Constant) else None for part in text.values]
    if any(isinstance(part, str) and re.search(r"^[a-z_]+\.|\.[a-z_]+$", part) for part in fast):
        return "".join(".+" if part is None else re.escape(str(part)) for part in fast)
    return "(?!)"
