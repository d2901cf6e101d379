"""What several tests of surfaces share."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from assistant.pipeline import Assistant
from tests.assistant.amazon import Amazon, Device, skill
from tests.databases import Sqlite
from tests.shops import Shops


@pytest.fixture(scope="session")
def one_assistant(filled_shop: str, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant for tests that bear what others did in its shop: a new one takes a third of a second to be read."""
    return Shops(filled_shop, Sqlite(tmp_path_factory.mktemp("one"))).assistant()


@pytest.fixture(scope="session")
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def device(one_assistant: Assistant, amazon: Amazon) -> Iterator[Device]:
    """In a conversation of its own; the basket is its customer's."""
    with skill(one_assistant, amazon, conversation=uuid4().hex) as device:
        yield device
