"""`handla mcp`: the shop's tools for an assistant on this machine."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.settings import Settings
from assistant.surfaces.agents.callers import SCOPES, Caller

THREADS = 4
MOST_TURNS = 50


def mcp(context: typer.Context) -> None:
    """Speak the Model Context Protocol on standard input and output, for the setting dialogue.customer."""
    try:
        from assistant.web.mcp import on_stdio
    except ImportError as error:
        raise UserMistake(f"handla mcp needs the package {error.name}: pip install 'handla[agents]'") from error
    from assistant.web.answering import Answering
    from assistant.web.door import Door
    from assistant.web.metrics import Metrics

    settings: Settings = context.obj
    assistant = bootstrap.open_assistant(settings)
    customer = settings.dialogue.customer
    if assistant.shop.customer(customer) is None:
        raise UserMistake(f"setting dialogue.customer: this shop knows no customer {customer!r}")
    typer.echo(f"handla: shopping for customer {customer}, with all that a program may do.", err=True)
    metrics = Metrics()
    answering = Answering(assistant, metrics, THREADS, MOST_TURNS)
    door = Door(assistant, settings, lambda: datetime.now(UTC), metrics, answering)
    on_stdio(door, Caller("stdio", customer, frozenset(SCOPES), "stdio", None))
    answering.close()
