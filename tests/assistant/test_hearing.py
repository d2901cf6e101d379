"""Recorded sound through the whole house, with real weights."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.assistant.test_cli import Command

pytestmark = pytest.mark.models

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"


@pytest.fixture
def handla(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


def orders_in(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute("SELECT count(*) FROM orders").fetchone()[0])


def test_the_demo_places_its_two_orders_once_however_often_it_runs(handla: Command, tmp_path: Path) -> None:
    code, first, _ = handla("demo")
    assert code == 0
    assert "order placed, number" in first
    assert "placed 2 orders" in first
    count = orders_in(tmp_path / "handla-demo" / "shop.db")
    code, second, _ = handla("demo")
    assert code == 0
    assert "not again" in second
    assert orders_in(tmp_path / "handla-demo" / "shop.db") == count
    replies = sorted((tmp_path / "handla-demo").glob("*.wav"))
    assert len(replies) == len((FIXTURES / "demo.jsonl").read_text().splitlines())
    assert all(soundfile.info(reply).duration > 0.5 for reply in replies)


def test_files_of_one_call_are_one_conversation(handla: Command) -> None:
    files = [FIXTURES / "demo" / name for name in ("06.wav", "07.wav")]
    code, out, _ = handla("hear", "--json", *map(str, files))
    asked, answered = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert asked["intent"] == "reorder"
    assert answered["done"]["outcome"] == "placed"
    assert set(answered["timings_ms"]) >= {"detect", "transcribe", "understand", "decide", "act", "word"}


def test_separate_files_are_separate_conversations(handla: Command) -> None:
    files = [FIXTURES / "demo" / name for name in ("06.wav", "07.wav")]
    _, out, _ = handla("hear", "--json", "--separate", *map(str, files))
    _, answered = [json.loads(line) for line in out.splitlines()]
    assert answered["done"] is None


def test_what_is_no_speech_orders_nothing_and_what_is_no_sound_is_an_error(handla: Command, tmp_path: Path) -> None:
    seconds = np.arange(16_000 * 3)
    noise = np.random.default_rng(3).normal(0, 0.05, len(seconds)).astype(np.float32)
    soundfile.write(tmp_path / "silence.wav", np.zeros(len(seconds), np.float32), 16_000)
    soundfile.write(tmp_path / "noise.wav", noise, 16_000)
    soundfile.write(tmp_path / "half-hour.wav", np.zeros(16_000 * 1_800, np.int16), 16_000)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("This is a letter, not a sound.\n" * 50)
    names = ["silence.wav", "noise.wav", "half-hour.wav", "empty.wav", "text.wav", "missing.wav"]
    asking = str(FIXTURES / "demo" / "06.wav")
    code, out, err = handla("hear", "--json", asking, *names)
    assert code == 2
    assert "Traceback" not in err
    rows = {Path(row["file"]).name: row for row in map(json.loads, out.splitlines())}
    for name in ("silence.wav", "noise.wav"):
        assert rows[name]["transcript"] == ""
        assert rows[name]["refused"]
        assert "hear" in rows[name]["reply"] or "words" in rows[name]["reply"]
        assert rows[name]["done"] is None
    assert "1800 s" in rows["half-hour.wav"]["error"]
    for name in ("empty.wav", "text.wav", "missing.wav"):
        assert name in rows[name]["error"]


@pytest.mark.parametrize("kind", ["flac", "ogg", "mp3"])
def test_other_formats_rates_and_stereo_are_heard_the_same(handla: Command, tmp_path: Path, kind: str) -> None:
    samples, rate = soundfile.read(FIXTURES / "demo" / "08.wav", dtype="float32")
    doubled = np.repeat(samples, 3)[:, None].repeat(2, axis=1)
    soundfile.write(tmp_path / f"where.{kind}", doubled, rate * 3)
    _, out, _ = handla("hear", "--json", f"where.{kind}")
    assert json.loads(out)["intent"] == "order_status"
