"""The tables as they were before there were revisions; a database from then gets those that it lacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_1900_first"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "turns",
        sa.Column("session_id", sa.String(200), nullable=False),
        sa.Column("turn_id", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("intent", sa.String(40)),
        sa.Column("confidence", sa.Float),
        sa.Column("action", sa.String(40)),
        sa.Column("outcome", sa.String(40)),
        sa.Column("timings_ms", sa.JSON, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "turn_id"),
        if_not_exists=True,
    )
