"""What texts mean, as vectors: all-MiniLM-L6-v2. nlu/training/export_meaning.py makes the model's file.

Wang et al., MiniLM, NeurIPS 2020; Reimers and Gurevych, Sentence-BERT, EMNLP 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.onnx import FOLDER, Network, Shipped

MODEL = Shipped("meaning.onnx", "d3a8d29ddb7d66c9854290f382372f969c761565ffe6b9ede7468b331d6bce88")
TOKENIZER = Shipped("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037")
LONGEST = 128
"""Tokens of a text that count; the model was trained on no more."""
WIDTH = 384
REMEMBERED = 2_000
"""Texts whose vectors are kept, 1.5 kB each: people look for the same things."""


class SentenceMeaning:
    """Texts -> vectors, the closer the more alike in meaning. English; texts of other languages come out poorly.

    Safe to share between threads. A text has the same vector whatever it is asked together with.
    """

    name = f"all-minilm-l6-v2-{MODEL.checksum[:12]}"
    """Of the model; vectors of models with other names cannot be compared."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises BadNetwork."""
        self._network = Network(MODEL, TOKENIZER, LONGEST, folder)
        lines = (files("nlu.languages") / "en" / "kinds.txt").read_text(encoding="utf-8").splitlines()
        self._known = lru_cache(REMEMBERED)(self._vector)
        self.kinds: tuple[str, ...] = tuple(line for line in lines if line and not line.startswith("#"))
        """Kinds of things and services that people ask for, whether or not a shop has them."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 for each text, shape (n, 384). What is asked for alone, as a search is, is remembered."""
        read = self._known if len(texts) == 1 else self._vector
        made = np.empty((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            made[row] = read(text)
        return made

    def _vector(self, text: str) -> NDArray[np.float32]:
        """By itself: activations are scaled over a whole batch, so that a neighbour would change a text's vector."""
        ids = self._network.tokens(text).ids[np.newaxis]
        (vectors,) = self._network.run({"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vector: NDArray[np.float32] = vectors[0]
        return vector
