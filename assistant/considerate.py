"""A shop as one customer sees it who has said what to leave out, what they like and what size they wear. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from assistant.memory import Fact, liked, size_for, unfit, worn_in
from commerce.ports import ReadOnlyShop
from commerce.types import Basket, Found, Product, Query, Suggestion, Suggestions

FURTHER = 10
"""Products looked at beyond those asked for, so that enough are left."""
ORDERS_LOOKED_AT = 30


class Considerate:
    """ports.ReadOnlyShop for one turn of one customer; what is not adapted here is the shop's own answer.

    What the customer cannot or will not have is not found and not put forward; what they like comes first; an option
    that asks for a size has theirs as its default.
    """

    def __init__(self, shop: ReadOnlyShop, customer_id: str, facts: Sequence[Fact]) -> None:
        self._shop = shop
        self._customer = customer_id
        self._facts = facts
        self.left_out: list[tuple[Product, Fact]] = []
        """What was found and kept back in this turn, and why."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def product(self, product_id: str) -> Product | None:
        """As a line of it is made; what was read out comes from `product_of`, which needs no sizes."""
        return self._fitted(self._shop.product(product_id))

    def find(self, query: Query, limit: int = 10) -> Found:
        found = self._shop.find(query, limit + FURTHER if self._facts else limit)
        if not self._facts:
            return found
        hits = [hit for hit in found.hits if self._fits(hit.product)]
        hits.sort(key=lambda hit: liked(hit.product, self._facts) is None)  # stable: else as the shop has them
        nearest = tuple(hit for hit in found.nearest if self._fits(hit.product))
        same = bool(nearest) and nearest[0] is found.nearest[0]
        return replace(
            found, hits=tuple(hits[:limit]), nearest=nearest[:limit] if same else (), unmet=found.unmet if same else ()
        )

    def due(self, customer_id: str, now: datetime, limit: int = 3) -> Sequence[Suggestion]:
        return self._left(self._shop.due(customer_id, now, limit + FURTHER))[:limit]

    def recommend(
        self, customer_id: str | None, basket: Basket, now: datetime, limit: int = 3, refused: Collection[str] = ()
    ) -> Suggestions:
        put_forward = self._shop.recommend(customer_id, basket, now, limit + FURTHER, refused)
        return replace(put_forward, best=tuple(self._left(put_forward.best)[:limit]))

    def alternatives(
        self, product_id: str, customer_id: str | None = None, limit: int = 3, refused: Collection[str] = ()
    ) -> Sequence[Suggestion]:
        return self._left(self._shop.alternatives(product_id, customer_id, limit + FURTHER, refused))[:limit]

    @cached_property
    def worn(self) -> tuple[Fact, ...]:
        """The sizes that this customer's orders show."""
        catalogue = {product.id: product for product in self._shop.products()}  # one question instead of one a line
        return worn_in(self._shop.orders_of(self._customer, ORDERS_LOOKED_AT), catalogue.get)

    def size_of(self, product: Product) -> tuple[str, str] | None:
        """Option and choice that are this customer's size; None where the shop has a default for everybody."""
        plain = self._shop.product(product.id)
        return self._size(plain) if plain else None

    def _size(self, plain: Product) -> tuple[str, str] | None:
        return size_for(plain, self._facts, lambda: self.worn)

    def _fitted(self, product: Product | None) -> Product | None:
        size = self._size(product) if product else None
        if product is None or size is None:
            return product
        name, label = size
        options = (replace(one, default=label) if one.name == name else one for one in product.options)
        return replace(product, options=tuple(options))

    def _fits(self, product: Product) -> bool:
        against = unfit(product, self._facts)
        if against:
            self.left_out.append((product, against))
        return against is None

    def _left(self, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
        return [one for one in suggestions if self._fits(one.product)]
