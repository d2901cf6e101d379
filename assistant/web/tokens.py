"""Linked accounts: the access token of the merchant's own sign-in -> the customer it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import jwt

SECRET = ("HS256", "HS384", "HS512")
"""Algorithms whose key is a shared secret."""
ALGORITHMS = (*SECRET, "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


class TokenReader(Protocol):
    def customer(self, token: str, now: datetime) -> str | None:
        """The customer's id; None for a token that does not hold."""
        ...


@dataclass(frozen=True, slots=True)
class JwtReader:
    """JSON Web Tokens (RFC 7519) that the merchant's authorisation server signs."""

    key: str
    """A shared secret, or a public key in PEM."""
    algorithm: str
    """One of ALGORITHMS; no other is accepted, whatever a token says of itself."""
    issuer: str | None = None
    audience: str | None = None
    claim: str = "sub"
    """The claim that holds the customer's id."""

    def customer(self, token: str, now: datetime) -> str | None:
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[self.algorithm],
                issuer=self.issuer,
                audience=self.audience,
                options={
                    "require": ["exp", self.claim],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": self.audience is not None,
                },
            )
        except (jwt.PyJWTError, UnicodeError):
            return None
        expires, begins, customer = claims["exp"], claims.get("nbf", 0), claims[self.claim]
        times = isinstance(expires, int | float) and isinstance(begins, int | float)
        if not times or not begins <= now.timestamp() < expires:
            return None
        return customer if isinstance(customer, str) and customer else None


@dataclass(frozen=True, slots=True)
class NoTokens:
    """Where no accounts are linked, everybody is a guest."""

    def customer(self, token: str, now: datetime) -> str | None:
        del token, now
        return None
