"""`handla shop ...`: the shop's data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from assistant import bootstrap, desk
from assistant.commands.mistakes import UserMistake, all_or_nothing, must_be_known
from assistant.commands.orders import import_terms, order_app
from assistant.commands.printing import AsJson, print_json, print_lines
from assistant.settings import Settings
from commerce.booking import NotBooked
from commerce.loyalty import Balance, NotRedeemed
from commerce.sample import is_in

shop_app = typer.Typer(no_args_is_help=True, help="The shop's data.")
shop_app.add_typer(order_app, name="order")
shop_app.command("import-terms")(import_terms)


@shop_app.command("import")
def import_catalogue(
    context: typer.Context,
    file: Path,
    into_sample: Annotated[bool, typer.Option(help="Add to the sample shop where the database holds it.")] = False,
) -> None:
    """Take over a merchant's catalogue (docs/catalogue.md)."""
    from commerce.catalogue import read_catalogue

    with all_or_nothing():
        catalogue = read_catalogue(file)
        shop = bootstrap.open_shop(context.obj.without_sample()).shop
        if not into_sample and is_in(shop):
            raise UserMistake(
                "This database holds the sample shop. Name one of your own, HANDLA_SHOP__DATABASE=sqlite:///shop.db or "
                "database under [shop] in handla.toml; or add to the sample with --into-sample.\nNothing was imported."
            )
        counts = shop.import_products(catalogue.products)
    typer.echo(f"{file}: {counts}")


@shop_app.command("import-orders")
def import_orders(context: typer.Context, file: Path) -> None:
    """Take over a merchant's past orders (docs/catalogue.md)."""
    from commerce.orders_csv import read_orders

    store = bootstrap.open_shop(context.obj.without_sample()).shop
    with all_or_nothing():
        past = read_orders(file, store)
        counts = store.import_orders(past.orders, past.customers)
    typer.echo(f"{file}: {counts}")


@shop_app.command("import-info")
def import_info(context: typer.Context, file: Path) -> None:
    """Go by this shop file: hours, policies, points, services and staff (docs/shop-file.md)."""
    from commerce.shop_file import read_text

    with all_or_nothing():
        around = bootstrap.open_shop(context.obj.without_sample()).around
        around.files.put(read_text(file), file.name)
    now = datetime.now(UTC)
    print_lines(desk.about_the_shop(around, now), desk.out_of_hours(around, now))


@shop_app.command()
def info(context: typer.Context) -> None:
    """What the shop file says, and what is open now."""
    print_lines(desk.about_the_shop(bootstrap.open_shop(context.obj).around, datetime.now(UTC)))


@shop_app.command()
def appointments(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days from now on.")] = 7,
    cancel: Annotated[str | None, typer.Option(help="Cancel the appointment of this number first.")] = None,
    as_json: AsJson = False,
) -> None:
    """The appointments ahead."""
    now = datetime.now(UTC)
    around = bootstrap.open_shop(context.obj).around
    if cancel:
        outcome = around.bookings.cancel(f"merchant:{cancel}", None, cancel, now)
        if isinstance(outcome, NotBooked):
            known = {"no_booking": "there is none of that number", "cancelled": "it is cancelled already"}
            raise UserMistake(f"appointment {cancel}: {known.get(outcome.reason, 'it has begun')}; nothing was changed")
    for booked in desk.appointments(around, now, days):
        print_json(booked) if as_json else typer.echo(desk.appointment_line(booked))


@shop_app.command()
def points(
    context: typer.Context,
    customer: str,
    give: Annotated[int, typer.Option(help="Points to give, or to take where below zero.")] = 0,
    key: Annotated[str | None, typer.Option(help="The same key again gives nothing more.")] = None,
) -> None:
    """A customer's points, after what orders have led to since."""
    premises, now = bootstrap.open_shop(context.obj), datetime.now(UTC)
    must_be_known(premises.shop, customer)
    loyalty = premises.around.loyalty
    loyalty.settle(now)
    balance: Balance | NotRedeemed | None = loyalty.points(customer, now)
    if give and balance:
        balance = loyalty.adjust(key or uuid4().hex, customer, give, now)
    if balance is None:
        raise UserMistake("this shop has no points: its shop file has no section loyalty (docs/shop-file.md)")
    if isinstance(balance, NotRedeemed):
        raise UserMistake(f"{customer} has {balance.balance} points; nothing was taken")
    print_lines(desk.points_lines(balance))


@shop_app.command()
def learn(
    context: typer.Context,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler whose workers reach the database: tcp://host:8786.")
    ] = None,
) -> None:
    """Rebuild what the shop learned from its orders; until it is finished, what was learned before stays in use."""
    typer.echo(bootstrap.learn(context.obj, scheduler))


@shop_app.command()
def upgrade(
    context: typer.Context,
    database: Annotated[str | None, typer.Option(help="A database URL; default: the setting shop.database.")] = None,
) -> None:
    """Bring a database that an older Handla made up to date; what is in it is kept."""
    settings: Settings = context.obj
    done = bootstrap.upgrade_database(database or settings.shop.database)
    typer.echo(f"{len(done)} changes made: {', '.join(done)}" if done else "The database is up to date.")
