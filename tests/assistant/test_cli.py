"""The command as a user types it: exit codes, standard output and standard error."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from assistant import cli
from tests.commerce.test_migrations import BEFORE

CATALOGUE = {
    "products": [
        {
            "title": "Latte",
            "price": {"amount": 450, "currency": "USD"},
            "options": [
                {"name": "size", "values": ["small", "large"]},
                {"name": "milk", "values": ["oat milk", "soy milk"], "amounts": True},
            ],
        }
    ]
}


class Command:
    """Runs `handla ...` in this process, on a database of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        monkeypatch.setenv("HANDLA_SHOP__DATABASE", f"sqlite:///{folder / 'shop.db'}")

    def __call__(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setattr(sys, "argv", ["handla", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        out = self._capsys.readouterr()
        return code, out.out, out.err


@pytest.fixture
def handla(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


@pytest.fixture
def stocked(handla: Command, todays_shop: Path, tmp_path: Path) -> Command:
    """The same, on a database that was filled before: the first start takes more than a second."""
    shutil.copy(todays_shop, tmp_path / "shop.db")
    return handla


@pytest.fixture
def catalogue(tmp_path: Path) -> str:
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(CATALOGUE))
    return str(file)


def test_say_keeps_the_conversation_between_calls_and_orders_after_a_yes(handla: Command) -> None:
    code, out, _ = handla("say", "reorder my coffee", "--json")
    assert code == 0
    assert json.loads(out)["asks"] == "order"
    _, out, _ = handla("say", "yes", "--json", "--turn-id", "t1")
    first = json.loads(out)
    assert first["done"]["outcome"] == "placed"
    _, out, _ = handla("say", "yes", "--json", "--turn-id", "t1")
    assert json.loads(out)["done"] == first["done"]
    assert json.loads(out)["repeated"] is True


def test_chat_answers_line_by_line_until_goodbye(stocked: Command) -> None:
    code, out, _ = stocked("chat", stdin="where is my parcel\ngoodbye\nwhat else\n")
    assert code == 0
    assert "on its way" in out.splitlines()[0]
    assert len(out.splitlines()) == 2


def test_understand_gives_one_json_object_for_each_line(handla: Command, catalogue: str) -> None:
    lines = "two large lattes with a bit of oat milk\n\n\x00\ud7ff😀\n"
    code, out, _ = handla("understand", "--json", "--catalogue", catalogue, stdin=lines)
    assert code == 0
    first, *rest = [json.loads(line) for line in out.splitlines()]
    assert first["intent"] == "add_to_basket"
    assert [(line["product"], line["quantity"]) for line in first["lines"]] == [("Latte", 2)]
    options = {option["name"]: (option["value"], option["amount"]) for option in first["lines"][0]["options"]}
    assert options == {"size": ("large", None), "milk": ("oat milk", "a little")}
    assert [line["intent"] for line in rest] == ["out_of_scope", "out_of_scope"]


def test_a_catalogue_is_taken_over_and_sold_from(handla: Command, catalogue: str) -> None:
    code, out, _ = handla("shop", "import", catalogue)
    assert code == 0
    assert "1 added" in out
    _, out, _ = handla("say", "I'd like a small latte", "--session", "guest")
    assert "Latte" in out


def test_a_faulty_catalogue_is_refused_by_line_and_leaves_nothing(handla: Command, tmp_path: Path) -> None:
    broken = json.loads(json.dumps(CATALOGUE))
    broken["products"][0]["price"]["amount"] = 4.5
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    code, out, err = handla("shop", "import", str(file))
    assert code == 2
    assert "broken.json" in err
    assert "Latte" in err
    assert "minor units" in err
    assert err.rstrip().endswith("Nothing was imported.")
    assert "Traceback" not in err
    assert out == ""


def test_past_orders_are_taken_over_and_a_faulty_row_is_named(handla: Command, catalogue: str, tmp_path: Path) -> None:
    handla("shop", "import", catalogue)
    sku = json.loads(handla("understand", "--json", stdin="a latte\n")[1])["lines"][0]["sku"]
    orders = tmp_path / "orders.csv"
    header = "order_number,customer_id,placed_at,sku,quantity,state\n"
    orders.write_text(f"{header}7001,K1,2026-01-05,{sku},2,delivered\n")
    code, out, _ = handla("shop", "import-orders", str(orders))
    assert (code, "1 added" in out) == (0, True)
    _, out, _ = handla("say", "reorder my latte", "--customer", "K1")
    assert "2 × Latte" in out
    orders.write_text(f"{header}7002,K1,2026-01-05,{sku},none,delivered\n")
    code, _, err = handla("shop", "import-orders", str(orders))
    assert code == 2
    assert "line 2" in err
    assert "quantity" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("say", "hello", "--customer", "C999"), "no customer C999"),
        (("understand", "--catalogue", "nowhere.json"), "nowhere.json"),
        (("--settings", "nowhere.toml", "say", "hello"), "no such file"),
        (("bench", "nonsense"), "no measurement nonsense"),
        (("demo", "--script", "nowhere.jsonl"), "no such script"),
        (("dance",), "No such command"),
    ],
)
def test_a_mistake_is_a_sentence_on_standard_error_and_exit_code_two(
    stocked: Command, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = stocked(*arguments)
    assert code == 2
    assert says in err
    assert "Traceback" not in err
    assert out == ""


def test_a_database_that_is_none_is_a_clear_error(
    handla: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "notes.db"
    file.write_text("these are notes, not a database, and long enough to be read as one " * 20)
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", f"sqlite:///{file}")
    code, _, err = handla("say", "hello")
    assert code == 2
    assert "notes.db" in err


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("HANDLA_SHOP__DATABASE", "sqlite:////dev/null/x/shop.db", "/dev/null"),
        ("HANDLA_SHOP__DATABASE", "nonsense://x", "nonsense"),
        ("HANDLA_SHOP", "foo", "names a section"),
        ("HANDLA_DIALOGUE__TONE", "grumpy", "known are formal, plain, playful, warm"),
        ("HANDLA_DIALOGUE__PHRASES", "/dev/null/x", "no such folder"),
        ("HANDLA_DIALOGUE__LANGUAGE", "tlh", "'en' or 'sv'"),
    ],
)
def test_settings_that_cannot_be_are_a_sentence(
    stocked: Command, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, _, err = stocked("say", "hello")
    assert code == 2
    assert says in err
    assert "Traceback" not in err


def test_what_is_no_text_is_answered(stocked: Command) -> None:
    code, out, _ = stocked("say", "\udcff\udcfe where is my parcel")
    assert code == 0
    assert "on its way" in out


def test_a_catalogue_is_not_mixed_into_the_sample_unasked(stocked: Command, catalogue: str) -> None:
    code, _, err = stocked("shop", "import", catalogue)
    assert code == 2
    assert "sample shop" in err
    code, out, _ = stocked("shop", "import", catalogue, "--into-sample")
    assert (code, "1 added" in out) == (0, True)


def test_an_older_database_is_upgraded_on_command_and_answers_then(handla: Command, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.executescript(BEFORE.read_text(encoding="utf-8"))
    connection.close()
    code, _, err = handla("say", "where is my order", "--customer", "C1")
    assert (code, "`handla shop upgrade`" in err, "Traceback" in err) == (2, True, False)
    code, out, _ = handla("shop", "upgrade")
    assert (code, "changes made" in out) == (0, True)
    assert handla("shop", "upgrade") == (0, "The database is up to date.\n", "")
    _, out, _ = handla("say", "where is my order", "--customer", "C1")
    assert "8919" in out


def test_the_shop_learns_from_its_orders_on_command(stocked: Command) -> None:
    code, out, err = stocked("shop", "learn")
    assert (code, err) == (0, "")
    assert out.startswith("Learned from 8")
    _, out, _ = stocked("say", "what am i running out of", "--customer", "C001")
    assert "Dark Roast" in out


def test_a_scheduler_that_does_not_answer_is_a_sentence(stocked: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = pytest.importorskip("commerce.cluster")
    monkeypatch.setattr(cluster, "_WAIT", 0.3)
    code, _, err = stocked("shop", "learn", "--scheduler", "tcp://127.0.0.1:9")
    assert (code, "no Dask scheduler answers at tcp://127.0.0.1:9" in err, "Traceback" in err) == (2, True, False)
