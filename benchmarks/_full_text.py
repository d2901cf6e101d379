"""SQLite's full-text search (FTS5) over the same products: what a shop has without us."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from commerce.types import Product, Query
from commerce.words import fields


def full_text(products: Sequence[Product]) -> sqlite3.Connection:
    """The products' fields, with endings taken off by Porter's rules."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5("
        "id UNINDEXED, title, names, kinds, qualities, description, price UNINDEXED, tokenize='porter')"
    )
    connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", (_row(product) for product in products))
    return connection


def ranked_by_full_text(connection: sqlite3.Connection, query: Query, limit: int = -1) -> list[tuple[str, float]]:
    """Product ids and BM25 with any of the words, best first; of the constraints only the highest price counts."""
    words = re.findall(r"\w+", query.words)
    if not words:
        return []
    any_word = " OR ".join(f'"{word}"' for word in words)
    rows = connection.execute(
        "SELECT id, -bm25(words, 0, 3, 3, 2.5, 1.5, 0.4) AS score FROM words WHERE words MATCH ? AND price <= ? "
        "ORDER BY score DESC LIMIT ?",
        (any_word, 10**9 if query.price_max is None else query.price_max, limit),
    )
    return [(str(product_id), float(score)) for product_id, score in rows]


def _row(product: Product) -> tuple[str | int, ...]:
    said = {name: " ".join(of_field) for name, of_field in fields(product).items()}
    qualities = " ".join([said["brand"], said["tags"], said["attributes"], said["choices"]])
    return (
        product.id,
        said["title"],
        said["aliases"],
        said["categories"],
        qualities,
        said["description"],
        product.price_from.minor,
    )
