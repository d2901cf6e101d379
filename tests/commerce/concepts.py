"""A sentence model for tests: a handful of words with known meanings, and a count of what it was asked to read."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from commerce.words import terms

CONCEPTS = (
    {"tea", "brew", "flask", "cup"},
    {"rain", "wet", "waterproof", "shell", "storm", "dry"},
    {"warm", "cosy", "winter", "down", "fleece"},
    {"laptop", "computer", "notebook"},
    {"jacket", "coat", "parka"},
    {"tent", "camping", "shelter"},
)


WIDTH = 256


class Concepts:
    """Unit vectors with one axis for each concept and, as far as there is room, one for every other word."""

    name = "concepts"
    kinds = ("laptop", "tent", "tea")

    def __init__(self) -> None:
        self.read: list[str] = []
        """Every text in the order it was asked for."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in terms(text):
                row[_axis(word)] += 1
        return np.asarray(rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True)), dtype=np.float32)


def _axis(word: str) -> int:
    of_concept = (axis for axis, concept in enumerate(CONCEPTS) if word in concept)
    return next(of_concept, len(CONCEPTS) + crc32(word.encode()) % (WIDTH - len(CONCEPTS)))
