"""A sample shop to try Handla with: catalogue, customers and a year of orders.

The files are made by `python -m commerce.sample.make`; docs/sample-shop.md says what is in them.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from commerce.catalogue import read_catalogue
from commerce.ports import ReadOnlyShop
from commerce.sample.care import fill_customers, fill_returns
from commerce.sample.desk import fill_around
from commerce.store import Around, Store
from commerce.types import Customer, Line, Money, Order, OrderState, Product, Shipment

FOLDER = Path(__file__).parent
CATALOGUE = FOLDER / "catalogue.json"
SHOP_FILE = FOLDER / "shop.yaml"

Row = dict[str, str]


def seed(store: Store, today: datetime, around: Around | None = None) -> None:
    """Fill an empty store with the sample shop, its orders dated so that the last ones are from yesterday.

    A store with products is left as it is.

    `around` gets the shop file, and something of each customer's to look at. `today` must be aware.
    """
    if not store.is_empty():
        return
    # Products last: a store counts as empty until it has some, so filling that was cut short is done again.
    store.import_orders(sample_orders(today), sample_customers())
    fill_customers(store)
    if around:
        fill_around(around, SHOP_FILE.read_text(encoding="utf-8"), today)
    store.import_products(sample_products())
    # After that, as an order that was returned is not imported again.
    fill_returns(store, today)


def is_in(shop: ReadOnlyShop) -> bool:
    """Whether this shop sells the sample's products."""
    return all(shop.product(product.id) is not None for product in sample_products())


def sample_products() -> list[Product]:
    """The sample catalogue, as a merchant's own file would be read."""
    return list(read_catalogue(CATALOGUE).products)


def sample_customers() -> list[Customer]:
    entries = json.loads((FOLDER / "customers.json").read_text(encoding="utf-8"))["customers"]
    return [Customer(entry["id"], entry["name"], entry["language"]) for entry in entries]


def sample_orders(today: datetime) -> list[Order]:
    """A year of orders, oldest first. `today` must be aware; days are those of UTC."""
    catalogue = read_catalogue(CATALOGUE)
    products = {variant.sku: product for product in catalogue.products for variant in product.variants}
    with (FOLDER / "orders.csv").open(encoding="utf-8", newline="") as file:
        groups = groupby(csv.DictReader(file), key=lambda row: row["order_number"])
        day = today.astimezone(UTC).date()
        return [_order(list(rows), products, catalogue.currency, day) for _, rows in groups]


def _order(rows: list[Row], products: dict[str, Product], currency: str, today: date) -> Order:
    first = rows[0]
    lines = tuple(_line(row, products[row["sku"]], currency) for row in rows)
    return Order(
        number=first["order_number"],
        customer_id=first["customer_id"],
        lines=lines,
        total=Money.total((line.total for line in lines), currency),
        state=OrderState(first["state"]),
        placed_at=datetime.combine(today, time(), UTC) - timedelta(days=float(first["placed_days_ago"])),
        shipment=_shipment(first, today),
        delivered_on=_days_before(today, first["delivered_days_ago"]),
    )


def _line(row: Row, product: Product, currency: str) -> Line:
    variant = product.variant(row["sku"])
    assert variant is not None  # `products` is keyed by SKU
    price = Money(int(row["unit_price"]), currency)
    return Line(variant.sku, product.id, variant.title, int(row["quantity"]), price)


def _shipment(row: Row, today: date) -> Shipment | None:
    if not row["tracking"]:
        return None
    return Shipment(row["carrier"], row["tracking"], today + timedelta(days=int(row["expected_in_days"])))


def _days_before(today: date, days: str) -> date | None:
    return today - timedelta(days=int(days)) if days else None
