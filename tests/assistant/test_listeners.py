"""An address with a socket for each worker."""

from __future__ import annotations

import select
import socket
from multiprocessing.reduction import ForkingPickler
from pickle import loads

import pytest

from assistant.web.listeners import SPREADS, Listener, listener

CONNECTIONS = 60

pytestmark = pytest.mark.skipif(not SPREADS, reason="only Linux spreads connections among sockets")


def bound() -> socket.socket:
    """A socket as the server is given it."""
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    return one


def accepted(listening: socket.socket) -> int:
    """How many connections wait for this socket."""
    count = 0
    while select.select([listening], [], [], 0.05)[0]:
        listening.accept()[0].close()
        count += 1
    return count


def test_connections_are_spread_among_the_workers_and_none_waits_where_nobody_listens() -> None:
    given = bound()
    address = given.getsockname()
    with listener(given) as first, sent(first) as one, sent(first) as other:
        one.listen(CONNECTIONS)
        other.listen(CONNECTIONS)
        clients = [socket.create_connection(address, timeout=5) for _ in range(CONNECTIONS)]
        taken = accepted(one), accepted(other)
        for client in clients:
            client.close()
    assert sum(taken) == CONNECTIONS
    assert min(taken) >= CONNECTIONS // 10  # less by chance: once in 10^9


def test_a_worker_that_comes_later_listens_at_the_same_address() -> None:
    given = bound()
    address = given.getsockname()
    with listener(given) as first:
        with sent(first) as one:
            one.listen()
        with sent(first) as again:
            again.listen()
            assert again.getsockname() == address
            socket.create_connection(address, timeout=5).close()


def test_an_address_that_another_server_uses_is_refused() -> None:
    given = bound()
    address = given.getsockname()
    with listener(given) as first, sent(first) as one:
        one.listen()
        another = socket.socket()
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with another, pytest.raises(OSError, match="in use"):
            another.bind(address)


def sent(one: socket.socket) -> Listener:
    """What arrives in another process."""
    arrived = loads(ForkingPickler.dumps(one))
    assert isinstance(arrived, Listener)
    return arrived
