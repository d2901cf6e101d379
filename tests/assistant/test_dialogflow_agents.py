"""Agents to import: complete, within Dialogflow's limits, and readable by the types of Google's clients."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from google.cloud import dialogflow_v2, dialogflowcx_v3
from google.protobuf.json_format import ParseDict
from typer.testing import CliRunner

from assistant.cli import app
from assistant.settings import read_settings
from assistant.surfaces.dialogflow.shared import meaning
from assistant.surfaces.dialogflow.training import MOST_PHRASES, intents, training_phrases
from assistant.web.dialogflow import Callers
from nlu.types import INTENTS
from tests.assistant.test_cli import Command
from tests.databases import Sqlite
from tests.shops import Shops

DOCS = (Path(__file__).parents[2] / "docs" / "dialogflow.md").read_text(encoding="utf-8")
LANGUAGES = ("en", "sv")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@pytest.fixture(scope="module")
def packages(filled_shop: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Edition -> path -> content, written by the commands of docs/dialogflow.md with a second language."""
    folder = tmp_path_factory.mktemp("agents")
    database = Sqlite(folder).copy(filled_shop)
    found: dict[str, dict[str, Any]] = {}
    for edition in ("es", "cx"):
        (line,) = [line for line in DOCS.splitlines() if line.startswith(f"handla dialogflow agent {edition}")]
        out, *options = shlex.split(line)[4:]
        arguments = ["dialogflow", "agent", edition, out, *options, "--language", "en", "--language", "sv"]
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.setenv("HANDLA_SHOP__DATABASE", database)
            assert CliRunner().invoke(app, arguments).exit_code == 0
        with ZipFile(folder / out) as made:
            found[edition] = {name: json.loads(made.read(name)) for name in made.namelist()}
    return found


def test_every_intent_has_phrases_in_every_language(packages: dict[str, dict[str, Any]]) -> None:
    assert set(intents()) == set(INTENTS) - {"out_of_scope"}
    for intent in intents():
        for language in LANGUAGES:
            assert len(packages["es"][f"intents/{intent}_usersays_{language}.json"]) >= 10, intent
            said = packages["cx"][f"intents/{intent}/trainingPhrases/{language}.json"]["trainingPhrases"]
            assert 10 <= len(said) <= MOST_PHRASES
            assert all(0 < sum(len(part["text"]) for part in phrase["parts"]) <= 768 for phrase in said)


def test_the_same_shop_gives_the_same_phrases(shops: Shops) -> None:
    products = shops.assistant().shop.products()
    assert training_phrases("reorder", "en", products) == training_phrases("reorder", "en", products)
    marked = [part for phrase in training_phrases("reorder", "en", products) for part in phrase if part.parameter]
    titles = {product.title.lower() for product in products}
    assert marked
    assert all(part.text in titles for part in marked if part.parameter == "product")


def test_products_are_entities_by_their_id(packages: dict[str, dict[str, Any]]) -> None:
    listed = packages["es"]["entities/product_entries_en.json"]
    assert {"value": "oat-milk", "synonyms": ["Oat Milk"]} in [
        {"value": entry["value"], "synonyms": entry["synonyms"][:1]} for entry in listed
    ]
    read = meaning("add_to_basket", {"product": ["oat-milk"]}, "en")
    assert read is not None
    assert read.lines[0].candidates[0].product_id == "oat-milk"


