from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.plausible import hint_prompt, is_loop, is_said_twice, said_once, words


@pytest.mark.parametrize(
    "text",
    [
        "no " * 5,
        "No, no. No! no; NO",
        "the second one " * 5,
        "Add the oat milk. " * 6,
        "I would like some eggs " + "and some bread " * 5 + "please",
        "o" * 200,
        "Oooooh, hmm",
        "very good and then " * 40,
        "Make me a large dark roast iced coffee with milk. " * 4,
    ],
)
def test_the_same_over_and_over_is_a_loop(text: str) -> None:
    assert is_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "no no no",
        "yes yes yes yes",
        "order 1000000, ooh",
        "two bags of dark roast and two bags of light roast and two filters",
        "I want to order. I want to order! I want to order!",
        " ".join(
            f"I also need some {item} for the weekend, please."
            for item in ["rice", "tea", "salt", "oil", "eggs", "milk"]
        ),
        "a red one, a blue one, a green one and a white one, all of them small, and please send them to my office",
    ],
)
def test_what_people_say_is_no_loop(text: str) -> None:
    assert not is_loop(text)


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    assert is_loop(text) in (True, False)


def test_words_lose_case_punctuation_and_hyphens_but_keep_their_apostrophes() -> None:
    assert words("It's 3 Ice-cold, naïve DRINKS_please…") == ["it's", "3", "ice", "cold", "naïve", "drinks", "please"]


def test_a_sentence_said_twice_is_told_from_short_words_and_from_lists() -> None:
    assert is_said_twice("Lock the front door. Lock the front door.")
    assert not is_said_twice("No, no.")
    assert not is_said_twice("thank you, thank you")
    assert not is_said_twice("a red one and a blue one")
    assert not is_said_twice("two bags of rice, two bags of rice and tea")


def length(text: str) -> int:
    return len(words(text))


def test_hints_are_joined_most_likely_first_without_repeats() -> None:
    assert (
        hint_prompt(["oat milk", " Flat  white ", "OAT MILK", "", "tea"], length, 100) == "oat milk, Flat white, tea."
    )


def test_a_phrase_that_does_not_fit_is_left_out_whole() -> None:
    assert hint_prompt(["oat milk", "flat white coffee", "tea", "cup"], length, 3) == "oat milk, tea."


def test_sentences_come_first_as_they_are_then_the_phrases_as_one_list() -> None:
    hints = ["oat milk", "Can I get a latte?", "tea", "Give me  a tea.", "can i get a latte?", "Stop!"]
    assert hint_prompt(hints, length, 100) == "Can I get a latte? Give me a tea. Stop! oat milk, tea."
    assert hint_prompt(hints[1:2], length, 100) == "Can I get a latte?"


def test_neither_sentences_nor_phrases_starve_the_other() -> None:
    sentences = [f"Give me a number {n}." for n in range(50)]
    phrases = [f"number {n}" for n in range(50)]

    both = hint_prompt([*sentences, *phrases], length, 40)
    assert (both.count("."), both.count(",") + 1) == (4 + 1, 10)
    assert hint_prompt([*sentences, *phrases[:2]], length, 40).count("Give") == 7
    assert hint_prompt([*sentences[:2], *phrases], length, 40).count(",") + 1 == 15


@given(st.lists(st.text(st.characters(codec="ascii", categories=["Ll", "Zs"], include_characters=".?"), max_size=20)))
def test_entries_are_taken_whole_and_within_the_tokens(hints: list[str]) -> None:
    prompt = hint_prompt(hints, length, 8)
    whole = {" ".join(hint.split()) for hint in hints}

    assert length(prompt) <= 8
    kept = [entry for entry in whole if entry and entry in prompt]
    assert bool(prompt) == bool(kept)


@given(st.lists(st.text(st.characters(codec="ascii", categories=["Ll", "Zs"]), max_size=20)), st.integers(0, 20))
def test_a_prompt_never_has_too_many_tokens(hints: list[str], most: int) -> None:
    prompt = hint_prompt(hints, length, most)
    assert length(prompt) <= most
    assert all(
        phrase in [" ".join(hint.split()) for hint in hints] for phrase in prompt.rstrip(".").split(", ") if phrase
    )


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Two bags of rice. Two bags of rice. Two bags of rice.", "Two bags of rice."),
        ("Two bags of rice. Two bags of rice. Two bags of rice. Two ba", None),
        ("Two bags of rice. Two bags of rice. Two bags of rice. Two bags", "Two bags of rice."),
        ("a latte please a latte please", None),
        ("no no no no no no", None),
        ("I would like eggs and bread and bread and bread", None),
        ("", None),
    ],
)
def test_what_is_said_over_and_over_is_known_once(text: str, once: str | None) -> None:
    assert said_once(text) == once
