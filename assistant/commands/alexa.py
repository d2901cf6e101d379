"""`handla alexa ...`: the skill for Amazon's side."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.pipeline import Assistant
from assistant.settings import AlexaSettings, Settings
from assistant.surfaces.alexa.language import languages, skill_language
from assistant.surfaces.alexa.model import Made, Offer, interaction_model
from assistant.surfaces.alexa.package import Linking, Listing, skill_package
from assistant.surfaces.alexa.rules import faults
from nlu.language import load_language
from nlu.meanings import load_meanings

SURE = 0.5
"""Example sentences that are understood less surely are not given to Alexa."""
alexa_app = typer.Typer(no_args_is_help=True, help="The Alexa skill (docs/alexa.md).")


@alexa_app.command()
def model(
    context: typer.Context,
    locale: Annotated[str, typer.Option(help="en-US, en-GB, en-CA, en-AU or en-IN.")] = "en-US",
) -> None:
    """Print the skill's interaction model for one locale."""
    _spoken(locale)
    made = made_model(bootstrap.open_assistant(context.obj), context.obj.alexa, locale[:2])
    typer.echo(json.dumps(made.model, ensure_ascii=False, indent=2))


@alexa_app.command()
def package(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="Folder to write to; what else is in it stays.")],
    locale: Annotated[list[str] | None, typer.Option(help="Again for each; default: all there are.")] = None,
) -> None:
    """Write the whole skill package, ready for the ASK CLI."""
    settings: Settings = context.obj
    wanted = locale or _locales()
    for one in wanted:
        _spoken(one)
    listing, assistant = _listing(settings.alexa), bootstrap.open_assistant(settings)
    by_language = {
        code: made_model(assistant, settings.alexa, code).model for code in sorted({one[:2] for one in wanted})
    }
    models = {one: by_language[one[:2]] for one in wanted}
    example = assistant.shop.products()[0].title.lower() if assistant.shop.products() else ""
    for name, content in skill_package(listing, models, example).items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        typer.echo(str(file))


def _locales() -> list[str]:
    return [locale for code in languages() for locale in skill_language(code).locales]


def _spoken(locale: str) -> None:
    if locale not in _locales():
        there = ", ".join(_locales())
        raise UserMistake(f"no skill for the locale {locale}; there are {there}. Alexa itself speaks no Swedish.")


def made_model(assistant: Assistant, settings: AlexaSettings, code: str) -> Made:
    """The model of a language, held against Amazon's rules."""
    language = skill_language(code)
    products = assistant.shop.products()
    if not products:
        raise UserMistake("the shop has no products yet, and a skill without any is none; import a catalogue first")

    def examples(intent: str) -> Iterable[str]:
        given = load_language(code).examples.get(intent, ())
        for text in (text for text in given if isinstance(text, str)):
            heard = assistant.understand(text, code)
            if heard.intent == intent and heard.confidence >= SURE and not (heard.lines or heard.slots):
                yield text

    offer = Offer(
        invocation=settings.invocation,
        products=products,
        examples=examples,
        topics=_rows(code, "topics"),
        reasons=_rows(code, "reasons"),
        labels=load_language(code).labels,
    )
    made = interaction_model(language, offer)
    wrong = list(faults(made.model))
    if wrong:
        raise UserMistake("Amazon would not take this model:\n" + "\n".join(wrong))
    if made.left_out:
        typer.echo(
            f"{made.left_out} products found no room in the model; they are understood by their words.", err=True
        )
    return made


def _rows(language: str, table: str) -> dict[str, list[str]]:
    """Value -> ways to say it, of one of the language's tables."""
    rows: dict[str, list[str]] = {}
    for words, value in sorted(load_meanings(language).tables[table].pairs, key=lambda row: row[1]):
        rows.setdefault(value, []).append(" ".join(words))
    return {value: [value.replace("_", " "), *said] for value, said in rows.items()}


def _listing(settings: AlexaSettings) -> Listing:
    authorize, token = settings.link_authorize, settings.link_token
    if bool(authorize) != bool(token):
        raise UserMistake("linking accounts needs both alexa.link_authorize and alexa.link_token")
    linking = Linking(authorize, token, settings.link_client) if authorize and token else None
    return Listing(settings.name, settings.invocation, settings.endpoint, settings.privacy, linking)
