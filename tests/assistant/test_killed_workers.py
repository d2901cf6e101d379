"""A server whose workers are killed while customers buy: whoever asks again with the same turn id gets one order."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import sleep

import httpx
import pytest

from benchmarks.webhook import serving
from tests.shops import NOW, Shops, assistant_on

CUSTOMERS = 8
PURCHASES = 8
"""Of each customer."""
PAUSE = 2.0
"""Seconds between two kills: a worker takes about as long to start."""
PURCHASE = ("put house coffee in my basket", "check out", "yes")

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(sys.platform != "linux", reason="workers are found in /proc"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def everywhere(request: pytest.FixtureRequest) -> Shops:
    found: Shops = request.getfixturevalue("shops" if request.param == "sqlite" else "postgres_shops")
    return found


def workers(server: int) -> list[int]:
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@contextmanager
def killing(server: int) -> Iterator[list[int]]:
    """Kills one worker after the other; those killed so far."""
    enough, killed, chooser = Event(), list[int](), random.Random(4)

    def kill() -> None:
        while not enough.wait(PAUSE):
            with suppress(OSError):  # a worker that is just ending
                one = chooser.choice(workers(server) or [0])
                if one:
                    os.kill(one, signal.SIGKILL)
                    killed.append(one)

    thread = Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        enough.set()
        thread.join()


def answer(client: httpx.Client, turn: dict[str, str]) -> dict[str, object]:
    """What the server says to a turn, asked again until it says something."""
    for _ in range(600):
        with suppress(httpx.TransportError):
            response = client.post("/v1/turns", json=turn)
            if response.status_code == 200:
                told: dict[str, object] = response.json()
                return told
        sleep(0.1)
    raise AssertionError("a minute without an answer")


def shopping(port: int, customer: int) -> list[str]:
    """The numbers of the orders that a customer is told of."""
    told = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        for purchase in range(PURCHASES):
            session = f"{customer}-{purchase}"
            for number, text in enumerate(PURCHASE):
                turn = {"session": session, "turn_id": f"{session}-{number}", "text": text}
                done = answer(client, turn | {"customer": f"C{customer:03}"})["done"]
            assert isinstance(done, dict), "the yes placed no order"
            told.append(str(done["order_number"]))
    return told


def test_every_purchase_is_one_order_however_many_workers_are_killed(everywhere: Shops) -> None:
    url = everywhere.copy()
    with serving(url, 2) as (port, server), killing(server) as killed, ThreadPoolExecutor(CUSTOMERS) as pool:
        told = [number for one in pool.map(lambda one: shopping(port, one), range(1, CUSTOMERS + 1)) for number in one]
        while len(killed) < 2:  # a fast machine has sold everything before
            sleep(0.1)
    assert len(set(told)) == CUSTOMERS * PURCHASES
    shop = assistant_on(url).shop
    assert (everywhere.orders_since(shop, NOW), everywhere.charges(shop)) == (CUSTOMERS * PURCHASES,) * 2
