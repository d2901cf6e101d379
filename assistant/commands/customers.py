"""`handla customer ...`: what is kept about one customer, to be looked at, handed out, erased (docs/memory.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake, must_be_known, no_customer
from assistant.commands.printing import print_json
from assistant.link_codes import LASTS, hashed_code, new_code
from assistant.pipeline import sessions_of
from assistant.records.personal import PersonalRecords
from commerce.store.personal import NotErased, Personal

customer_app = typer.Typer(no_args_is_help=True, help="What is kept about one customer.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The customer's id.")]


@customer_app.command()
def show(context: typer.Context, customer_id: Id) -> None:
    """How much of what is kept, and what is remembered."""
    everything = _exported(*bootstrap.open_personal(context.obj), customer_id)
    for name, rows in everything["tables"].items():
        typer.echo(f"{len(rows):>6}  {name}")
    for fact in everything["tables"].get("customer_facts", []):
        typer.echo(f"        {fact['topic']}: {fact['value'] or '(forgotten)'}, said {fact['at'][:10]}")


@customer_app.command()
def export(context: typer.Context, customer_id: Id) -> None:
    """Everything that is kept, as one JSON object; voice codes are never handed out."""
    print_json(_exported(*bootstrap.open_personal(context.obj), customer_id))


@customer_app.command()
def link(context: typer.Context, customer_id: Id) -> None:
    """A code by which the customer links an assistant, on the page it opens. It holds once, for 15 minutes."""
    premises = bootstrap.open_shop(context.obj)
    must_be_known(premises.shop, customer_id)
    _, grants = bootstrap.linking(premises.engine)
    code = new_code()
    grants.put_link_code(hashed_code(code), customer_id, datetime.now(UTC) + LASTS)
    typer.echo(code)
    minutes = int(LASTS.total_seconds()) // 60
    typer.echo(f"for {customer_id}, once, within {minutes} minutes; an earlier one does not hold any more", err=True)


@customer_app.command()
def erase(
    context: typer.Context,
    customer_id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; there is no way back.")] = False,
) -> None:
    """Erase the customer. Orders stay for the books, with nobody's name and no address."""
    shop, records = bootstrap.open_personal(context.obj)
    everything = _exported(shop, records, customer_id)
    if not yes:
        rows = sum(len(rows) for rows in everything["tables"].values())
        raise UserMistake(f"{rows} rows are kept about {customer_id}; erase them with --yes. Nothing was changed.")
    outcome = shop.erase(customer_id, f"erased-{uuid4().hex}")
    if outcome is None:
        raise no_customer(customer_id)
    if isinstance(outcome, NotErased):
        open_ones = ", ".join(outcome.orders)
        raise UserMistake(
            f"{customer_id} has orders under way ({open_ones}): deliver, cancel or pay them back first. "
            "Nothing was changed."
        )
    removed = {**outcome.removed, **records.erase(customer_id, sessions_of(customer_id))}
    for name, count in removed.items():
        if count:
            typer.echo(f"{count:>6}  {name} erased")
    typer.echo(
        f"{outcome.orders:>6}  orders kept for the books, under nobody's name and without an address; the keys of "
        "payments stay as the payment provider knows them"
    )


def _exported(shop: Personal, records: PersonalRecords, customer_id: str) -> dict[str, Any]:
    kept = shop.export(customer_id)
    if kept is None:
        raise no_customer(customer_id)
    of_talks = records.export(customer_id, sessions_of(customer_id))
    return {"customer": customer_id, "tables": {**kept, **{name: rows for name, rows in of_talks.items() if rows}}}
