"""Requests that are not Alexa's are refused: the rules of Amazon, against an authority of our own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta

import pytest

from assistant.pipeline import Assistant
from assistant.web.signatures import Refused, Verifier, certificate_url
from tests.assistant.amazon import SKILL, URL, Amazon, Authority, Device, skill
from tests.shops import NOW

BODY = b'{"version": "1.0"}'
OTHER_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-13.pem"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def amazon(authority: Authority, request: pytest.FixtureRequest) -> Amazon:
    return Amazon(authority, key=request.getfixturevalue("key"))


@pytest.fixture(scope="module")
def key() -> object:
    return Amazon().key


@pytest.fixture
def device(one_assistant: Assistant, amazon: Amazon) -> Iterator[Device]:
    with skill(one_assistant, amazon) as device:
        yield device


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def refusal(amazon: Amazon, headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(Refused) as refused:
        amazon.verifier.check_signature(lower(headers), body, NOW)
    return refused.value.reason


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert-12.pem",
        "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert-12.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert-12.pem",
    ],
)
def test_a_certificate_url_of_amazons_is_taken_however_it_is_written(url: str) -> None:
    assert certificate_url(url) == URL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://notamazon.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem",
        "https://s3.amazonaws.com/invalid.path/echo-api-cert.pem",
        "https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../other/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/%2e%2e/other/echo-api-cert.pem",
        "https://s3.amazonaws.com@evil.example/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com.evil.example/echo.api/echo-api-cert.pem",
        "https://evil.example/s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com\\@evil.example/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:x/echo.api/echo-api-cert.pem",
        "https://[::1/echo.api/echo-api-cert.pem",
    ],
)
def test_a_certificate_url_elsewhere_is_refused_and_never_fetched(amazon: Amazon, url: str) -> None:
    assert refusal(amazon, amazon.headers(BODY, url)) == "certificate_url"
    assert amazon.fetched == []


def test_a_signed_request_passes_and_its_certificates_are_fetched_once(amazon: Amazon) -> None:
    verifier = amazon.verifier
    for body in (BODY, b"another", BODY):
        verifier.check_signature(lower(amazon.headers(body)), body, NOW)
    assert amazon.fetched == [URL]


def test_a_body_that_was_changed_or_written_anew_is_refused(amazon: Amazon) -> None:
    headers = amazon.headers(BODY)
    assert refusal(amazon, headers, json.dumps(json.loads(BODY), separators=(",", ":")).encode()) == "signature"
    assert refusal(amazon, headers, BODY + b"\n") == "signature"


@pytest.mark.parametrize("signature", ["", "????", b64encode(b"forged").decode(), b64encode(b"\0" * 256).decode()])
def test_a_forged_signature_is_refused(amazon: Amazon, signature: str) -> None:
    assert refusal(amazon, amazon.headers(BODY) | {"Signature-256": signature}) == "signature"


def test_the_old_signature_alone_is_not_enough(amazon: Amazon) -> None:
    headers = amazon.headers(BODY)
    headers["Signature"] = headers.pop("Signature-256")
    assert refusal(amazon, headers) == "signature"


def test_a_certificate_for_another_name_is_refused(amazon: Amazon) -> None:
    amazon.publish(OTHER_URL, host="echo-api.amazon.com.evil.example")
    assert refusal(amazon, amazon.headers(BODY, OTHER_URL)) == "certificate"


@pytest.mark.parametrize(("begins", "ends"), [(-60, -1), (1, 60)])
def test_a_certificate_that_is_over_or_not_yet_valid_is_refused(amazon: Amazon, begins: int, ends: int) -> None:
    amazon.publish(OTHER_URL, begins=NOW + timedelta(days=begins), ends=NOW + timedelta(days=ends))
    assert refusal(amazon, amazon.headers(BODY, OTHER_URL)) == "certificate"


def test_a_certificate_that_was_kept_is_checked_anew_once_it_is_over(amazon: Amazon) -> None:
    verifier = amazon.verifier
    verifier.check_signature(lower(amazon.headers(BODY)), BODY, NOW)
    with pytest.raises(Refused, match="certificate"):
        verifier.check_signature(lower(amazon.headers(BODY)), BODY, NOW + timedelta(days=31))


def test_a_chain_to_a_root_we_do_not_trust_is_refused(amazon: Amazon) -> None:
    amazon.publish(OTHER_URL, by=Authority())
    assert refusal(amazon, amazon.headers(BODY, OTHER_URL)) == "certificate"


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(amazon: Amazon, content: bytes) -> None:
    amazon.published[OTHER_URL] = content
    assert refusal(amazon, amazon.headers(BODY, OTHER_URL)) == "certificate"


def test_a_chain_that_cannot_be_fetched_is_refused(amazon: Amazon) -> None:
    assert refusal(amazon, amazon.headers(BODY, OTHER_URL)) == "certificate"


def test_a_verifier_that_trusts_nobody_refuses_everybody(amazon: Amazon) -> None:
    with pytest.raises(Refused, match="certificate"):
        Verifier(amazon.fetch, ()).check_signature(lower(amazon.headers(BODY)), BODY, NOW)


def answer(device: Device, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    reply = device.client.post("/alexa", content=body, headers=headers or device.amazon.headers(body))
    return reply.status_code, reply.json().get("error", "")


def test_a_request_without_a_signature_gets_400(device: Device) -> None:
    body = json.dumps(device.envelope("LaunchRequest")).encode()
    assert answer(device, body, {"content-type": "application/json"}) == (400, "refused: certificate_url")


@pytest.mark.parametrize("seconds", [151, -151])
def test_a_request_sent_again_later_gets_400(device: Device, seconds: int) -> None:
    body = json.dumps(device.envelope("LaunchRequest")).encode()
    device.clock.wait(seconds)
    assert answer(device, body) == (400, "refused: timestamp")


@pytest.mark.parametrize(
    "stamp", [NOW.timestamp(), NOW.timestamp() * 1000, "2026-03-02T10:00:00", "2026-03-02T11:00:00+01:00"]
)
def test_a_timestamp_may_be_text_or_a_number(device: Device, stamp: object) -> None:
    body = json.dumps(device.envelope("LaunchRequest", timestamp=stamp)).encode()
    assert answer(device, body)[0] == 200


@pytest.mark.parametrize("stamp", [None, "", "yesterday", 1e300, []])
def test_a_request_without_a_time_gets_400(device: Device, stamp: object) -> None:
    body = json.dumps(device.envelope("LaunchRequest", timestamp=stamp)).encode()
    assert answer(device, body)[0] == 400


def test_a_request_for_another_skill_gets_400(device: Device) -> None:
    body = json.dumps(device.envelope("LaunchRequest")).replace(SKILL, "amzn1.ask.skill.other").encode()
    assert answer(device, body) == (400, "refused: skill_id")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"request": {}}', b"\xff", b'{"request": {"type": 5}}', b"[" * 5_000]
)
def test_what_is_no_request_gets_400(device: Device, body: bytes) -> None:
    assert answer(device, body) == (400, "refused: malformed")
