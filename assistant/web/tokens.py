"""JSON Web Tokens: of linked Alexa accounts, and access tokens of programs that use the shop's tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import jwt

SECRET = ("HS256", "HS384", "HS512")
"""Algorithms whose key is a shared secret."""
PUBLIC = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Algorithms whose key is public."""
SLACK = 30
"""Seconds that an issuer's clock may be ahead."""
Claims = Mapping[str, Any]
Jwk = Mapping[str, Any]
"""A key as RFC 7517 writes it."""


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
    """Of SECRET or PUBLIC; no other is accepted, whatever a token says of itself."""
    issuer: str | None = None
    audience: str | None = None
    claim: str = "sub"
    """The claim that holds the customer's id."""
    scope: str | None = None
    """What a token must be good for."""

    def customer(self, token: str, now: datetime) -> str | None:
        claims = _claims(token, self.key, (self.algorithm,), _Expected(self.issuer, self.audience, (self.claim,)), now)
        if claims is None or (self.scope and self.scope not in scopes(claims.get("scope"))):
            return None
        customer = claims[self.claim]
        return customer if isinstance(customer, str) and customer else None


@dataclass(frozen=True, slots=True)
class NoTokens:
    """Where no accounts are linked, everybody is a guest."""

    def customer(self, token: str, now: datetime) -> str | None:
        del token, now
        return None


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Access tokens of an authorisation server, by its public keys (RFC 9068)."""

    issuer: str
    audience: str
    """The one resource a token must be made out to."""
    keys: Callable[[str], Mapping[str, Jwk]]
    """The issuer's keys by their ids; that id is asked for. Raises OSError and ValueError where there are none."""
    typed: bool
    """Whether a token must say that it is an access token, as RFC 9068 wants; many issuers write JWT only."""

    def claims(self, token: str, now: datetime) -> Claims | None:
        """What a token says; None for one that does not hold. Raises OSError and ValueError as `keys` does."""
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, UnicodeError):
            return None
        kind = str(header.get("typ", "")).lower().removeprefix("application/")
        if kind != "at+jwt" and (self.typed or kind not in ("", "jwt")):
            return None
        known = self.keys(str(header.get("kid")))
        found = known.get(str(header.get("kid")))
        if found is None and "kid" not in header and len(known) == 1:
            found = next(iter(known.values()))
        if found is None:
            return None
        try:
            key = jwt.PyJWK.from_dict(dict(found))
        except jwt.PyJWTError:
            return None
        return _claims(token, key, PUBLIC, _Expected(self.issuer, self.audience), now)


def key_set(content: bytes) -> dict[str, Jwk]:
    """The signing keys of a JSON Web Key Set (RFC 7517) by their ids. Raises ValueError."""
    read = json.loads(content)
    keys = read.get("keys") if isinstance(read, dict) else None
    if not isinstance(keys, list):
        raise ValueError("not a JSON Web Key Set: it has no list `keys`")
    return {str(key.get("kid")): key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"}


def scopes(said: object) -> list[str]:
    """Of one text with spaces (RFC 9068), or of a list, as some issuers write it."""
    if isinstance(said, str):
        return said.split()
    return [str(one) for one in said] if isinstance(said, list) else []


@dataclass(frozen=True, slots=True)
class _Expected:
    issuer: str | None
    audience: str | None
    there: Sequence[str] = ()
    """Claims that must be there beside `exp`."""


def _claims(
    token: str, key: str | jwt.PyJWK, algorithms: Sequence[str], expected: _Expected, now: datetime
) -> Claims | None:
    try:
        claims: Claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=expected.issuer,
            audience=expected.audience,
            options={
                "require": ["exp", *expected.there],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": expected.audience is not None,
            },
        )
    except (jwt.PyJWTError, UnicodeError):
        return None
    expires, begins = claims["exp"], claims.get("nbf", 0)
    times = isinstance(expires, int | float) and isinstance(begins, int | float)
    return claims if times and begins - SLACK <= now.timestamp() < expires else None
