"""What is handed to those who run Handla: files that name only what there is, and a server that stops as it should."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import platformdirs
import pytest
import yaml
from typer.testing import CliRunner

from assistant.cli import app
from assistant.settings import read_settings
from benchmarks._machine import free_port
from benchmarks.webhook import wait_for
from tests.databases import Postgres

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNIT = ROOT / "deploy" / "handla.service"
SERVING = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")


def needs(program: str) -> None:
    if shutil.which(program) is None:
        if sys.platform == "linux" and os.environ.get("HANDLA_TEST_SHELL") == "required":
            pytest.fail(f"{program} is not here")
        pytest.skip(f"{program} is not here")


def test_the_image_holds_every_package_and_extras_that_there_are() -> None:
    packages = {name.split(".")[0] for name in PROJECT["tool"]["setuptools"]["packages"]}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.M))
    assert copied == packages
    kept = set((ROOT / ".dockerignore").read_text().split())
    assert {f"!{name}" for name in copied} <= kept
    installed = re.findall(r"""["']\.\[(.*?)\]["']""", DOCKERFILE + SERVING)
    assert len(installed) == 2
    for extras in installed:
        assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])


def test_the_image_runs_as_nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    user = re.findall(r"^USER (\d+)$", DOCKERFILE, re.M)
    assert user == re.findall(r"--uid (\d+)", DOCKERFILE)
    assert DOCKERFILE.index("USER") < DOCKERFILE.index('CMD ["handla", "serve"]')
    for name, value in re.findall(r"(HANDLA_\w+)=(\S+)", DOCKERFILE):
        monkeypatch.setenv(name, value)
    assert read_settings().server.host == "0.0.0.0"


def test_the_composed_services_have_settings_that_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    services: dict[str, Any] = COMPOSE["services"]
    for name, value in services["handla"]["environment"].items():
        given = re.sub(r"\$\{WORKERS:-(\d+)\}", r"\1", str(value)).replace("${POSTGRES_PASSWORD}", "secret")
        monkeypatch.setenv(name, given)
    file = tmp_path / "handla.toml"
    file.write_text("")
    monkeypatch.setenv("HANDLA_SETTINGS", str(file))
    settings = read_settings()
    assert settings.shop.database == "postgresql+psycopg://handla:secret@database/handla"
    assert settings.server.workers == 2
    assert sum("build" in service for service in services.values()) == 1, "two of one image are refused by new engines"
    assert services["handla"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all(port.startswith("127.0.0.1:") for port in services["handla"]["ports"])
    assert services["handla"]["read_only"] is True
    mounted = [volume.split(":")[1] for volume in services["handla"]["volumes"]]
    key = settings.agents.signing_key
    assert key is not None
    assert {str(key.parent), services["handla"]["environment"]["HANDLA_SETTINGS"]} == set(mounted)
    assert re.search(rf"--owner=handla .*{key.parent}$", DOCKERFILE, re.M), "its user may write there"
    assert "127.0.0.1" in services["database"]["healthcheck"]["test"]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    needs("systemd-analyze")
    there = tmp_path / "handla.service"
    there.write_text(UNIT.read_text().replace("/opt/handla/bin/handla", shutil.which("true") or "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_leaves_little_of_the_machine_within_reach() -> None:
    needs("systemd-analyze")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=12", UNIT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_the_unit_keeps_is_where_the_service_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = UNIT.read_text()
    for name, value in re.findall(r"^Environment=(\w+)=(\S+)$", unit, re.M):
        if name != "HANDLA_SETTINGS":
            monkeypatch.setenv(name, value)
    (state,) = re.findall(r"^StateDirectory=(\S+)$", unit, re.M)
    monkeypatch.delenv("HANDLA_SHOP__DATABASE", raising=False)
    assert read_settings().shop.database == f"sqlite:////var/lib/{state}/handla.db"
    (cache,) = re.findall(r"^CacheDirectory=(\S+)$", unit, re.M)
    assert platformdirs.user_cache_path("handla", appauthor=False) == Path("/var/cache") / cache


def test_the_guide_makes_what_compose_reads_before_it_starts() -> None:
    guide = SERVING[SERVING.index("## With Docker") : SERVING.index("## With systemd")]
    assert max(guide.index("> .env"), guide.index("touch handla.toml")) < guide.index("docker compose build")
    assert max(guide.index("handla key"), guide.index("shop import")) < guide.index("docker compose up")


def test_the_commands_that_are_run_are_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    composed = [" ".join(service["command"]) for service in COMPOSE["services"].values() if "command" in service]
    shown = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart")]
    command = re.compile(r"\bhandla ((?:shop )?[a-z]+)\b")
    named = {tuple(words.split()) for text in (*composed, *shown) for words in command.findall(text)}
    named.add(tuple(re.findall(r'"(\w+)"', DOCKERFILE.splitlines()[-1])[1:]))
    assert named == {("serve",), ("shop", "upgrade")}
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", "sqlite://")
    for words in named:
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0, words


def test_the_settings_that_the_guide_shows_are_settings(tmp_path: Path) -> None:
    keys, own = re.findall(r"```toml\n(.*?)```", SERVING, re.S)
    file = tmp_path / "handla.toml"
    file.write_text(own + keys.replace('"..."', f'"{"0" * 64}"'))
    assert set(read_settings(file).server.keys) == {"kiosk"}
    assert read_settings(file).shop.sample is False
    for section, key in re.findall(r"`(server|shop|voice)\.(?!example)(\w+)", SERVING):
        assert key in type(getattr(read_settings(file), section)).model_fields, key


@pytest.mark.models
def test_two_workers_share_conversations_and_finish_what_they_began_when_told_to_stop(
    postgres: Postgres, filled_postgres: str, tmp_path: Path
) -> None:
    url, port = postgres.copy(filled_postgres), free_port()
    environment = os.environ | {"HANDLA_SHOP__DATABASE": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), "--workers", "2"]
    turns = f"http://127.0.0.1:{port}/v1/turns"

    def turn(text: str, session: str = "s") -> Any:
        return httpx.post(turns, json={"session": session, "customer": "C001", "text": text}, timeout=60)

    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            wait_for(port)
            for number in range(4):  # each request is a new connection, which any worker may take
                assert turn("reorder my coffee", f"s{number}").json()["asks"] == "order"
                assert turn("yes", f"s{number}").json()["done"]["outcome"] == "placed"
            assert (
                'handla_actions_total{action="order",outcome="placed"} 4.0'
                in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
            )
            with ThreadPoolExecutor(16) as pool:
                running = [pool.submit(turn, "find a red dress", f"r{number}") for number in range(16)]
                time.sleep(0.3)
                server.send_signal(signal.SIGTERM)
                answers = [one.exception() or one.result() for one in running]
        finally:
            server.terminate()
            _, log = server.communicate(timeout=60)
    answered = [one for one in answers if isinstance(one, httpx.Response)]
    assert answered
    assert {one.status_code for one in answered} == {200}
    assert all(isinstance(one, httpx.Response | httpx.TransportError) for one in answers)
    assert log.count('"message": "turn"') == 8 + len(answered), "a turn that was begun was answered"
    assert "Traceback" not in log
    assert "coffee" not in log
