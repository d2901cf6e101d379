"""`handla serve` and what it needs."""

from __future__ import annotations

import os
from secrets import token_urlsafe
from typing import Annotated

import typer

from assistant.commands.mistakes import UserMistake
from assistant.settings import read_settings


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Default: the setting server.host.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: the setting server.port.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes; default: server.workers.")] = None,
) -> None:
    """Answer over HTTP; docs/serving.md says what and how."""
    from assistant.web import server

    given = {"host": host, "port": port, "workers": workers}
    file = context.parent.params.get("settings") if context.parent else None
    os.environ.update(server.passed_on({name: str(value) for name, value in given.items() if value is not None}, file))
    server.serve(read_settings())


def key(name: str) -> None:
    """Make a bearer key for /v1: it is shown once; the settings keep its hash."""
    from assistant.web.guards import hashed

    if not name.isidentifier():
        raise UserMistake("name the key after who will use it, in letters, digits and underscores: kiosk, phone_2")
    made = token_urlsafe(32)
    typer.echo(f"The key, for whoever is to use it; it cannot be shown again:\n\n    {made}\n")
    typer.echo(f'For handla.toml:\n\n    [server.keys]\n    {name} = "{hashed(made)}"')
