"""How well and how fast products are found, beside SQLite's FTS5 and the parts of our search alone, in the same run.

    python -m benchmarks.search [--fit]

Quality: `_wanted.py`, on written requests over the sample shop. Speed: 200 and 50,000 products of made-up words; words
and a price ceiling give ten products. Timed with the request's vector made anew each time, then by words alone. FTS5
answers less: it looks at no variants, knows no likeness of words, no meaning, and no nearest products where nothing
fits. The queries timed are others than those that warm up, since the index remembers which terms are like a word; words
recur among them only as often as they do by chance. `found` is the share of queries with hits by words, `agree` the
mean share of those hits that are among FTS5's best hundred. --fit prints the weights of commerce.search.GATE instead.
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks._full_text import full_text, ranked_by_full_text
from benchmarks._wanted import compare, fit_gate, kinds_of, meanings_of
from commerce.index import Index
from commerce.meanings import Meanings
from commerce.ports import Meaning
from commerce.sample import sample_products
from commerce.search import search
from commerce.types import Money, Product, Query, Variant
from nlu.meaning import SentenceMeaning

SIZES = (200, 50_000)
QUERIES = 300
_SYLLABLES = "ba be bo da de do fi ga go ka ki la le lo ma mi mo na ne no pa ra ri ro sa se so ta te ti to va ve wa zo"
_COLOURS = ("black", "red", "blue", "green", "white")


def main(arguments: Sequence[str] = ()) -> None:
    meaning = SentenceMeaning()
    catalogue = sample_products()
    judged = Index(catalogue)
    judged = Index(catalogue, meanings_of(judged, meaning))
    if "--fit" in arguments:
        print(json.dumps(fit_gate(judged, meaning)))
        return
    quality = compare(judged, meaning)
    sizes = [measure(size, meaning) for size in SIZES]
    print(json.dumps({"benchmark": "search", "quality": quality, "queries": QUERIES, "sizes": sizes}))


def measure(size: int, meaning: Meaning) -> dict[str, object]:
    """Milliseconds for each query, building apart."""
    products, queries = make_shop(size, random.Random(size))
    before = resident()
    began = perf_counter()
    index = Index(products, Meanings(products, made_up_vectors(products, meaning), kinds_of(meaning)))
    built = perf_counter() - began
    memory = resident() - before
    peer = full_text(products)
    warm_up, measured = queries[:QUERIES], queries[QUERIES:]
    ours = timed(lambda query: search(index, query, vector=meaning([query.words])[0]), warm_up, measured)
    words = timed(lambda query: search(index, query), warm_up, measured)
    theirs = timed(lambda query: ranked_by_full_text(peer, query, 10), warm_up, measured)
    return {
        "products": size,
        "build_s": round(built, 2),
        "index_mb": round(memory / 2**20),
        "p50_ms": quantile(ours, 0.5),
        "p95_ms": quantile(ours, 0.95),
        "words_p50_ms": quantile(words, 0.5),
        "words_p95_ms": quantile(words, 0.95),
        "fts5_p50_ms": quantile(theirs, 0.5),
        "fts5_p95_ms": quantile(theirs, 0.95),
        "p50_ratio_to_fts5": round(quantile(ours, 0.5) / quantile(theirs, 0.5), 3),
        "p95_ratio_to_fts5": round(quantile(ours, 0.95) / quantile(theirs, 0.95), 3),
        **agreement(index, peer, measured),
    }


def make_shop(size: int, chance: random.Random) -> tuple[list[Product], list[Query]]:
    """Products of made-up words, a few common and most rare as in any language, and queries that use the same words."""
    syllables = _SYLLABLES.split()
    words = list(dict.fromkeys("".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(8000)))
    weights = [1 / rank for rank in range(1, len(words) + 1)]

    def some(count: int) -> list[str]:
        return chance.choices(words, weights, k=count)

    kinds = words[50:110]
    products = [_product(row, chance.choice(kinds), some, chance) for row in range(size)]
    queries = [
        Query(
            " ".join([*some(chance.randint(1, 2)), chance.choice(kinds)]), price_max=chance.choice([None, 5000, 15000])
        )
        for _ in range(2 * QUERIES)
    ]
    return products, queries


def _product(row: int, kind: str, some: Callable[[int], list[str]], chance: random.Random) -> Product:
    price = chance.randint(200, 30_000)
    title = " ".join([*some(2), kind])
    variants = tuple(
        Variant(f"{row}-{colour}", title, Money(price, "USD"), chance.randint(0, 20), {"colour": colour})
        for colour in chance.sample(_COLOURS, 3)
    )
    return Product(
        id=f"p{row:06}",
        title=title,
        categories=(kind,),
        variants=variants,
        description=" ".join(some(20)),
        attributes={"material": some(1)[0], "waterproof": chance.random() < 0.3},
        rating=round(chance.uniform(2, 5), 1),
        rating_count=chance.randint(0, 200),
    )


def made_up_vectors(products: Sequence[Product], meaning: Meaning) -> NDArray[np.float32]:
    """Sums of the vectors of each title's words: to read 50,000 texts takes a minute, and search takes no longer."""
    words = sorted({word for product in products for word in product.title.split()})
    of_word = dict(zip(words, meaning(words), strict=True))
    sums = np.array([sum(of_word[word] for word in product.title.split()) for product in products], dtype=np.float32)
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)


def resident() -> int:
    """Bytes of memory that this process occupies."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def agreement(index: Index, peer: sqlite3.Connection, queries: Sequence[Query]) -> dict[str, float]:
    shares = []
    for query in queries:
        ours = {hit.product.id for hit in search(index, query).hits}
        theirs = {product_id for product_id, _ in ranked_by_full_text(peer, query, 100)}
        if ours:
            shares.append(len(ours & theirs) / len(ours))
    return {"found": round(len(shares) / len(queries), 3), "agree": round(sum(shares) / max(1, len(shares)), 3)}


def timed(act: Callable[[Query], object], warm_up: Sequence[Query], queries: Sequence[Query]) -> list[float]:
    """Milliseconds of each of `queries`, in ascending order."""
    for query in warm_up:
        act(query)
    taken = []
    for query in queries:
        began = perf_counter()
        act(query)
        taken.append((perf_counter() - began) * 1000)
    return sorted(taken)


def quantile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


if __name__ == "__main__":
    main(sys.argv[1:])
