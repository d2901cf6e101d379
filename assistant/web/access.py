"""Who may use the doors that take bearer keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.web.guards import Keys
from assistant.web.metrics import Metrics

LOOPBACK = frozenset({"127.0.0.1", "::1"})
THIS_MACHINE = LOOPBACK | {"localhost"}
"""What this machine is called by itself, as the host of an address."""
_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_bearer = HTTPBearer(auto_error=False, description="A key of the setting server.keys; `handla key` makes one.")


class Access:
    """With keys, a right one is needed. Without, only programs on this machine may enter."""

    def __init__(self, keys: Keys, metrics: Metrics) -> None:
        self._keys = keys
        self._metrics = metrics

    async def allowed(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> None:
        """Raises 401 for a missing or wrong key, and 403 without keys for who comes from elsewhere."""
        if self._keys:
            if given is None or self._keys.holder(given.credentials) is None:
                self._metrics.rejected("v1", "key")
                raise HTTPException(401, "give a right key: Authorization: Bearer ...", {"www-authenticate": "Bearer"})
            return
        if not is_local(request):
            self._metrics.rejected("v1", "elsewhere")
            raise HTTPException(403, "no key is set (server.keys), so only this machine is answered")


def is_local(request: Request) -> bool:
    """Whether a program on this machine asks.

    A page in a browser of this machine can reach loopback too, but not under a name of loopback's own.
    """
    host = request.headers.get("host", "")
    name = host.rsplit(":", 1)[0] if request.url.port else host
    return request.client is not None and request.client.host in LOOPBACK and name in _LOCAL_NAMES
