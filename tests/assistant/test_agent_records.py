"""What programs may spend is counted once, over all processes, and the audit is read newest first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from assistant.bootstrap import agent_records
from assistant.records.agents import AgentRecords, Call, Limits, Purchase
from commerce.store import open_engine
from tests.databases import Databases
from tests.shops import NOW

PURCHASE = Purchase("q-1", "alexa", "C001", 1_000, 1, NOW)
NO_LIMIT = Limits(None, None)


def opened(databases: Databases) -> AgentRecords:
    return agent_records(open_engine(databases.new()))


def test_purchases_at_once_stay_within_the_limits(shared: Databases) -> None:
    url = shared.new()
    agent_records(open_engine(url))

    def take(number: int) -> str:
        mine = AgentRecords(open_engine(url))  # as another process has it
        return mine.take(replace(PURCHASE, key=f"q-{number}"), Limits(3_000, None))

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(take, range(8))) == {"taken": 3, "too_much": 5}


def test_a_purchase_is_counted_once_and_given_back_once(databases: Databases) -> None:
    records, limits = opened(databases), Limits(1_500, 1)
    assert [records.take(PURCHASE, limits) for _ in range(2)] == ["taken", "taken"]
    other = replace(PURCHASE, key="q-2")
    assert records.take(other, Limits(None, 1)) == "too_many"
    assert records.take(replace(other, orders=0), Limits(None, 1)) == "taken"
    for _ in range(2):
        records.give_back("q-1")
    assert records.take(replace(PURCHASE, key="q-3", minor=500), limits) == "taken"
    assert records.take(replace(PURCHASE, key="q-4", minor=1, orders=0), limits) == "too_much"


def test_a_day_a_customer_and_a_program_each_have_a_budget_of_their_own(databases: Databases) -> None:
    records, limits = opened(databases), Limits(1_000, None)
    others = (
        PURCHASE,
        replace(PURCHASE, key="q-2", client="claude"),
        replace(PURCHASE, key="q-3", customer="C002"),
        replace(PURCHASE, key="q-4", at=NOW + timedelta(days=1)),
    )
    assert [records.take(one, limits) for one in others] == ["taken"] * 4
    assert records.take(replace(PURCHASE, key="q-5"), limits) == "too_much"


def test_calls_are_read_newest_first_by_program_and_customer(databases: Databases) -> None:
    records = opened(databases)
    first = Call(NOW, "alexa", "t" * 64, "C001", "quote", "done", "q-1", "", 12.5)
    second = replace(first, client="claude", customer="", tool="search_products", about="")
    for call in (first, second):
        records.note(call)
    assert records.calls(10) == [second, first]
    assert records.calls(1) == [second]
    assert records.calls(10, client="alexa") == records.calls(10, customer="C001") == [first]


def test_old_calls_are_removed_and_what_counts_today_stays(databases: Databases) -> None:
    records, limits = opened(databases), Limits(1_000, None)
    old = Call(NOW - timedelta(days=3), "alexa", "t" * 64, "C001", "quote", "done", "q-1", "", 12.5)
    young = replace(old, at=NOW)
    for call in (old, young):
        records.note(call)
    for purchase in (PURCHASE, replace(PURCHASE, key="q-0", at=old.at)):
        records.take(purchase, limits)
    assert records.forget(NOW - timedelta(days=1)) == 1
    assert records.calls(10) == [young]
    assert records.take(replace(PURCHASE, key="q-2"), limits) == "too_much"
    assert records.take(replace(PURCHASE, key="q-3", at=old.at), limits) == "taken"
