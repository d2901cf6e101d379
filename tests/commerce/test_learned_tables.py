from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from commerce.learned import Learned
from commerce.payments import SandboxPayments
from commerce.store import Store, UnusableDatabase, learned, open_engine, rebuild
from commerce.store.engine import in_transaction
from commerce.store.learned import current_run, learned_products, learned_runs, read_learned
from commerce.types import Basket, Customer, OrderState
from tests.commerce.goods import NOW, past_order, product
from tests.commerce.test_learning import assert_same
from tests.databases import Databases, give_tables

COFFEE, MILK, FILTER, JAM, TENT = GOODS = [product(title) for title in ("Coffee", "Milk", "Filter", "Jam", "Tent")]
HABITS = [[COFFEE, FILTER], [MILK], [MILK, JAM], [COFFEE, FILTER, MILK]]


def open_shop(url: str, customers: int = 13) -> Store:
    """A shop with that many customers, each of one habit out of four, five orders a week apart."""
    engine = open_engine(url)
    give_tables(engine)
    store = Store(engine, SandboxPayments(engine))
    store.import_products(GOODS)
    names = [Customer(f"K{number:02}", f"K{number}") for number in range(customers)]
    orders = [
        replace(
            past_order(7 * week, *((one, 1) for one in HABITS[who % 4])),
            customer_id=customer.id,
            number=f"{5000 + 5 * who + week}",
        )
        for who, customer in enumerate(names)
        for week in range(5)
    ]
    store.import_orders(orders, names)
    return store


@pytest.fixture
def store(shared: Databases) -> Store:
    return open_shop(shared.new())


def kept(store: Store) -> Learned:
    with store._engine.connect() as connection:
        run = current_run(connection)
        assert run is not None
        read = read_learned(connection, run)
    assert read is not None
    return read


def with_coffee(store: Store, now: datetime = NOW) -> list[tuple[str, str, str, int]]:
    found = store.recommend(None, Basket("guest", "USD", (store.orders_of("K00")[0].lines[0],)), now).best
    return [(one.product.id, one.reason, one.because, one.times) for one in found]


def test_what_is_read_back_is_what_was_learned(store: Store) -> None:
    done = store.learn(NOW)
    assert done.customers == 13
    assert str(done) == "Learned from 65 orders of 13 customers, 4 products."
    assert_same(kept(store), done.learned)


def test_chunks_of_any_size_teach_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = store.learn(NOW).learned
    monkeypatch.setattr(rebuild, "CUSTOMERS", 3)
    monkeypatch.setattr(learned, "_AT_ONCE", 2)
    assert_same(store.learn(NOW).learned, at_once)
    assert_same(kept(store), at_once)


def test_the_shop_answers_from_the_tables_and_another_process_does_too(store: Store) -> None:
    before = with_coffee(store)
    store.learn(NOW)
    assert before == with_coffee(store) == [("filter", "goes_with", "Coffee", 35)]
    assert with_coffee(Store(store._engine, SandboxPayments(store._engine))) == before


def test_tables_in_use_stay_until_the_next_rebuild_is_finished(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.learn(NOW).learned
    store.import_orders([replace(past_order(1, (TENT, 1)), customer_id="K00", number="6000")])

    def power_cut(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(learned, "_take_over", power_cut)
        with pytest.raises(KeyboardInterrupt):
            store.learn(NOW)
    assert_same(kept(store), first)
    assert store.learn(NOW).learned.products == ("coffee", "filter", "jam", "milk", "tent")
    with store._engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(learned_runs)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(learned_products)).scalar_one() == 5


def test_a_rebuild_that_finishes_after_a_later_one_does_not_take_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = learned._rows

    def overtaken(what: Learned, run: int) -> Iterator[dict[str, Any]]:
        monkeypatch.setattr(learned, "_rows", rows)
        assert store.learn(NOW + timedelta(minutes=1)).run is not None
        return rows(what, run)

    monkeypatch.setattr(learned, "_rows", overtaken)
    slow = store.learn(NOW)
    assert slow.run is None
    assert str(slow).endswith("A later rebuild finished first and is in use.")
    assert kept(store).products == slow.learned.products


def test_orders_placed_since_the_rebuild_count_for_their_customer(store: Store) -> None:
    store.learn(NOW)
    since = [
        replace(past_order(days, (TENT, 1)), customer_id="K01", number=f"700{n}", state=OrderState.PLACED)
        for n, days in enumerate((4, 8, 12, 16))
    ]
    store.import_orders(since)
    assert [one.product.id for one in store.due("K01", NOW)] == ["tent"]


def test_a_shop_without_orders_learns_nothing_and_still_answers() -> None:
    store = open_shop("sqlite://", customers=0)
    assert str(store.learn(NOW)) == "Learned from 0 orders of 0 customers, 0 products."
    nobody = store.recommend(None, Basket("guest", "USD"), NOW)
    assert nobody.best == ()
    assert nobody.stranger


def test_tables_lost_by_hand_are_not_believed(store: Store) -> None:
    store.learn(NOW)
    with store._engine.connect() as connection:
        run = current_run(connection)
    assert run is not None
    in_transaction(store._engine, lambda connection: connection.execute(delete(learned_products)))
    with store._engine.connect() as connection:
        assert read_learned(connection, run) is None
    assert with_coffee(store) == [("filter", "goes_with", "Coffee", 35)]


# --- other machines


def test_workers_cannot_be_sent_to_a_database_in_memory() -> None:
    store = open_shop("sqlite://", customers=2)
    with pytest.raises(UnusableDatabase, match="in memory"):
        store.learn(NOW, map)


def test_workers_with_engines_of_their_own_learn_the_same(store: Store) -> None:
    here = store.learn(NOW).learned
    assert_same(store.learn(NOW, map).learned, here)


def test_an_address_without_a_scheduler_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = pytest.importorskip("commerce.cluster")
    monkeypatch.setattr(cluster, "_WAIT", 0.3)
    with pytest.raises(cluster.NoCluster, match="no Dask scheduler answers at nowhere:1"), cluster.cluster("nowhere:1"):
        pass


@pytest.mark.models
def test_a_real_cluster_learns_what_one_machine_learns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from commerce.cluster import cluster

    here = store.learn(NOW).learned
    monkeypatch.setattr(rebuild, "CUSTOMERS", 2)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as local,
        cluster(local.scheduler_address) as spread,
    ):
        assert_same(store.learn(NOW, spread).learned, here)
        with pytest.raises(ZeroDivisionError):
            list(spread(partial(divmod, 1), [1, 0]))
    assert_same(kept(store), here)
