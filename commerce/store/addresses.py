"""Customers' addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Boolean, Column, Connection, Engine, ForeignKey, String, Table, delete, insert, select, update

from commerce.store.engine import in_transaction
from commerce.store.tables import customers, metadata
from commerce.types import Address, Refusal

_addresses = Table(
    "addresses",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("label", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("street", String(400), nullable=False),
    Column("postcode", String(20), nullable=False),
    Column("city", String(200), nullable=False),
    Column("country", String(2), nullable=False),
    Column("is_default", Boolean, nullable=False),
)
_COUNTRY = re.compile("[A-Z]{2}")


class Addresses:
    """aftercare_ports.AddressBook on a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, customer_id: str) -> Sequence[Address]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_addresses)
                .where(_addresses.c.customer_id == customer_id)
                .order_by(_addresses.c.is_default.desc(), _addresses.c.label)
            )
            return [Address(row.label, row.name, row.street, row.postcode, row.city, row.country) for row in rows]

    def find(self, customer_id: str, label: str) -> Address | None:
        return next((address for address in self.of(customer_id) if address.label == _label(label)), None)

    def put(self, customer_id: str, address: Address, default: bool = False) -> Refusal | None:
        address = replace(address, label=_label(address.label))
        if not (address.label and address.name and address.street and address.city):
            raise ValueError("an address needs a label, a name, a street and a city")
        if not _COUNTRY.fullmatch(address.country):
            raise ValueError("the country is two capital letters of ISO 3166")
        return in_transaction(self._engine, lambda connection: _put(connection, customer_id, address, default))

    def remove(self, customer_id: str, label: str) -> bool:
        return in_transaction(self._engine, lambda connection: _remove(connection, customer_id, _label(label)))


def _label(said: str) -> str:
    return " ".join(said.lower().split())


def _put(connection: Connection, customer_id: str, address: Address, default: bool) -> Refusal | None:
    # Locked, so that two first addresses do not both become the default.
    customer = select(customers.c.id).where(customers.c.id == customer_id).with_for_update()
    if connection.execute(customer).first() is None:
        return Refusal("unknown_customer")
    theirs = _addresses.c.customer_id == customer_id
    known = {row.label: row.is_default for row in connection.execute(select(_addresses).where(theirs))}
    first = default or not known or known.get(address.label, False)
    if first:
        connection.execute(update(_addresses).where(theirs).values(is_default=False))
    values = {
        "name": address.name,
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "country": address.country,
        "is_default": first,
    }
    if address.label in known:
        connection.execute(update(_addresses).where(theirs, _addresses.c.label == address.label).values(**values))
    else:
        connection.execute(insert(_addresses).values(customer_id=customer_id, label=address.label, **values))
    return None


def _remove(connection: Connection, customer_id: str, label: str) -> bool:
    theirs = _addresses.c.customer_id == customer_id
    connection.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
    if connection.execute(delete(_addresses).where(theirs, _addresses.c.label == label)).rowcount == 0:
        return False
    left = connection.execute(select(_addresses).where(theirs).order_by(_addresses.c.label)).all()
    if left and not any(row.is_default for row in left):
        connection.execute(
            update(_addresses).where(theirs, _addresses.c.label == left[0].label).values(is_default=True)
        )
    return True
