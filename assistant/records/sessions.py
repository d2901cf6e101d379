"""Sessions, stored replies and turn records, on SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.acts import Move
from assistant.memory import Forget, Keep, Told
from assistant.records import handoffs, memory
from assistant.records.tables import HISTORY, sessions, turns
from assistant.types import Reply, Session, Turn
from commerce.store import create_tables, in_transaction

_session_json = TypeAdapter(Session)
_reply_json = TypeAdapter(Reply)

# Made once: every turn asks these, and making a statement takes longer than asking it.
_this_session = sessions.c.id == bindparam("session")
_this_turn = turns.c.turn_id == bindparam("turn")
_STATE = select(sessions.c.state).where(_this_session)
_REPLY = select(turns.c.reply).where(turns.c.session_id == bindparam("session"), _this_turn)
_OPENED = (
    select(sessions.c.state, turns.c.reply)
    .outerjoin_from(sessions, turns, (turns.c.session_id == sessions.c.id) & _this_turn)
    .where(_this_session)
)
_BEGIN = insert(sessions)
_GO_ON = (
    update(sessions)
    .where(_this_session, sessions.c.version == bindparam("decided_on"))
    .values({name: bindparam(name) for name in ("version", "state", "updated_at")})
)
_ANSWERED = insert(turns)


class Conflict(Exception):
    """Another turn of this session was saved in between; decide again on what it left."""


class Sessions:
    """Where conversations are kept. One `save` is one transaction: session, reply and turn record together."""

    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase for a database that has yet to be upgraded, or is newer than this program."""
        self._engine = engine
        create_tables(engine, HISTORY)

    @property
    def engine(self) -> Engine:
        """Of the database that all records share."""
        return self._engine

    def check(self) -> None:
        """Raises UnusableDatabase where the database cannot be reached, or is not of this program's revision."""
        create_tables(self._engine, HISTORY)

    def load(self, session_id: str) -> Session | None:
        with self._engine.connect() as connection:
            state = connection.scalar(_STATE, {"session": session_id})
        return None if state is None else _session_json.validate_json(state)

    def opened(self, session_id: str, turn_id: str) -> tuple[Session | None, Reply | None]:
        """What a turn begins with, in one question: `load` and `reply`."""
        with self._engine.connect() as connection:
            row = connection.execute(_OPENED, {"session": session_id, "turn": turn_id}).first()
        if row is None:
            return None, None
        return _session_json.validate_json(row.state), _repeated(row.reply)

    def reply(self, session_id: str, turn_id: str) -> Reply | None:
        """The reply this turn got before, marked `repeated`; None for a new turn."""
        with self._engine.connect() as connection:
            stored = connection.scalar(_REPLY, {"session": session_id, "turn": turn_id})
        return _repeated(stored)

    def save(self, session: Session, turn: Turn, reply: Reply | None = None, moves: Sequence[Move] = ()) -> Session:
        """Keep what the turn led to, with its reply once there is one; gives the session as it is now stored.

        `session.version` is the version it was decided on. `moves` are kept in the same transaction. Raises Conflict
        where the stored session or the handoff has moved on, or the turn has been answered already.
        """
        after = replace(session, version=session.version + 1)

        def write(connection: Connection) -> None:
            try:
                _write(connection, after, turn.at)
                if reply is not None:
                    connection.execute(_ANSWERED, _record(turn, reply))
                for move in moves:
                    if isinstance(move, Keep | Forget | Told):
                        memory.make(connection, move)
                    else:
                        handoffs.make(connection, move)
            except (IntegrityError, handoffs.Moved) as error:
                raise Conflict(session.id) from error

        in_transaction(self._engine, write)
        return after

    def turns(self, session_id: str, since: datetime | None = None) -> list[Reply]:
        """The replies of a session, oldest first; only those from that moment on, where one is given."""
        rows = select(turns.c.reply).where(turns.c.session_id == session_id).order_by(turns.c.at)
        rows = rows if since is None else rows.where(turns.c.at >= since)
        with self._engine.connect() as connection:
            return [_reply_json.validate_json(reply) for reply in connection.scalars(rows)]

    def forget(self, before: datetime) -> int:
        """Remove where conversations stood that were silent since then and left nothing unfinished; how many."""
        done = ('"concluded":true', '"unsettled":[]', '"handoff":null')
        finished = and_(*(sessions.c.state.contains(mark, autoescape=True) for mark in done))
        old = delete(sessions).where(sessions.c.updated_at < before, finished)
        return in_transaction(self._engine, lambda connection: connection.execute(old).rowcount)


def _repeated(stored: str | None) -> Reply | None:
    return None if stored is None else replace(_reply_json.validate_json(stored), repeated=True)


def _write(connection: Connection, session: Session, at: datetime) -> None:
    values = {"version": session.version, "state": _session_json.dump_json(session).decode(), "updated_at": at}
    if session.version == 1:
        connection.execute(_BEGIN, {"id": session.id, **values})
        return
    where = {"session": session.id, "decided_on": session.version - 1}
    if connection.execute(_GO_ON, where | values).rowcount != 1:
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
