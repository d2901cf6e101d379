"""How well texts were heard, and what a recogniser's confidence is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from assistant.evaluation import statistics

_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SMALL += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}
_NUMBERS = {str(number): name for number, name in [*enumerate(_SMALL), *_TENS.items()]}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a recogniser made of one recording."""

    text: str
    confidence: float
    """Of the least sure utterance."""
    seconds: float
    """Taken, over all utterances of the recording."""
    right: bool


def spelled(text: str) -> str:
    """Lower case, no punctuation, hyphens as spaces, numbers up to twenty and whole tens as words, oz as ounce."""
    plain = re.sub(r"[^\w' ]", " ", re.sub(r"(\d) ?oz\b", r"\1 ounce", text.lower().replace("%", " percent")))
    return " ".join(_NUMBERS.get(word, word) for word in plain.split())


def stands_in(phrases: Sequence[str], text: str) -> bool:
    """Whether every phrase stands in the text, both spelled the same way."""
    heard = f" {spelled(text)} "
    return all(f" {spelled(phrase)} " in heard for phrase in phrases)


def word_errors(said: Sequence[str], heard: Sequence[str]) -> float:
    """Insertions, deletions and substitutions over all words that were said."""
    pairs = [(spelled(one).split(), spelled(other).split()) for one, other in zip(said, heard, strict=True)]
    return sum(Levenshtein.distance(one, other) for one, other in pairs) / max(1, sum(len(one) for one, _ in pairs))


def times(answers: Sequence[Answer], spoken: float) -> dict[str, float]:
    """`spoken`: seconds of sound in all."""
    taken = [one.seconds for one in answers] or [0.0]
    return {
        "p50_s": round(float(np.percentile(taken, 50)), 3),
        "p95_s": round(float(np.percentile(taken, 95)), 3),
        "real_time_factor": round(sum(taken) / max(spoken, 1e-9), 3),
    }


def reliability(
    answers: Sequence[Answer], asked_again_below: Sequence[float] = (0.4, 0.5, 0.6, 0.7)
) -> dict[str, object]:
    """Accuracy by confidence, the expected calibration error over ten bins, and what asking again would catch.

    Refused recordings are left out: nothing was believed.
    """
    sure = np.array([one.confidence for one in answers if one.text])
    right = np.array([one.right for one in answers if one.text], bool)
    if not len(sure):
        return {"texts": 0}
    place = np.minimum((sure * 10).astype(int), 9)
    bins = {
        f"{b / 10:.1f}": [int((place == b).sum()), round(float(right[place == b].mean()), 2)]
        for b in sorted(set(place))
    }
    error, _ = statistics.calibration(sure, right.astype(float))
    wrong = max(1, int((~right).sum()))
    return {
        "texts": len(sure),
        "right": round(float(right.mean()), 3),
        "bins": bins,
        "expected_calibration_error": round(error, 3),
        "asking_again_below": {
            str(least): {
                "wrong_caught": round(float((~right[sure < least]).sum()) / wrong, 2),
                "right_asked_again": round(float(right[sure < least].sum()) / max(1, int(right.sum())), 3),
            }
            for least in asked_again_below
        },
    }
