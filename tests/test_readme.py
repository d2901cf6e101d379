"""The README's commands do what it says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import pytest

from assistant.settings import read_settings
from tests.assistant.test_cli import Command

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("$ ")
]
TYPED = [command for command in COMMANDS if "handla say" in command or "handla chat" in command]


@pytest.fixture
def handla(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    shutil.copytree(ROOT / "audio_fixtures" / "demo", tmp_path / "audio_fixtures" / "demo")
    return Command(tmp_path, monkeypatch, capsys)


def test_every_make_target_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {command.split()[1] for command in COMMANDS if command.startswith("make ")}
    assert named
    assert named <= targets


@pytest.mark.models
def test_typed_turns_answer(handla: Command) -> None:
    assert len(TYPED) >= 2
    for command in TYPED:
        code, out, err = handla(*shlex.split(command)[1:], stdin="where is my parcel\n")
        assert (code, err) == (0, ""), command
        assert out.strip(), command


@pytest.mark.models
def test_the_piped_line_is_understood(handla: Command) -> None:
    (command,) = [command for command in COMMANDS if command.startswith("echo")]
    said, _, rest = command.partition(" | ")
    code, out, _ = handla(*shlex.split(rest)[1:], stdin=shlex.split(said)[1] + "\n")
    assert code == 0
    assert json.loads(out)["lines"][0]["product"] == "Caffe Latte"


@pytest.mark.models
def test_recordings_are_answered(handla: Command) -> None:
    (command,) = [command for command in COMMANDS if command.startswith("handla hear")]
    code, out, _ = handla(*shlex.split(command)[1:])
    assert code == 0
    assert json.loads(out.splitlines()[-1])["done"]["outcome"] == "placed"


def test_the_settings_it_shows_are_settings(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    file = tmp_path / "handla.toml"
    file.write_text(shown)
    assert read_settings(file).voice.voice == tomllib.loads(shown)["voice"]["voice"]


@pytest.mark.models
def test_the_server_answers_what_it_shows(tmp_path: Path) -> None:
    assert "handla serve" in COMMANDS
    body = json.loads(re.findall(r"`(\{\"session\".*?\})`", README)[0])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", str(port)]
    environment = {"HANDLA_SHOP__DATABASE": f"sqlite:///{tmp_path / 'shop.db'}", "PATH": "", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/health")
            reply = httpx.post(f"{url}/v1/turns", json=body, timeout=10)
            assert reply.status_code == 200
            assert "on its way" in reply.json()["text"]
        finally:
            server.terminate()
            _, log = server.communicate(timeout=10)
    assert "Traceback" not in log


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer in 30 s")
