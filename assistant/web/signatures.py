"""Whether a request comes from Alexa: Amazon's rules for skills hosted as a web service, on `cryptography`.

Source: "Host a Custom Skill as a Web Service", Alexa Skills Kit: certificate URL, chain, SHA-256 signature, timestamp.
"""

from __future__ import annotations

import posixpath
import warnings
from base64 import b64decode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate, DNSName, load_pem_x509_certificates
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

CHAIN_HEADER = "signaturecertchainurl"
SIGNATURE_HEADER = "signature-256"
HOST = "s3.amazonaws.com"
FOLDER = "/echo.api/"
SIGNER = "echo-api.amazon.com"
TOLERANCE = timedelta(seconds=150)
"""How far a request's timestamp may be from now, either way."""
MOST_CHAINS = 16
"""Certificate chains kept."""
_END = b"-----END CERTIFICATE-----"


class Refused(Exception):
    """A request that Amazon's rules have us refuse; `reason` is one word, for counting."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Chain:
    """A certificate whose chain was checked, with the time that this holds."""

    key: RSAPublicKey
    begins: datetime
    ends: datetime


@dataclass(slots=True)
class Verifier:
    """Checks requests; safe to use from several threads."""

    fetch: Callable[[str], bytes]
    """The certificate chain (PEM) behind a URL. Raises OSError where there is none."""
    roots: tuple[Certificate, ...]
    """Whom we trust."""
    _chains: OrderedDict[str, _Chain] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def check_signature(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises Refused unless `body`, as it came, is signed by Alexa. `headers` by lower-case name."""
        url = certificate_url(headers.get(CHAIN_HEADER, ""))
        try:
            signature = b64decode(headers.get(SIGNATURE_HEADER, ""), validate=True)
        except (NotBase64, ValueError):
            raise Refused("signature") from None
        if not signature:
            raise Refused("signature")
        try:
            self._chain(url, now).key.verify(signature, body, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Refused("signature") from None

    def _chain(self, url: str, now: datetime) -> _Chain:
        with self._lock:
            known = self._chains.get(url)
        if known is not None and known.begins <= now <= known.ends:
            return known
        chain = self._verified(url, now)
        with self._lock:
            self._chains[url] = chain
            while len(self._chains) > MOST_CHAINS:
                self._chains.popitem(last=False)
        return chain

    def _verified(self, url: str, now: datetime) -> _Chain:
        try:
            certificates = load_pem_x509_certificates(self.fetch(url))
        except (OSError, ValueError):
            raise Refused("certificate") from None
        leaf, between = certificates[0], certificates[1:]
        try:
            policy = PolicyBuilder().store(Store(list(self.roots))).time(now.astimezone(UTC))
            chain = policy.build_server_verifier(DNSName(SIGNER)).verify(leaf, between)
            key = leaf.public_key()
        except (VerificationError, UnsupportedAlgorithm, ValueError):
            raise Refused("certificate") from None
        if not isinstance(key, RSAPublicKey):
            raise Refused("certificate")
        begins = max(one.not_valid_before_utc for one in chain)
        return _Chain(key, begins, min(one.not_valid_after_utc for one in chain))


def certificate_url(url: str) -> str:
    """The URL, normalised, of a chain that may be Amazon's. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("certificate_url") from None
    odd = "%" in parts.path or "\\" in url or "@" in parts.netloc or any(not 32 < ord(letter) < 127 for letter in url)
    path = posixpath.normpath(parts.path)
    known = parts.scheme.lower() == "https" and parts.hostname == HOST and port in (None, 443)
    if odd or not known or not path.startswith(FOLDER):
        raise Refused("certificate_url")
    return f"https://{HOST}{path}"


def check_time(at: datetime | None, now: datetime) -> None:
    """Raises Refused where a request is too old or from the future: it was kept and sent again."""
    if at is None or abs(now - at) > TOLERANCE:
        raise Refused("timestamp")


def trusted_roots(file: Path) -> tuple[Certificate, ...]:
    """The certificates in a PEM file, without those that are not as RFC 5280 has them.

    Raises OSError, and ValueError where none is left.
    """
    roots: list[Certificate] = []
    for block in file.read_bytes().split(_END)[:-1]:
        with warnings.catch_warnings(), suppress(ValueError, CryptographyDeprecationWarning):
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            roots += load_pem_x509_certificates(block + _END)
    if not roots:
        raise ValueError("no certificate in it can be read")
    return tuple(roots)
