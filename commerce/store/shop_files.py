"""The merchant's shop file in the database, so that every process goes by the same one."""

from __future__ import annotations

import threading

from sqlalchemy import Column, Connection, Engine, Integer, String, Table, Text, insert, select, update

from commerce.booking import Diary
from commerce.loyalty import Rules
from commerce.shop_file import ShopFile, parse_shop_file
from commerce.store.engine import in_transaction
from commerce.store.tables import metadata
from commerce.store_info import ShopInfo

shop_file = Table(
    "shop_file",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(400), nullable=False),
    Column("body", Text, nullable=False),
    # Grows with every change, so that the file is read again only then.
    Column("version", Integer, nullable=False),
)


class ShopFiles:
    """around_ports.StoreInfo, and what else the shop file says. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._read: tuple[int, ShopFile | None] = (0, None)

    def put(self, text: str, name: str) -> ShopFile:
        """Go by this file from now on; `name` is how faults name it. Raises ImportRefused, changing nothing."""
        parsed = parse_shop_file(text, name)

        def change(connection: Connection) -> None:
            values = {"name": name, "body": text}
            grown = update(shop_file).where(shop_file.c.id == 1).values(version=shop_file.c.version + 1, **values)
            if connection.execute(grown).rowcount == 0:
                connection.execute(insert(shop_file).values(id=1, version=1, **values))

        in_transaction(self._engine, change)
        return parsed

    def current(self) -> ShopFile | None:
        """The file that was put last; None where there is none."""
        with self._lock, self._engine.connect() as connection:
            version = connection.execute(select(shop_file.c.version)).scalar() or 0
            if version != self._read[0]:
                row = connection.execute(select(shop_file)).one()
                self._read = (row.version, parse_shop_file(row.body, row.name))
            return self._read[1]

    def info(self) -> ShopInfo | None:
        file = self.current()
        return file.info if file else None

    def loyalty(self) -> Rules | None:
        file = self.current()
        return file.loyalty if file else None

    def diary(self) -> Diary | None:
        file = self.current()
        return file.diary if file else None
