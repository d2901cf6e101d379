"""The shop on a database."""

from __future__ import annotations

from commerce.store.engine import UnusableDatabase, open_engine
from commerce.store.history import History, create_tables
from commerce.store.shelf import Counts
from commerce.store.shop import Store

__all__ = ["Counts", "History", "Store", "UnusableDatabase", "create_tables", "open_engine"]
