"""What products mean, kept by the text it was taken from, so that opening a shop reads no text again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select

from commerce.meanings import Meanings, text_of
from commerce.ports import Meaning
from commerce.store.tables import metadata
from commerce.types import Product

vectors = Table(
    "vectors",
    metadata,
    # Meaning.name: another model's vectors cannot be compared with these.
    Column("model", String(80), primary_key=True),
    # SHA-256 of the text.
    Column("text", String(64), primary_key=True),
    # A row of length 1 as 16-bit floats, little endian.
    Column("vector", LargeBinary, nullable=False),
)

Vectors = NDArray[np.float32]
CHUNK = 256
"""Texts read for one transaction: about a quarter of a second."""


def lacking(connection: Connection, meaning: Meaning, products: Iterable[Product]) -> list[str]:
    """Texts of these products and of the kinds that have no vector yet, each once."""
    texts = dict.fromkeys([*(text_of(product) for product in products), *meaning.kinds])
    stored = set(connection.execute(select(vectors.c.text).where(vectors.c.model == meaning.name)).scalars())
    return [text for text in texts if _key(text) not in stored]


def write_vectors(connection: Connection, meaning: Meaning, made: Sequence[tuple[str, Vectors]]) -> None:
    """Keep the vectors of these texts; one that somebody else kept meanwhile is left."""
    keys = [_key(text) for text, _ in made]
    here = select(vectors.c.text).where(vectors.c.model == meaning.name, vectors.c.text.in_(keys))
    stored = set(connection.execute(here).scalars())
    rows = [
        {"model": meaning.name, "text": key, "vector": vector.astype("<f2").tobytes()}
        for key, (_, vector) in zip(keys, made, strict=True)
        if key not in stored
    ]
    if rows:
        connection.execute(insert(vectors), rows)


def read_meanings(connection: Connection, meaning: Meaning, products: Sequence[Product]) -> Meanings | None:
    """A vector for each product, zero where there is none yet; None where there is none at all."""
    rows = connection.execute(select(vectors.c.text, vectors.c.vector).where(vectors.c.model == meaning.name))
    known = {key: np.frombuffer(vector, dtype="<f2") for key, vector in rows}
    if not known:
        return None
    width = len(next(iter(known.values())))
    of_products = np.zeros((len(products), width), dtype=np.float32)
    for row, product in enumerate(products):
        vector = known.get(_key(text_of(product)))
        if vector is not None:
            of_products[row] = vector
    kinds = {kind: known[_key(kind)].astype(np.float32) for kind in meaning.kinds if _key(kind) in known}
    return Meanings(products, of_products, kinds)


def _key(text: str) -> str:
    return sha256(text.encode()).hexdigest()
