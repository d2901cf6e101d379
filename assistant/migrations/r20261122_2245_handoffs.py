"""Conversations handed to a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2245_handoffs"
down_revision = "r20261122_1900_first"


def upgrade() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("session_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(200)),
        sa.Column("spoke_at", sa.DateTime),
        sa.Column("closed_at", sa.DateTime),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
    )
    for column in ("session_id", "customer_id", "state"):
        op.create_index(f"ix_handoffs_{column}", "handoffs", [column])
    op.create_table(
        "handoff_messages",
        sa.Column("handoff_id", sa.String(40), sa.ForeignKey("handoffs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sender", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
