"""An address that several processes listen on, each with a socket of its own.

Workers that share one socket race for its connections, and the first to wake takes most or all of them: of eight
connections to two workers, often all eight. With a socket for each worker the kernel spreads the connections
(SO_REUSEPORT, socket(7) of Linux; elsewhere it does not spread them, and the workers share a socket).
"""

from __future__ import annotations

import socket
import sys
from typing import Any

SPREADS = sys.platform == "linux"
"""Whether the kernel spreads the connections to an address among the sockets bound to it."""


class Listener(socket.socket):
    """A socket bound to an address; sent to another process, it arrives there as a second one bound to the same.

    Connections go only to those that listen, so the process that keeps the first one gets none.
    """

    @classmethod
    def at(cls, family: int, address: Any) -> Listener:
        """Raises OSError."""
        bound = cls(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or the event loop leaves Nagle's delay on
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
        return bound

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        return Listener.at, (int(self.family), self.getsockname())


def listener(bound: socket.socket) -> socket.socket:
    """In place of a socket bound by nobody else, one that every worker gets of its own, where that spreads the load."""
    if not SPREADS:
        return bound
    with bound:
        family, address = bound.family, bound.getsockname()
    return Listener.at(family, address)
