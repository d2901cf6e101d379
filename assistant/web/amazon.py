"""What goes out to Amazon over HTTPS: fetching certificate chains, and progressive responses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from assistant.surfaces.alexa.speech import ssml

FETCH_WITHIN = 2.0
"""Seconds."""
TELL_WITHIN = 1.0
"""Seconds."""
LARGEST_CHAIN = 64 * 1024
"""Bytes."""
LONGEST_TOLD = 600
"""Characters that a progressive response may say (Send the User a Progressive Response, Alexa Skills Kit)."""
API_HOSTS = ("api.amazonalexa.com", "api.eu.amazonalexa.com", "api.fe.amazonalexa.com")
log = logging.getLogger(__name__)


def fetch_chain(url: str) -> bytes:
    """The certificate chain behind the URL. Raises OSError."""
    try:
        with httpx.stream("GET", url, timeout=FETCH_WITHIN, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise OSError(f"{url}: HTTP {answer.status_code}")
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > LARGEST_CHAIN:
                    raise OSError(f"{url}: larger than {LARGEST_CHAIN} bytes")
            return content
    except httpx.HTTPError as error:
        raise OSError(f"{url}: {error}") from error


def amazon_api(endpoint: str) -> bool:
    """Whether the endpoint is one of Amazon's."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and parts.netloc in API_HOSTS


@dataclass(frozen=True, slots=True)
class Progress:
    """Says something while the answer is still being worked on."""

    allowed: Callable[[str], bool] = amazon_api
    """Whether an endpoint may be told anything: a token goes with it."""

    async def tell(self, endpoint: str, token: str, request_id: str, words: str) -> bool:
        """Whether Alexa took it. That it did not is no failure of the turn."""
        if not token or not self.allowed(endpoint):
            return False
        body = {
            "header": {"requestId": request_id},
            "directive": {"type": "VoicePlayer.Speak", "speech": ssml(words, LONGEST_TOLD)},
        }
        try:
            async with httpx.AsyncClient(timeout=TELL_WITHIN, follow_redirects=False) as client:
                url = f"{endpoint.rstrip('/')}/v1/directives"
                answer = await client.post(url, json=body, headers={"authorization": f"Bearer {token}"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.info("a progressive response was not taken: %s", type(error).__name__)
            return False
        return answer.is_success
