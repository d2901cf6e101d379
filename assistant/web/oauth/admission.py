"""Who is let in to /mcp, as the settings say: by the merchant's OpenID provider, or by the server built in."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter

from assistant.records.clients import Clients
from assistant.records.grants import Grants
from assistant.settings import AgentsSettings
from assistant.surfaces.agents.callers import WhoAsks
from assistant.web.door import Door
from assistant.web.oauth import resource, routes
from assistant.web.oauth.keys import key_file, signing_key
from assistant.web.oauth.resource import BearerTokens, Resource, provider_tokens
from assistant.web.oauth.server import BuiltIn, Issuer
from assistant.web.tokens import Claims


def open_admission(door: Door, clients: Clients, grants: Grants) -> tuple[WhoAsks, list[APIRouter]]:
    """What reads tokens, and the routes that lead programs to one. `agents.url` is set. Raises BadSettings."""
    settings = door.settings.agents
    of = protected(settings)

    def knows(customer: str) -> bool:
        return door.assistant.shop.customer(customer) is not None

    def alive(claims: Claims) -> bool:
        return grants.alive(claims["client_id"], claims.get("grant"))

    if settings.issuer or settings.jwks:
        tokens = provider_tokens(settings, of.url)
        who = BearerTokens(of, tokens, settings.customer_claim, settings.scope_claim, knows, lambda _: True)
        return who, [resource.routes(of)]
    issuer = Issuer(
        resource=of,
        key=signing_key(key_file(door.settings)),
        token_lasts=timedelta(seconds=settings.token_lasts),
        link_lasts=timedelta(days=settings.link_lasts),
        now=door.now,
    )
    who = BearerTokens(of, issuer.tokens(), "sub", "scope", knows, alive)
    return who, [resource.routes(of), routes.routes(door, BuiltIn(issuer, clients, grants))]


def protected(settings: AgentsSettings) -> Resource:
    """The resource at `agents.url`; the server built in is called by that address's host."""
    url = settings.url or ""
    parts = urlsplit(url)
    return Resource(url, settings.issuer or f"{parts.scheme}://{parts.netloc}", settings.challenge)
