"""`handla dialogflow`: agents to import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.phrases.book import LANGUAGES
from assistant.surfaces.dialogflow.agents import Plan, archive, cx_agent, es_agent
from assistant.surfaces.dialogflow.training import entity_types, intents, training_phrases
from assistant.terms import terms

dialogflow_app = typer.Typer(no_args_is_help=True, help="Dialogflow agents; docs/dialogflow.md leads from nothing.")


class Edition(StrEnum):
    """The two products of that name."""

    ES = "es"
    CX = "cx"


@dialogflow_app.callback()
def _dialogflow() -> None:
    """Without it the one command below would have no name."""


@dialogflow_app.command()
def agent(
    context: typer.Context,
    edition: Annotated[Edition, typer.Argument(help="es or cx.")],
    out: Annotated[Path, typer.Argument(help="The archive to write: NAME.zip.")],
    url: Annotated[str, typer.Option(help="Where Dialogflow reaches this server: https://HOST/dialogflow/EDITION.")],
    language: Annotated[list[str] | None, typer.Option(help="Once for each; the first is the agent's own.")] = None,
    time_zone: Annotated[str, typer.Option(help="The agent's time zone.")] = "Europe/Stockholm",
    name: Annotated[str, typer.Option(help="The agent's name.")] = "handla",
    header: Annotated[list[str] | None, typer.Option(help="Sent with every call, as 'Name: value'.")] = None,
) -> None:
    """Write an agent for the shop of the settings: Handla's intents, the catalogue's names, the webhook."""
    spoken = tuple(language or [context.obj.dialogue.language])
    unknown = [code for code in spoken if code not in LANGUAGES]
    if unknown:
        raise UserMistake(f"no language {unknown[0]}; known are: {', '.join(LANGUAGES)}")
    if not url.startswith("https://"):
        raise UserMistake(f"{url}: Dialogflow calls webhooks by https only; give https://HOST/dialogflow/{edition}")
    headers = _headers(header or [])
    products = bootstrap.open_shop(context.obj).shop.products()
    phrases = {code: {one: training_phrases(one, code, products) for one in intents()} for code in spoken}
    plan = Plan(name, url, spoken, time_zone, phrases, entity_types(terms(products)), headers)
    files = es_agent(plan) if edition is Edition.ES else cx_agent(plan)
    out.write_bytes(archive(files))
    told = sum(len(said) for by_intent in phrases.values() for said in by_intent.values())
    typer.echo(f"{out}: {len(intents())} intents, {told} phrases, {len(plan.entities)} entity types; calls {url}")


def _headers(given: list[str]) -> dict[str, str]:
    pairs = [one.partition(":") for one in given]
    if not all(found and name.strip() for name, found, _ in pairs):
        raise UserMistake("write a header as 'Name: value'")
    return {name.strip(): value.strip() for name, _, value in pairs}
