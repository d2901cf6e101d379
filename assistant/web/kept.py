"""Public keys that somebody else publishes: fetched when they are asked for, and kept for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar
from urllib.request import urlopen

KEPT = 3600.0
"""Seconds that keys are used before they are fetched anew."""
AGAIN = 60.0
"""Seconds between two fetches for tokens of unknown keys, at least."""
FAILED = 2.0
"""Seconds after which a fetch that failed is tried anew."""
Fetch = Callable[[str], bytes]
"""What a place holds. Raises OSError."""
T = TypeVar("T")


def fetch(place: str) -> bytes:
    """A file's content, or what an https address answers within 3 seconds. Raises OSError."""
    if not place.startswith("https://"):
        return Path(place).read_bytes()
    with urlopen(place, timeout=3) as answer:
        content: bytes = answer.read(1 << 20)
        return content


class KeptKeys(Generic[T]):
    """Keys by their ids. May wait for them; used by many threads."""

    def __init__(self, place: str, read: Callable[[bytes], Mapping[str, T]], fetched: Fetch = fetch) -> None:
        """`place`: an https address or a file. `read` raises ValueError for what holds no keys."""
        self._place, self._read, self._fetch = place, read, fetched
        self._lock = Lock()
        self._keys: Mapping[str, T] = {}
        self._since = -KEPT
        self._failed = -FAILED

    def known(self, key: str) -> Mapping[str, T]:
        """All keys there are, fetched anew where this one is not among them. Raises OSError and ValueError."""
        with self._lock:
            age = monotonic() - self._since
            if age > KEPT or (key not in self._keys and age > AGAIN):
                if monotonic() - self._failed < FAILED:
                    raise OSError(f"{self._place} could not be read a moment ago")
                self._failed = monotonic()
                self._keys = self._read(self._fetch(self._place))
                self._since, self._failed = monotonic(), -FAILED
            return self._keys
