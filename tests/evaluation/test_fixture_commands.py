"""`handla fixtures`: recordings made, recorded, checked and fetched."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.evaluation.conditions import AS_RECORDED, Condition
from assistant.evaluation.making import Recipe, Voice, count, make, texts_of
from assistant.evaluation.manifest import BadManifest, read_manifests
from assistant.evaluation.recording import Booth, record
from tests.assistant.test_cli import Command
from tests.evaluation.recordings import Folder
from voice.endpoint import EndpointSettings
from voice.types import AudioChunk
from voice.wav import RATE


@pytest.fixture
def handla(folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(folder.path, monkeypatch, capsys)


# make


def hummed(words: str, speed: float) -> np.ndarray:
    time = np.arange(round(0.1 * len(words.split()) * RATE / speed)) / RATE
    return (8_000 * np.sin(2 * np.pi * 220 * time)).astype(np.int16)


def test_each_text_is_spoken_by_every_voice_of_its_language_at_every_speed_clean_and_noisy(folder: Folder) -> None:
    texts = folder.path / "texts.jsonl"
    latte = {"product": ["latte"], "quantity": 2, "options": {"milk": "oat milk"}}
    row = {"text": "Two lattes, please!", "intent": "add_to_basket", "lines": [latte], "expects": {"basket": [latte]}}
    texts.write_text(json.dumps({**row, "theme": "coffee"}) + "\n" + json.dumps({"text": "Two lattes please?"}) + "\n")
    conditions = (AS_RECORDED, Condition(noise="pink", snr=10))
    recipe = Recipe([Voice("en_US-a-low", hummed), Voice("sv_SE-b-low", hummed)], (1.0, 1.25), conditions)
    rows = texts_of(texts)
    assert count(rows, recipe) == 2 * 2 * 2
    done: list[int] = []
    manifest = make(rows, recipe, folder.path / "made", done.append)
    units = read_manifests([manifest], 120)
    assert len(units) == sum(done) == 8
    first = units[0][0]
    assert (first.kind, first.intents, first.lines and first.lines[0].quantity) == ("synthetic", ("add_to_basket",), 2)
    assert first.expects is not None
    assert first.tags == {"voice": "en_US-a-low", "speed": "1.0", "theme": "coffee"}
    assert units[1][0].tags == {**first.tags, "noise": "pink 10 dB"}
    before = {unit[0].file: unit[0].file.read_bytes() for unit in units if unit[0].file}
    assert len({*before.values()}) > 4
    make(rows, recipe, folder.path / "again", done.append)
    assert all((folder.path / "again" / "wav" / file.name).read_bytes() == what for file, what in before.items())


def test_a_text_of_a_language_that_no_voice_speaks_is_a_mistake(folder: Folder) -> None:
    (folder.path / "texts.jsonl").write_text('{"text": "två kaffe", "language": "sv"}\n')
    recipe = Recipe([Voice("en_US-a-low", hummed)], (1.0,), (AS_RECORDED,))
    with pytest.raises(BadManifest, match="no voice here speaks sv"):
        make(texts_of(folder.path / "texts.jsonl"), recipe, folder.path / "made", lambda _: None)


@pytest.mark.models
def test_the_installed_voice_speaks_the_lines_of_a_text_file(handla: Command, folder: Folder) -> None:
    (folder.path / "texts.txt").write_text("Reorder my coffee.\n\nYes.\n")
    code, out, _ = handla("fixtures", "make", "texts.txt", "--out", "made", "--speed", "1,1.3")
    assert code == 0
    assert "4 recordings of 2 texts by en_US-joe-medium" in out
    slow, fast, *_ = (unit[0].file for unit in read_manifests([folder.path / "made" / "manifest.jsonl"], 120))
    assert slow
    assert fast
    assert soundfile.info(slow).duration > 1.1 * soundfile.info(fast).duration
    assert handla("fixtures", "check", "made/manifest.jsonl")[0] == 0


# record


class Takes:
    """A microphone into which somebody says one thing after another: amplitudes of full scale, None for nothing."""

    def __init__(self, *takes: float | None) -> None:
        self.takes = list(takes)

    def chunks(self) -> Iterator[AudioChunk]:
        level = self.takes.pop(0)
        time = np.arange(RATE) / RATE
        tone = np.sin(2 * np.pi * 200 * time) * (level or 0.0)
        sound = np.concatenate([np.zeros(RATE // 2), np.clip(tone, -1, 1), np.zeros(2 * RATE)])
        for start in range(0, len(sound), 1600):
            yield AudioChunk(np.rint(sound[start : start + 1600] * 32767).astype(np.int16), RATE)


class Loud:
    """Speech is what is loud."""

    rate, frame_samples = RATE, 512

    def probability(self, frame: np.ndarray) -> float:
        return float(np.abs(frame.astype(int)).max() > 20)

    def reset(self) -> None: ...


def recorded(folder: Folder, takes: Takes, answers: Sequence[str]) -> tuple[int, str]:
    (folder.path / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    told: list[str] = []
    left = list(answers)
    booth = Booth(takes, lambda _: left.pop(0), told.append, lambda _: None, EndpointSettings(), Loud)
    rows = texts_of(folder.path / "prompts.jsonl")
    kept = record(rows, booth, folder.path / "out", {"speaker": "Ann"})
    return kept, "\n".join(told)


PROMPTS = [{"text": "A latte.", "intent": "add_to_basket"}, {"prompt": "Shall I order it?", "intent": "affirm"}]


def test_what_a_person_reads_becomes_rows_and_clipped_and_silent_takes_are_made_again(folder: Folder) -> None:
    kept, told = recorded(folder, Takes(1.8, None, 0.001, 0.5, 0.4), ["", "", "", ""])
    assert kept == 2
    assert "is clipped" in told
    assert "Nobody was heard" in told
    assert "too soft" in told
    assert "Shall I order it?" in told
    first, second = (unit[0] for unit in read_manifests([folder.path / "out" / "manifest.jsonl"], 120))
    assert (first.text, first.intents, first.kind, first.tags) == (
        "A latte.",
        ("add_to_basket",),
        "recorded",
        {"speaker": "Ann"},
    )
    assert first.file is not None
    assert soundfile.info(first.file).duration == pytest.approx(2.0, abs=0.5)
    assert (second.text, second.intents) == (None, ("affirm",))


def test_a_take_can_be_repeated_skipped_and_gone_on_with_later(folder: Folder) -> None:
    kept, _ = recorded(folder, Takes(0.5, 0.5), ["", "r", "s", "q"])
    assert kept == 0
    assert recorded(folder, Takes(0.5), ["", "", "q"])[0] == 1
    assert recorded(folder, Takes(0.5), ["", ""])[0] == 1
    assert recorded(folder, Takes(), [])[0] == 0


# check


def test_doubtful_recordings_and_labels_are_told_row_by_row(handla: Command, folder: Folder) -> None:
    folder.says("a latte", intent="add_to_basket", slots={"milk": "oat milk", "sise": "large"})
    folder.says("a latte", intent="add_to_basket", lines=[{"product": "late"}])
    folder.says("a latte", slots={"milk": "oat milk"})
    folder.says("", intent="affirm")
    folder.says("yes", kind="unknown")
    folder.rows[4].pop("kind")
    soundfile.write(folder.path / "001.wav", np.clip(3 * np.sin(np.arange(16000) / 20), -1, 1), 16_000)
    folder.tone("002.wav", 1.0, level=0.001)
    folder.tone("004.wav", 1.0, rate=8_000)
    (folder.path / "003.wav").write_bytes((folder.path / "000.wav").read_bytes())
    folder.write()
    code, out, err = handla("fixtures", "check", "manifest.jsonl", "--catalogue", "coffee.json")
    assert code == 1
    told = err.splitlines()
    for line, what in (
        (1, "slot sise is not one of Handla's or the catalogue's; size?"),
        (2, "the catalogue has no late."),
        (2, "001.wav is clipped"),
        (3, "has slots or lines and no intent; they are not scored."),
        (3, "002.wav is silent (peak -60 dB) where something is said."),
        (4, "has no words and yet an intent, slots or lines."),
        (4, "003.wav is the same recording as that of manifest.jsonl, line 1."),
        (5, "does not say whether it is recorded or synthetic (column kind)."),
        (5, "004.wav has 8000 samples a second"),
    ):
        assert [one for one in told if one.startswith(f"manifest.jsonl, line {line}: {what}")], (line, what, err)
    assert f"5 rows, {len(told)} doubts" in out
    assert len(told) == 9


def test_the_projects_own_recordings_give_no_doubt_that_is_not_meant(handla: Command) -> None:
    manifest = Path(__file__).parents[2] / "audio_fixtures" / "manifest.jsonl"
    _, out, err = handla("fixtures", "check", str(manifest))
    assert "89 rows" in out
    assert [line for line in err.splitlines() if "slot" not in line] == []


def test_a_missing_file_is_a_mistake_before_anything_else(handla: Command, folder: Folder) -> None:
    folder.rows = [{"file": "gone.wav"}]
    folder.write()
    code, _, err = handla("fixtures", "check", "manifest.jsonl")
    assert code == 2
    assert err.startswith("manifest.jsonl, line 1: gone.wav: no such file")


# fetch


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def packed(path: Path, members: dict[str, bytes], links: dict[str, str] | None = None) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
        for name, target in (links or {}).items():
            about = tarfile.TarInfo(name)
            about.type, about.linkname = tarfile.SYMTYPE, target
            archive.addfile(about)


def listed(folder: Path, url: str, archive: Path, changes: dict[str, Any] | None = None) -> None:
    content = archive.read_bytes()
    about = {"title": "Small", "url": url, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    about |= {
        "licence": "CC0",
        "terms": "https://example.org",
        "language": "en",
        "layout": "librispeech",
        **(changes or {}),
    }
    (folder / "own.toml").write_text("[small]\n" + "".join(f"{key} = {json.dumps(v)}\n" for key, v in about.items()))


def flac() -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.sin(np.arange(16_000) / 20) * 0.3, 16_000, format="FLAC")
    return out.getvalue()


def test_a_corpus_is_fetched_checked_unpacked_and_given_a_manifest(
    handla: Command, server: str, tmp_path: Path
) -> None:
    archive = tmp_path / "served" / "small.tar.gz"
    packed(
        archive,
        {"L/dev/1/2/1-2.trans.txt": b"1-2-0000 GOOD MORNING\n1-2-0001 GONE\n", "L/dev/1/2/1-2-0000.flac": flac()},
    )
    listed(tmp_path, f"{server}/small.tar.gz", archive)
    asked = ("fixtures", "fetch", "small", "--corpora", "own.toml", "--out", "got")
    code, out, err = handla(*asked, stdin="n\n")
    assert (code, err) == (2, "Nothing was fetched.\n")
    assert "licence  CC0 (https://example.org)" in out
    code, out, _ = handla(*asked, stdin="y\n")
    assert code == 0
    (unit,) = read_manifests([tmp_path / "got" / "small" / "manifest.jsonl"], 120)
    assert (unit[0].text, unit[0].kind, unit[0].tags) == (
        "good morning",
        "recorded",
        {"speaker": "1", "licence": "CC0"},
    )
    archive.unlink()
    assert handla(*asked, "--yes")[0] == 0  # it is there already


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": "0" * 64}, "has another SHA-256"),
        ({"bytes": 10}, "is larger than the 10 bytes it should be"),
        ({"url": "http://127.0.0.1:1/gone"}, "Check the network"),
        ({"layout": "words"}, "no recording was found in it"),
        ({"licence": ""}, None),
    ],
)
def test_a_corpus_that_is_not_what_it_should_be_is_not_kept(
    handla: Command, server: str, tmp_path: Path, changes: dict[str, Any], told: str | None
) -> None:
    archive = tmp_path / "served" / "small.tar.gz"
    packed(archive, {"1/1-2.trans.txt": b"1-2-0000 GOOD MORNING\n", "1/1-2-0000.flac": flac()})
    listed(tmp_path, f"{server}/small.tar.gz", archive, changes)
    code, _, err = handla("fixtures", "fetch", "small", "--corpora", "own.toml", "--out", "got", "--yes")
    assert code == (2 if told else 0)
    assert (told or "") in err
    assert (tmp_path / "got" / "small" / "manifest.jsonl").exists() == (told is None)
    assert not (tmp_path / "got" / "small" / "archive.part").exists()


def test_an_archive_that_reaches_outside_its_folder_is_refused(handla: Command, server: str, tmp_path: Path) -> None:
    archive = tmp_path / "served" / "small.tar.gz"
    for members, links in (({"../../evil.txt": b"x"}, {}), ({}, {"link": "/etc/passwd"})):
        packed(archive, members, links)
        listed(tmp_path, f"{server}/small.tar.gz", archive)
        code, _, err = handla("fixtures", "fetch", "small", "--corpora", "own.toml", "--out", "got", "--yes")
        assert code == 2
        assert "cannot be unpacked" in err
    assert not (tmp_path / "got" / "evil.txt").exists()


def test_the_corpora_that_handla_knows_are_listed_with_their_licences(handla: Command) -> None:
    code, out, _ = handla("fixtures", "fetch")
    assert code == 0
    assert "librispeech-test-clean" in out
    assert "CC BY 4.0, 347 MB" in out
    code, _, err = handla("fixtures", "fetch", "timit")
    assert code == 2
    assert "no corpus timit; known are librispeech-dev-clean" in err
