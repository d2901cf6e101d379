"""How good a search is on written requests with judged products, beside other ways to search the same shop.

Requests: tests/commerce/queries.en.jsonl, over the sample shop. `fits` are the products that answer the request, 2
where it is what was meant and 1 where it would do; empty where the shop has nothing like it. They were judged before
anything was tuned, and only the half marked "tuning" was looked at while tuning.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._full_text import full_text, ranked_by_full_text
from commerce.index import Index
from commerce.meanings import Meanings, text_of
from commerce.ports import Meaning
from commerce.search import WORDS, search
from commerce.types import Query

FILE = Path(__file__).parents[1] / "tests" / "commerce" / "queries.en.jsonl"
FIRST = 5
"""Products that count for nDCG: what fits on a small screen."""
ALONE = ("bm25f_alone", "meaning_alone", "fts5_alone")
SPOKEN = 3
"""Products that are read out."""


@dataclass(frozen=True, slots=True)
class Request:
    query: Query
    fits: Mapping[str, int]
    """Product id -> 2 where it is what was meant, 1 where it would do."""
    tuning: bool


Ranked = list[tuple[str, float]]
"""Product ids and scores, best first."""
System = Callable[[Query], Ranked]


@dataclass(frozen=True, slots=True)
class Answer:
    request: Request
    ranked: Ranked


def read_requests(file: Path = FILE) -> list[Request]:
    return [_request(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _request(row: dict[str, Any]) -> Request:
    fits, tuning = row.pop("fits"), row.pop("part") == "tuning"
    row["without"] = tuple(row.get("without", ()))
    return Request(Query(**row, in_stock=False), fits, tuning)  # what is sold out today is no matter of search


def compare(index: Index, meaning: Meaning) -> dict[str, object]:
    """Every way to search, on both halves. The parts alone are shown uncut, and cut where the tuning half is best."""
    requests = read_requests()
    systems = {**ours(index, meaning), **_peers(index, meaning)}
    report: dict[str, object] = {
        "requests": len(requests),
        "with_nothing_to_find": sum(not request.fits for request in requests),
    }
    for name, system in systems.items():
        answers = [Answer(request, system(request.query)) for request in requests]
        report[name] = _both_halves(answers, 0.0)
        if name in ALONE:
            best = _best_cut([answer for answer in answers if answer.request.tuning])
            report[f"{name}_cut"] = _both_halves(answers, best)
    return report


def _both_halves(answers: Sequence[Answer], cut: float) -> dict[str, dict[str, float]]:
    return {
        part: quality_of([answer for answer in answers if answer.request.tuning == tuning], cut)
        for part, tuning in (("held_out", False), ("tuning", True))
    }


def meanings_of(index: Index, meaning: Meaning) -> Meanings:
    vectors = meaning([text_of(product) for product in index.products])
    return Meanings(index.products, vectors, kinds_of(meaning))


def kinds_of(meaning: Meaning) -> dict[str, NDArray[np.float32]]:
    return dict(zip(meaning.kinds, meaning(list(meaning.kinds)), strict=True))


def ours(index: Index, meaning: Meaning) -> dict[str, System]:
    def both(query: Query) -> Ranked:
        return [(hit.product.id, hit.score) for hit in search(index, query, vector=meaning([query.words])[0]).hits]

    def words(query: Query) -> Ranked:
        return [(hit.product.id, hit.score) for hit in search(index, query).hits]

    return {"handla": both, "handla_without_meaning": words}


def _peers(index: Index, meaning: Meaning) -> dict[str, System]:
    """The parts alone, on products that meet the constraints."""
    assert index.meanings is not None
    of_products = index.meanings
    connection: sqlite3.Connection = full_text(index.products)

    def bm25(query: Query) -> Ranked:
        fit = index.words.fit(query.words)
        return [] if fit is None else _top(index, query, fit.known)

    def vectors(query: Query) -> Ranked:
        return _top(index, query, of_products.nearness(meaning([query.words])[0]).products)

    def order(query: Query) -> Ranked:
        fit, near = index.words.fit(query.words), of_products.nearness(meaning([query.words])[0])
        return _top(index, query, near.products + WORDS * (fit.whole if fit else 0.0))

    def fts5(query: Query) -> Ranked:
        allowed = _allowed(index, query)
        return [
            (product_id, score) for product_id, score in ranked_by_full_text(connection, query) if product_id in allowed
        ]

    return {**dict(zip(ALONE, (bm25, vectors, fts5), strict=True)), "handla_order_uncut": order}


def _top(index: Index, query: Query, scores: np.ndarray) -> Ranked:
    allowed = _allowed(index, query)
    order = [row for row in np.argsort(-scores, kind="stable") if scores[row] > 0]
    return [(index.products[row].id, float(scores[row])) for row in order if index.products[row].id in allowed]


def _allowed(index: Index, query: Query) -> set[str]:
    if query == Query(query.words, in_stock=False):
        return {product.id for product in index.products}
    return {hit.product.id for hit in search(index, replace(query, words=""), limit=len(index.products)).hits}


def _best_cut(answers: Sequence[Answer]) -> float:
    """The least score that gives the most: found in time less found in vain."""

    def worth(cut: float) -> float:
        quality = quality_of(answers, cut)
        return quality["hit_3"] - quality["false_finds"]

    return max(sorted({0.0, *(answer.ranked[0][1] for answer in answers if answer.ranked)}), key=worth)


def quality_of(answers: Sequence[Answer], cut: float) -> dict[str, float]:
    ndcg, hits, false = [], [], []
    for answer in answers:
        fits = answer.request.fits
        found = [product_id for product_id, score in answer.ranked if score >= cut]
        if fits:
            ndcg.append(_ndcg(found, fits))
            hits.append(any(product_id in fits for product_id in found[:SPOKEN]))
        else:
            false.append(bool(found))
    figures = {"ndcg_5": ndcg, "hit_3": hits, "false_finds": false}
    return {name: round(float(np.mean(values)), 3) for name, values in figures.items()}


def _ndcg(found: Sequence[str], fits: Mapping[str, int]) -> float:
    """Järvelin and Kekäläinen, TOIS 2002, with gains 2^grade - 1."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:FIRST]))

    return gain([fits.get(product_id, 0) for product_id in found]) / gain(sorted(fits.values(), reverse=True))


