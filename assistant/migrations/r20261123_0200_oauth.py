"""Programs that customers link their account with, and what they may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r20261123_0200_oauth"
down_revision = "r20261123_0005_news"


def upgrade() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("secret", sa.String(64)),
        sa.Column("redirects", sa.JSON, nullable=False),
        sa.Column("service", sa.Boolean, nullable=False),
        sa.Column("itself", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oauth_grants",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("client_id", sa.String(100), sa.ForeignKey("oauth_clients.id"), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oauth_codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("grant_id", sa.String(40), sa.ForeignKey("oauth_grants.id"), nullable=False),
        sa.Column("redirect", sa.Text, nullable=False),
        sa.Column("challenge", sa.String(128), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )
    op.create_table(
        "oauth_refresh_tokens",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("grant_id", sa.String(40), sa.ForeignKey("oauth_grants.id"), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )
    op.create_table(
        "link_codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "link_tries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    for table, column in (
        ("oauth_grants", "client_id"),
        ("oauth_grants", "customer_id"),
        ("oauth_codes", "grant_id"),
        ("oauth_refresh_tokens", "grant_id"),
        ("link_codes", "customer_id"),
        ("link_tries", "who"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
