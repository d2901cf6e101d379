"""What several tests of the shop share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commerce.club import Club, open_club
from tests.commerce.placed import Shop, open_shop
from tests.databases import Databases, Memory, Postgres


@pytest.fixture(params=["memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return Memory().new()
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new()


@pytest.fixture
def shop(url: str) -> Shop:
    return open_shop(url)


@pytest.fixture
def club(shared: Databases) -> Iterator[Club]:
    made = open_club(shared.new())
    yield made
    made.store._engine.dispose()
