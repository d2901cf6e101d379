"""Amazon's side of a skill: a certificate authority of our own, signed requests, and a device that keeps a session."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import ResponseEnvelope
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    DNSName,
    ExtendedKeyUsage,
    KeyUsage,
    Name,
    NameAttribute,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
    random_serial_number,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.surfaces.alexa.responses import LARGEST, size
from assistant.web import alexa
from assistant.web.alexa import Outside
from assistant.web.amazon import Progress
from assistant.web.answering import Answering
from assistant.web.door import Door
from assistant.web.metrics import Metrics
from assistant.web.signatures import SIGNER, Verifier
from assistant.web.tokens import JwtReader
from tests.shops import NOW

SKILL = "amzn1.ask.skill.5b7a0d0e-0000-4000-8000-000000000001"
URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem"
SECRET = "a secret of the sign-in server, long enough"
KEY_BITS = 2048
SIGN = KeyUsage(True, False, False, False, False, False, False, False, False)
VOUCH = KeyUsage(False, False, False, False, False, True, True, False, False)


def _named(name: str) -> Name:
    return Name([NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Authority:
    """Who vouches for certificates."""

    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, KEY_BITS))
    name: str = "Root of the tests"

    @property
    def certificate(self) -> Certificate:
        return self._certificate(self.name, self.key, NOW - timedelta(days=999), NOW + timedelta(days=999), None)

    def vouch(self, key: RSAPrivateKey, host: str, begins: datetime, ends: datetime) -> Certificate:
        return self._certificate(host, key, begins, ends, host)

    def _certificate(
        self, name: str, key: RSAPrivateKey, begins: datetime, ends: datetime, host: str | None
    ) -> Certificate:
        ours = AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(ours, critical=False)
            .add_extension(SIGN if host else VOUCH, critical=True)
        )
        if host:
            builder = builder.add_extension(SubjectAlternativeName([DNSName(host)]), critical=False)
            builder = builder.add_extension(ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@dataclass
class Amazon:
    """Signs requests; what it publishes is fetched by URL."""

    authority: Authority = field(default_factory=Authority)
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, KEY_BITS))
    fetched: list[str] = field(default_factory=list)
    published: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.publish(URL)

    def publish(
        self,
        url: str,
        host: str = SIGNER,
        begins: datetime = NOW - timedelta(days=30),
        ends: datetime = NOW + timedelta(days=30),
        by: Authority | None = None,
    ) -> None:
        """A certificate of our key for `host`, with its chain."""
        authority = by or self.authority
        chain = (authority.vouch(self.key, host, begins, ends), authority.certificate)
        self.published[url] = b"".join(one.public_bytes(Encoding.PEM) for one in chain)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        try:
            return self.published[url]
        except KeyError:
            raise OSError(f"{url}: HTTP 404") from None

    def headers(self, body: bytes, url: str = URL) -> dict[str, str]:
        signature = b64encode(self.key.sign(body, PKCS1v15(), hashes.SHA256())).decode()
        return {"Signature-256": signature, "SignatureCertChainUrl": url, "Content-Type": "application/json"}

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.fetch, (self.authority.certificate,))


def token(customer: str, expires: datetime = NOW + timedelta(days=365), **claims: Any) -> str:
    """What the merchant's sign-in gives for a linked account."""
    return jwt.encode({"sub": customer, "exp": expires, **claims}, SECRET, "HS256")


