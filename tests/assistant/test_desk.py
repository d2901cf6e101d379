"""What a merchant types to see and keep what is around the sale."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commerce.booking import Booking, Wish
from commerce.hours import DAY, Period
from commerce.payments import SandboxPayments
from commerce.sample import SHOP_FILE
from commerce.store import Store, around, open_engine
from commerce.types import Customer
from tests.assistant.test_cli import Command, handla, stocked  # noqa: F401  (fixtures)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(handla: Command, monkeypatch: pytest.MonkeyPatch) -> Command:  # noqa: F811
    """A shop that sells nothing yet and goes by the sample's shop file."""
    monkeypatch.setenv("HANDLA_SHOP__SAMPLE", "false")
    assert handla("shop", "import-info", str(SHOP_FILE))[0] == 0
    return handla


def test_the_sample_shop_shows_hours_appointments_and_points(stocked: Command) -> None:  # noqa: F811
    code, out, err = stocked("shop", "info")
    assert (code, err) == (0, "")
    assert "Handla Outfitters" in out
    assert len(re.findall(r"today: .*; (open until|opens) ", out)) == 2
    assert "boot repair: 30 minutes, Samuel" in out

    booked = [json.loads(line) for line in stocked("shop", "appointments", "--days", "30", "--json")[1].splitlines()]
    assert {one["customer"] for one in booked} == {"C001", "C004", "C007"}
    number = booked[0]["number"]
    code, out, _ = stocked("shop", "appointments", "--days", "30", "--cancel", number)
    assert (code, len(out.splitlines()), number in out) == (0, 2, False)
    code, out, err = stocked("shop", "appointments", "--cancel", "0000")
    assert (code, out, err) == (2, "", "appointment 0000: there is none of that number; nothing was changed\n")

    assert stocked("shop", "points", "C001")[1].startswith("640 points, Walker; 500 more to earn until Hiker\n")
    for _ in range(2):
        assert stocked("shop", "points", "C001", "--give", "20", "--key", "sorry")[1].startswith("660 points")
    code, out, err = stocked("shop", "points", "C001", "--give", "-661")
    assert (code, out, err) == (2, "", "C001 has 660 points; nothing was taken\n")
    code, _, err = stocked("shop", "points", "C999")
    assert (code, err) == (2, "no customer C999 in this shop\n")


def test_another_file_replaces_the_one_before_and_names_what_no_longer_fits(own: Command, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    store = Store(engine, SandboxPayments(engine))
    store.put_customer(Customer("C4", "Kim"))
    bookings, now = around(engine, store).bookings, datetime.now(UTC)
    month = Wish("boot-repair", (Period(now, now + 30 * DAY),))
    assert isinstance(bookings.book("k", "C4", bookings.free(month, now).slots[0], now), Booking)
    engine.dispose()

    file = tmp_path / "mine.yaml"
    text = SHOP_FILE.read_text(encoding="utf-8").replace("Handla Outfitters", "Peak Supplies")
    file.write_text(text.replace("id: samuel", "id: ida"), encoding="utf-8")
    code, out, err = own("shop", "import-info", str(file))
    assert (code, err) == (0, "")
    assert out.startswith("Peak Supplies\n")
    assert re.findall(r"no longer within hours: .* boot repair with samuel, C4", out)
    assert own("shop", "info")[1].startswith("Peak Supplies\n")


def test_a_faulty_file_changes_nothing_and_names_the_line(own: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: Peak\nhours: {monday: 9-25}\nplaces: [{name: A, address: B}]\ntime_zone: UTC\n", encoding="utf-8"
    )
    code, out, err = own("shop", "import-info", str(file))
    assert (code, out) == (2, "")
    assert err == "mine.yaml: line 2: hours.monday: give times from 00:00 to 24:00.\nNothing was imported.\n"
    assert own("shop", "info")[1].startswith("Handla Outfitters\n")


def test_a_shop_without_a_file_says_so(
    handla: Command,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HANDLA_SHOP__SAMPLE", "false")
    assert handla("shop", "info")[:2] == (
        0,
        "There is no shop file yet: handla shop import-info shop.yaml (docs/shop-file.md).\n",
    )
    assert handla("shop", "appointments") == handla("outbox") == (0, "", "")


def test_every_example_of_the_documentation_is_a_part_of_a_file_that_is_taken(own: Command, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "shop-file.md").read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 4
    file = tmp_path / "mine.yaml"
    for extra in ("", *blocks[1:], "".join(blocks[1:])):
        file.write_text(blocks[0] + extra, encoding="utf-8")
        assert own("shop", "import-info", str(file))[0] == 0, extra
