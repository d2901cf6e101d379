"""How long a product search takes at 200 and at 50,000 products, beside SQLite's FTS5 on the same products and queries.

    python -m benchmarks.search

Both get words and a price ceiling and give ten products. FTS5 answers a little less: it looks at no variants, knows no
likeness of words, and gives no nearest products where nothing fits. The queries timed are others than those that warm
up, since the index remembers which terms are like a word; words recur among them only as often as they do by chance.
`found` is the share of queries with hits, `agree` the mean share of our hits that are among FTS5's best hundred.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from time import perf_counter

from commerce.search import Index, search
from commerce.types import Money, Product, Query, Variant

SIZES = (200, 50_000)
QUERIES = 300
_SYLLABLES = "ba be bo da de do fi ga go ka ki la le lo ma mi mo na ne no pa ra ri ro sa se so ta te ti to va ve wa zo"
_COLOURS = ("black", "red", "blue", "green", "white")


def main(arguments: Sequence[str] = ()) -> None:  # noqa: ARG001
    print(json.dumps({"benchmark": "search", "queries": QUERIES, "sizes": [measure(size) for size in SIZES]}))


def measure(size: int) -> dict[str, object]:
    """Milliseconds for each query, building apart."""
    products, queries = make_shop(size, random.Random(size))
    began = perf_counter()
    index = Index(products)
    built = perf_counter() - began
    peer = full_text(products)
    warm_up, measured = queries[:QUERIES], queries[QUERIES:]
    ours = timed(lambda query: search(index, query), warm_up, measured)
    theirs = timed(lambda query: peer_search(peer, query, 10), warm_up, measured)
    return {
        "products": size,
        "build_s": round(built, 2),
        "p50_ms": quantile(ours, 0.5),
        "p95_ms": quantile(ours, 0.95),
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


def full_text(products: Sequence[Product]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, category, attributes, description, price UNINDEXED)"
    )
    connection.executemany(
        "INSERT INTO words VALUES (?, ?, ?, ?, ?)",
        (
            (
                product.title,
                product.categories[0],
                " ".join([str(product.attributes["material"]), *(v.selected["colour"] for v in product.variants)]),
                product.description,
                product.price_from.minor,
            )
            for product in products
        ),
    )
    return connection


def peer_search(connection: sqlite3.Connection, query: Query, limit: int) -> list[tuple[int]]:
    any_word = " OR ".join(query.words.split())
    rows = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ? AND price <= ? ORDER BY bm25(words, 3, 2.5, 1.5, 0.4) LIMIT ?",
        (any_word, 10**9 if query.price_max is None else query.price_max, limit),
    )
    return rows.fetchall()


def agreement(index: Index, peer: sqlite3.Connection, queries: Sequence[Query]) -> dict[str, float]:
    shares = []
    for query in queries:
        ours = {hit.product.id for hit in search(index, query).hits}
        theirs = {f"p{row - 1:06}" for (row,) in peer_search(peer, query, 100)}
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
    main()
