"""Whose access tokens are taken at /mcp, of the merchant's own OpenID provider as well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assistant.settings import AgentsSettings, BadSettings
from assistant.surfaces.agents.callers import BUY, PERSONAL, READ, Caller, Unauthorised
from assistant.web.oauth.admission import protected
from assistant.web.oauth.resource import BearerTokens, provider_tokens
from tests.shops import NOW

ISSUER = "https://id.example/"
URL = "https://shop.example/mcp"
RSA = rsa_key(65537, 2048)
EC = ec_key(SECP256R1())
OTHER = ec_key(SECP256R1())
PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
ALGORITHMS: Mapping[str, Any] = jwt.algorithms.get_default_algorithms()


def jwk(key: Any, name: str, algorithm: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(ALGORITHMS[algorithm].to_jwk(key.public_key()))
    return {**made, "kid": name, "use": "sig", "alg": algorithm}


SET = json.dumps({"keys": [jwk(RSA, "r1", "RS256"), jwk(EC, "e1", "ES256")]}).encode()


def token(key: Any = RSA, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **differs: Any) -> str:
    claims = {
        "iss": ISSUER,
        "aud": URL,
        "sub": "C001",
        "exp": NOW + timedelta(minutes=5),
        "client_id": "agent",
        "scope": f"{READ} {PERSONAL} openid",
        **differs,
    }
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, algorithm, headers={"kid": "r1", "typ": "at+jwt"} | (headers or {}))


def who_asks(fetched: Callable[[str], bytes] = lambda _: SET, **settings: Any) -> Callable[[str | None], Any]:
    values = AgentsSettings(url=URL, issuer=ISSUER, jwks="https://id.example/jwks", **settings)
    tokens = provider_tokens(values, URL, fetched)
    customers = ("C001", "C002")
    who = BearerTokens(
        protected(values), tokens, values.customer_claim, values.scope_claim, customers.__contains__, lambda _: True
    )
    return lambda header: asyncio.run(who(header, NOW))


def test_a_token_of_the_provider_names_program_and_customer() -> None:
    caller = who_asks()(f"Bearer {token()}")
    assert isinstance(caller, Caller)
    assert (caller.client_id, caller.customer_id, caller.scopes) == ("agent", "C001", {READ, PERSONAL})
    assert caller.expires_at == NOW + timedelta(minutes=5)
    assert isinstance(who_asks()(f"bearer {token(EC, 'ES256', {'kid': 'e1'})}"), Caller)


@pytest.mark.parametrize(
    "wrong",
    [
        token(aud="https://elsewhere.example/mcp"),
        token(aud=None),
        token(iss="https://evil.example/"),
        token(exp=NOW),
        token(exp=None),
        token(nbf=NOW + timedelta(minutes=1)),
        token(OTHER, "ES256", {"kid": "e1"}),
        token(EC, "ES256", {"kid": "r1"}),
        token(headers={"kid": "unknown"}),
        token(headers={"typ": "dpop+jwt"}),
        token("", "none"),
        token("a shared secret of thirty-two bytes or more", "HS256"),
        "a.b.c",
        "\ud800",
        "ö",
    ],
)
def test_any_other_token_is_refused_with_a_challenge(wrong: str) -> None:
    refused = who_asks()(f"Bearer {wrong}")
    assert isinstance(refused, Unauthorised)
    assert refused.status == 401
    assert refused.challenge is not None
    assert 'error="invalid_token"' in refused.challenge


def test_the_public_key_is_never_taken_for_a_shared_secret() -> None:
    import base64
    import hashlib
    import hmac

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": ISSUER, "aud": URL, "sub": "C001", "exp": int(NOW.timestamp()) + 60, "client_id": "agent"}
    said = f"{part({'alg': 'HS256', 'kid': 'r1', 'typ': 'at+jwt'})}.{part(claims)}"
    signed = base64.urlsafe_b64encode(hmac.new(PEM, said.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    assert isinstance(who_asks()(f"Bearer {said}.{signed}"), Unauthorised)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer\ttoken"])
def test_without_a_token_the_challenge_says_where_to_get_one(header: str | None) -> None:
    refused = who_asks()(header)
    assert isinstance(refused, Unauthorised)
    assert (
        refused.challenge == 'Bearer resource_metadata="https://shop.example/.well-known/oauth-protected-resource/mcp"'
    )


def test_for_alexa_there_is_no_challenge_of_who_shows_no_good_token() -> None:
    silent = who_asks(challenge=False)
    for header in (None, f"Bearer {token(exp=NOW)}"):
        refused = silent(header)
        assert isinstance(refused, Unauthorised)
        assert refused.challenge is None


def test_claims_of_other_names_and_lists_of_scopes_are_read_as_the_settings_say() -> None:
    read = who_asks(customer_claim="https://shop.example/customer", scope_claim="scp", audience="api://shop")
    made = token(
        aud=["api://shop", "x"], sub="auth0|7", scp=[READ, BUY], scope=None, **{"https://shop.example/customer": "C002"}
    )
    caller = read(f"Bearer {made}")
    assert isinstance(caller, Caller)
    assert (caller.customer_id, caller.scopes) == ("C002", {READ, BUY})


@pytest.mark.parametrize("subject", ["agent", "nobody", None, 7])
def test_a_token_for_nobody_of_the_shop_reads_only(subject: object) -> None:
    caller = who_asks()(f"Bearer {token(sub=subject, scope=f'{READ} {PERSONAL} {BUY}')}")
    if subject == 7:  # RFC 7519: a subject is a text
        assert isinstance(caller, Unauthorised)
        return
    assert isinstance(caller, Caller)
    assert (caller.customer_id, caller.scopes) == (None, {READ})


def test_keys_are_fetched_once_and_again_only_for_an_unknown_one() -> None:
    asked: list[str] = []

    def fetched(place: str) -> bytes:
        asked.append(place)
        return SET

    who = who_asks(fetched)
    for _ in range(3):
        assert isinstance(who(f"Bearer {token()}"), Caller)
    assert isinstance(who(f"Bearer {token(headers={'kid': 'new'})}"), Unauthorised)
    assert asked == ["https://id.example/jwks"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"<html>", None])
def test_nobody_is_let_in_while_the_keys_cannot_be_had(content: bytes | None) -> None:
    def fetched(_: str) -> bytes:
        if content is None:
            raise OSError("no route to host")
        return content

    assert isinstance(who_asks(fetched)(f"Bearer {token()}"), Unauthorised)


@pytest.mark.parametrize("missing", ["jwks", "issuer"])
def test_a_provider_needs_its_name_and_the_place_of_its_keys(missing: str) -> None:
    known = {"issuer": ISSUER, "jwks": "https://id.example/jwks"}
    del known[missing]
    with pytest.raises(BadSettings, match=f"agents.{missing}"):
        provider_tokens(AgentsSettings(url=URL, **known), URL)
