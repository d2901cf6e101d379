"""The built-in authorisation server's key: made once, kept in a file, published as a key set."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from assistant.settings import BadSettings, Settings

ALGORITHM = "ES256"
FILE = "agents-key.pem"
_log = logging.getLogger(__name__)


class SigningKey:
    """A key on the curve P-256; the private half never leaves this object."""

    def __init__(self, key: ECKey) -> None:
        self._key = key
        self.id = key.thumbprint()

    def sign(self, claims: Mapping[str, Any]) -> str:
        """An access token (RFC 9068)."""
        return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": self.id}, dict(claims), self._key)

    def public(self) -> dict[str, Any]:
        """The public half as a JSON Web Key (RFC 7517)."""
        return {**self._key.as_dict(private=False), "kid": self.id, "use": "sig", "alg": ALGORITHM}

    def public_pem(self) -> str:
        return self._key.as_pem(private=False).decode()


def key_file(settings: Settings) -> Path:
    """Where the key is kept."""
    return settings.agents.signing_key or settings.shop.folder / FILE


def signing_key(file: Path) -> SigningKey:
    """The key in this file; it is made where there is none. Raises BadSettings."""
    try:
        if not file.exists():
            _make(file)
        if os.name == "posix" and file.stat().st_mode & 0o077:
            _log.warning("%s can be read by others than its owner; chmod 600 keeps the key private", file)
        return SigningKey(ECKey.import_key(file.read_bytes()))
    except (OSError, ValueError) as error:
        raise BadSettings(
            f"setting agents.signing_key: {file} holds no EC private key that can be used: {error}"
        ) from None


def _make(file: Path) -> None:
    """Write a new key, whole or not at all: several processes may start at once, and the first one's counts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=file.parent, prefix=".agents-key-")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(ECKey.generate_key("P-256", private=True).as_pem(private=True))
        os.link(written, file)
    except FileExistsError:
        return
    finally:
        os.unlink(written)
    _log.info("%s: made the key that access tokens are signed with", file)
