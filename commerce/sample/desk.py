"""What the sample shop's customers have around the sale, put there once: lists, points, appointments."""

from __future__ import annotations

from datetime import datetime

from commerce.booking import Wish
from commerce.hours import DAY, Period
from commerce.lists import Item, ShoppingList
from commerce.store import Around

_POINTS = {"C001": 640, "C002": 85, "C003": 1720, "C005": 230, "C008": 400}
"""Customer -> points brought along."""
_APPOINTMENTS = (("C001", "boot-fitting", 2), ("C004", "boot-repair", 2), ("C007", "backpack-fitting", 3))
"""Customer, service, and from how many days ahead on."""
_LISTS = (
    ShoppingList("C001", "", (Item("birthday candles"), Item("dish soap"), Item("something for Sunday dinner"))),
    ShoppingList("C001", "Camping trip", (Item("tent pegs", 8), Item("gas cartridge", 2), Item("head torch"))),
    ShoppingList("C002", "", (Item("oat milk", 2),)),
)


def fill_around(around: Around, shop_file: str, today: datetime) -> None:
    """Go by this shop file unless there is one, and give customers something to look at; they must be there."""
    if around.files.current() is None:
        around.files.put(shop_file, "shop.yaml")
    for customer_id in ("C001", "C002"):
        around.consents.set_consent(customer_id, "alerts", True, today)
        around.consents.set_consent(customer_id, "baskets", True, today)
    for number, made in enumerate(_LISTS):
        around.lists.put_list(f"sample:{number}", made)
    for customer_id, points in _POINTS.items():
        around.loyalty.adjust(f"sample:{customer_id}", customer_id, points, today)
    for customer_id, service, days in _APPOINTMENTS:
        within = Period(today + days * DAY, today + (days + 14) * DAY)
        found = around.bookings.free(Wish(service, (within,)), today, limit=1).slots
        for slot in found:
            around.bookings.book(f"sample:{customer_id}", customer_id, slot, today)
