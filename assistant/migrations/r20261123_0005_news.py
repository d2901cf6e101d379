"""What customers were told without asking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261123_0005_news"
down_revision = "r20261122_2340_memory"


def upgrade() -> None:
    op.create_table(
        "news_told",
        sa.Column("customer_id", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
