"""What several tests of surfaces share."""

from __future__ import annotations

import pytest

from assistant.pipeline import Assistant
from tests.databases import Sqlite
from tests.shops import Shops


@pytest.fixture(scope="session")
def one_assistant(filled_shop: str, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant for tests that bear what others did in its shop: a new one takes a third of a second to be read."""
    return Shops(filled_shop, Sqlite(tmp_path_factory.mktemp("one"))).assistant()
