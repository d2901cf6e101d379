"""The shop on a database."""

from __future__ import annotations

from commerce.store.around import Around, around
from commerce.store.engine import UnusableDatabase, copy_database, in_transaction, open_engine
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
    "copy_database",
    "create_tables",
    "in_transaction",
    "open_engine",
]
