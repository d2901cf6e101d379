"""What the built-in authorisation server lets programs do, as Authlib asks about it: grants, PKCE, revocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from uuid import uuid4

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc6749.errors import UnsupportedTokenTypeError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from assistant.records.clients import Client
from assistant.records.grants import Code, Grant
from assistant.surfaces.agents.callers import SCOPES
from assistant.web.guards import hashed

CODE_LASTS = timedelta(seconds=60)
METHODS = ["client_secret_basic", "client_secret_post", "none"]
"""How a program may prove which one it is; none: it has no secret, and PKCE has to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """A registered client, as Authlib asks about it."""

    record: Client

    @property
    def client_id(self) -> str:
        return self.record.id

    def get_default_redirect_uri(self) -> None:
        """None: it must be said each time."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = scope.split() if scope else SCOPES
        return " ".join(one for one in SCOPES if one in asked) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.record.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return self.record.secret is not None and compare_digest(hashed(client_secret), self.record.secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return (method == "none") == (self.record.secret is None)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and bool(self.record.redirects)

    def check_grant_type(self, grant_type: str) -> bool:
        if grant_type == ServiceGrant.GRANT_TYPE:
            return self.record.service and self.record.secret is not None
        return bool(self.record.redirects)


class S256(CodeChallenge):
    """PKCE for every program, whether it has a secret or not, and by S256 only (OAuth 2.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is needed: code_challenge and code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)


def check_resource_asked(grant: Any) -> None:
    grant.register_hook(
        "after_validate_authorization_request_payload", lambda grant, _: grant.server.check_resource(grant.request)
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A code that was used up, as Authlib asks about it."""

    code: Code
    code_challenge_method: str = "S256"

    @property
    def code_challenge(self) -> str:
        return self.code.challenge

    def get_redirect_uri(self) -> str:
        return self.code.redirect

    def get_scope(self) -> str:
        return self.code.grant.scope


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        consent, now = request.user, self.server.issuer.now()
        grant = Grant(uuid4().hex, request.client.client_id, consent.customer_id, consent.scope, now)
        asked = request.payload.data
        kept = Code(hashed(code), grant, asked["redirect_uri"], asked["code_challenge"], now + CODE_LASTS)
        self.server.given.open(kept)

    def query_authorization_code(self, code: str, client: Known) -> _Taken | None:
        """Whatever is wrong with the rest of the request: a code that was shown is used up."""
        found = self.server.given.take_code(hashed(code), client.client_id, self.server.issuer.now())
        return _Taken(found) if found else None

    def delete_authorization_code(self, authorization_code: _Taken) -> None:
        """It is used up, and kept until its grant ends: shown again, it ends it."""

    def authenticate_user(self, authorization_code: _Taken) -> Grant:
        return authorization_code.code.grant


@dataclass(frozen=True, slots=True)
class _Refreshed:
    """A refresh token that was used up, as Authlib asks about it."""

    grant: Grant

    def check_client(self, client: Known) -> bool:
        return self.grant.client_id == client.client_id

    def get_scope(self) -> str:
        return self.grant.scope


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> _Refreshed | None:
        client, now = self.request.client.client_id, self.server.issuer.now()
        grant = self.server.given.take_refresh_token(hashed(refresh_token), client, now)
        return _Refreshed(grant) if grant else None

    def authenticate_user(self, refresh_token: _Refreshed) -> Grant:
        return refresh_token.grant

    def revoke_old_credential(self, refresh_token: _Refreshed) -> None:
        """It is used up already."""


class ServiceGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS[:2]


class Revocation(RevocationEndpoint):
    """Ends what the token was given out for: whoever revokes one token of a link wants no other of it."""

    CLIENT_AUTH_METHODS = METHODS

    def authenticate_token(self, request: OAuth2Request, client: Known) -> str | None:
        self.check_params(request, client)
        token = request.form["token"]
        claims = self.server.issuer.tokens().claims(token, self.server.issuer.now())
        if claims is None:
            found: str | None = self.server.given.behind(hashed(token), client.client_id)
            return found
        if "grant" not in claims:
            raise UnsupportedTokenTypeError()
        return claims["grant"] if claims["client_id"] == client.client_id else None

    def revoke_token(self, token: str, request: OAuth2Request) -> None:
        del request
        self.server.given.end(token)
