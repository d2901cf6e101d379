"""The corpus that the model learns from; learning itself needs handla[train] and is not tested here."""

from __future__ import annotations

import itertools
import random

import pytest

from nlu.model import ASKED, TAGS
from nlu.training.corpus import LANGUAGES, examples
from nlu.training.evaluate import calibration_error
from nlu.training.frames import Sampler, load_tables, tagged
from nlu.training.mishearings import mishearings
from nlu.training.noise import hesitant, misheard, mistyped, punctuated, restarted
from nlu.types import INTENTS


def drawn(seed: int, count: int) -> list[object]:
    return list(itertools.islice(examples(seed), count))


@pytest.mark.models
def test_the_corpus_is_the_same_for_the_same_seed() -> None:
    assert drawn(7, 50) == drawn(7, 50)
    assert drawn(7, 50) != drawn(8, 50)


def test_examples_have_a_tag_for_each_word_and_known_labels() -> None:
    for example in itertools.islice(examples(3), 1500):
        assert example.intent in INTENTS
        assert example.asked in ASKED
        assert example.words
        assert not example.tags or len(example.tags) == len(example.words)
        before = "O"
        for tag in example.tags:
            assert tag == "O" or tag[2:] in TAGS
            assert not tag.startswith("I-") or before[2:] == tag[2:], example
            before = tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_filled(language: str) -> None:
    sampler = Sampler(language, random.Random(1))
    for (intent, _), sentences in sampler.tables.intents.items():
        assert intent in INTENTS
        for sentence in sentences:
            assert tagged(sentence.sample(sampler._fill, sampler.chooser)), sentence.source


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_sentences(language: str) -> None:
    assert {intent for intent, _ in load_tables(language).intents} == set(INTENTS)


def test_a_language_without_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="nlu/training/xx"):
        load_tables("xx")


def test_brackets_become_tags() -> None:
    assert tagged("put <item two apples > in") == [
        ("put", "O"), ("two", "B-item"), ("apples", "I-item"), ("in", "O"),
    ]  # fmt: skip


def test_noise_keeps_tags_well_formed() -> None:
    chooser = random.Random(5)
    sampler = Sampler("en", chooser)
    pairs = tagged("get me <item two lattes > please")
    for _ in range(200):
        made = hesitant(misheard(pairs, {"lattes": ["lot of"], "two": ["to"]}, chooser), sampler, chooser)
        made = punctuated(mistyped(restarted(made, sampler, chooser), chooser), chooser)
        before = "O"
        for word, tag in made:
            assert word
            assert not tag.startswith("I-") or before[2:] == tag[2:], made
            before = tag


def test_calibration_error_is_the_distance_between_confidence_and_accuracy() -> None:
    assert calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0)
    assert calibration_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)


def test_mishearings_are_learned_from_what_was_said_and_heard() -> None:
    rows = [
        ("a light roast latte please", "A light rose latte, please."),
        ("three light roast lattes", "3 light rose lattes."),
        ("put it in the basket", "Thank you for watching."),
    ]
    assert mishearings(rows) == {"roast": ["rose"], "three": ["3"]}


def test_a_mishearing_of_several_words_stays_within_its_part() -> None:
    chooser = random.Random(3)
    pairs = [("we", "O"), ("want", "O"), ("bubble", "B-item"), ("tea", "I-item")]
    made = {
        tuple(misheard(pairs, {"bubble tea": ["double team now"], "want bubble": ["won"]}, chooser)) for _ in range(50)
    }
    heard = (("we", "O"), ("want", "O"), ("double", "B-item"), ("team", "I-item"), ("now", "I-item"))
    assert made == {tuple(pairs), heard}
