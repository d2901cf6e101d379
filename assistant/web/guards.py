"""What stands before every door: size, pace, keys, and headers that say how little a browser may do with an answer."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from time import monotonic

from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
MOST_CLIENTS = 10_000
"""Clients whose pace is remembered; beyond that, those that have been quiet are forgotten."""

Rejected = Callable[[str, str], None]
"""Counts what was turned away: door, reason."""


class Pace:
    """A token bucket for each client: `rate` requests a second, `burst` at once. One process counts for itself."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds."""
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Seconds until this client may come again; 0 lets it in and takes a token."""
        now = self._clock()
        tokens, then = self._buckets.get(client, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - then) * self._rate)
        if tokens < 1:
            return (1 - tokens) / self._rate
        if len(self._buckets) >= MOST_CLIENTS:
            self._forget(now)
        self._buckets[client] = (tokens - 1, now)
        return 0.0

    def _forget(self, now: float) -> None:
        refilled = self._burst / self._rate
        self._buckets = {client: kept for client, kept in self._buckets.items() if now - kept[1] < refilled}


class Gate:
    """Refuses with 413 what is too large, reading no more than that, and with 429 who comes too often."""

    def __init__(self, app: ASGIApp, largest: Mapping[str, int], pace: Pace | None, rejected: Rejected) -> None:
        """`largest`: path -> bytes, "" for all others."""
        self._app = app
        self._largest = largest
        self._pace = pace
        self._rejected = rejected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        path = scope["path"]
        wait = self._pace.wait(client_of(scope)) if self._pace and path != "/health" else 0.0
        if wait:
            self._rejected("server", "pace")
            refusal = JSONResponse({"error": "too many requests; slow down"}, 429, {"retry-after": str(int(wait) + 1)})
            await refusal(scope, receive, careful)
            return
        limit = self._largest.get(path, self._largest[""])
        try:
            body = await _body(receive, limit)
        except _Gone:
            return
        if body is None:
            self._rejected("server", "size")
            refusal = JSONResponse({"error": f"the body is larger than {limit} bytes"}, status_code=413)
            await refusal(scope, receive, careful)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        await self._app(scope, replay, careful)


class Keys:
    """Bearer keys, of which only hashes are known."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        """Name -> what `hashed` gives for its key."""
        self._hashes = dict(hashes)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def holder(self, key: str) -> str | None:
        """Whose key this is; it takes as long for a wrong key as for a right one."""
        given = hashed(key)
        found = [name for name, known in self._hashes.items() if hmac.compare_digest(known, given)]
        return found[0] if found else None


def hashed(key: str) -> str:
    """SHA-256 in hexadecimal: enough for a key of 256 random bits, which nobody can guess from it."""
    return sha256(key.encode()).hexdigest()


def client_of(scope: Scope) -> str:
    """The client's address; of IPv6 the network, since one client has as many addresses in it as it likes."""
    host = scope["client"][0] if scope.get("client") else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    return str(address.packed[:8].hex()) if isinstance(address, IPv6Address) else host


class _Gone(Exception):
    """The client went away before its request was whole."""


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None as soon as it is larger than `limit` bytes."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)
