"""What customers allowed programs, and what was given out for it, on SQLAlchemy. Secrets are kept as hashes only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, or_, select, update

from assistant.records.tables import (
    HISTORY,
    link_codes,
    link_tries,
    oauth_clients,
    oauth_codes,
    oauth_grants,
    oauth_refresh_tokens,
)
from commerce.store import create_tables, in_transaction

TRIES = 5
"""Wrong link codes from one address within `LOCKED`; then none is taken from there."""
LOCKED = timedelta(hours=1)
AGAIN = timedelta(seconds=10)
"""A refresh token counts as shown twice only after this: a client may ask anew where our answer was lost."""

IDLE = timedelta(days=1)
"""How long a program that registered itself is kept where no customer links it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a customer allowed a program."""

    id: str
    client_id: str
    customer_id: str
    scope: str
    """With spaces between."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """An authorisation code (RFC 6749, section 4.1), by its hash."""

    hash: str
    grant: Grant
    redirect: str
    """Where it was sent to."""
    challenge: str
    """RFC 7636, method S256."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NotLinked:
    """A link code that was not taken."""

    reason: Literal["wrong", "locked"]


class Grants:
    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase as Sessions does."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def put_link_code(self, code: str, customer_id: str, expires_at: datetime) -> None:
        """`code` is a hash. The customer's earlier ones do not hold any more."""

        def work(connection: Connection) -> None:
            connection.execute(delete(link_codes).where(link_codes.c.customer_id == customer_id))
            row = {"hash": code, "customer_id": customer_id, "expires_at": expires_at}
            connection.execute(insert(link_codes).values(row))

        in_transaction(self._engine, work)

    def locked(self, who: str, now: datetime) -> bool:
        """Whether so many wrong link codes came from there lately that none is taken."""
        with self._engine.connect() as connection:
            return _locked(connection, who, now)

    def take_link_code(self, code: str, who: str, now: datetime) -> str | NotLinked:
        """The customer whose code this is; it is gone then. `code` and `who`, where it came from, are hashes."""

        def work(connection: Connection) -> str | NotLinked:
            if _locked(connection, who, now):
                return NotLinked("locked")
            this = delete(link_codes).where(link_codes.c.hash == code, link_codes.c.expires_at > now)
            customer = connection.execute(this.returning(link_codes.c.customer_id)).scalar()
            if customer is not None:
                return str(customer)
            connection.execute(insert(link_tries).values(who=who, at=now))
            return NotLinked("wrong")

        return in_transaction(self._engine, work)

    def open(self, code: Code) -> None:
        """Keep a grant together with the code by which the program gets its first tokens."""
        grant = code.grant
        row = {"hash": code.hash, "grant_id": grant.id, "redirect": code.redirect, "challenge": code.challenge}

        def work(connection: Connection) -> None:
            connection.execute(insert(oauth_grants).values(asdict(grant)))
            connection.execute(insert(oauth_codes).values(row | {"expires_at": code.expires_at}))

        in_transaction(self._engine, work)

    def take_code(self, code: str, client_id: str, now: datetime) -> Code | None:
        """Use a code up, given its hash. One that is shown twice ends its grant (RFC 6749, section 4.1.2)."""

        def work(connection: Connection) -> Code | None:
            row = _of_client(connection, oauth_codes, code, client_id)
            if row is None:
                return None
            if row.used_at is not None:
                _end_of_copied(connection, row, "an authorisation code")
                return None
            connection.execute(update(oauth_codes).where(oauth_codes.c.hash == code).values(used_at=now))
            return (
                Code(code, _grant(row), row.redirect, row.challenge, row.expires_at) if now < row.expires_at else None
            )

        return in_transaction(self._engine, work)

    def put_refresh_token(self, token: str, grant_id: str, expires_at: datetime) -> bool:
        """Keep a refresh token by its hash; False where the grant has ended meanwhile."""

        def work(connection: Connection) -> bool:
            this = select(oauth_grants.c.id).where(oauth_grants.c.id == grant_id).with_for_update()
            if connection.execute(this).first() is None:
                return False
            row = {"hash": token, "grant_id": grant_id, "expires_at": expires_at}
            connection.execute(insert(oauth_refresh_tokens).values(row))
            return True

        return in_transaction(self._engine, work)

    def take_refresh_token(self, token: str, client_id: str, now: datetime) -> Grant | None:
        """Use a refresh token up, given its hash. One that is shown again later ends its grant: somebody has a copy."""

        def work(connection: Connection) -> Grant | None:
            row = _of_client(connection, oauth_refresh_tokens, token, client_id)
            if row is None or row.expires_at <= now:
                return None
            if row.used_at is not None and now > row.used_at + AGAIN:
                _end_of_copied(connection, row, "a refresh token")
                return None
            if row.used_at is None:
                this = update(oauth_refresh_tokens).where(oauth_refresh_tokens.c.hash == token)
                connection.execute(this.values(used_at=now))
            return _grant(row)

        return in_transaction(self._engine, work)

    def behind(self, token: str, client_id: str) -> str | None:
        """The id of the grant that a refresh token, given its hash, was given out for; nothing is changed."""
        joined = select(oauth_grants.c.id).join_from(oauth_refresh_tokens, oauth_grants)
        mine = joined.where(oauth_refresh_tokens.c.hash == token, oauth_grants.c.client_id == client_id)
        with self._engine.connect() as connection:
            return connection.execute(mine).scalar()

    def alive(self, client_id: str, grant_id: str | None) -> bool:
        """Whether the client is still registered, and the grant, where there is one, has not ended."""
        there = select(oauth_clients.c.id).where(oauth_clients.c.id == client_id)
        if grant_id is not None:
            there = there.join_from(oauth_clients, oauth_grants).where(oauth_grants.c.id == grant_id)
        with self._engine.connect() as connection:
            return connection.execute(there).first() is not None

    def end(self, grant_id: str) -> None:
        in_transaction(self._engine, lambda connection: _end(connection, [grant_id]))

    def revoke(self, who: str) -> tuple[int, bool]:
        """End every grant of this client or customer; a client is not known any more. How many grants, and if so."""

        def work(connection: Connection) -> tuple[int, bool]:
            theirs = or_(oauth_grants.c.client_id == who, oauth_grants.c.customer_id == who)
            ended = connection.execute(select(oauth_grants.c.id).where(theirs)).scalars().all()
            _end(connection, ended)
            connection.execute(delete(link_codes).where(link_codes.c.customer_id == who))
            gone = connection.execute(delete(oauth_clients).where(oauth_clients.c.id == who)).rowcount
            return len(ended), bool(gone)

        return in_transaction(self._engine, work)

    def forget(self, now: datetime) -> int:
        """Remove what is over: link codes, grants that nothing can be had for any more, and programs that registered
        themselves a day ago and that nobody links. How many of all these."""

        def work(connection: Connection) -> int:
            codes = connection.execute(delete(link_codes).where(link_codes.c.expires_at <= now)).rowcount
            connection.execute(delete(link_tries).where(link_tries.c.at <= now - LOCKED))
            usable = [
                select(table.c.grant_id).where(table.c.expires_at > now)
                for table in (oauth_codes, oauth_refresh_tokens)
            ]
            over = select(oauth_grants.c.id).where(*(oauth_grants.c.id.not_in(one) for one in usable))
            ended = connection.execute(over).scalars().all()
            _end(connection, ended)
            linked = select(oauth_grants.c.client_id)
            idle = delete(oauth_clients).where(oauth_clients.c.itself, oauth_clients.c.made_at <= now - IDLE)
            unused = connection.execute(idle.where(oauth_clients.c.id.not_in(linked))).rowcount
            return codes + len(ended) + unused

        return in_transaction(self._engine, work)


def _locked(connection: Connection, who: str, now: datetime) -> bool:
    tries = select(func.count()).where(link_tries.c.who == who, link_tries.c.at > now - LOCKED)
    return connection.execute(tries).scalar_one() >= TRIES


def _of_client(connection: Connection, table: Table, hashed: str, client_id: str) -> Row[Any] | None:
    """A row of codes or tokens with its grant, if it was given to this client."""
    joined = select(table, oauth_grants).join_from(table, oauth_grants)
    mine = joined.where(table.c.hash == hashed, oauth_grants.c.client_id == client_id)
    return connection.execute(mine.with_for_update()).first()


def _end_of_copied(connection: Connection, row: Row[Any], what: str) -> None:
    _log.warning("%s of %s was shown twice: the link it was for is ended", what, row.client_id)
    _end(connection, [row.grant_id])


def _end(connection: Connection, grant_ids: Sequence[str]) -> None:
    for column in (oauth_codes.c.grant_id, oauth_refresh_tokens.c.grant_id, oauth_grants.c.id):
        connection.execute(delete(column.table).where(column.in_(grant_ids)))


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.grant_id, row.client_id, row.customer_id, row.scope, row.made_at)
