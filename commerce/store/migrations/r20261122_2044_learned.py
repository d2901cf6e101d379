"""What the shop learned from its orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2044_learned"
down_revision = "r20261122_2035_vectors"


def upgrade() -> None:
    op.create_table(
        "learned_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.Column("baskets", sa.BigInteger, nullable=False),
        sa.Column("products", sa.BigInteger, nullable=False),
        sa.Column("weights", sa.Text, nullable=False),
    )
    op.create_table(
        "learned_products",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("learned_runs.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("product_id", sa.String(200), nullable=False),
        sa.Column("sold", sa.BigInteger, nullable=False),
        sa.Column("recent", sa.BigInteger, nullable=False),
        sa.Column("buyers", sa.BigInteger, nullable=False),
        sa.Column("chances", sa.BigInteger, nullable=False),
        sa.Column("repeats", sa.BigInteger, nullable=False),
        sa.Column("neighbours", sa.LargeBinary, nullable=False),
    )
