"""The shop on a database."""

from __future__ import annotations

from commerce.store.shelf import Counts
from commerce.store.shop import Store
from commerce.store.tables import UnusableDatabase, create_tables, open_engine

__all__ = ["Counts", "Store", "UnusableDatabase", "create_tables", "open_engine"]
