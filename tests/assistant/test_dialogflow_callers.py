"""Who may call Dialogflow's webhooks: by password, by secret, by a token that Google signed."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

from assistant.web.guards import hashed
from assistant.web.id_tokens import IdTokens
from tests.assistant.served import served
from tests.assistant.test_dialogflow import ASKED, asked_cx, asked_es
from tests.shops import Shops

EMAIL = "service-7@gcp-sa-dialogflow.iam.gserviceaccount.com"
AUDIENCE = "https://shop.example/dialogflow/cx"


class Google:
    """Signs ID tokens with keys of its own, and publishes their certificates."""

    def __init__(self, folder: Path) -> None:
        self.certificates = folder / "certificates.json"
        self._keys = {name: rsa.generate_private_key(65537, 2048) for name in ("k1", "rogue")}
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        now = datetime.now(UTC)
        key = self._keys["k1"]
        draft = x509.CertificateBuilder(
            name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
        )
        pem = draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
        self.certificates.write_text(json.dumps({"k1": pem}))

    def token(self, key: str = "k1", signed_by: str = "k1", **claims: Any) -> str:
        now = int(time.time())
        content = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": EMAIL, "email_verified": True}
        content |= {"iat": now, "exp": now + 3600, **claims}
        pem = self._keys[signed_by].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signed: bytes = jwt.encode(crypt.RSASigner.from_string(pem, key), content)
        return signed.decode()


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Google:
    return Google(tmp_path_factory.mktemp("google"))


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


WAYS = {
    "user": "agent",
    "password": hashed("right"),
    "header": "X-Handla-Secret",
    "secret": hashed("secret"),
    "audience": AUDIENCE,
    "email": EMAIL,
}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (basic("agent", "right"), 200),
        (basic("agent", "wrong"), 401),
        (basic("other", "right"), 401),
        ({"authorization": "Basic %%%"}, 401),
        ({"x-handla-secret": "secret"}, 200),
        ({"x-handla-secret": "wrong"}, 401),
        ({"authorization": "Bearer nonsense"}, 401),
    ],
)
def test_an_agent_proves_itself_by_password_or_secret(
    shops: Shops, google: Google, headers: dict[str, str], status: int
) -> None:
    settings = {**WAYS, "certificates": str(google.certificates)}
    with served(shops.assistant(), dialogflow=settings) as client:
        for edition in ("es", "cx"):
            reply = client.post(f"/dialogflow/{edition}", json=ASKED[edition]("hello"), headers=headers)
            assert reply.status_code == status
        rejected = 'handla_rejections_total{door="dialogflow",reason="' in client.get("/metrics").text
        assert rejected == (status == 401)


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({}, None),
        ({"signed_by": "rogue"}, "token"),
        ({"key": "unknown"}, "token"),
        ({"aud": "https://shop.example/other"}, "token"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"email": "someone@evil.example"}, "email"),
        ({"email_verified": False}, "email"),
        ({"iat": 1_000, "exp": 2_000}, "token"),
    ],
)
def test_an_id_token_must_be_googles_for_this_webhook_from_that_account(
    google: Google, claims: dict[str, Any], refusal: str | None
) -> None:
    tokens = IdTokens(AUDIENCE, EMAIL, str(google.certificates))
    assert tokens.refusal(google.token(**claims)) == refusal


def test_certificates_are_fetched_once_not_for_every_token(google: Google) -> None:
    fetched: list[str] = []

    def fetch(place: str) -> bytes:
        fetched.append(place)
        return google.certificates.read_bytes()

    tokens = IdTokens(AUDIENCE, None, "https://certificates.example", fetch)
    assert [tokens.refusal(google.token(key=key)) for key in ("k1", "k1", "unknown", "unknown")].count(None) == 2
    assert fetched == ["https://certificates.example"]


def test_a_token_is_enough_and_missing_certificates_let_nobody_in(shops: Shops, google: Google, tmp_path: Path) -> None:
    headers = {"authorization": f"Bearer {google.token()}"}
    for certificates, status in ((google.certificates, 200), (tmp_path / "none.json", 401)):
        settings = {"audience": AUDIENCE, "certificates": str(certificates)}
        with served(shops.assistant(), dialogflow=settings) as client:
            assert client.post("/dialogflow/cx", json=asked_cx("hello"), headers=headers).status_code == status


def test_without_any_way_only_this_machine_is_answered(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        reply = client.post("/dialogflow/es", json=asked_es("hello"), headers={"host": "shop.example"})
    assert reply.status_code == 401
