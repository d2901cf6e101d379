"""Voice codes at rest: salted and hashed, with the wrong tries counted."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    insert,
    select,
    update,
)

from commerce.codes import CodeCheck, VoiceRule, WeakCode, lock_after, plain, rule, tries_left, weakness
from commerce.store.engine import in_transaction
from commerce.store.tables import UtcDateTime, customers, metadata
from commerce.types import Money, Refusal

_codes = Table(
    "voice_codes",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("salt", LargeBinary(16)),
    # None where there is no code.
    Column("digest", LargeBinary(32)),
    # Minor units; None where there is no limit.
    Column("limit_minor", BigInteger),
    Column("limit_currency", String(3)),
    # Wrong tries since the last right one.
    Column("wrong", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    # The last try, so that it is answered the same when asked again.
    Column("last_key", String(250)),
    Column("last_right", Boolean),
)


class Codes:
    """aftercare_ports.VoiceCodes on a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set_code(self, customer_id: str, code: str | None) -> WeakCode | Refusal | None:
        weak = None if code is None else weakness(plain(code))
        if weak is not None:
            return weak
        salt = secrets.token_bytes(16) if code is not None else None
        digest = _digest(plain(code), salt) if code is not None and salt is not None else None
        fresh = {"wrong": 0, "locked_until": None, "last_key": None, "last_right": None}
        return self._put(customer_id, {"salt": salt, "digest": digest, **fresh})

    def set_limit(self, customer_id: str, limit: Money | None) -> Refusal | None:
        values = {
            "limit_minor": limit.minor if limit else None,
            "limit_currency": limit.currency if limit else None,
        }
        return self._put(customer_id, values)

    def buying(self, customer_id: str, total: Money) -> VoiceRule:
        with self._engine.connect() as connection:
            row = connection.execute(select(_codes).where(_codes.c.customer_id == customer_id)).first()
        if row is None:
            return "free"
        limit = None if row.limit_minor is None else Money(row.limit_minor, row.limit_currency)
        return rule(row.digest is not None, limit, total)

    def needs_code(self, customer_id: str, total: Money) -> bool:
        return self.buying(customer_id, total) == "code"

    def verify_code(self, key: str, customer_id: str, code: str, now: datetime) -> CodeCheck:
        with self._engine.connect() as connection:
            row = _row(connection, customer_id)
        # Hashed while no transaction is open, as it takes its time; compared with what is stored once it is.
        digest = _digest(plain(code), row.salt)
        return in_transaction(self._engine, lambda connection: _try(connection, (key, customer_id), digest, now))

    def _put(self, customer_id: str, values: dict[str, Any]) -> Refusal | None:
        def work(connection: Connection) -> Refusal | None:
            if connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
                return Refusal("unknown_customer")
            changed = connection.execute(update(_codes).where(_codes.c.customer_id == customer_id).values(**values))
            if changed.rowcount == 0:
                connection.execute(insert(_codes).values(customer_id=customer_id, **values))
            return None

        return in_transaction(self._engine, work)


def _digest(code: str, salt: bytes) -> bytes:
    """scrypt (RFC 7914) with N = 2^14, r = 8, p = 1: 16 MiB, some tens of milliseconds."""
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def _row(connection: Connection, customer_id: str) -> Row[Any]:
    row = connection.execute(select(_codes).where(_codes.c.customer_id == customer_id).with_for_update()).first()
    if row is None or row.digest is None:
        raise KeyError(customer_id)
    return row


def _try(connection: Connection, who: tuple[str, str], digest: bytes, now: datetime) -> CodeCheck:
    key, customer_id = who
    row = _row(connection, customer_id)
    if row.last_key == key:
        return _answer(row.last_right, row.wrong, row.locked_until, now)
    if row.locked_until is not None and now < row.locked_until:
        return CodeCheck("locked", until=row.locked_until)
    right = hmac.compare_digest(digest, row.digest)
    wrong = 0 if right else row.wrong + 1
    lock = lock_after(wrong)
    until = None if lock is None else now + lock
    values = {"wrong": wrong, "locked_until": until, "last_key": key, "last_right": right}
    connection.execute(update(_codes).where(_codes.c.customer_id == customer_id).values(**values))
    return _answer(right, wrong, until, now)


def _answer(right: bool, wrong: int, until: datetime | None, now: datetime) -> CodeCheck:
    if right:
        return CodeCheck("right")
    if until is not None and now < until:
        return CodeCheck("locked", until=until)
    return CodeCheck("wrong", left=tries_left(wrong))
