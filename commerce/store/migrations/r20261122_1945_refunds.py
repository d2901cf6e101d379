"""What the sandbox has given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261122_1945_refunds"
down_revision = "r20261122_1900_first"


def upgrade() -> None:
    op.create_table(
        "sandbox_refunds",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("charge_key", sa.String(200), sa.ForeignKey("sandbox_charges.key"), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
    )
    op.create_index("ix_sandbox_refunds_charge_key", "sandbox_refunds", ["charge_key"])
