"""Processes that place orders and are killed on the way, or write beside each other."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing.connection import Connection

from sqlalchemy import event

from commerce.payments import SandboxPayments
from commerce.store import Store, open_engine
from commerce.types import Order, Refusal
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of
from tests.commerce.providers import Troubled
from tests.databases import Databases, give_tables

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.commerce.victims"])

KEY = "turn-17"
STOCK = 10
PIECES = 3
MOMENTS = (
    "before the first commit",
    "before authorise",
    "after authorise",
    "after capture",
    "before the second commit",
    "after the second commit",
)


@dataclass(frozen=True)
class Scene:
    """A shop and a payment provider, each with a database of its own."""

    shop: str
    provider: str
    """URLs."""

    def open(self) -> tuple[Store, SandboxPayments]:
        payments = SandboxPayments(open_engine(self.provider))
        return Store(open_engine(self.shop), payments), payments

    @property
    def facts(self) -> tuple[int, int, int]:
        """Orders, captured charges, pieces left."""
        store, payments = self.open()
        return len(store.orders_placed()), len(payments.captured()), stock_of(store, "tea")


def set_scene(databases: Databases, stock: int = STOCK) -> Scene:
    scene = Scene(databases.new(), databases.new())
    open_store(scene.shop, [product("Tea", 450, stock=stock), product("Mug", 900, stock=stock)])
    give_tables(open_engine(scene.provider))
    return scene


def place(store: Store, key: str = KEY, pieces: int = PIECES) -> Order | Refusal:
    return store.place_order(key, ANN.id, [line(store, "tea", pieces)], NOW)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def place_and_die(scene: Scene, moment: str) -> None:
    engine = open_engine(scene.shop)
    _, payments = scene.open()
    store = Store(engine, Troubled(payments, lambda now: die() if now == moment else None))
    wanted = line(store, "tea", PIECES)
    commits = 0

    @event.listens_for(engine, "commit")
    def one_more(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if moment == ("before the first commit" if commits == 1 else "before the second commit"):
            die()

    store.place_order(KEY, ANN.id, [wanted], NOW)
    die()


def order_until_killed(scene: Scene, name: str, told: Connection) -> None:
    """Place one order after the other, with the keys NAME-0, NAME-1 ..., and tell each key once its order is placed."""
    store, _ = scene.open()
    wanted = [line(store, "tea", 2), line(store, "mug", 1)]
    for number in count():
        assert isinstance(store.place_order(f"{name}-{number}", ANN.id, wanted, NOW), Order)
        told.send(f"{name}-{number}")


def write_for(scene: Scene, name: str, seconds: float, told: Connection) -> None:
    """All that writes, again and again; tell how many orders were placed, or the error that nobody should see."""
    store, _ = scene.open()
    chance = random.Random(name)
    placed = 0
    ends = time.monotonic() + seconds
    try:
        for number in count():
            if time.monotonic() > ends:
                break
            wanted = [line(store, sku, chance.randint(1, 3)) for sku in chance.sample(["tea", "mug"], 2)]
            # Some keys are several writers': the same order, placed once.
            key = f"{chance.choice([name, 'shared'])}-{number}"
            placed += isinstance(store.place_order(key, ANN.id, wanted, NOW), Order)
            store.put_basket(f"{name}-{number}", replace(store.basket(name), lines=tuple(wanted)))
            if number % 5 == 0:
                store.reconcile(NOW)
                store.set_price("mug", 900)
                store.import_products([product("Tea", 450, stock=stock_of(store, "tea")), product(f"Jug {name}")])
    except Exception as error:
        told.send(f"{type(error).__name__}: {error}")
    else:
        told.send(placed)


def place_at_once(scene: Scene, answers: Connection) -> None:
    store, _ = scene.open()
    answers.send(place(store))


def in_process(target: Callable[..., None], *arguments: object) -> multiprocessing.process.BaseProcess:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process
