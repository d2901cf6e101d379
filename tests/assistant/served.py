"""Handla as a program on the same machine reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient

from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.web.server import application
from tests.shops import NOW


@contextmanager
def served(assistant: Assistant, *, sound: Any = "no sound", **settings: dict[str, Any]) -> Iterator[TestClient]:
    """A client on loopback; `settings`: section -> its keys."""
    app = application(assistant, Settings(**settings), lambda: NOW, sound)
    address = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 50_000)}
    with TestClient(app, raise_server_exceptions=False, **address) as client:
        yield client
