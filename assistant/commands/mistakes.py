"""What the command line answers to something it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
