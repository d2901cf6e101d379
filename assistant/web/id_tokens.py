"""ID tokens that Google signs for its service agents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from urllib.request import urlopen

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
KEPT = 3600.0
"""Seconds that certificates are used before they are fetched anew."""
AGAIN = 60.0
"""Seconds between two fetches for tokens of unknown keys, at least."""
_SLACK = 30
"""Seconds that clocks may differ."""
Fetch = Callable[[str], bytes]
"""Reads a place: certificates as JSON, key id -> PEM. Raises OSError."""


def fetch(place: str) -> bytes:
    """A file's content, or what an https address answers within 3 seconds. Raises OSError."""
    if not place.startswith("https://"):
        return Path(place).read_bytes()
    with urlopen(place, timeout=3) as answer:
        content: bytes = answer.read(1 << 20)
        return content


class IdTokens:
    """Verifies signature, issuer, audience, time and, where one is set, the e-mail of the account."""

    def __init__(self, audience: str, email: str | None, certificates: str, fetched: Fetch = fetch) -> None:
        self._audience, self._email = audience, email
        self._place, self._fetch = certificates, fetched
        self._lock = Lock()
        self._certificates: Mapping[str, Any] = {}
        self._since = -KEPT

    def refusal(self, token: str) -> str | None:
        """Why a token does not hold; None where it does. May wait for certificates. Raises OSError without any."""
        try:
            key = str(jwt.decode_header(token).get("kid"))  # type: ignore[no-untyped-call]
            claims = jwt.decode(  # type: ignore[no-untyped-call]
                token, certs=self._known(key), audience=self._audience, clock_skew_in_seconds=_SLACK
            )
        except (GoogleAuthError, ValueError):
            return "token"
        if claims.get("iss") not in ISSUERS:
            return "issuer"
        if self._email is not None and (claims.get("email") != self._email or claims.get("email_verified") is not True):
            return "email"
        return None

    def _known(self, key: str) -> Mapping[str, Any]:
        with self._lock:
            age = monotonic() - self._since
            if age > KEPT or (key not in self._certificates and age > AGAIN):
                self._certificates = json.loads(self._fetch(self._place))
                self._since = monotonic()
            return self._certificates