def test_cx_resources_are_what_googles_client_reads(packages: dict[str, dict[str, Any]]) -> None:
    files = packages["cx"]
    for path, content in files.items():
        folder, name = path.split("/")[0], path.split("/")[-1].removesuffix(".json")
        if folder == "intents" and "trainingPhrases" not in path:
            said = [files[f"intents/{name}/trainingPhrases/{language}.json"] for language in LANGUAGES]
            phrases = [
                {key: value for key, value in phrase.items() if key != "languageCode"}
                for one in said
                for phrase in one["trainingPhrases"]
            ]
            intent = _read(dialogflowcx_v3.Intent, content | {"trainingPhrases": phrases})
            parameters = {parameter.id for parameter in intent.parameters}
            assert {part.parameter_id for one in intent.training_phrases for part in one.parts} <= parameters | {""}
        elif folder == "entityTypes" and "entities" not in path.split("/"):
            entries = files[f"entityTypes/{name}/entities/en.json"]["entities"]
            plain = [{"value": entry["value"], "synonyms": entry["synonyms"]} for entry in entries]
            _read(dialogflowcx_v3.EntityType, content | {"entities": plain})
            assert NAME.fullmatch(name)
            assert all(entry["value"] and entry["synonyms"] for entry in entries)
        elif folder == "webhooks":
            webhook = _read(dialogflowcx_v3.Webhook, content | {"timeout": f"{content['timeout']['seconds']}s"})
            assert webhook.generic_web_service.uri == "https://shop.example/dialogflow/cx"
            assert webhook.generic_web_service.request_headers["X-Handla-Secret"] == "KEY"
        elif folder == "agent.json":
            _read(dialogflowcx_v3.Agent, content)
            assert content["startFlow"] in {one.split("/")[1] for one in files if one.startswith("flows/")}


def test_the_flow_asks_the_webhook_for_every_intent_and_for_what_matches_none(
    packages: dict[str, dict[str, Any]],
) -> None:
    flow = _read(dialogflowcx_v3.Flow, packages["cx"]["flows/Default Start Flow/Default Start Flow.json"])
    assert [route.intent for route in flow.transition_routes] == list(intents())
    handlers = (*flow.transition_routes, *flow.event_handlers)
    assert all(one.trigger_fulfillment.webhook == "handla" and one.trigger_fulfillment.tag for one in handlers)
    assert {one.event for one in flow.event_handlers} >= {"sys.no-match-default", "sys.no-input-default"}
    named = set(re.findall(r"`(sys\.[\w-]+|WELCOME)`", DOCS))
    assert {one.event for one in flow.event_handlers} == named


def test_es_intents_call_the_webhook_and_their_parameters_fit_their_phrases(
    packages: dict[str, dict[str, Any]],
) -> None:
    files = packages["es"]
    webhook = files["agent.json"]["webhook"]
    assert (webhook["url"], webhook["headers"]) == ("https://shop.example/dialogflow/es", {"X-Handla-Secret": "KEY"})
    made = [path for path in files if path.startswith("intents/") and "_usersays_" not in path]
    assert len(made) == len(intents()) + 2
    assert sum(files[path]["fallbackIntent"] for path in made) == 1
    for path in made:
        assert files[path]["webhookUsed"] is True
        types = {one["dataType"].lstrip("@") for one in files[path]["responses"][0]["parameters"]}
        assert all(name.startswith("sys.") or f"entities/{name}.json" in files for name in types)
        for language in LANGUAGES:
            for phrase in files.get(path.replace(".json", f"_usersays_{language}.json"), ()):
                assert {part["meta"].lstrip("@") for part in phrase["data"] if part["userDefined"]} <= types
                parts = [{"text": part["text"], "entityType": part.get("meta", "")} for part in phrase["data"]]
                _read(dialogflow_v2.Intent.TrainingPhrase, {"type": "EXAMPLE", "parts": parts})


def test_the_settings_that_the_guide_shows_are_settings(tmp_path: Path) -> None:
    shown = re.findall(r"```toml\n(.*?)```", DOCS, re.S)
    assert len(shown) == 2
    for one in shown:
        file = tmp_path / "handla.toml"
        file.write_text(one)
        given = tomllib.loads(one)["dialogflow"]
        settings = read_settings(file).dialogflow
        assert {name: getattr(settings, name) for name in given} == given
        Callers(settings)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["es", "a.zip", "--url", "http://shop.example"], "https only"),
        (["es", "a.zip", "--url", "https://shop.example", "--language", "tlh"], "known are: en, sv"),
        (["cx", "a.zip", "--url", "https://shop.example", "--header", "x"], "'Name: value'"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    code, _, err = Command(tmp_path, monkeypatch, capsys)("dialogflow", "agent", *arguments)
    assert code == 2
    assert says in err
    assert not (tmp_path / "a.zip").exists()


def _read(kind: Any, content: dict[str, Any]) -> Any:
    return kind(ParseDict(content, kind.pb(kind())))
