"""Quantities with a unit become pieces of the product."""

from __future__ import annotations

import pytest

from assistant.chapters.drafts import draft_of
from nlu.types import Candidate, HeardLine
from tests.shops import Shops


@pytest.mark.parametrize(
    ("product", "quantity", "unit", "pieces"),
    [
        ("oat-milk", 2, "litre", 2), ("oat-milk", 1500, "millilitre", 2), ("vine-tomatoes", 500, "gram", 1),
        ("vine-tomatoes", 1, "kilogram", 2), ("vine-tomatoes", 3, "pack", 3), ("fjord-winter-jacket", 2, None, 2),
        ("toilet-paper", 500, "gram", 1), ("baking-potatoes", 4, "pound", 1),
    ],
)  # fmt: skip
def test_a_measure_is_as_many_pieces_as_hold_it(
    shops: Shops, product: str, quantity: int, unit: str | None, pieces: int
) -> None:
    line = HeardLine(product, (0, 1), (Candidate(product, 1.0),), quantity, (), True, unit)
    draft = draft_of(line, shops.assistant().shop, None)
    assert draft is not None
    assert draft.quantity == pieces
