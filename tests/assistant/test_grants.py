"""What is given out for a link is used up once, whoever asks at the same moment, on every shared database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from assistant.bootstrap import linking
from assistant.records.clients import Client
from assistant.records.grants import AGAIN, TRIES, Code, Grant, Grants, NotLinked
from commerce.store import open_engine
from tests.databases import Databases
from tests.shops import NOW

SOON = NOW + timedelta(minutes=1)
T = TypeVar("T")


def opened(databases: Databases) -> Grants:
    clients, grants = linking(open_engine(databases.new()))
    clients.add(Client("agent", "Agent", None, ("https://agent.example/",), False, False, NOW))
    grants.open(Code("code", Grant("g1", "agent", "C001", "shop.read", NOW), "https://agent.example/", "x", SOON))
    return grants


def at_once(work: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(6) as threads:
        return [done.result() for done in [threads.submit(work) for _ in range(12)]]


def test_a_code_counts_once_and_its_grant_ends(shared: Databases) -> None:
    grants = opened(shared)
    taken = [code for code in at_once(lambda: grants.take_code("code", "agent", NOW)) if code]
    assert [code.grant.id for code in taken] == ["g1"]
    assert not grants.alive("agent", "g1")
    assert not grants.put_refresh_token("late", "g1", SOON)


def test_a_refresh_token_asked_for_at_once_is_a_retry_and_later_a_theft(shared: Databases) -> None:
    grants = opened(shared)
    assert grants.put_refresh_token("first", "g1", SOON)
    assert all(at_once(lambda: grants.take_refresh_token("first", "agent", NOW)))
    assert grants.take_refresh_token("first", "other", NOW) is None
    assert grants.alive("agent", "g1")
    assert not any(at_once(lambda: grants.take_refresh_token("first", "agent", NOW + AGAIN + timedelta(seconds=1))))
    assert not grants.alive("agent", "g1")


def test_a_link_code_counts_once_and_wrong_ones_lock(shared: Databases) -> None:
    grants = opened(shared)
    grants.put_link_code("right", "C001", SOON)
    got = at_once(lambda: grants.take_link_code("right", "somewhere", NOW))
    assert got.count("C001") == 1
    for _ in range(TRIES):
        grants.take_link_code("wrong", "somewhere", NOW)
    grants.put_link_code("another", "C001", SOON)
    assert grants.take_link_code("another", "somewhere", NOW) == NotLinked("locked")
    assert grants.take_link_code("another", "elsewhere", NOW) == "C001"


def test_what_is_over_is_removed_and_what_is_not_stays(shared: Databases) -> None:
    grants = opened(shared)
    grants.put_link_code("right", "C001", SOON)
    grants.put_refresh_token("first", "g1", SOON + timedelta(days=1))
    assert grants.forget(NOW) == 0
    assert grants.forget(SOON) == 1
    assert grants.alive("agent", "g1")
    assert grants.forget(SOON + timedelta(days=1)) == 1
    assert not grants.alive("agent", "g1")
    assert grants.alive("agent", None)
