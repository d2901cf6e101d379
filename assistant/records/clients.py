"""Programs that the built-in authorisation server knows, on SQLAlchemy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select

from assistant.records.tables import HISTORY, oauth_clients, oauth_grants
from commerce.store import create_tables, in_transaction


@dataclass(frozen=True, slots=True)
class Client:
    """A program as it was registered."""

    id: str
    name: str
    """As customers are told it."""
    secret: str | None
    """SHA-256 in hexadecimal; None for a program that cannot keep a secret."""
    redirects: tuple[str, ...]
    """Where customers may be sent back to, exactly."""
    service: bool
    """Whether it may have tokens of its own, for nobody's account."""
    itself: bool
    """Whether it registered itself, with nobody asked."""
    made_at: datetime


class Clients:
    def __init__(self, engine: Engine) -> None:
        """Raises UnusableDatabase as Sessions does."""
        self._engine = engine
        create_tables(engine, HISTORY)

    def add(self, client: Client) -> None:
        values = asdict(client) | {"redirects": list(client.redirects)}
        in_transaction(self._engine, lambda connection: connection.execute(insert(oauth_clients).values(values)))

    def find(self, client_id: str) -> Client | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(oauth_clients).where(oauth_clients.c.id == client_id)).first()
        return _client(row) if row else None

    def listed(self) -> list[tuple[Client, int]]:
        """Every one, the newest last, with how many links customers have made with it."""
        links = select(func.count()).where(oauth_grants.c.client_id == oauth_clients.c.id).scalar_subquery()
        everyone = select(oauth_clients, links.label("links")).order_by(oauth_clients.c.made_at, oauth_clients.c.id)
        with self._engine.connect() as connection:
            return [(_client(row), row.links) for row in connection.execute(everyone)]


def _client(row: Row[Any]) -> Client:
    return Client(row.id, row.name, row.secret, tuple(row.redirects), row.service, row.itself, row.made_at)