@dataclass
class Clock:
    """Goes on by what a reply takes to be spoken and answered, whenever it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Device:
    """A loudspeaker: keeps Alexa's session and sends signed requests."""

    client: TestClient
    amazon: Amazon
    clock: Clock
    customer: str | None = "C001"
    screen: bool = False
    locale: str = "en-US"
    session: str = field(default_factory=lambda: f"SessionId.{uuid4()}")
    user: str = field(default_factory=lambda: f"amzn1.ask.account.{uuid4()}")
    new: bool = True
    attributes: dict[str, Any] = field(default_factory=dict)
    sent: bytes = b""
    said: list[dict[str, Any]] = field(default_factory=list)
    """Every response, oldest first."""
    api: dict[str, str] = field(default_factory=dict)

    def launch(self) -> dict[str, Any]:
        return self.request("LaunchRequest")

    def intent(self, name: str, *, more: dict[str, Any] | None = None, **slots: Any) -> dict[str, Any]:
        """A slot's value: words that match nothing, (words, id) or a whole slot."""
        filled = {key: _slot(key, value) for key, value in slots.items()}
        intent = {"name": name, "confirmationStatus": "NONE", "slots": filled, **(more or {})}
        return self.request("IntentRequest", intent=intent)

    def request(self, kind: str, wait: float = 20.0, **request: Any) -> dict[str, Any]:
        """After `wait` seconds, in which a reply is heard."""
        self.clock.wait(wait)
        self.sent = json.dumps(self.envelope(kind, **request)).encode()
        return self.send(self.sent)

    def envelope(self, kind: str, **request: Any) -> dict[str, Any]:
        user = {"userId": self.user} | ({"accessToken": token(self.customer)} if self.customer else {})
        stamp = self.clock.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {"type": kind, "requestId": f"amzn1.echo-api.request.{uuid4()}", "timestamp": stamp}
        interfaces = {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.2"}}} if self.screen else {}
        system = {"application": {"applicationId": SKILL}, "user": user, "device": {"supportedInterfaces": interfaces}}
        return {
            "version": "1.0",
            "session": {
                "new": self.new,
                "sessionId": self.session,
                "application": {"applicationId": SKILL},
                "user": user,
                "attributes": self.attributes,
            },
            "context": {"System": system | self.api},
            "request": {**asked, "locale": self.locale, **request},
        }

    def send(self, body: bytes) -> dict[str, Any]:
        answer = self.client.post("/alexa", content=body, headers=self.amazon.headers(body))
        assert answer.status_code == 200, answer.text
        response: dict[str, Any] = answer.json()
        self.said.append(response)
        if response["response"].get("shouldEndSession"):
            self.hang_up()
        else:
            self.new, self.attributes = False, response.get("sessionAttributes", self.attributes)
        return response

    def hang_up(self) -> None:
        """The next request opens a new session."""
        self.new, self.attributes, self.session = True, {}, f"SessionId.{uuid4()}"


def _slot(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"name": name, **value}
    said, known = value if isinstance(value, tuple) else (value, None)
    slot = {"name": name, "value": str(said), "confirmationStatus": "NONE"}
    if known is None:
        return slot
    match = {"value": {"name": str(said), "id": str(known)}}
    authority = {"authority": f"amzn1.er-authority.echo-sdk.{SKILL}.T", "status": {"code": "ER_SUCCESS_MATCH"}}
    return slot | {"resolutions": {"resolutionsPerAuthority": [{**authority, "values": [match]}]}}


@contextmanager
def skill_app(
    assistant: Assistant,
    amazon: Amazon,
    now: Callable[[], datetime],
    allowed: Callable[[str], bool] = lambda _: False,
    **settings: Any,
) -> Iterator[FastAPI]:
    """The skill's endpoint alone, trusting this Amazon."""
    everything, metrics = Settings(alexa={"skill_id": SKILL, **settings}), Metrics()
    if "deadline" not in settings:  # how long a turn takes here says how busy the machine is
        patient = everything.alexa.model_copy(update={"deadline": 120.0, "progress_after": 120.0})
        everything = everything.model_copy(update={"alexa": patient})
    answering = Answering(assistant, metrics, threads=4, most=50)
    door = Door(assistant, everything, now, metrics, answering)
    app = FastAPI()
    app.include_router(alexa.routes(door, Outside(amazon.verifier, JwtReader(SECRET, "HS256"), Progress(allowed))))
    yield app
    answering.close()


@contextmanager
def skill(
    assistant: Assistant, amazon: Amazon, allowed: Callable[[str], bool] = lambda _: False, **settings: Any
) -> Iterator[Device]:
    """A device on a skill that is served; in the end, every response is one that Amazon's own types know."""
    clock = Clock()
    with (
        skill_app(assistant, amazon, clock, allowed, **settings) as app,
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        device = Device(client, amazon, clock)
        yield device
        for response in device.said:
            assert size(response) <= LARGEST
            assert _reread(response) == response


def _reread(response: dict[str, Any]) -> Any:
    """A response as Amazon's own types read and write it."""
    amazons = DefaultSerializer()
    return _bare(amazons.serialize(amazons.deserialize(json.dumps(response), ResponseEnvelope)))


def _bare(value: Any) -> Any:
    """Without what is None, which JSON has not."""
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if each is not None}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def speech(response: dict[str, Any]) -> str:
    """What Alexa says, without its tags."""
    ssml: str = response["response"].get("outputSpeech", {}).get("ssml", "")
    return ssml.removeprefix("<speak>").removesuffix("</speak>").replace("&apos;", "'").replace("&quot;", '"')
