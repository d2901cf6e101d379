"""What products mean: sentence vectors by the text they were taken from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_2035_vectors"
down_revision = "r20261122_2006_aftercare"


def upgrade() -> None:
    op.create_table(
        "vectors",
        sa.Column("model", sa.String(80), primary_key=True),
        sa.Column("text", sa.String(64), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
