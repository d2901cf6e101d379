"""The shop's tables. A table more is a module beside this one with the same `metadata`, and a revision (history.py)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine.interfaces import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC outside, naive UTC in the database; a naive value is taken as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

shop = Table(
    "shop",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("currency", String(3), nullable=False),
    # Three counters, so that what is kept in memory is read again only when it changed.
    Column("catalogue_version", Integer, nullable=False),
    Column("stock_version", Integer, nullable=False),
    Column("order_version", Integer, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("id", String(200), primary_key=True),
    # The product as JSON; price and stock of its variants count from the table below.
    Column("body", Text, nullable=False),
)

variants = Table(
    "variants",
    metadata,
    Column("sku", String(200), primary_key=True),
    Column("product_id", ForeignKey("products.id"), nullable=False, index=True),
    Column("price", BigInteger, nullable=False),
    Column("stock", BigInteger, nullable=False),
    # The shop's stock_version at the last change of price or stock.
    Column("changed", Integer, nullable=False, index=True),
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("language", String(20), nullable=False),
)

baskets = Table(
    "baskets",
    metadata,
    Column("owner", String(200), primary_key=True),
    Column("lines", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, index=True),
)
"""`version` grows with every change."""
basket_changes = Table(
    "basket_changes",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("owner", String(200), nullable=False),
)
"""Keys of the changes made, so that none is made twice."""

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    # None until the payment is captured.
    Column("number", String(40), unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total", BigInteger, nullable=False),
    # An OrderState, or before it is an order: placing, declined, expired.
    Column("state", String(20), nullable=False, index=True),
    Column("placed_at", UtcDateTime, nullable=False),
    # When the payment was last asked for.
    Column("tried_at", UtcDateTime, nullable=False),
    Column("carrier", String(200)),
    Column("tracking", String(200)),
    Column("expected_on", Date),
    Column("delivered_on", Date),
    Column("packed_at", UtcDateTime),
    Column("shipped_at", UtcDateTime),
    # As JSON, as agreed when it was placed.
    Column("delivery", Text),
    Column("discounts", Text, nullable=False, server_default="[]"),
    # Grows with every change.
    Column("version", Integer, nullable=False, server_default="0"),
    Index("orders_by_customer", "customer_id", "placed_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sku", String(200), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("title", String(400), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("options", Text, nullable=False),
)

sandbox_charges = Table(
    "sandbox_charges",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("customer_id", String(200), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("outcome", String(20), nullable=False),
)
sandbox_refunds = Table(
    "sandbox_refunds",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("charge_key", ForeignKey("sandbox_charges.key"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("outcome", String(20), nullable=False),
)
"""The books of the sandbox's payment provider."""
