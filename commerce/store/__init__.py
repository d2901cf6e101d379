"""The shop on a database."""

from __future__ import annotations

from commerce.store.around import Around, around
from commerce.store.engine import UnusableDatabase, in_transaction, open_engine
from commerce.store.history import History, create_tables
from commerce.store.shelf import Counts
from commerce.store.shop import Store

__all__ = [
    "Around",
    "Counts",
    "History",
    "Store",
    "UnusableDatabase",
    "around",
    "create_tables",
    "in_transaction",
    "open_engine",
]
