"""`handla agents ...`: programs that customers may link their account with (docs/alexa-plus.md)."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from secrets import token_hex, token_urlsafe
from typing import Annotated

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.commands.printing import AsJson, print_json
from assistant.records.clients import Client
from assistant.settings import BadSettings

agents_app = typer.Typer(no_args_is_help=True, help="Programs that use the shop's tools, for customers who link them.")
client_app = typer.Typer(no_args_is_help=True, help="Programs that the built-in authorisation server knows.")
agents_app.add_typer(client_app, name="client")


@client_app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As customers are told it: Alexa.")],
    redirect: Annotated[
        list[str] | None, typer.Option(help="Where customers are sent back to, exactly; again for each.")
    ] = None,
    service: Annotated[bool, typer.Option("--service", help="Let it have tokens of its own (shop.read).")] = False,
    public: Annotated[bool, typer.Option("--public", help="It cannot keep a secret, so it gets none.")] = False,
) -> None:
    """Register a program. Its secret is shown once; a hash is kept."""
    if not (redirect or service):
        raise UserMistake(
            "give --redirect URL for a program that customers link, --service for one of its own, or both"
        )
    if public and service:
        raise UserMistake("a program without a secret cannot have tokens of its own: leave out --public or --service")
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise UserMistake("name the program in 1 to 100 printable characters")
    try:
        from assistant.web.guards import hashed
        from assistant.web.oauth.registration import usable_redirect

        redirects = tuple(usable_redirect(one) for one in redirect or ())
    except ValueError as error:
        raise UserMistake(str(error)) from None
    secret = None if public else token_urlsafe(32)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "client"
    client = Client(
        id=f"{slug}-{token_hex(4)}",
        name=name.strip(),
        secret=hashed(secret) if secret else None,
        redirects=redirects,
        service=service,
        itself=False,
        made_at=datetime.now(UTC),
    )
    clients, _ = bootstrap.linking(bootstrap.open_shop(context.obj).engine)
    clients.add(client)
    typer.echo(f"client id       {client.id}")
    if secret:
        typer.echo(f"client secret   {secret}\n\nGive both to the program; the secret cannot be shown again.")


@agents_app.command()
def clients(context: typer.Context, as_json: AsJson = False) -> None:
    """Every program that is registered, and how many customers link it."""
    known, _ = bootstrap.linking(bootstrap.open_shop(context.obj).engine)
    for client, links in known.listed():
        may = [*(["customers"] if client.redirects else []), *(["itself"] if client.service else [])]
        if as_json:
            row = {"id": client.id, "name": client.name, "for": may, "redirects": client.redirects, "links": links}
            print_json(row | {"registered_itself": client.itself, "made_at": client.made_at.isoformat()})
        else:
            by = ", registered itself" if client.itself else ""
            typer.echo(f"{client.id}  {client.name}: for {' and '.join(may)}, {links} linked{by}")
            for one in client.redirects:
                typer.echo(f"    {one}")


@agents_app.command()
def revoke(
    context: typer.Context, who: Annotated[str, typer.Argument(metavar="CLIENT|CUSTOMER", help="An id of either.")]
) -> None:
    """End all links of a program or of a customer, at once; a program is not known any more."""
    premises = bootstrap.open_shop(context.obj)
    known, grants = bootstrap.linking(premises.engine)
    if known.find(who) is None and premises.shop.customer(who) is None:
        raise UserMistake(f"{who} is neither a client (`handla agents clients` lists them) nor a customer of this shop")
    ended, gone = grants.revoke(who)
    typer.echo(f"{ended} links ended" + ("; the program is not registered any more" if gone else ""))


@agents_app.command()
def key(context: typer.Context) -> None:
    """Make the key that access tokens are signed with, where there is none, and print its public half."""
    try:
        from assistant.web.oauth.keys import key_file, signing_key
    except ImportError as error:
        raise BadSettings(f"this needs the package {error.name}: pip install 'handla[agents]'") from error
    file = key_file(context.obj)
    made = signing_key(file)
    typer.echo(f"{file}; keep it private. Its public half, for whoever reads the tokens:\n", err=True)
    typer.echo(made.public_pem().strip())


@agents_app.command()
def audit(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="Calls shown, newest first.")] = 50,
    client: Annotated[str | None, typer.Option(help="Only those of this program.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only those for this customer.")] = None,
    as_json: AsJson = False,
) -> None:
    """What programs asked of the tools: who, for whom, what came of it; no words, no tokens."""
    for call in bootstrap.agent_records(bootstrap.open_shop(context.obj).engine).calls(limit, client, customer):
        if as_json:
            print_json({**asdict(call), "at": call.at.isoformat()})
            continue
        about = " ".join(part for part in (call.about, call.order_number and f"order {call.order_number}") if part)
        who = f"{call.client} for {call.customer or 'a guest'}"
        told = f"{call.tool} {call.outcome}, {call.milliseconds:.0f} ms {about}".rstrip()
        typer.echo(f"{call.at:%Y-%m-%d %H:%M:%S}  {who}: {told}")
