from __future__ import annotations

import numpy as np
import pytest

from benchmarks._coffee import coffee_hints
from benchmarks._scores import Answer, reliability, spelled, stands_in, times, word_errors
from benchmarks._speech import _mixed
from benchmarks._wordless import EVERY, pieces, sample
from tests.voice.sounds import silence, tone, white


def test_numbers_are_spelled_one_way() -> None:
    assert spelled("A 12oz Latte, 2 shots; 30%!") == "a twelve ounce latte two shots thirty percent"
    assert stands_in(["twelve ounce"], "One 12-ounce latte.")
    assert not stands_in(["ice"], "a slice of rice")


def test_word_errors_count_insertions_deletions_and_substitutions() -> None:
    assert word_errors(["one two three four"], ["one two three four"]) == 0
    assert word_errors(["one two three", "four"], ["one three tea", "for four"]) == pytest.approx(3 / 4)


def test_confidence_is_worth_what_it_says_when_it_is_calibrated() -> None:
    calibrated = [Answer("x", 0.75, 0.1, right=number % 4 != 0) for number in range(40)]
    boasting = [Answer("x", 0.95, 0.1, right=number % 2 == 0) for number in range(40)]

    assert reliability(calibrated)["expected_calibration_error"] == 0
    assert reliability(boasting)["expected_calibration_error"] == pytest.approx(0.45)
    assert reliability([Answer("", 0.0, 0.1, right=False)]) == {"texts": 0}


def test_times_are_told_per_utterance_and_against_the_sound() -> None:
    assert times([Answer("x", 1, seconds, True) for seconds in (1.0, 2.0, 3.0)], 12.0) == {
        "p50_s": 2.0,
        "p95_s": 2.9,
        "real_time_factor": 0.5,
    }


def test_silence_around_the_words_does_not_make_the_noise_softer() -> None:
    speech, noise = tone(1.0, 300), white(20, 900)
    alone = _mixed(speech, noise, 6.0, seed=3).astype(float) - speech
    padded = np.concatenate([silence(0.45), speech, silence(0.45)])
    around = _mixed(padded, noise, 6.0, seed=3).astype(float) - padded

    assert np.sqrt(np.mean(around**2)) == pytest.approx(np.sqrt(np.mean(alone**2)), rel=0.1)
    assert 10 * np.log10(np.mean(speech.astype(float) ** 2) / np.mean(alone**2)) == pytest.approx(6, abs=0.1)


def test_wordless_sounds_are_the_same_each_time_and_loud_enough_to_hear() -> None:
    once, again = [list(sample(1, seed)) for seed in (1, 1)]
    assert [kind for kind, _ in once] == list(EVERY)
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(once, again, strict=True))
    assert all(abs(samples.astype(int)).max() >= 300 for _, samples in pieces(24, seed=1))


def test_the_coffee_bar_is_told_in_sentences_and_words() -> None:
    hints = coffee_hints()
    assert sum(hint.endswith((".", "?", "!")) for hint in hints) >= 3
    assert {"iced mocha", "light roast", "soy milk"} <= set(hints)
