"""What is around the sale: lists, points, alerts, consents, baskets left, the merchant's file, appointments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2000_around"
down_revision = "r20261122_1945_refunds"


def upgrade() -> None:
    _lists()
    _points()
    _telling()
    _appointments()


def _lists() -> None:
    op.create_table(
        "shopping_lists",
        sa.Column("owner", sa.String(200), primary_key=True),
        sa.Column("name_key", sa.String(200), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "list_changes",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
    )


def _points() -> None:
    op.create_table(
        "points",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(300), nullable=False, unique=True),
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("expires", sa.DateTime),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("owed", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_points_customer_id", "points", ["customer_id"])
    op.create_index("ix_points_about", "points", ["about"])


def _telling() -> None:
    op.create_table(
        "consents",
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("purpose", sa.String(20), primary_key=True),
        sa.Column("agreed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(250), nullable=False, unique=True),
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("product_id", sa.String(200), nullable=False),
        sa.Column("sku", sa.String(200)),
        sa.Column("price_max", sa.BigInteger),
        sa.Column("currency", sa.String(3)),
        sa.Column("set_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("told_at", sa.DateTime),
    )
    op.create_index("ix_alerts_customer_id", "alerts", ["customer_id"])
    op.create_index("ix_alerts_state", "alerts", ["state"])
    op.create_table(
        "baskets_reminded",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.add_column("baskets", sa.Column("changed_at", sa.DateTime))
    op.create_index("ix_baskets_changed_at", "baskets", ["changed_at"])


def _appointments() -> None:
    op.create_table(
        "shop_file",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(250), nullable=False, unique=True),
        sa.Column("number", sa.String(40), unique=True),
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("service_id", sa.String(200), nullable=False),
        sa.Column("staff_id", sa.String(200), nullable=False),
        sa.Column("starts", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("busy_from", sa.DateTime, nullable=False),
        sa.Column("busy_until", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reminded_of", sa.DateTime),
    )
    op.create_index("ix_bookings_customer_id", "bookings", ["customer_id"])
    op.create_index("bookings_by_time", "bookings", ["state", "starts"])
    op.create_table(
        "booking_cells",
        sa.Column("staff_id", sa.String(200), primary_key=True),
        sa.Column("cell", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("bookings.id"), nullable=False),
    )
    op.create_index("ix_booking_cells_booking_id", "booking_cells", ["booking_id"])
    op.create_table(
        "booking_changes",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("bookings.id"), nullable=False),
    )
