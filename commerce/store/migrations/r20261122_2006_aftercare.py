"""Terms, addresses, voice codes, and what may be done about an order once it is placed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2006_aftercare"
down_revision = "r20261122_2000_around"


def upgrade() -> None:
    _orders()
    _money()
    _customers()
    op.create_table(
        "terms",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def _orders() -> None:
    op.add_column("orders", sa.Column("packed_at", sa.DateTime))
    op.add_column("orders", sa.Column("shipped_at", sa.DateTime))
    op.add_column("orders", sa.Column("delivery", sa.Text))
    op.add_column("orders", sa.Column("discounts", sa.Text, nullable=False, server_default="[]"))
    op.add_column("orders", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "order_changes",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("charge_key", sa.String(200), unique=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("proposal", sa.Text),
        sa.Column("return_number", sa.String(60)),
        sa.Column("tried_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_order_changes_order_id", "order_changes", ["order_id"])
    op.create_index("ix_order_changes_state", "order_changes", ["state"])
    op.create_table(
        "order_returns",
        sa.Column("number", sa.String(60), primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("pieces", sa.Text, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("carrier", sa.String(200), nullable=False),
        sa.Column("address", sa.String(400), nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("requested_at", sa.DateTime, nullable=False),
        sa.Column("received_at", sa.DateTime),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_order_returns_order_id", "order_returns", ["order_id"])


def _money() -> None:
    op.create_table(
        "order_charges",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_order_charges_order_id", "order_charges", ["order_id"])
    # What was placed here was charged by the order's own key; what was imported was paid elsewhere.
    op.execute(
        "INSERT INTO order_charges (key, order_id, amount) "
        "SELECT key, id, total FROM orders WHERE number IS NOT NULL AND key NOT LIKE 'import:%'"
    )
    op.create_table(
        "order_refunds",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("charge_key", sa.String(200), sa.ForeignKey("order_charges.key")),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("return_number", sa.String(60)),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("paid_at", sa.DateTime),
    )
    op.create_index("ix_order_refunds_order_id", "order_refunds", ["order_id"])
    op.create_index("ix_order_refunds_charge_key", "order_refunds", ["charge_key"])


def _customers() -> None:
    op.create_table(
        "addresses",
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("label", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("street", sa.String(400), nullable=False),
        sa.Column("postcode", sa.String(20), nullable=False),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
    )
    op.create_table(
        "voice_codes",
        sa.Column("customer_id", sa.String(200), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("salt", sa.LargeBinary(16)),
        sa.Column("digest", sa.LargeBinary(32)),
        sa.Column("limit_minor", sa.BigInteger),
        sa.Column("limit_currency", sa.String(3)),
        sa.Column("wrong", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("last_key", sa.String(250)),
        sa.Column("last_right", sa.Boolean),
    )
