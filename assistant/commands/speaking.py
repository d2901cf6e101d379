"""What the commands that speak and listen share: who speaks, and whether sound is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.pipeline import Assistant
from assistant.settings import Settings

Customer = Annotated[str | None, typer.Option("--customer", help="Who speaks; default: the setting dialogue.customer.")]


def with_voice(build: Callable[..., Any], *what: object) -> Any:
    """What `build` gives. Raises UserMistake where the extra `voice` is not installed."""
    try:
        return build(*what)
    except ImportError as error:
        raise UserMistake(f"sound needs the package {error.name}: pip install 'handla[models]'") from error


def who_speaks(
    assistant: Assistant, settings: Settings, named: str | None, catalogue: Path | None = None
) -> str | None:
    """Who speaks: the one named, who must be known; else the scratch shop's guest or the settings' customer."""
    if named is not None and assistant.shop.customer(named) is None:
        raise UserMistake(f"no customer {named} in this shop; leave out --customer or name one who has ordered")
    who = named or (bootstrap.GUEST.id if catalogue else settings.dialogue.customer)
    return who if assistant.shop.customer(who) else None


def conversation_name(session: str) -> str:
    """The name of a conversation as it is. Raises UserMistake where it cannot be one."""
    if not session.isprintable():
        raise UserMistake("the name of a session takes printable characters only")
    return session
