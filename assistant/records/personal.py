"""All that conversations leave behind about one customer: handed out whole, or erased."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, or_, select

from assistant.records.tables import (
    agent_budgets,
    agent_calls,
    agent_purchases,
    customer_facts,
    handoff_messages,
    handoffs,
    link_codes,
    news_told,
    oauth_codes,
    oauth_grants,
    oauth_refresh_tokens,
    sessions,
    turns,
)
from commerce.store import in_transaction


class PersonalRecords:
    """Sessions, turns, handoffs and facts of a customer, and the programs they linked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def export(self, customer_id: str, sessions_prefix: str) -> dict[str, list[dict[str, Any]]]:
        """Table -> rows as plain values. `sessions_prefix` is what the ids of the customer's sessions begin with."""
        with self._engine.connect() as connection:
            theirs = _theirs(connection, customer_id, sessions_prefix)
            return {
                table.name: [_plain(dict(row._mapping)) for row in connection.execute(select(table).where(where))]
                for table, where in theirs
            }

    def erase(self, customer_id: str, sessions_prefix: str) -> dict[str, int]:
        """Table -> rows removed: all there are."""

        def work(connection: Connection) -> dict[str, int]:
            theirs = _theirs(connection, customer_id, sessions_prefix)
            return {table.name: connection.execute(delete(table).where(where)).rowcount for table, where in theirs}

        return in_transaction(self._engine, work)


def _theirs(connection: Connection, customer_id: str, prefix: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """Tables and which of their rows; those first that point to others.

    A session of a very long name has an id that is a digest; its customer stands in its state.
    """
    in_state = sessions.c.state.contains(f'"customer_id":{json.dumps(customer_id)}', autoescape=True)
    found = select(sessions.c.id).where(or_(sessions.c.id.startswith(prefix, autoescape=True), in_state))
    ids = connection.execute(found).scalars().all()
    over = select(handoffs.c.id).where(handoffs.c.customer_id == customer_id)
    granted = select(oauth_grants.c.id).where(oauth_grants.c.customer_id == customer_id)
    return [
        (handoff_messages, handoff_messages.c.handoff_id.in_(over)),
        (handoffs, handoffs.c.customer_id == customer_id),
        (turns, or_(turns.c.session_id.in_(ids), turns.c.session_id.startswith(prefix, autoescape=True))),
        (sessions, sessions.c.id.in_(ids)),
        (customer_facts, customer_facts.c.customer_id == customer_id),
        (news_told, news_told.c.customer_id == customer_id),
        (oauth_codes, oauth_codes.c.grant_id.in_(granted)),
        (oauth_refresh_tokens, oauth_refresh_tokens.c.grant_id.in_(granted)),
        (oauth_grants, oauth_grants.c.customer_id == customer_id),
        (link_codes, link_codes.c.customer_id == customer_id),
        (agent_calls, agent_calls.c.customer == customer_id),
        (agent_purchases, agent_purchases.c.customer == customer_id),
        (agent_budgets, agent_budgets.c.customer == customer_id),
    ]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("hash", None)  # of a code or token
    for name, value in row.items():
        if hasattr(value, "isoformat"):
            row[name] = value.isoformat()
        elif name in ("state", "reply", "brief") and str(value)[:1] == "{":
            row[name] = json.loads(value)
    return row
