"""What goes wrong in the middle of an import leaves the database as it was, on every kind of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from commerce.refused import ImportRefused
from commerce.store import Store
from commerce.types import Customer, Money
from tests.commerce.goods import ANN, NOW, line, open_store, past_order, product
from tests.databases import Databases, rows

TEA, MUG = product("Tea", 450), product("Mug", 900)
KRONOR = product("Te", variants=(replace(TEA.variants[0], sku="te", price=Money(4500, "SEK")),))
BOB = Customer("C2", "Bob")


@pytest.fixture
def store(databases: Databases) -> Store:
    """With an order placed here and one imported."""
    store, _ = open_store(databases.new(), [TEA, MUG])
    store.place_order("k", ANN.id, [line(store, "tea")], NOW)
    store.import_orders([replace(past_order(3, (TEA, 1)), number="7001")])
    return store


def refused(store: Store) -> list[Callable[[], object]]:
    (ours, _) = store.orders_placed()
    past = replace(past_order(2, (MUG, 2)), number="7002")
    return [
        lambda: store.import_products([product("Jug"), product("Thief", variants=MUG.variants)]),
        lambda: store.import_products([product("Jug"), KRONOR]),
        lambda: store.import_orders([past, replace(past, number=ours.number)], [replace(ANN, name="Anna"), BOB]),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_refused_import_leaves_nothing(store: Store, number: int) -> None:
    before = rows(store._engine)
    with pytest.raises(ImportRefused):
        refused(store)[number]()
    assert rows(store._engine) == before


def accepted(store: Store) -> list[Callable[[], object]]:
    again = replace(past_order(2, (MUG, 2), (TEA, 1)), number="7001")
    return [
        lambda: store.import_products([replace(TEA, title="Green Tea"), product("Jug"), product("Pot", 3000)]),
        lambda: store.import_orders([again, replace(again, number="7002")], [replace(ANN, name="Anna"), BOB]),
    ]


class Fault(Exception):
    """Something that goes wrong between two statements."""


@pytest.mark.parametrize("which", range(2))
def test_an_import_cut_off_before_any_statement_leaves_nothing(store: Store, which: int) -> None:
    before = rows(store._engine)
    left = 0
    armed = False

    @event.listens_for(store._engine, "before_cursor_execute")
    def cut(*_: Any) -> None:
        nonlocal left
        if armed and left == 0:
            raise Fault
        left -= 1

    for statements in range(40):
        left, armed = statements, True
        try:
            accepted(store)[which]()
        except Fault:
            armed = False
            assert rows(store._engine) == before, f"before statement {statements + 1}"
        else:
            break
    armed = False
    assert statements > 5
    assert rows(store._engine) != before
