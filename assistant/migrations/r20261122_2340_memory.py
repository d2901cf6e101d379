"""What customers said about themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2340_memory"
down_revision = "r20261122_2245_handoffs"


def upgrade() -> None:
    op.create_table(
        "customer_facts",
        sa.Column("customer_id", sa.String(200), primary_key=True),
        sa.Column("topic", sa.String(20), primary_key=True),
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
