"""The tables as they were before there were revisions; a database from then gets those that it lacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_1900_first"
down_revision = None


def upgrade() -> None:
    _catalogue()
    _customers()
    _orders()
    op.create_table(
        "sandbox_charges",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        if_not_exists=True,
    )
    op.execute(
        "INSERT INTO shop (id, currency, catalogue_version, stock_version, order_version) "
        "SELECT 1, 'USD', 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM shop)"
    )
    op.drop_table("schema_version", if_exists=True)


def _catalogue() -> None:
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("catalogue_version", sa.Integer, nullable=False),
        sa.Column("stock_version", sa.Integer, nullable=False),
        sa.Column("order_version", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "products",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "variants",
        sa.Column("sku", sa.String(200), primary_key=True),
        sa.Column("product_id", sa.String(200), sa.ForeignKey("products.id"), nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("stock", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_variants_product_id", "variants", ["product_id"], if_not_exists=True)
    op.create_index("ix_variants_changed", "variants", ["changed"], if_not_exists=True)


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "baskets",
        sa.Column("owner", sa.String(200), primary_key=True),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "basket_changes",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        if_not_exists=True,
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("number", sa.String(40), unique=True),
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
        sa.Column("tried_at", sa.DateTime, nullable=False),
        sa.Column("carrier", sa.String(200)),
        sa.Column("tracking", sa.String(200)),
        sa.Column("expected_on", sa.Date),
        sa.Column("delivered_on", sa.Date),
        if_not_exists=True,
    )
    op.create_index("ix_orders_state", "orders", ["state"], if_not_exists=True)
    op.create_index("orders_by_customer", "orders", ["customer_id", "placed_at"], if_not_exists=True)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("product_id", sa.String(200), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        if_not_exists=True,
    )
