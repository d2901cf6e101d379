"""Sessions, stored replies and turn records, on SQLAlchemy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assistant.types import Reply, Session, Turn
from commerce.store import History, create_tables, in_transaction

_metadata = MetaData()
_sessions = Table(
    "sessions",
    _metadata,
    Column("id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
_turns = Table(
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
HISTORY = History(_metadata, "assistant.migrations", "assistant_version", before="sessions")
_session_json = TypeAdapter(Session)
_reply_json = TypeAdapter(Reply)


class Conflict(Exception):
    """Another turn of this session was saved in between; decide again on what it left."""


class Sessions:
    """Where conversations are kept. One `save` is one transaction: session, reply and turn record together."""

    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase for a database that has yet to be upgraded, or is newer than this program."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def check(self) -> None:
        """Raises UnusableDatabase where the database cannot be reached, or is not of this program's revision."""
        create_tables(self._engine, HISTORY)

    def load(self, session_id: str) -> Session | None:
        with self._engine.connect() as connection:
            state = connection.scalar(select(_sessions.c.state).where(_sessions.c.id == session_id))
        return None if state is None else _session_json.validate_json(state)

    def reply(self, session_id: str, turn_id: str) -> Reply | None:
        """The reply this turn got before, marked `repeated`; None for a new turn."""
        row = select(_turns.c.reply).where(_turns.c.session_id == session_id, _turns.c.turn_id == turn_id)
        with self._engine.connect() as connection:
            stored = connection.scalar(row)
        return None if stored is None else replace(_reply_json.validate_json(stored), repeated=True)

    def save(self, session: Session, turn: Turn, reply: Reply | None = None) -> Session:
        """Keep what the turn led to, with its reply once there is one; gives the session as it is now stored.

        `session.version` is the version it was decided on. Raises Conflict where the stored session has moved on or
        the turn has been answered already.
        """
        after = replace(session, version=session.version + 1)

        def write(connection: Connection) -> None:
            try:
                _write(connection, after, turn.at)
                if reply is not None:
                    connection.execute(insert(_turns).values(_record(turn, reply)))
            except IntegrityError as error:
                raise Conflict(session.id) from error

        in_transaction(self._engine, write)
        return after

    def turns(self, session_id: str) -> list[Reply]:
        """The replies of a session, oldest first."""
        rows = select(_turns.c.reply).where(_turns.c.session_id == session_id).order_by(_turns.c.at)
        with self._engine.connect() as connection:
            return [_reply_json.validate_json(reply) for reply in connection.scalars(rows)]


def _write(connection: Connection, session: Session, at: datetime) -> None:
    values = {"version": session.version, "state": _session_json.dump_json(session).decode(), "updated_at": at}
    if session.version == 1:
        connection.execute(insert(_sessions).values(id=session.id, **values))
        return
    as_decided = update(_sessions).where(_sessions.c.id == session.id, _sessions.c.version == session.version - 1)
    if connection.execute(as_decided.values(**values)).rowcount != 1:
        raise Conflict(session.id)


def _record(turn: Turn, reply: Reply) -> dict[str, object]:
    heard, done = reply.understanding, reply.done
    return {
        "session_id": turn.session_id,
        "turn_id": turn.id,
        "at": turn.at,
        "channel": turn.channel,
        "language": turn.language,
        "intent": heard.intent if heard else None,
        "confidence": heard.confidence if heard else None,
        "action": done.action if done else None,
        "outcome": done.outcome if done else None,
        "timings_ms": dict(reply.timings_ms),
        "reply": _reply_json.dump_json(reply).decode(),
    }
