"""`handla handoffs ...`: conversations that wait for a person, for the shop's people (docs/handing-over.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from assistant import bootstrap, reports
from assistant.commands.mistakes import UserMistake
from assistant.commands.printing import AsJson, print_json
from assistant.handoff import Handoff, Message
from assistant.records.handoffs import Handoffs, NotDone
from assistant.settings import Settings

handoff_app = typer.Typer(no_args_is_help=True, help="Conversations handed over to a person.")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `handla handoffs list` shows it.")]
T = TypeVar("T", Handoff, Message)


@handoff_app.command("list")
def list_open(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Those that wait or are claimed, the longest open first."""
    handoffs = _handoffs(context)
    for one in handoffs.listed(("waiting", "claimed", "closed") if everything else ("waiting", "claimed")):
        print_json(reports.handoff_row(one)) if as_json else typer.echo(_line(one))


@handoff_app.command()
def show(context: typer.Context, handoff_id: Id, as_json: AsJson = False) -> None:
    """Everything the person needs: summary, transcript, basket, last order, and what was said since."""
    handoffs = _handoffs(context)
    found = handoffs.find(handoff_id)
    if found is None:
        raise UserMistake(_why(handoff_id, NotDone("unknown")))
    messages = handoffs.messages(handoff_id)
    if as_json:
        print_json(reports.handoff_report(found, messages))
        return
    typer.echo(f"{_line(found)}\n\n{found.brief.summary}\n")
    for said in found.brief.transcript:
        typer.echo(f"  customer: {said.heard or '(nothing to be shown)'}")
        typer.echo(f"  Handla:   {said.replied}" if said.replied else "")
    for message in messages:
        typer.echo(f"  {message.sender}: {message.text}")
    if found.note:
        typer.echo(f"note: {found.note}")


@handoff_app.command()
def claim(context: typer.Context, handoff_id: Id, who: Annotated[str, typer.Option("--as", help="Your name.")]) -> None:
    """Take the conversation: from then on Handla is silent in it."""
    typer.echo(_line(_done(handoff_id, _handoffs(context).claim(handoff_id, _given(who, "a name"), _now()))))


@handoff_app.command()
def say(context: typer.Context, handoff_id: Id, text: str) -> None:
    """Say something to the customer; it is heard with their next turn, or when their channel asks for it."""
    message = _done(handoff_id, _handoffs(context).say(handoff_id, _given(text, "a text"), _now()))
    typer.echo(f"message {message.number} is on its way")


@handoff_app.command()
def close(
    context: typer.Context,
    handoff_id: Id,
    note: Annotated[str, typer.Option(help="What came of it, for the records.")] = "",
) -> None:
    """Give the conversation back to Handla."""
    typer.echo(_line(_done(handoff_id, _handoffs(context).close(handoff_id, note, _now()))))


def _handoffs(context: typer.Context) -> Handoffs:
    settings: Settings = context.obj
    return bootstrap.open_people(bootstrap.open_shop(settings), settings).handoffs


def _done(handoff_id: str, outcome: T | NotDone) -> T:
    if isinstance(outcome, NotDone):
        raise UserMistake(_why(handoff_id, outcome))
    return outcome


def _why(handoff_id: str, refused: NotDone) -> str:
    why = {
        "unknown": "there is none; see `handla handoffs list --all`",
        "taken": f"{refused.who} has claimed it already",
        "not_claimed": "claim it first: `handla handoffs claim ID --as NAME`",
        "closed": "it is closed; the conversation is Handla's again",
    }
    return f"handoff {handoff_id}: {why[refused.reason]}"


def _given(text: str, what: str) -> str:
    if not text.strip():
        raise UserMistake(f"give {what}; nothing was changed")
    return text.strip()


def _line(one: Handoff) -> str:
    row: dict[str, Any] = reports.handoff_row(one)
    by = f" by {one.who}" if one.who else ""
    customer = one.customer_id or "guest"
    return f"{one.id}  {row['opened_at']}  {one.state}{by}  {customer}, {one.brief.channel}, {one.brief.reason}"


def _now() -> datetime:
    return datetime.now(UTC)
