"""Conversations handed to people, and what is said meanwhile, on SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from assistant.handoff import Brief, End, Handoff, HandoffMove, Message, Open, PassOn, State, Tell
from assistant.records.tables import HISTORY, handoff_messages, handoffs
from commerce.store import create_tables, in_transaction

_brief_json = TypeAdapter(Brief)


class Moved(Exception):
    """The handoff is not open any more."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """An expected 'no'; nothing was changed."""

    reason: Literal["unknown", "taken", "not_claimed", "closed"]
    who: str = ""
    """For 'taken': by whom."""


class Handoffs:
    """The queue. What a customer's turn changes about it is kept with the session (`Sessions.save`)."""

    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase as Sessions does."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def find(self, handoff_id: str) -> Handoff | None:
        with self._engine.connect() as connection:
            return _find(connection, handoff_id)

    def listed(self, states: Sequence[State] = ("waiting", "claimed")) -> list[Handoff]:
        """Those in these states, the longest open first."""
        wanted = select(handoffs).where(handoffs.c.state.in_(states)).order_by(handoffs.c.opened_at, handoffs.c.id)
        with self._engine.connect() as connection:
            return [_handoff(row) for row in connection.execute(wanted)]

    def newest_of(self, session_id: str) -> Handoff | None:
        """The one this session led to last, open or not."""
        newest = select(handoffs).where(handoffs.c.session_id == session_id).order_by(handoffs.c.opened_at.desc())
        with self._engine.connect() as connection:
            row = connection.execute(newest.limit(1)).first()
        return _handoff(row) if row else None

    def messages(self, handoff_id: str, after: int = 0) -> list[Message]:
        """What was said since the message of that number, oldest first."""
        wanted = select(handoff_messages).where(
            handoff_messages.c.handoff_id == handoff_id, handoff_messages.c.number > after
        )
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(handoff_messages.c.number))
            return [Message(row.number, row.sender, row.text, row.at) for row in rows]

    def claim(self, handoff_id: str, who: str, now: datetime) -> Handoff | NotDone:
        """The conversation is theirs from now on; again by the same person changes nothing."""

        def change(connection: Connection) -> Handoff | NotDone:
            found = _locked(connection, handoff_id)
            if found is None or found.state == "closed":
                return NotDone("closed" if found else "unknown")
            if found.state == "claimed":
                return found if found.who == who else NotDone("taken", found.who or "")
            return _changed(connection, handoff_id, state="claimed", who=who, spoke_at=now)

        return in_transaction(self._engine, change)

    def say(self, handoff_id: str, text: str, now: datetime) -> Message | NotDone:
        """A message of the person who claimed it; the customer gets it with the next turn, or by asking for it."""

        def change(connection: Connection) -> Message | NotDone:
            found = _locked(connection, handoff_id)
            if found is None or found.state != "claimed":
                return NotDone("unknown" if found is None else "closed" if found.state == "closed" else "not_claimed")
            _changed(connection, handoff_id, spoke_at=now)
            return _add(connection, handoff_id, "person", text, now)

        return in_transaction(self._engine, change)

    def close(self, handoff_id: str, note: str, now: datetime) -> Handoff | NotDone:
        """Give the conversation back to Handla."""

        def change(connection: Connection) -> Handoff | NotDone:
            found = _locked(connection, handoff_id)
            if found is None or found.state == "closed":
                return NotDone("closed" if found else "unknown")
            return _changed(connection, handoff_id, state="closed", closed_at=now, note=note)

        return in_transaction(self._engine, change)

    def told(self, handoff_id: str, number: int) -> None:
        """The customer has got the messages up to this number."""
        in_transaction(self._engine, lambda connection: make(connection, Tell(handoff_id, number)))


def make(connection: Connection, move: HandoffMove) -> None:
    """Carry out what a turn changes. Raises Moved where it passes a message on to a handoff that was closed."""
    match move:
        case Open(handoff):
            connection.execute(insert(handoffs).values(_values(handoff)))
        case PassOn(handoff_id, text, at):
            found = _locked(connection, handoff_id)
            if found is None or found.state == "closed":
                raise Moved(handoff_id)
            _add(connection, handoff_id, "customer", text, at)
        case Tell(handoff_id, number):
            heard = update(handoffs).where(handoffs.c.id == handoff_id, handoffs.c.told < number)
            connection.execute(heard.values(told=number))
        case End(handoff_id, note, at):
            still_open = update(handoffs).where(handoffs.c.id == handoff_id, handoffs.c.state != "closed")
            connection.execute(still_open.values(state="closed", closed_at=at, note=note))


def _add(
    connection: Connection, handoff_id: str, sender: Literal["customer", "person"], text: str, at: datetime
) -> Message:
    of_it = handoff_messages.c.handoff_id == handoff_id
    last = connection.execute(select(func.max(handoff_messages.c.number)).where(of_it)).scalar() or 0
    message = Message(last + 1, sender, text, at)
    row = {"handoff_id": handoff_id, "number": message.number, "sender": sender, "text": text, "at": at}
    connection.execute(insert(handoff_messages).values(row))
    return message


def _find(connection: Connection, handoff_id: str) -> Handoff | None:
    row = connection.execute(select(handoffs).where(handoffs.c.id == handoff_id)).first()
    return _handoff(row) if row else None


def _locked(connection: Connection, handoff_id: str) -> Handoff | None:
    row = connection.execute(select(handoffs).where(handoffs.c.id == handoff_id).with_for_update()).first()
    return _handoff(row) if row else None


def _changed(connection: Connection, handoff_id: str, **values: Any) -> Handoff:
    change = update(handoffs).where(handoffs.c.id == handoff_id).values(**values).returning(handoffs)
    return _handoff(connection.execute(change).one())


def _values(handoff: Handoff) -> dict[str, Any]:
    return {
        "id": handoff.id,
        "session_id": handoff.session_id,
        "customer_id": handoff.customer_id,
        "state": handoff.state,
        "brief": _brief_json.dump_json(handoff.brief).decode(),
        "opened_at": handoff.opened_at,
        "note": handoff.note,
        "told": handoff.told,
    }


def _handoff(row: Row[Any]) -> Handoff:
    return Handoff(
        id=row.id,
        session_id=row.session_id,
        customer_id=row.customer_id,
        brief=_brief_json.validate_json(row.brief),
        opened_at=row.opened_at,
        state=row.state,
        who=row.who,
        spoke_at=row.spoke_at,
        closed_at=row.closed_at,
        note=row.note,
        told=row.told,
    )
