"""The reports, and the command that writes them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assistant.commands import evaluate as command
from assistant.evaluation import evaluating
from tests.assistant.test_cli import Command
from tests.evaluation.recordings import Folder, Reader


@pytest.fixture
def handla(folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command with ears that read, in this process."""
    monkeypatch.setattr(evaluating.Request, "__init__", _reading(evaluating.Request.__init__))
    monkeypatch.setattr(evaluating, "whisper_folder", lambda *_: None)
    monkeypatch.setattr(evaluating, "processes", _here)
    return Command(folder.path, monkeypatch, capsys)


def _reading(make: Any) -> Any:
    def init(self: Any, **given: Any) -> None:
        make(self, hearing=Reader, **given)

    return init


class _here:  # noqa: N801
    """In place of worker processes."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Any:
        return lambda work, items: map(work, items)

    def __exit__(self, *error: object) -> None:
        pass


def shop_talk(folder: Folder) -> None:
    latte = {"product": "latte", "quantity": 2}
    folder.says("two lattes please", intent="add_to_basket", lines=[latte], expects={"basket": [latte]}, speaker="Ann")
    folder.says("two lattes please", "two cocoas please", intent="add_to_basket", lines=[latte], speaker="Bo")
    folder.says("<b>a cocoa</b> & an espresso", intent="affirm", speaker="Ann")
    folder.says("an espresso please", [], intent="add_to_basket", speaker="Bo")
    folder.says("", "thank you", speaker="Bo")
    folder.says("a cocoa please", kind="synthetic", intent="add_to_basket", speaker="Ann")
    folder.write()


def report(folder: Folder, out: str = "handla-evaluation") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder.path / out / "report.json").read_text())
    return found


@pytest.mark.models
def test_the_report_for_machines_has_figures_by_kind_and_every_row(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    code, out, err = handla("evaluate", "manifest.jsonl", "--catalogue", "coffee.json", "--noise", "pink", "--snr", "6")
    assert (code, err) == (0, "")
    told = report(folder)
    assert [(group["condition"], group["kind"], group["rows"]) for group in told["groups"]] == [
        ("as recorded", "recorded", 5),
        ("as recorded", "synthetic", 1),
        ("pink 6 dB", "recorded", 5),
        ("pink 6 dB", "synthetic", 1),
    ]
    figures = told["groups"][0]["figures"]
    assert figures["whole_requests"]["value"] == 0.25
    assert figures["missed"] == {"value": 0.25, "low": 0.0, "high": 0.75, "of": 4}
    assert figures["false_alarms"]["value"] == 1.0
    assert figures["word_error_rate"]["of"] == 3 + 3 + 7 + 3
    assert told["groups"][0]["blame"] == {"detection": 2, "recognition": 1, "understanding": 1}
    assert told["groups"][0]["tags"]["speaker"]["Ann"]["figures"]["whole_requests"]["of"] == 2
    assert ["add_to_basket", "nothing", 1] in told["groups"][0]["confusion"]
    assert len(told["rows"]) == 12
    assert told["about"]["seed"] == 1
    assert "report.html" in out


def test_the_report_for_people_needs_no_network_and_takes_no_markup_from_a_manifest(
    handla: Command, folder: Folder
) -> None:
    shop_talk(folder)
    assert handla("evaluate", "manifest.jsonl", "--catalogue", "coffee.json")[0] == 0
    page = (folder.path / "handla-evaluation" / "report.html").read_text()
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []
    assert "@import" not in page
    assert "<b>a cocoa" not in page
    assert page.count("<audio") == 5 - 1  # of six rows two are right
    assert "<del>cocoas</del>" in page
    assert "<ins>lattes</ins>" in page


def test_junit_names_every_row_and_says_why_it_failed(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    folder.says("yes", "crash", intent="affirm")
    folder.write()
    assert handla("evaluate", "manifest.jsonl", "--catalogue", "coffee.json")[0] == 0
    suites = ElementTree.parse(folder.path / "handla-evaluation" / "junit.xml").getroot()
    recorded = suites[0]
    assert (recorded.get("tests"), recorded.get("failures"), recorded.get("errors")) == ("6", "4", "1")
    cases = {case.get("name"): case for case in recorded}
    assert len(cases["000.wav"]) == 0
    failure = cases["001.wav"][0]
    assert (failure.tag, failure.get("type")) == ("failure", "recognition")
    assert "latte" in str(failure.get("message"))
    assert cases["006.wav"][0].get("message") == "ZeroDivisionError: a bug"


def test_a_figure_under_its_mark_is_told_and_sets_the_exit_code(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    asked = ("evaluate", "manifest.jsonl", "--catalogue", "coffee.json", "--fail-under")
    code, _, err = handla(*asked, "whole_requests=0.9")
    assert code == command.MISSED_MARK
    assert "whole requests .250, asked for .900: base, as recorded, recorded" in err
    assert handla(*asked, "whole_requests=0.2,missed=0.3")[0] == 0
    code, _, err = handla(*asked, "whole=0.2")
    assert code == 2
    assert "unknown figure; known are task_success, whole_requests" in err
    folder.rows = folder.rows[4:5]
    folder.write()
    code, _, err = handla(*asked, "task_success=0.9")
    assert code == command.MISSED_MARK
    assert "no row tells" in err


@pytest.mark.models
def test_two_runs_are_compared_row_by_row_with_a_verdict(handla: Command, folder: Folder) -> None:
    for _ in range(12):
        folder.says(
            "two lattes please",
            "two cocoas please",
            intent="add_to_basket",
            lines=[{"product": "latte", "quantity": 2}],
        )
    folder.says("a cocoa please", intent="add_to_basket")
    folder.write()
    asked = ("evaluate", "manifest.jsonl", "--catalogue", "coffee.json", "--out")
    assert handla(*asked, "before")[0] == 0
    for file in folder.path.glob("*.txt"):
        file.write_text(file.read_text().replace("cocoas", "lattes"))
    assert handla(*asked, "after")[0] == 0
    code, out, _ = handla("evaluate", "--compare", "before/report.json", "after/report.json")
    assert code == 0
    assert re.search(r"whole requests +\+0\.923 .*better", out)
    assert re.search(r"word error rate +-0\.\d+ .*better", out)
    code, out, _ = handla("evaluate", "--compare", "after/report.json", "before/report.json")
    assert re.search(r"whole requests +-0\.923 .*worse", out)
    code, out, _ = handla("evaluate", "--compare", "after/report.json", "after/report.json")
    assert "no figure differs" in out


@pytest.mark.models
def test_models_are_compared_side_by_side(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    code, out, _ = handla("evaluate", "manifest.jsonl", "--catalogue", "coffee.json", "--models", "base,tiny.en")
    assert code == 0
    assert "tiny.en, as recorded against base, as recorded; recorded, 5 shared" in out
    assert list(report(folder)["about"]["configurations"]) == ["base", "tiny.en"]


def test_what_is_asked_wrongly_is_a_sentence_and_nothing_is_played(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    folder.rows[0]["intent"] = "buy"
    folder.write()
    good = folder.path / "good.jsonl"
    good.write_text(json.dumps({"text": "yes"}) + "\n")
    (folder.path / "old.json").write_text("{}")
    for arguments, told in (
        (("manifest.jsonl",), "line 1: unknown intent 'buy'"),
        ((), "name a manifest or a folder"),
        (("good.jsonl", "--snr", "6"), "noise needs both"),
        (("good.jsonl", "--noise", "gone.wav", "--snr", "6"), "gone.wav: no such file"),
        (("good.jsonl", "--noise", "pink", "--snr", "six"), "--snr six: give numbers"),
        (("good.jsonl", "--room", "cave"), "cave: no such file"),
        (("good.jsonl", "--codec", "mp3"), "unknown codec 'mp3'; known are opus"),
        (("good.jsonl", "--speed", "9"), "speed 9: give 0.5"),
        (("good.jsonl", "--catalogue", "gone.json"), "gone.json"),
        (("good.jsonl", "--settings", "gone.toml"), "gone.toml: no such file"),
        (("--compare", "old.json", "old.json"), "not a report.json of this version"),
        (("good.jsonl", "--scheduler", "carrier-pigeon://loft"), "no Dask scheduler answers"),
    ):
        code, _, err = handla("evaluate", *arguments)
        assert (code, "Traceback" in err) == (2, False), arguments
        assert told in err, arguments


def test_the_same_command_again_plays_nothing_and_writes_the_same_report(handla: Command, folder: Folder) -> None:
    shop_talk(folder)
    asked = ("evaluate", "manifest.jsonl", "--catalogue", "coffee.json")
    assert handla(*asked)[0] == 0
    first = report(folder)
    assert handla(*asked)[0] == 0
    again = report(folder)
    assert again["about"]["resumed"] == 6
    assert {name: again[name] for name in ("groups", "rows")} == {name: first[name] for name in ("groups", "rows")}


def test_a_folder_of_sound_gives_transcripts_and_understandings(handla: Command, folder: Folder) -> None:
    folder.says("two lattes please")
    Path(folder.path / "calls").mkdir()
    for name in ("000.wav", "000.txt"):
        (folder.path / name).rename(folder.path / "calls" / name)
    code, _, _ = handla("evaluate", "calls", "--catalogue", "coffee.json")
    assert code == 0
    (row,) = report(folder)["rows"]
    assert (row["heard"], row["intent"], row["blame"]) == ("two lattes please", "add_to_basket", None)
