"""Shopping lists in rows: each change made once, and only on the list it was decided on."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    String,
    Table,
    Text,
    Update,
    insert,
    select,
    update,
)

from commerce.lists import LONGEST_NAME, Item, ShoppingList, key_of
from commerce.store.engine import in_transaction
from commerce.store.tables import metadata

shopping_lists = Table(
    "shopping_lists",
    metadata,
    Column("owner", String(200), primary_key=True),
    # What the spellings of a name have in common.
    Column("name_key", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("items", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
list_changes = Table(
    "list_changes",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("name_key", String(200), nullable=False),
)
"""Keys of the changes made, so that none is made twice."""

_items = TypeAdapter(tuple[Item, ...])


class Lists:
    """around_ports.ShoppingLists."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lists_of(self, owner: str) -> Sequence[ShoppingList]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(shopping_lists).where(shopping_lists.c.owner == owner).order_by(shopping_lists.c.name_key)
            )
            read = [ShoppingList(row.owner, row.name, _items.validate_json(row.items), row.version) for row in rows]
        return [one for one in read if one.items]

    def shopping_list(self, owner: str, name: str = "") -> ShoppingList:
        with self._engine.connect() as connection:
            row = connection.execute(select(shopping_lists).where(_is(owner, key_of(name)))).first()
        if row is None:
            return ShoppingList(owner, name[:LONGEST_NAME])
        return ShoppingList(owner, row.name, _items.validate_json(row.items), row.version)

    def put_list(self, key: str, changed: ShoppingList) -> bool:
        return in_transaction(self._engine, lambda connection: _put(connection, key, changed))


def _put(connection: Connection, key: str, changed: ShoppingList) -> bool:
    name_key = key_of(changed.name)
    known = connection.execute(select(list_changes).where(list_changes.c.key == key)).first()
    if known is not None:
        if (known.owner, known.name_key) != (changed.owner, name_key):
            raise ValueError(f"key {key} is that of a change of another list")
        return True
    there = _is(changed.owner, name_key)
    values = {"items": _items.dump_json(changed.items).decode(), "version": changed.version + 1}
    if changed.version == 0:
        if connection.execute(select(shopping_lists.c.version).where(there)).first():
            return False
        named = {"owner": changed.owner, "name_key": name_key, "name": changed.name[:LONGEST_NAME]}
        connection.execute(insert(shopping_lists).values(**named, **values))
    elif connection.execute(_as_read(changed, name_key).values(**values)).rowcount != 1:
        return False
    connection.execute(insert(list_changes).values(key=key, owner=changed.owner, name_key=name_key))
    return True


def _is(owner: str, name_key: str) -> ColumnElement[bool]:
    return (shopping_lists.c.owner == owner) & (shopping_lists.c.name_key == name_key)


def _as_read(changed: ShoppingList, name_key: str) -> Update:
    return update(shopping_lists).where(_is(changed.owner, name_key), shopping_lists.c.version == changed.version)
