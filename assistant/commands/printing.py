"""How commands print, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def print_lines(*texts: Iterator[str]) -> None:
    for text in texts:
        for line in text:
            typer.echo(line)


def print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
