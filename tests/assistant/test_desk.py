"""What a merchant types to see and keep what is around the sale."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commerce.sample import SHOP_FILE
from tests.assistant.test_cli import Command

ROOT = Path(__file__).parents[2]


@pytest.fixture
def handla(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


def test_the_sample_shop_says_what_it_is_and_what_is_open(handla: Command) -> None:
    code, out, err = handla("shop", "info")
    assert (code, err) == (0, "")
    assert "Handla Outfitters" in out
    assert len(re.findall(r"today: .*; (open until|opens) ", out)) == 2
    assert "boot repair: 30 minutes, Samuel" in out


def test_the_sample_shops_appointments_are_listed_and_one_is_cancelled_once(handla: Command) -> None:
    booked = [json.loads(line) for line in handla("shop", "appointments", "--days", "30", "--json")[1].splitlines()]
    assert {one["customer"] for one in booked} == {"C001", "C004", "C007"}
    number = booked[0]["number"]
    code, out, _ = handla("shop", "appointments", "--days", "30", "--cancel", number)
    assert (code, len(out.splitlines()), number in out) == (0, 2, False)
    code, out, err = handla("shop", "appointments", "--cancel", "0000")
    assert (code, out, err) == (2, "", "appointment 0000: there is none of that number; nothing was changed\n")


def test_points_are_shown_given_once_for_a_key_and_never_taken_below_zero(handla: Command) -> None:
    assert handla("shop", "points", "C001")[1].startswith("640 points, Walker; 500 more to earn until Hiker\n")
    for _ in range(2):
        assert handla("shop", "points", "C001", "--give", "20", "--key", "sorry")[1].startswith("660 points")
    code, out, err = handla("shop", "points", "C001", "--give", "-661")
    assert (code, out, err) == (2, "", "C001 has 660 points; nothing was taken\n")
    code, _, err = handla("shop", "points", "C999")
    assert (code, err) == (2, "no customer C999 in this shop\n")


def test_a_merchants_own_file_replaces_the_samples_and_names_what_no_longer_fits(
    handla: Command, tmp_path: Path
) -> None:
    handla("shop", "info")
    file = tmp_path / "mine.yaml"
    text = SHOP_FILE.read_text(encoding="utf-8")
    file.write_text(
        text.replace("Handla Outfitters", "Peak Supplies").replace("id: samuel", "id: ida"), encoding="utf-8"
    )
    code, out, err = handla("shop", "import-info", str(file))
    assert (code, err) == (0, "")
    assert out.startswith("Peak Supplies\n")
    assert re.findall(r"no longer within hours: .* boot repair with samuel, C004", out)
    assert handla("shop", "info")[1].startswith("Peak Supplies\n")


def test_a_faulty_file_changes_nothing_and_names_the_line(handla: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: Peak\nhours: {monday: 9-25}\nplaces: [{name: A, address: B}]\ntime_zone: UTC\n", encoding="utf-8"
    )
    code, out, err = handla("shop", "import-info", str(file))
    assert (code, out) == (2, "")
    assert err == "mine.yaml: line 2: hours.monday: give times from 00:00 to 24:00.\nNothing was imported.\n"
    assert handla("shop", "info")[1].startswith("Handla Outfitters\n")


def test_a_shop_without_a_file_says_so(handla: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDLA_SHOP__SAMPLE", "false")
    assert handla("shop", "info")[:2] == (
        0,
        "There is no shop file yet: handla shop import-info shop.yaml (docs/shop-file.md).\n",
    )
    assert handla("shop", "appointments") == handla("shop", "due") == (0, "", "")


def test_every_example_of_the_documentation_is_a_part_of_a_file_that_is_taken(handla: Command, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "shop-file.md").read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 4
    file = tmp_path / "mine.yaml"
    for extra in ("", *blocks[1:], "".join(blocks[1:])):
        file.write_text(blocks[0] + extra, encoding="utf-8")
        assert handla("shop", "import-info", str(file))[0] == 0, extra