def fit_gate(index: Index, meaning: Meaning) -> dict[str, float]:
    """Weights for commerce.search.GATE from the tuning half: a ridge logistic regression by Newton's method."""
    rows, found = [], []
    for request in read_requests():
        if request.tuning:
            rows.append(_evidence(index, meaning, request.query))
            found.append(bool(request.fits))
    evidence, wanted = np.array(rows), np.array(found, dtype=float)
    mean, spread = evidence.mean(axis=0), evidence.std(axis=0)
    inputs = np.column_stack([(evidence - mean) / spread, np.ones(len(rows))])
    weights, ridge = np.zeros(4), np.diag([0.3, 0.3, 0.3, 1e-9])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (chance - wanted) + ridge @ weights
        weights -= np.linalg.solve((inputs.T * (chance * (1 - chance))) @ inputs + ridge, slope)
    plain = weights[:3] / spread
    names = ("cosine", "words", "elsewhere", "base")
    return dict(zip(names, np.round([*plain, weights[3] - plain @ mean], 2).tolist(), strict=True))


def _evidence(index: Index, meaning: Meaning, query: Query) -> tuple[float, float, float]:
    assert index.meanings is not None
    near, fit = index.meanings.nearness(meaning([query.words])[0]), index.words.fit(query.words)
    words = fit.whole if fit else np.zeros(len(index.products))
    best = int(np.argmax(near.products + WORDS * words))
    return float(near.products[best]), float(words[best]), near.elsewhere
