"""What several test modules share."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from hypothesis import settings

from assistant import bootstrap
from assistant.settings import Settings
from tests.databases import VARIABLE, Databases, Memory, NoServer, Postgres, Sqlite, postgres_server
from tests.dialects import share_statements
from tests.shops import Shops, fill, leave_nothing_behind, meaning
from tests.voice import sound_server as sound
from voice.devices import port_audio

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("handla", deadline=None)
settings.load_profile("handla")
share_statements()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the garbage collector what the modules bring: a quarter of collecting tests, a tenth of running them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _one_process_for_many() -> Iterator[None]:
    """Commands that run here share what each would make for itself: the model of meanings, and the tree of commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "_meaning", meaning)
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def filled_shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = Sqlite(tmp_path_factory.mktemp("sample")).new()
    fill(url)
    return url


@pytest.fixture
def shops(filled_shop: str, tmp_path: Path) -> Shops:
    return Shops(filled_shop, Sqlite(tmp_path))


@pytest.fixture(scope="session")
def todays_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `handla` fills it at its first start today."""
    file = tmp_path_factory.mktemp("today") / "shop.db"
    engine = bootstrap.open_shop(Settings(shop={"database": f"sqlite:///{file}"})).engine
    leave_nothing_behind(engine)
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server; the test is skipped where there is none."""
    try:
        with postgres_server() as url:
            yield url
    except NoServer as missing:
        if os.environ.get(VARIABLE) == "required":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Postgres]:
    databases = Postgres(postgres_url)
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def filled_postgres(postgres_url: str) -> Iterator[str]:
    databases = Postgres(postgres_url)
    url = databases.template()
    fill(url)
    yield url
    databases.drop()


@pytest.fixture
def postgres_shops(filled_postgres: str, postgres: Postgres) -> Shops:
    return Shops(filled_postgres, postgres)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """Each kind of database that a shop may be kept in."""
    if request.param == "memory":
        return Memory()
    found: Databases = Sqlite(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """Each kind of database that several processes may share."""
    found: Databases = Sqlite(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres")
    return found


@pytest.fixture(scope="session")
def sound_server() -> Iterator[sound.SoundServer]:
    """A sound server of our own, whose client this process is; the test is skipped where there is none to start."""
    missing = sound.missing()
    if missing and os.environ.get(sound.VARIABLE) == "required":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch, sound.SoundServer() as server:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        port_audio().refresh()
        yield server
