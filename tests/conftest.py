"""What several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shops import Shops, fill


@pytest.fixture(scope="session")
def filled_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sample") / "shop.db"
    fill(file)
    return file


@pytest.fixture
def shops(filled_shop: Path, tmp_path: Path) -> Shops:
    return Shops(filled_shop, tmp_path)
