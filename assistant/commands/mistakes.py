"""What the command line answers to something it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from commerce.ports import ReadOnlyShop
from commerce.refused import ImportRefused


class UserMistake(Exception):
    """Something asked of the command line that cannot be; the message says what would be right."""


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Say of a file that was refused that nothing of it was taken."""
    try:
        yield
    except ImportRefused as refused:
        raise UserMistake(f"{refused}\nNothing was imported.") from refused


def no_customer(customer_id: str) -> UserMistake:
    return UserMistake(f"no customer {customer_id} in this shop")


def must_be_known(shop: ReadOnlyShop, customer_id: str) -> None:
    """Raises UserMistake for a customer whom the shop does not know."""
    if shop.customer(customer_id) is None:
        raise no_customer(customer_id)
