"""Baskets: each change made once, and only on the basket it was decided on."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from commerce.store.tables import basket_changes, baskets, shop
from commerce.types import Basket, Line

_lines = TypeAdapter(tuple[Line, ...])


def read_basket(connection: Connection, owner: str) -> Basket:
    currency = connection.execute(select(shop.c.currency)).scalar_one()
    row = connection.execute(select(baskets).where(baskets.c.owner == owner)).first()
    if row is None:
        return Basket(owner, currency)
    return Basket(owner, currency, _lines.validate_json(row.lines), row.version, row.changed_at)


def put_basket(connection: Connection, key: str, basket: Basket) -> bool:
    """Whether the basket stands as given: stored now, or by an earlier call with this key (ports.Shop)."""
    known = connection.execute(select(basket_changes.c.owner).where(basket_changes.c.key == key)).first()
    if known is not None:
        if known.owner != basket.owner:
            raise ValueError(f"key {key} is that of a change of another basket")
        return True
    lines = _lines.dump_json(basket.lines).decode()
    values = {"lines": lines, "version": basket.version + 1, "changed_at": basket.changed_at}
    if basket.version == 0:
        if connection.execute(select(baskets.c.owner).where(baskets.c.owner == basket.owner)).first():
            return False
        connection.execute(insert(baskets).values(owner=basket.owner, **values))
    else:
        as_read = update(baskets).where(baskets.c.owner == basket.owner, baskets.c.version == basket.version)
        if connection.execute(as_read.values(**values)).rowcount != 1:
            return False
    connection.execute(insert(basket_changes).values(key=key, owner=basket.owner))
    return True
