"""Processes that place one order and are killed on the way. The same order can then be placed again."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sqlalchemy import event

from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from commerce.types import Order, Refusal
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of
from tests.commerce.providers import Troubled
from tests.databases import Databases

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


def set_scene(databases: Databases) -> Scene:
    scene = Scene(databases.new(), databases.new())
    open_store(scene.shop, [product("Tea", 450, stock=STOCK)])
    create_tables(open_engine(scene.provider))
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
    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if moment == ("before the first commit" if commits == 1 else "before the second commit"):
            die()

    store.place_order(KEY, ANN.id, [wanted], NOW)
    die()


def place_when_told(scene: Scene, ready: Connection) -> None:
    """Say that all is loaded, then place the order; whoever listens may kill at any time after."""
    store, _ = scene.open()
    wanted = line(store, "tea", PIECES)
    ready.send("ready")
    store.place_order(KEY, ANN.id, [wanted], NOW)


def place_at_once(scene: Scene, answers: Connection) -> None:
    store, _ = scene.open()
    answers.send(place(store))


def in_process(target: Callable[..., None], *arguments: object) -> multiprocessing.process.BaseProcess:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process
