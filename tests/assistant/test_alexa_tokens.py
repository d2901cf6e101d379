from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assistant.web.tokens import JwtReader
from tests.assistant.amazon import SECRET, token
from tests.shops import NOW

READER = JwtReader(SECRET, "HS256", issuer="https://id.example", audience="handla")
OURS = {"iss": "https://id.example", "aud": "handla"}


def test_a_token_of_ours_names_its_customer() -> None:
    assert READER.customer(token("C001", **OURS), NOW) == "C001"


@pytest.mark.parametrize(
    "wrong",
    [
        token("C001", NOW - timedelta(seconds=1), **OURS),
        token("C001", iss="https://evil.example", aud="handla"),
        token("C001", iss="https://id.example", aud="another"),
        token("C001"),
        token("", **OURS),
        token("C001", nbf=NOW + timedelta(minutes=1), **OURS),
        jwt.encode({"sub": "C001", **OURS}, SECRET, "HS256"),
        jwt.encode(
            {"sub": "C001", "exp": NOW + timedelta(days=1), **OURS}, "another secret of the same length ...", "HS256"
        ),
        jwt.encode({"sub": "C001", "exp": NOW + timedelta(days=1), **OURS}, None, "none"),
        "",
        "a.b.c",
        "\ud800",
    ],
)
def test_any_other_token_names_nobody(wrong: str) -> None:
    assert READER.customer(wrong, NOW) is None


def test_a_public_key_is_never_taken_for_a_shared_secret() -> None:
    private = generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    claims: dict[str, Any] = {"sub": "C001", "exp": NOW + timedelta(days=1)}
    reader = JwtReader(public, "RS256")
    assert reader.customer(jwt.encode(claims, private, "RS256"), NOW) == "C001"
    assert reader.customer(token("C001"), NOW) is None
