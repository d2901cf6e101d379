"""Histories for tests, written as words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commerce.histories import Histories, histories


def past(*customers: Sequence[str], days: bool = True) -> tuple[Histories, tuple[str, ...]]:
    """Customers with baskets as words, oldest first, a week apart; and the products, a place each.

    `past(["milk jam", "milk"], ["tea"])`: the first customer bought milk and jam, then milk.
    """
    products = tuple(sorted({item for baskets in customers for basket in baskets for item in basket.split()}))
    rows = [
        (who, number, products.index(item), 7.0 * number)
        for who, baskets in enumerate(customers)
        for number, basket in enumerate(baskets)
        for item in basket.split()
    ]
    customer, basket, item, day = np.array(rows).reshape(-1, 4).T
    when = day if days else np.full(len(day), np.nan)
    return histories(customer.astype(np.int64), basket.astype(np.int64), item.astype(np.int64), when), products
