"""Programs that register themselves (RFC 7591), where the settings let them."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex, token_urlsafe
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from assistant.records.clients import Client
from assistant.web.access import THIS_MACHINE
from assistant.web.guards import hashed


def usable_redirect(address: str) -> str:
    """An address that customers may be sent back to. Raises ValueError."""
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if not (safe and parts.hostname) or "#" in address or not address.isascii() or not address.isprintable():
        raise ValueError(f"{address}: give an https address (http on this machine only) without a fragment")
    return address


def plain_name(name: str) -> str:
    """A name that can be shown as it is. Raises ValueError."""
    words = " ".join(name.split())
    if not words.isprintable():
        raise ValueError("give a name of printable characters")
    return words


class Registration(BaseModel):
    """What of a program's metadata counts here; the rest is passed over, as RFC 7591 says."""

    redirect_uris: list[Annotated[str, Field(max_length=500), AfterValidator(usable_redirect)]] = Field(
        min_length=1, max_length=10
    )
    client_name: Annotated[str, Field(max_length=100), AfterValidator(plain_name)] = ""
    token_endpoint_auth_method: Literal["none", "client_secret_basic", "client_secret_post"] = "client_secret_basic"


def refusal(wrong: ValidationError) -> dict[str, str]:
    """RFC 7591, section 3.2.2."""
    faults = wrong.errors(include_url=False, include_input=False)
    at_redirects = any(fault["loc"][:1] == ("redirect_uris",) for fault in faults)
    said = "; ".join(".".join(map(str, fault["loc"])) + f": {fault['msg']}" for fault in faults)
    return {"error": "invalid_redirect_uri" if at_redirects else "invalid_client_metadata", "error_description": said}


def new_client(asked: Registration, now: datetime) -> tuple[Client, dict[str, Any]]:
    """The client, and what it is told: its secret this once."""
    secret = None if asked.token_endpoint_auth_method == "none" else token_urlsafe(32)
    name = asked.client_name or urlsplit(asked.redirect_uris[0]).netloc
    client = Client(
        id=f"self-{token_hex(8)}",
        name=name,
        secret=hashed(secret) if secret else None,
        redirects=tuple(asked.redirect_uris),
        service=False,
        itself=True,
        made_at=now,
    )
    told: dict[str, Any] = {
        "client_id": client.id,
        "client_id_issued_at": int(now.timestamp()),
        "client_name": name,
        "redirect_uris": list(client.redirects),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": asked.token_endpoint_auth_method,
    }
    return client, told | ({"client_secret": secret, "client_secret_expires_at": 0} if secret else {})
