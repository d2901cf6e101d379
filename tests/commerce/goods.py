"""Small catalogues, shops and customers that the tests of the shop share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commerce.catalogue import read_catalogue
from commerce.lines import make_line
from commerce.payments import SandboxPayments
from commerce.store import Store, open_engine
from commerce.types import Customer, Line, LineOption, Money, Order, OrderState, Product, Variant
from tests.databases import give_tables

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ANN = Customer("C1", "Ann")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def product(title: str, price: int = 1000, stock: int = 10, **more: Any) -> Product:
    """A product with one variant; its id and SKU are the title in lower case with hyphens."""
    name = title.lower().replace(" ", "-")
    variant = Variant(name, title, usd(price), stock)
    fields: dict[str, Any] = {"categories": (), "variants": (variant,), **more}
    return Product(id=name, title=title, **fields)


def open_store(url: str = "sqlite://", products: Sequence[Product] = (), **rules: Any) -> tuple[Store, SandboxPayments]:
    """A shop with these products and the customer ANN, and the payment provider beside it."""
    engine = open_engine(url)
    give_tables(engine)
    payments = SandboxPayments(engine, **rules)
    store = Store(engine, payments)
    if products:
        store.import_products(products)
    store.put_customer(ANN)
    return store, payments


def line(store: Store, product_id: str, quantity: int = 1, options: Sequence[LineOption] = ()) -> Line:
    """A line of the product's first variant at its present price."""
    found = store.product(product_id)
    assert found is not None
    made = make_line(found, found.variants[0].sku, quantity, options)
    assert made is not None
    return made


def stock_of(store: Store, product_id: str) -> int:
    found = store.product(product_id)
    assert found is not None
    return found.stock


def past_order(days_ago: float, *lines: tuple[Product, int], state: OrderState = OrderState.DELIVERED) -> Order:
    """An order of ANN's, that many days before NOW; lines are (product, quantity) of the first variant."""
    bought = tuple(
        made for item, quantity in lines if (made := make_line(item, item.variants[0].sku, quantity)) is not None
    )
    total = Money.total((one.total for one in bought), "USD")
    return Order("1", ANN.id, bought, total, state, NOW - timedelta(days=days_ago))


def read_json(folder: Path, text: str) -> Sequence[Product]:
    """The products of a catalogue file with this text."""
    file = folder / "catalogue.json"
    file.write_text(text, encoding="utf-8")
    return read_catalogue(file).products
