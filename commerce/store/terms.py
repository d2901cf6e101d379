"""The merchant's terms, kept with the shop so that every process goes by the same."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Integer, Table, Text, insert, select, update

from commerce.store.tables import metadata
from commerce.terms import Terms

_codec = TypeAdapter(Terms)
_terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)


BODY = select(_terms.c.body).scalar_subquery()
"""The stored terms, to be asked for together with something else; `made_of` reads them."""


def made_of(body: str | None) -> Terms:
    """As the merchant set them; else those of a shop that never did."""
    return Terms() if body is None else _codec.validate_json(body)


def read_terms(connection: Connection) -> Terms:
    return made_of(connection.execute(select(_terms.c.body)).scalar_one_or_none())


def write_terms(connection: Connection, terms: Terms) -> None:
    body = _codec.dump_json(terms).decode()
    if connection.execute(update(_terms).values(body=body)).rowcount == 0:
        connection.execute(insert(_terms).values(id=1, body=body))
