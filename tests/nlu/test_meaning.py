"""The shipped model, really run: a text takes about a millisecond."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.meaning import MODEL, TOKENIZER, SentenceMeaning
from nlu.onnx import FOLDER, BadNetwork, Network


@pytest.fixture(scope="module")
def meaning() -> SentenceMeaning:
    return SentenceMeaning()


def test_vectors_have_length_one_and_one_row_for_each_text(meaning: SentenceMeaning) -> None:
    vectors = meaning(["milk", "a warm jacket", ""])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert meaning([]).shape == (0, 384)


def test_what_means_the_same_is_closer_than_what_shares_a_word(meaning: SentenceMeaning) -> None:
    asked, same, other = meaning(["a shelter for camping", "tent", "a book about camping"])
    assert asked @ same > asked @ other


def test_a_text_means_the_same_in_any_company(meaning: SentenceMeaning) -> None:
    alone = meaning(["a tent for two"])[0]
    among = meaning(["x" * 900, "a tent for two", "milk"])[1]
    assert np.array_equal(alone, among)


@pytest.mark.parametrize("text", ["word " * 5000, "\x00\x07", "🧦🧦", "防水のジャケット", "jag vill ha kaffe"])
def test_any_text_has_a_meaning(meaning: SentenceMeaning, text: str) -> None:
    assert np.isfinite(meaning([text])).all()


def test_kinds_of_things_are_distinct_and_many(meaning: SentenceMeaning) -> None:
    assert len(meaning.kinds) == len(set(meaning.kinds)) > 200


def test_tokens_point_into_the_text() -> None:
    network = Network(MODEL, TOKENIZER, 16)
    text = "two tents, please"
    spans = network.tokens(text).spans
    assert [text[start:end] for start, end in spans if end] == ["two", "tents", ",", "please"]
    assert len(network.tokens("word " * 100).ids) == 16


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / TOKENIZER.name).write_bytes((FOLDER / TOKENIZER.name).read_bytes())
    (tmp_path / MODEL.name).write_bytes(b"not a network")
    with pytest.raises(BadNetwork, match=r"meaning\.onnx is damaged"):
        SentenceMeaning(tmp_path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadNetwork, match=r"tokenizer\.json: No such file"):
        SentenceMeaning(tmp_path)


def test_what_is_asked_for_again_means_the_same_and_cannot_be_changed_by_who_asked(meaning: SentenceMeaning) -> None:
    first = meaning(["running shoes"])
    first[0, 0] = 7.0
    again = meaning(["running shoes"])
    assert again[0, 0] != 7.0
    assert np.array_equal(again[0], meaning(["sneakers", "running shoes"])[1])
