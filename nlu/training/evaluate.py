"""How well the model knows sentences of the corpus that it has not seen."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np

from nlu.model import Guess, Model
from nlu.training.corpus import examples
from nlu.training.frames import Example
from nlu.types import INTENTS

BINS = 10


def evaluate(model: Model, seed: int, count: int = 2000) -> dict[str, object]:
    """Intent accuracy, F1 of the parts (same tag, same words), expected calibration error (Guo et al., ICML 2017)."""
    drawn = [one for one in itertools.islice(examples(seed), 2 * count) if one.tags][:count]
    guesses = [model.read(example.text, example.asked) for example in drawn]
    right = [INTENTS[int(guess.intents.argmax())] == one.intent for one, guess in zip(drawn, guesses, strict=True)]
    return {
        "examples": len(drawn),
        "intent": {language: _share(right, [one.language == language for one in drawn]) for language in ("en", "sv")},
        "parts_f1": _parts_f1(drawn, guesses),
        "calibration_error": calibration_error([float(guess.intents.max()) for guess in guesses], right),
    }


def _share(right: Sequence[bool], counted: Sequence[bool]) -> float:
    kept = [one for one, counts in zip(right, counted, strict=True) if counts]
    return round(sum(kept) / len(kept), 3) if kept else 0.0


def _parts_f1(drawn: Sequence[Example], guesses: Sequence[Guess]) -> float:
    counts: Counter[str] = Counter()
    for example, guess in zip(drawn, guesses, strict=True):
        wanted = set(_wanted(example))
        got = {(part.tag, part.start, _trimmed(example.text, part.end)) for part in guess.parts}
        counts.update(right=len(wanted & got), wanted=len(wanted), got=len(got))
    return round(2 * counts["right"] / max(1, counts["wanted"] + counts["got"]), 3)


def _wanted(example: Example) -> list[tuple[str, int, int]]:
    parts: list[tuple[str, int, int]] = []
    at = 0
    for word, tag in zip(example.words, example.tags, strict=True):
        end = _trimmed(example.text, at + len(word))
        if tag.startswith("B-"):
            parts.append((tag[2:], at, end))
        elif tag.startswith("I-"):
            parts[-1] = (*parts[-1][:2], end)
        at += len(word) + 1
    return parts


def _trimmed(text: str, end: int) -> int:
    """The end without marks behind the last word."""
    return len(text[:end].rstrip(".,;:?! "))


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Mean distance between confidence and accuracy over equal bins of confidence, weighted by their sizes."""
    sure, hits = np.array(confidences), np.array(right, dtype=float)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(sure[bins == at].mean() - hits[bins == at].mean()) * (bins == at).mean() for at in set(bins.tolist())]
    return round(float(sum(gaps)), 3)
