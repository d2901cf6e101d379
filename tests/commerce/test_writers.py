"""Many at once, and processes that are killed: nothing is sold twice, nothing is lost, and money adds up."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from commerce.payments import SandboxPayments
from commerce.store import Store, open_engine
from commerce.store.ledger import PLACING
from commerce.store.tables import orders
from commerce.types import Money, Order, Refusal
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of, usd
from tests.commerce.providers import NoAnswer, PowerCut, Troubled, once
from tests.commerce.victims import PROCESSES, Scene, in_process, order_until_killed, set_scene, write_for
from tests.databases import Databases

LATER = NOW + timedelta(hours=1)
SUPPLY = 12
STEPS = ("authorise", "capture")
MISHAPS = ("", *(f"{how} {when} {step}" for how in ("cut", "silent") for when in ("before", "after") for step in STEPS))


def add_up(store: Store, payments: SandboxPayments, supplied: int) -> None:
    """Every order is paid once and every payment is an order; every piece is on the shelf or in an order."""
    placed = store.orders_placed()
    assert sorted(charge.amount.minor for charge in payments.captured()) == sorted(one.total.minor for one in placed)
    assert payments.set_aside() == []
    assert len({order.number for order in placed}) == len(placed)
    assert all(order.total == Money.total((one.total for one in order.lines), "USD") for order in placed)
    for sku in ("tea", "mug"):
        sold = sum(one.quantity for order in placed for one in order.lines if one.sku == sku)
        assert stock_of(store, sku) == supplied - sold >= 0


ORDER = st.tuples(st.sampled_from("abcdef"), st.integers(1, 4), st.integers(0, 3), st.sampled_from(MISHAPS))
"""Key, teas, mugs, and what happens to its payment."""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(ORDER, min_size=4, max_size=16))
def test_whatever_is_ordered_at_once_money_and_stock_add_up(
    shared: Databases, wishes: list[tuple[str, int, int, str]]
) -> None:
    url = shared.new()
    store, payments = open_store(
        url, [product("Tea", 450, stock=SUPPLY), product("Mug", 900, stock=SUPPLY)], decline_over=usd(4_000)
    )

    def order(wish: tuple[str, int, int, str]) -> tuple[str, Order | Refusal | None]:
        key, teas, mugs, mishap = wish
        how, _, moment = mishap.partition(" ")
        accident = once([moment], PowerCut if how == "cut" else NoAnswer)
        own = Store(store._engine, Troubled(payments, accident))
        lines = [line(own, "tea", teas), *([line(own, "mug", mugs)] if mugs else [])]
        try:
            return key, own.place_order(key, ANN.id, lines, NOW)
        except PowerCut:
            return key, None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(order, wishes))
    store.reconcile(LATER)
    add_up(store, payments, SUPPLY)
    for key, answer in answers:
        if isinstance(answer, Order):
            assert store.settle(key) == answer
    numbers: dict[str, set[str]] = {}
    for key, answer in answers:
        if isinstance(answer, Order):
            numbers.setdefault(key, set()).add(answer.number)
    assert all(len(of_key) == 1 for of_key in numbers.values())


# --- many writers


def written(scene: Scene, writers: int, seconds: float) -> list[object]:
    """What each of these processes told after writing for that long."""
    processes = [started(write_for, scene, f"w{n}", seconds) for n in range(writers)]
    answers = [pipe.recv() for _, pipe in processes]
    for process, _ in processes:
        process.join(30)
    return answers


def started(target: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """A process and what it tells; the end of that when it dies."""
    here, end = PROCESSES.Pipe(duplex=False)
    process = in_process(target, *arguments, end)
    end.close()
    return process, here


@pytest.mark.models
def test_eight_processes_write_at_once_for_seconds_without_an_error(shared: Databases) -> None:
    supply = 100_000
    scene = set_scene(shared, supply)
    answers = written(scene, writers=8, seconds=5)
    assert all(isinstance(answer, int) and answer > 0 for answer in answers), answers
    store, payments = scene.open()
    assert {charge.key for charge in payments.captured()} == keys_of_orders(scene)
    assert len(store.orders_placed()) == len(payments.captured())


def test_three_processes_write_at_once_without_an_error(shared: Databases) -> None:
    scene = set_scene(shared, 100_000)
    answers = written(scene, writers=3, seconds=0.5)
    assert all(isinstance(answer, int) and answer > 0 for answer in answers), answers
    _, payments = scene.open()
    assert {charge.key for charge in payments.captured()} == keys_of_orders(scene)


def keys_of_orders(scene: Scene, state: str | None = None) -> set[str]:
    """The keys of the orders; of the attempts in `state` where one is named."""
    which = orders.c.number.is_not(None) if state is None else orders.c.state == state
    engine = open_engine(scene.shop)
    with engine.connect() as connection:
        found = set(connection.scalars(select(orders.c.key).where(which)))
    engine.dispose()
    return found


# --- killed


def killed(scene: Scene, rounds: int, chance: random.Random) -> Counter[str]:
    """Kill two processes a round in the middle of their work, and put right what they left; where they were hit.

    What they left is asked for again in one round and settled in the next.
    """
    store, payments = scene.open()
    supply = stock_of(store, "tea")
    hit: Counter[str] = Counter()
    told: set[str] = set()
    for round_ in range(rounds):
        victims = [started(order_until_killed, scene, f"r{round_}v{n}") for n in range(2)]
        told |= {pipe.recv() for _, pipe in victims}  # both are in full swing
        time.sleep(chance.uniform(0, 0.04))
        for process, _ in victims:
            process.kill()
        for process, pipe in victims:
            process.join(30)
            told |= set(rest(pipe))
        left = sorted(keys_of_orders(scene, PLACING))
        hit.update(where(payments, key) for key in left)
        hit["between"] += 2 - len(left)
        if round_ % 2:
            store.reconcile(LATER)
        else:
            assert all(isinstance(store.place_order(key, ANN.id, [], NOW), Order) for key in left)
        assert keys_of_orders(scene, PLACING) == set()
    assert told <= keys_of_orders(scene), "a customer was told of an order that is lost"
    assert {charge.key for charge in payments.captured()} == keys_of_orders(scene)
    add_up_of(store, payments, supply)
    return hit


def add_up_of(store: Store, payments: SandboxPayments, supplied: int) -> None:
    """As `add_up`, for orders of two teas and a mug each."""
    placed = len(store.orders_placed())
    assert (len(payments.captured()), payments.set_aside()) == (placed, [])
    assert stock_of(store, "tea") == supplied - 2 * placed
    assert stock_of(store, "mug") == supplied - placed


def where(payments: SandboxPayments, key: str) -> str:
    """How far the payment of an unfinished attempt had come."""
    charge = payments.lookup(key)
    return charge.outcome if charge else "not asked for"


def rest(pipe: Connection) -> Sequence[str]:
    """What a process that is gone had still told."""
    found = []
    while True:
        try:
            found.append(pipe.recv())
        except EOFError:
            return found


def test_killed_at_random_moments_no_order_and_no_charge_is_lost_or_doubled(shared: Databases) -> None:
    killed(set_scene(shared, 100_000), rounds=3, chance=random.Random(20))


@pytest.mark.models
def test_killed_at_two_hundred_random_moments_no_order_and_no_charge_is_lost_or_doubled(shared: Databases) -> None:
    hit = killed(set_scene(shared, 100_000), rounds=100, chance=random.Random(200))
    print(dict(hit))
    assert {"not asked for", "authorised", "captured"} <= set(hit), "the window between two steps was never hit"
