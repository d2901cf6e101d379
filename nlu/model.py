"""The model behind `nlu.parse`: a probability for each intent, and the parts of a request.

A MiniLM encoder of six layers (Wang et al., MiniLM, NeurIPS 2020) with two heads, trained by nlu/training. What was
asked goes in as a token before the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from nlu.onnx import Network, Shipped
from nlu.types import Asked

TAGS = (
    "item",
    "exclude",
    "price",
    "rating",
    "date",
    "time",
    "number",
    "ordinal",
    "quantity",
    "reference",
    "recipient",
    "occasion",
    "person",
    "place",
    "service",
    "staff",
    "reason",
    "old",
)
"""Parts of a request; 'old' is what the speaker takes back ("two, no, three")."""
LABELS = ("O", *(f"{place}-{tag}" for tag in TAGS for place in "BI"))
"""What the model says about each word: outside, or the beginning or inside of a part."""
ASKED: tuple[str, ...] = get_args(Asked)
LONGEST = 128
"""Tokens of a text that are looked at."""
MARKERS = 2
"""Token id of "nothing was asked"; the ids behind it stand for the other entries of ASKED. BERT leaves them unused."""
NETWORK = Shipped("requests.onnx", "0bb2a9884e6738e6e17d74198385f622fd7e251673b7097317851fad115eb3d7")
TOKENIZER = Shipped("requests.tokenizer.json", "857ea5760ed517cad2daedf1093d47a22ecdbd637de2d266e6c15f75ac8dadaa")
TEMPERATURE = 1.0
"""What intent logits are divided by, so that probabilities mean what they say; label smoothing left nothing to mend."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that plays a part: characters [start, end)."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model makes of one text."""

    intents: NDArray[np.float32]
    """Probabilities in the order of nlu.types.INTENTS."""
    parts: tuple[Part, ...]


class Model:
    """The network; `read` may be called from several threads."""

    def __init__(self, network: Network, temperature: float) -> None:
        self._network = network
        self._temperature = temperature

    def read(self, text: str, asked: str = "nothing") -> Guess:
        """Intent probabilities and parts of `text`; what lies beyond LONGEST tokens is not looked at."""
        tokens = self._network.tokens(text)
        ids = np.array([framed(tokens.ids.tolist(), asked)], dtype=np.int64)
        logits, labels = self._network.run({"ids": ids})
        scaled = logits[0] / self._temperature
        odds = np.exp(scaled - scaled.max())
        return Guess(odds / odds.sum(), _parts(labels[0, 2:-1].argmax(axis=1).tolist(), tokens.spans[1:-1]))


def framed(ids: Sequence[int], asked: str) -> list[int]:
    """Token ids of a text with the token for what was asked behind the mark of beginning."""
    return [ids[0], MARKERS + (ASKED.index(asked) if asked in ASKED else 0), *ids[1:]]


def _parts(labels: Sequence[int], offsets: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """Parts from a label per token; tokens that go on a word follow its first."""
    parts: list[Part] = []
    open_tag = ""
    for at, (label, (start, end)) in enumerate(zip(labels, offsets, strict=True)):
        if at and start == offsets[at - 1][1]:
            if open_tag:
                parts[-1] = Part(open_tag, parts[-1].start, end)
            continue
        place, _, tag = LABELS[label].partition("-")
        if tag and place == "I" and tag == open_tag:
            parts[-1] = Part(tag, parts[-1].start, end)
        elif tag:
            parts.append(Part(tag, start, end))
        open_tag = tag
    return tuple(parts)


@cache
def load_model() -> Model:
    """The shipped model, loaded once; about a quarter of a second."""
    return Model(Network(NETWORK, TOKENIZER, LONGEST), TEMPERATURE)
