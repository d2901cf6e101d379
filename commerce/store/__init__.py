"""The shop on a database."""

from __future__ import annotations

from commerce.store.alerts import Alerts
from commerce.store.baskets_left import BasketsLeft
from commerce.store.bookings import Bookings
from commerce.store.consents import Consents
from commerce.store.engine import UnusableDatabase, in_transaction, open_engine
from commerce.store.history import History, create_tables
from commerce.store.lists import Lists
from commerce.store.loyalty import Loyalty
from commerce.store.shelf import Counts
from commerce.store.shop import Store
from commerce.store.shop_files import ShopFiles

__all__ = [
    "Alerts",
    "BasketsLeft",
    "Bookings",
    "Consents",
    "Counts",
    "History",
    "Lists",
    "Loyalty",
    "ShopFiles",
    "Store",
    "UnusableDatabase",
    "create_tables",
    "in_transaction",
    "open_engine",
]
