"""The small authorisation server built in, on Authlib: for merchants who have no OpenID provider of their own.

Authorisation codes with PKCE S256 (RFC 7636), refresh tokens that change each time, client credentials for programs
themselves, revocation (RFC 7009), one resource (RFC 8707). Authlib knows the protocol, assistant.records what was given
out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from assistant.records.clients import Client, Clients
from assistant.records.grants import Grant, Grants
from assistant.surfaces.agents.callers import READ
from assistant.web.guards import hashed
from assistant.web.oauth.flows import (
    S256,
    CodeGrant,
    Known,
    RefreshGrant,
    Revocation,
    ServiceGrant,
    check_resource_asked,
)
from assistant.web.oauth.keys import SigningKey
from assistant.web.oauth.resource import Resource
from assistant.web.tokens import AccessTokens

logging.getLogger("authlib").setLevel(logging.INFO)  # below that it logs tokens


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the protocol sees it."""

    method: str
    url: str
    """Without its query."""
    fields: Sequence[tuple[str, str]]
    """Of the query, or of the form in the body."""
    authorization: str = ""

    @classmethod
    def of(cls, method: str, url: str, encoded: str, authorization: str = "") -> Asked:
        """Raises ValueError for what no client sends: too many fields, or characters that cannot be printed."""
        fields = parse_qsl(encoded, keep_blank_values=True, max_num_fields=40, errors="strict")
        if not all(name.isprintable() and value.isprintable() for name, value in fields):
            raise ValueError("a field holds characters that cannot be printed")
        return cls(method, url, fields, authorization)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    """Names in lower case."""


UNREADABLE = Answer(400, {"error": "invalid_request", "error_description": "The request cannot be read."}, {})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program asks a customer for."""

    client: Client
    redirect: str
    """Where the customer is sent back to: one of the client's."""
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer agreed to."""

    customer_id: str
    scope: str
    """With spaces between; no more than was asked for."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives out tokens, for what, and for how long."""

    resource: Resource
    key: SigningKey
    token_lasts: timedelta
    link_lasts: timedelta
    """Of a refresh token; each use begins anew."""
    now: Callable[[], datetime]

    def tokens(self) -> AccessTokens:
        """Reads what it gave out."""
        public = {self.key.id: self.key.public()}
        return AccessTokens(self.resource.issuer, self.resource.url, lambda _: public, typed=True)


class BuiltIn(AuthorizationServer):
    """The protocol's three endpoints as functions: `wanted` and `sent_back`, `create_token_response`, `revoke`."""

    def __init__(self, issuer: Issuer, clients: Clients, given: Grants) -> None:
        super().__init__()
        self.issuer, self.clients, self.given = issuer, clients, given
        self.register_grant(CodeGrant, [S256(), check_resource_asked])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceGrant)
        self.register_endpoint(Revocation)
        self.register_token_generator("default", self._new_token)

    def wanted(self, asked: Asked) -> Wanted | Answer:
        """What a program asks for; or the answer to a request that is refused.

        Without `location` that answer must be shown: the address to go back to may not be the program's.
        """
        try:
            grant = self.get_consent_grant(asked)
        except OAuth2Error as error:
            return self._with_issuer(self.handle_error_response(None, error))
        except ValueError:  # Authlib cannot put into words what it was given
            return UNREADABLE
        return Wanted(grant.request.client.record, grant.redirect_uri, tuple(grant.request.scope.split()))

    def sent_back(self, asked: Asked, consent: Consent | None) -> Answer:
        """Back to the program, with a code for what the customer agreed to, or the news that they did not."""
        grant = self.get_consent_grant(asked)
        return self._with_issuer(self.create_authorization_response(grant.request, consent, grant))

    def create_token_response(self, request: Asked) -> Answer:
        try:
            self.check_resource(_Request(request))
            answer: Answer = super().create_token_response(request)
        except OAuth2Error as error:
            answer = self.handle_error_response(None, error)
        except ValueError:  # as above
            answer = UNREADABLE
        return answer

    def revoke(self, asked: Asked) -> Answer:
        try:
            answer: Answer = self.create_endpoint_response(Revocation.ENDPOINT_NAME, asked)
        except ValueError:  # as above
            answer = UNREADABLE
        return answer

    def check_resource(self, request: OAuth2Request) -> None:
        """RFC 8707: there is only this resource, with or without a slash at its end. Raises OAuth2Error."""
        named = request.payload.datalist.get("resource", [])
        if any(one.rstrip("/") != self.issuer.resource.url for one in named):
            raise OAuth2Error("This server gives out tokens for its own resource only.", error="invalid_target")

    def _with_issuer(self, answer: Answer) -> Answer:
        """RFC 9207: who sent the customer back, against mixing up two servers."""
        location = answer.headers.get("location")
        if not location:
            return answer
        named = add_params_to_uri(location, {"iss": self.issuer.resource.issuer})
        return Answer(answer.status, answer.body, {**answer.headers, "location": named})

    def _new_token(self, *, client: Known, user: Grant | None, scope: str | None, **how: Any) -> Mapping[str, Any]:
        """RFC 9068. Without a customer it is the program's own, and reads what everybody may."""
        issuer, now = self.issuer, int(self.issuer.now().timestamp())
        lasts = int(issuer.token_lasts.total_seconds())
        if user is None and READ not in (scope or READ).split():
            raise InvalidScopeError(f"For itself a program may have {READ} only.")
        scope = scope if user and scope else READ
        claims = {
            "iss": issuer.resource.issuer,
            "sub": user.customer_id if user else client.client_id,
            "aud": issuer.resource.url,
            "iat": now,
            "exp": now + lasts,
            "jti": uuid4().hex,
            "client_id": client.client_id,
            "scope": scope,
        }
        token = {
            "token_type": "Bearer",
            "access_token": issuer.key.sign(claims | ({"grant": user.id} if user else {})),
            "expires_in": lasts,
            "scope": scope,
        }
        return token | ({"refresh_token": token_urlsafe(32)} if how.get("include_refresh_token") else {})

    # What Authlib asks of who uses it

    def query_client(self, client_id: str) -> Known | None:
        found = self.clients.find(client_id)
        return Known(found) if found else None

    def create_oauth2_request(self, request: Asked) -> OAuth2Request:
        return _Request(request)

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        return Answer(status, body or {}, {name.lower(): value for name, value in headers})

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        refresh, until = token.get("refresh_token"), self.issuer.now() + self.issuer.link_lasts
        if refresh and not self.given.put_refresh_token(hashed(refresh), request.user.id, until):
            raise InvalidGrantError("The link was ended meanwhile.")


class _Request(OAuth2Request):
    def __init__(self, asked: Asked) -> None:
        super().__init__(asked.method, asked.url, headers={"Authorization": asked.authorization})
        lists: dict[str, list[str]] = {}
        for name, value in asked.fields:
            lists.setdefault(name, []).append(value)
        self.payload = BasicOAuth2Payload({name: values[0] for name, values in lists.items()})
        self.payload.datalist.update(lists)

    @property
    def form(self) -> Mapping[str, str]:
        fields: Mapping[str, str] = self.payload.data
        return fields
