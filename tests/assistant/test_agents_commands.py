"""`handla agents ...` and `handla customer link`, as the merchant types them."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.bootstrap import linking
from assistant.link_codes import hashed_code
from assistant.records.grants import Code, Grant
from assistant.web.guards import hashed
from assistant.web.oauth.keys import signing_key
from commerce.store import open_engine
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.databases import rows
from tests.shops import Shops


@pytest.fixture
def url(shops: Shops, monkeypatch: pytest.MonkeyPatch) -> str:
    url = shops.copy()
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", url)
    return url


def told(text: str, name: str) -> str:
    return next(line.removeprefix(name).strip() for line in text.splitlines() if line.startswith(name))


def test_a_client_is_registered_listed_and_revoked(handla: Command, url: str) -> None:  # noqa: F811
    code, out, _ = handla("agents", "client", "add", "Alexa", "--redirect", "https://layla.example/x?y", "--service")
    assert code == 0
    client, secret = told(out, "client id"), told(out, "client secret")
    clients, grants = linking(open_engine(url))
    kept = clients.find(client)
    assert kept is not None
    assert (kept.name, kept.secret, kept.redirects, kept.service) == (
        "Alexa", hashed(secret), ("https://layla.example/x?y",), True,
    )  # fmt: skip
    assert secret not in json.dumps(rows(open_engine(url)), default=str)
    now = datetime.now(UTC)
    grants.open(Code("c" * 64, Grant("g1", client, "C001", "shop.read", now), "https://layla.example/x?y", "", now))
    row = json.loads(handla("agents", "clients", "--json")[1])
    assert (row["id"], row["for"], row["links"]) == (client, ["customers", "itself"], 1)
    assert "https://layla.example/x?y" in handla("agents", "clients")[1]
    assert handla("agents", "revoke", "C001")[1] == "1 links ended\n"
    assert "not registered any more" in handla("agents", "revoke", client)[1]
    assert handla("agents", "clients")[1] == ""
    code, _, error = handla("agents", "revoke", client)
    assert (code, "neither a client" in error) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["Alexa"], "--redirect"),
        (["Alexa", "--redirect", "http://shop.example/x"], "https"),
        (["Alexa", "--redirect", "https://shop.example/#x"], "fragment"),
        (["Alexa", "--service", "--public"], "--public"),
        (["", "--service"], "1 to 100"),
    ],
)
def test_a_client_that_could_not_work_is_refused(
    handla: Command,  # noqa: F811
    tmp_path: Path,
    options: list[str],
    said: str,
) -> None:
    code, out, error = handla("agents", "client", "add", *options)
    assert (code, out) == (2, "")
    assert said in error
    assert not (tmp_path / "shop.db").exists()


def test_a_link_code_is_printed_once_and_kept_as_a_hash(handla: Command, url: str) -> None:  # noqa: F811
    code, out, error = handla("customer", "link", "C001")
    assert code == 0
    assert "15 minutes" in error
    kept = rows(open_engine(url))["link_codes"]
    assert [(row["hash"], row["customer_id"]) for row in kept] == [(hashed_code(out), "C001")]
    assert handla("customer", "link", "nobody")[::2] == (2, "no customer nobody in this shop\n")


def test_the_key_is_made_once_private_and_its_public_half_printed(
    handla: Command,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "keys" / "agents-key.pem"
    monkeypatch.setenv("HANDLA_AGENTS__SIGNING_KEY", str(file))
    code, out, _ = handla("agents", "key")
    assert code == 0
    assert out.startswith("-----BEGIN PUBLIC KEY-----")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert handla("agents", "key")[1] == out
    assert [one.name for one in file.parent.iterdir()] == ["agents-key.pem"]
    assert "d" not in signing_key(file).public()
    file.write_text("no key", encoding="utf-8")
    code, _, error = handla("agents", "key")
    assert (code, "agents.signing_key" in error) == (2, True)
