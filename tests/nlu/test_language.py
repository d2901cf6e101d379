"""The language pack: every example and every template means what it stands under."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest

from nlu import parse
from nlu.language import Frame, load_language
from nlu.templates import BadTemplate, compile_template
from nlu.types import INTENTS, Expectation
from tests.nlu.shop import small_shop

SHOP = small_shop()
ENGLISH = load_language("en")
LANGUAGES = ("en", "sv")
FILLS: Mapping[str, tuple[str, ...]] = {
    "items": ("two lattes", "a mocha with oat milk", "olive oil"),
    "goods": ("bread", "olive oil", "espresso"),
    "counted": ("three lattes", "a large cappuccino"),
    "count": ("two", "three bags"),
    "wish": ("waterproof jackets", "red jackets under 50 dollars"),
    "catalogue": ("black jackets", "red jackets"),
    "known": ("black jackets", "groceries"),
    "any": ("", "the big one over there"),
    "choice": ("medium", "large"),
    "pick": ("black", "red"),
    "listed": ("rain jacket", "puffer"),
    "number": ("two", "7"),
    "position": ("two", "3"),
    "ordinal": ("second", "last", "number two"),
    "order": ("1274", "one two seven four"),
    "money": ("50 dollars",),
    "date": ("tomorrow", "the third of March"),
    "time": ("half past three", "the morning"),
    "code": ("4719", "four seven one nine"),
}


def expectation(asked: str | None) -> Expectation:
    return Expectation(
        asked=asked or "nothing",  # type: ignore[arg-type]
        listed=("shell", "puffer", "parka") if asked == "choose" else (),
        product_id="latte" if asked == "option" else None,
        option="size" if asked == "option" else None,
        today=date(2025, 12, 3),
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_intent_is_documented_with_twelve_examples_or_more(code: str) -> None:
    language = load_language(code)
    assert set(language.descriptions) == set(INTENTS)
    assert [intent for intent in INTENTS if len(language.examples[intent]) < 12] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_example_stands_under_two_intents(code: str) -> None:
    seen = Counter(str(example).lower() for examples in load_language(code).examples.values() for example in examples)
    assert [text for text, count in seen.items() if count > 1] == []


@pytest.mark.models
@pytest.mark.parametrize("code", LANGUAGES)
def test_most_examples_parse_to_their_intent(code: str) -> None:
    wrong = [f"{text!r}: {intent}" for intent, text, asked in examples(code) if read(text, asked, code) != intent]
    assert len(wrong) <= 0.45 * len(list(examples(code))), "\n".join(wrong)


def examples(code: str) -> Iterator[tuple[str, str, str]]:
    for intent, entries in load_language(code).examples.items():
        for entry in entries:
            yield (intent, entry["text"], entry["asked"]) if isinstance(entry, dict) else (intent, entry, "nothing")


def read(text: str, asked: str, code: str) -> str:
    return parse(text, SHOP, replace(expectation(asked), today=date(2025, 12, 3)), code).intent


def sampled(frame: Frame, chooser: random.Random) -> str:
    return frame.template.sample(lambda kind: chooser.choice(FILLS[kind]), chooser)


@pytest.mark.models  # seven seconds
def test_sampled_sentences_of_the_templates_parse_to_their_intent() -> None:
    chooser = random.Random(3)
    wrong: list[str] = []
    total = 0
    for frame in ENGLISH.frames:
        for _ in range(4):
            text = sampled(frame, chooser)
            total += 1
            heard = parse(text, SHOP, expectation(frame.when))
            if heard.intent != frame.intent:
                wrong.append(f"{text!r}: {heard.intent}, not {frame.intent}")
    # The model has the last word on sentences that no person says: templates make "please do black jackets" too.
    assert len(wrong) <= 0.16 * total, "\n".join(wrong)


@pytest.mark.parametrize("source", ["(a|b", "[a", "a ]", "<nowhere>", "{nothing}", "a )"])
def test_a_faulty_template_is_refused_with_its_text(source: str) -> None:
    with pytest.raises(BadTemplate, match=re.escape(repr(source))):
        compile_template(source, {}, {}, lambda word: (word,))


def test_rules_in_a_circle_are_refused() -> None:
    with pytest.raises(BadTemplate, match="circle"):
        compile_template("<a>", {"a": "<b>", "b": "<a>"}, {}, lambda word: (word,))
