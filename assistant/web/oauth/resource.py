"""The resource server's half of OAuth: the Authorization header of /mcp -> who asks (RFC 6750, RFC 9728)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from assistant.settings import AgentsSettings, BadSettings
from assistant.surfaces.agents.callers import READ, SCOPES, Caller, Scope, Unauthorised
from assistant.web.guards import hashed
from assistant.web.kept import Fetch, KeptKeys, fetch
from assistant.web.tokens import AccessTokens, Claims, Jwk, key_set, scopes

WELL_KNOWN = "/.well-known/oauth-protected-resource"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resource:
    """What the tokens are for."""

    url: str
    """Of /mcp, without a slash at its end."""
    issuer: str
    """Who gives out the tokens."""
    challenge: bool
    """Whether who shows no good token is told where to get one."""

    @property
    def metadata_url(self) -> str:
        """RFC 9728, section 3.1: the path of the resource comes last."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path}"

    def metadata(self) -> dict[str, Any]:
        """RFC 9728, section 2."""
        return {
            "resource": self.url,
            "authorization_servers": [self.issuer],
            "scopes_supported": list(SCOPES),
            "bearer_methods_supported": ["header"],
            "resource_name": "Handla",
        }

    def refusal(self, status: Literal[401, 403], reason: str, error: str = "", scope: str = "") -> Unauthorised:
        """`error` is one of RFC 6750, section 3.1; none where no token was shown at all."""
        told = {"error": error, "error_description": reason if error else "", "scope": scope}
        parts = [
            f'{name}="{value}"' for name, value in {**told, "resource_metadata": self.metadata_url}.items() if value
        ]
        silent = status == 401 and not self.challenge
        return Unauthorised(status, reason, None if silent else f"Bearer {', '.join(parts)}")


@dataclass(frozen=True, slots=True)
class BearerTokens:
    """`callers.WhoAsks` by access tokens."""

    resource: Resource
    tokens: AccessTokens
    customer_claim: str
    scope_claim: str
    knows: Callable[[str], bool]
    """Whether the shop has that customer."""
    alive: Callable[[Claims], bool]
    """Whether what a token was given for still holds; asked once everything else does."""

    async def __call__(self, authorization: str | None, now: datetime) -> Caller | Unauthorised:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return self.resource.refusal(401, "send an access token: Authorization: Bearer ...")
        return await run_in_threadpool(self._caller, token.strip(), now)

    def lacking(self, scope: Scope) -> Unauthorised:
        """RFC 6750, section 3.1: the refusal of a token that is good, but not for this."""
        return self.resource.refusal(403, f"this needs the scope {scope}", "insufficient_scope", scope)

    def _caller(self, token: str, now: datetime) -> Caller | Unauthorised:
        try:
            claims = self.tokens.claims(token, now)
        except (OSError, ValueError):
            _log.exception("the keys of %s cannot be read (setting agents.jwks)", self.tokens.issuer)
            claims = None
        if claims is None or not self.alive(claims):
            return self.resource.refusal(401, "the access token is wrong, over or revoked", "invalid_token")
        client = str(claims.get("client_id") or claims.get("azp") or "")
        customer = self._customer(claims, client)
        given = frozenset(scopes(claims.get(self.scope_claim))) & frozenset(SCOPES)
        return Caller(
            client_id=client,
            customer_id=customer,
            scopes=given if customer else given & {READ},
            token=hashed(token),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )

    def _customer(self, claims: Claims, client: str) -> str | None:
        """Whose token it is. A program's own has the program as its subject (RFC 9068, section 2.2)."""
        customer = claims.get(self.customer_claim)
        if not isinstance(customer, str) or not customer or customer == client:
            return None
        return customer if self.knows(customer) else None


def provider_tokens(settings: AgentsSettings, url: str, fetched: Fetch = fetch) -> AccessTokens:
    """Tokens of the OpenID provider that the settings name. Raises BadSettings."""
    if not settings.issuer:
        raise BadSettings("setting agents.issuer: name whose keys agents.jwks holds, as the provider's tokens write it")
    if not settings.jwks:
        raise BadSettings("setting agents.jwks: name the place of the provider's keys, as its metadata calls jwks_uri")
    keys: KeptKeys[Jwk] = KeptKeys(settings.jwks, key_set, fetched)
    return AccessTokens(settings.issuer, settings.audience or url, keys.known, typed=False)


def routes(resource: Resource) -> APIRouter:
    """The metadata by which a client finds out who gives tokens; also without the path, where some look first."""
    router = APIRouter(include_in_schema=False)

    @router.get(WELL_KNOWN + urlsplit(resource.url).path)
    @router.get(WELL_KNOWN)
    def metadata() -> dict[str, Any]:
        return resource.metadata()

    return router
