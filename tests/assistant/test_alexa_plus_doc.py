"""docs/alexa-plus.md: its settings are settings, and its commands do what it says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "alexa-plus.md").read_text(encoding="utf-8")
TYPED = 'handla() { "$PYTHON" -m assistant.cli "$@"; }\nset -euo pipefail\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)


def test_its_settings_are_settings() -> None:
    read = [Settings(**tomllib.loads(block)).agents for block in blocks("toml")]
    assert [(one.url, one.challenge) for one in read] == [("https://shop.example.com/mcp", False)] * 2
    assert [one.customer_claim for one in read] == ["sub", "shop_customer"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server as the page starts it; its address, and the environment of who types."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = f'[shop]\ndatabase = "sqlite:///{tmp_path / "shop.db"}"\n[agents]\nurl = "{address}/mcp"\n'
    (tmp_path / "handla.toml").write_text(settings, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                time.sleep(0.1)
                try:
                    if httpx.get(f"{address}/ready", timeout=5).status_code == 200:
                        break
                except httpx.HTTPError:
                    assert server.poll() is None, "the server ended"
            yield address, environment
        finally:
            server.terminate()


@pytest.mark.models
def test_its_commands_link_a_customer_and_end_the_link(tmp_path: Path, served: tuple[str, dict[str, str]]) -> None:
    missing = [name for name in ("bash", "curl", "openssl", "sed") if shutil.which(name) is None]
    if missing and os.environ.get("HANDLA_TEST_SHELL") == "required":
        pytest.fail(f"missing: {', '.join(missing)}")
    if missing:
        pytest.skip(f"the page's commands need {', '.join(missing)}")
    address, environment = served
    (script,) = blocks("sh")
    assert "http://127.0.0.1:8765" in script
    typed = TYPED + script.replace("http://127.0.0.1:8765", address)
    done = subprocess.run(
        ["bash", "-c", typed], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    resource, server, unauthorised, found, nobodys, orders, buying, _, ended = done.stdout.strip().splitlines()
    assert f'"resource":"{address}/mcp"' in resource
    assert "client_credentials" in server
    assert unauthorised == "401"
    assert '"structuredContent"' in found
    assert "shop.personal" in nobodys
    assert '"structuredContent"' in orders
    assert "shop.buy" in buying
    assert "revoked" in ended
