"""What programs did in customers' names, and their limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261123_0210_agents"
down_revision = "r20261123_0200_oauth"


def upgrade() -> None:
    op.create_table(
        "agent_calls",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("client", sa.String(200), nullable=False, index=True),
        sa.Column("token", sa.String(80), nullable=False),
        sa.Column("customer", sa.String(200), nullable=False, index=True),
        sa.Column("tool", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("order_number", sa.String(40), nullable=False),
        sa.Column("milliseconds", sa.Float, nullable=False),
    )
    op.create_table(
        "agent_purchases",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("customer", sa.String(200), nullable=False, index=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("orders", sa.Integer, nullable=False),
    )
    op.create_table(
        "agent_budgets",
        sa.Column("client", sa.String(200), primary_key=True),
        sa.Column("customer", sa.String(200), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("orders", sa.Integer, nullable=False),
    )
