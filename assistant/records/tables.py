"""The tables of conversations. A table more needs a revision in assistant.migrations (docs/decisions/0014)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from commerce.store import History
from commerce.store.tables import UtcDateTime

_metadata = MetaData()

sessions = Table(
    "sessions",
    _metadata,
    Column("id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
turns = Table(
    "turns",
    _metadata,
    Column("session_id", String(200), nullable=False),
    Column("turn_id", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("language", String(10), nullable=False),
    Column("intent", String(40)),
    Column("confidence", Float),
    Column("action", String(40)),
    Column("outcome", String(40)),
    Column("timings_ms", JSON, nullable=False),
    Column("reply", Text, nullable=False),
    PrimaryKeyConstraint("session_id", "turn_id"),
)

handoffs = Table(
    "handoffs",
    _metadata,
    Column("id", String(40), primary_key=True),
    Column("session_id", String(200), nullable=False, index=True),
    Column("customer_id", String(200), index=True),
    Column("state", String(20), nullable=False, index=True),
    # What the person is told, as JSON.
    Column("brief", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("who", String(200)),
    Column("spoke_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("note", Text, nullable=False),
    Column("told", Integer, nullable=False),
)
handoff_messages = Table(
    "handoff_messages",
    _metadata,
    Column("handoff_id", ForeignKey("handoffs.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

customer_facts = Table(
    "customer_facts",
    _metadata,
    Column("customer_id", String(200), primary_key=True),
    Column("topic", String(20), primary_key=True),
    # Empty: the customer wants it forgotten.
    Column("value", String(200), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""What customers said about themselves."""

news_told = Table(
    "news_told",
    _metadata,
    Column("customer_id", String(200), primary_key=True),
    Column("key", String(250), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""What customers were told without asking, and when last."""

oauth_clients = Table(
    "oauth_clients",
    _metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(200), nullable=False),
    # A hash; NULL for programs that cannot keep a secret.
    Column("secret", String(64)),
    Column("redirects", JSON, nullable=False),
    # Whether it may have tokens of its own, for nobody's account.
    Column("service", Boolean, nullable=False),
    # Whether it registered itself, with nobody asked.
    Column("itself", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""Programs that may ask customers to link their account."""

oauth_grants = Table(
    "oauth_grants",
    _metadata,
    Column("id", String(40), primary_key=True),
    Column("client_id", ForeignKey("oauth_clients.id"), nullable=False, index=True),
    Column("customer_id", String(200), nullable=False, index=True),
    Column("scope", String(200), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""What customers allowed a program. Whatever was given out for it ends with its row."""

oauth_codes = Table(
    "oauth_codes",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("grant_id", ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("redirect", Text, nullable=False),
    Column("challenge", String(128), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
oauth_refresh_tokens = Table(
    "oauth_refresh_tokens",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("grant_id", ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
link_codes = Table(
    "link_codes",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("customer_id", String(200), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""By which customers prove who they are, once."""

link_tries = Table(
    "link_tries",
    _metadata,
    Column("id", Integer, primary_key=True),
    # A hash of the address that a wrong link code came from; kept for an hour.
    Column("who", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

agent_calls = Table(
    "agent_calls",
    _metadata,
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("client", String(200), nullable=False, index=True),
    Column("token", String(80), nullable=False),
    Column("customer", String(200), nullable=False, index=True),
    Column("tool", String(40), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("about", String(80), nullable=False),
    Column("order_number", String(40), nullable=False),
    Column("milliseconds", Float, nullable=False),
)
"""What programs asked for, newest last: the audit."""

agent_purchases = Table(
    "agent_purchases",
    _metadata,
    # Of the quote, so that it is counted once.
    Column("key", String(200), primary_key=True),
    Column("client", String(200), nullable=False),
    Column("customer", String(200), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("orders", Integer, nullable=False),
)
agent_budgets = Table(
    "agent_budgets",
    _metadata,
    Column("client", String(200), primary_key=True),
    Column("customer", String(200), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("minor", BigInteger, nullable=False),
    Column("orders", Integer, nullable=False),
)
"""What a program has spent for a customer on a day, and how many orders: the sum of `agent_purchases`."""

HISTORY = History(_metadata, "assistant.migrations", "assistant_version", before="sessions")
