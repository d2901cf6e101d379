"""`handla outbox`: what is to be told to customers now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from assistant import bootstrap
from assistant.commands.printing import AsJson, print_json
from assistant.outbox import messages


def outbox(
    context: typer.Context,
    as_json: AsJson = False,
    mark_sent: Annotated[
        bool, typer.Option("--mark-sent", help="Note what is printed as sent; who asks next does not get it again.")
    ] = False,
) -> None:
    """Messages that are due to customers who agreed: alerts, baskets left, appointments. Nothing is sent by this."""
    premises, told = bootstrap.open_outbox(context.obj)
    for message in messages(premises.shop, premises.around, told, datetime.now(UTC)):
        if mark_sent and not message.take():
            continue
        if as_json:
            print_json(message.report())
        else:
            typer.echo(f"{message.customer_id}  {message.text}")
