"""docs/alexa.md, step by step, against what `handla alexa` writes."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.surfaces.alexa.language import languages, skill_language
from assistant.surfaces.alexa.rules import faults
from assistant.web import alexa, signatures
from tests.assistant.served import served
from tests.databases import Sqlite

GUIDE = (Path(__file__).parents[2] / "docs" / "alexa.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for each, text in FENCED.findall(GUIDE) if each == kind]


def settings() -> list[dict[str, Any]]:
    return [tomllib.loads(text)["alexa"] for text in blocks("toml")]


@pytest.fixture(scope="module")
def written(filled_shop: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that the guide's commands write, by its fullest settings."""
    folder = tmp_path_factory.mktemp("merchant")
    commands = [line for text in blocks("console") for line in text.splitlines() if line.startswith("$ handla alexa")]
    assert commands
    (folder / "handla.toml").write_text(max(blocks("toml"), key=len), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HANDLA_SHOP__DATABASE", Sqlite(folder).copy(filled_shop))
        for command in dict.fromkeys(commands):
            done = CliRunner().invoke(app, shlex.split(command.removeprefix("$ handla")), catch_exceptions=False)
            assert done.exit_code == 0, done.output
    return folder / "alexa-skill"


def content(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_every_file_the_guide_names_is_written_and_every_file_written_is_named(written: Path) -> None:
    files = {str(file.relative_to(written)) for file in written.rglob("*.json")}
    named = set(re.findall(r"`((?:[\w-]+/)*[\w-]+\.json)`", GUIDE))
    assert named <= files
    locales = [locale for code in languages() for locale in skill_language(code).locales]
    assert files - named == {f"skill-package/interactionModels/custom/{locale}.json" for locale in locales[1:]}
    assert all(f"`{locale}`" in GUIDE for locale in locales)


def test_the_package_says_what_the_guides_settings_say(written: Path) -> None:
    (wanted,) = (one for one in settings() if "link_authorize" in one)
    manifest = content(written / "skill-package/skill.json")["manifest"]
    assert manifest["apis"]["custom"]["endpoint"]["uri"] == wanted["endpoint"]
    american = manifest["publishingInformation"]["locales"]["en-US"]
    assert american["name"] == wanted["name"]
    assert american["examplePhrases"][0] == f"Alexa, open {wanted['invocation']}"
    assert len(american["examplePhrases"]) == 3
    assert manifest["privacyAndCompliance"]["locales"]["en-GB"]["privacyPolicyUrl"] == wanted["privacy"]
    assert manifest["privacyAndCompliance"]["allowsPurchases"] is True
    linking = content(written / "accountLinking.json")["accountLinkingRequest"]
    assert (linking["authorizationUrl"], linking["accessTokenUrl"]) == (wanted["link_authorize"], wanted["link_token"])
    assert "clientSecret" not in linking
    assert content(written / "ask-resources.json")["profiles"]["default"]["skillMetadata"]["src"] == "./skill-package"


def test_each_model_is_within_amazons_rules_and_called_as_the_settings_say(written: Path) -> None:
    models = list(written.glob("skill-package/interactionModels/custom/*.json"))
    assert len(models) == 5
    for file in models:
        model = content(file)
        assert list(faults(model)) == []
        assert model["interactionModel"]["languageModel"]["invocationName"] == "corner shop"


def test_every_block_of_settings_in_the_guide_is_taken() -> None:
    for given in settings():
        Settings(alexa=given)


def test_the_reasons_of_refusals_in_the_guide_are_those_there_are() -> None:
    sources = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (alexa, signatures))
    there = set(re.findall(r'Refused\("(\w+)"\)', sources))
    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == there


def test_what_the_guide_sends_by_hand_is_answered(one_assistant: Assistant) -> None:
    body = next(re.search(r"-d '(.*)'", text, re.DOTALL) for text in blocks("console") if "curl" in text)
    assert body
    with served(one_assistant, alexa=settings()[-1]) as client:
        answer = client.post("/alexa", content=body[1], headers={"content-type": "application/json"}).json()
    assert "waterproof" in answer["response"]["outputSpeech"]["ssml"]


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["model", "--locale", "sv-SE"], {}, "no Swedish"),
        (["package", "out"], {"HANDLA_ALEXA__LINK_TOKEN": "https://shop.example.com/token"}, "link_authorize"),
    ],
)
def test_what_cannot_be_is_said(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], says: str
) -> None:
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", "sqlite://")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["alexa", *arguments])
    assert done.exit_code != 0
    assert says in str(done.exception)
