"""ID tokens that Google signs for its service agents."""

from __future__ import annotations

import json
from typing import Any

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

from assistant.web.kept import Fetch, KeptKeys, fetch

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
_SLACK = 30
"""Seconds that clocks may differ."""


class IdTokens:
    """Verifies signature, issuer, audience, time and, where one is set, the e-mail of the account."""

    def __init__(self, audience: str, email: str | None, certificates: str, fetched: Fetch = fetch) -> None:
        """`certificates`: a place with JSON, key id -> PEM."""
        self._audience, self._email = audience, email
        self._certificates: KeptKeys[Any] = KeptKeys(certificates, json.loads, fetched)

    def refusal(self, token: str) -> str | None:
        """Why a token does not hold; None where it does. May wait for certificates. Raises OSError without any."""
        try:
            key = str(jwt.decode_header(token).get("kid"))  # type: ignore[no-untyped-call]
            claims = jwt.decode(  # type: ignore[no-untyped-call]
                token, certs=self._certificates.known(key), audience=self._audience, clock_skew_in_seconds=_SLACK
            )
        except (GoogleAuthError, ValueError):
            return "token"
        if claims.get("iss") not in ISSUERS:
            return "issuer"
        if self._email is not None and (claims.get("email") != self._email or claims.get("email_verified") is not True):
            return "email"
        return None
