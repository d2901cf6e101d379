"""What a shop keeps around the sale, built on one database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from commerce.store.alerts import Alerts
from commerce.store.baskets_left import BasketsLeft
from commerce.store.bookings import Bookings
from commerce.store.consents import Consents
from commerce.store.lists import Lists
from commerce.store.loyalty import Loyalty
from commerce.store.shop import Store
from commerce.store.shop_files import ShopFiles


@dataclass(frozen=True, slots=True)
class Around:
    """Each part stands for itself: it is a port of its own, and another back end may lack it."""

    files: ShopFiles
    consents: Consents
    lists: Lists
    loyalty: Loyalty
    alerts: Alerts
    baskets: BasketsLeft
    bookings: Bookings


def around(engine: Engine, store: Store) -> Around:
    """All of it, by the rules of the shop file in that database. `store` is the shop on the same one."""
    files = ShopFiles(engine)
    return Around(
        files=files,
        consents=Consents(engine),
        lists=Lists(engine),
        loyalty=Loyalty(engine, files.loyalty, store.product),
        alerts=Alerts(engine, store.product),
        baskets=BasketsLeft(engine),
        bookings=Bookings(engine, files.diary),
    )
