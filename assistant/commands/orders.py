"""`handla shop order ...`: what a merchant does about orders."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake, all_or_nothing, must_be_known
from assistant.commands.printing import AsJson
from commerce.aftercare import is_delayed
from commerce.faults import show_money
from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.store import Store
from commerce.terms_file import read_terms
from commerce.types import Address, Money, Order, Refusal, Shipment

order_app = typer.Typer(no_args_is_help=True, help="Orders: what is to be packed, on its way, sent back, paid back.")

Number = Annotated[str, typer.Argument(help="The order's number.")]
ReturnNumber = Annotated[str, typer.Argument(help="The number on the return label.")]

_WHY = {
    "unknown_order": "there is no order of that number",
    "unknown_return": "there is no return of that number",
    "unknown_customer": "there is no such customer",
    "busy": "a change of it is being paid; try again in a minute",
    "cancelled": "it was cancelled",
    "packed": "it is packed",
    "shipped": "it is shipped",
    "delivered": "it was delivered",
    "returned": "it was returned",
    "too_early": "an earlier step is missing; an order is packed, shipped, delivered",
    "settled": "that return was decided already",
    "too_many": "there are not so many pieces of that line",
}


@order_app.command("list")
def packable(context: typer.Context, as_json: AsJson = False) -> None:
    """What may be packed now, oldest first; orders that can still be called off are held back."""
    store = _store(context)
    for order in store.desk.packable(_now()):
        _echo(order, store, as_json)


@order_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Everything about an order."""
    store = _store(context)
    order = store.order(number)
    if order is None:
        raise UserMistake(f"order {number}: {_WHY['unknown_order']}")
    _echo(order, store, as_json)


@order_app.command()
def pack(context: typer.Context, number: Number) -> None:
    """Note that it is packed; from then on it cannot be changed."""
    store = _store(context)
    _moved(store.desk.pack(number, _now()), number)


@order_app.command()
def ship(
    context: typer.Context,
    number: Number,
    carrier: Annotated[str, typer.Option(help="Who brings it.")],
    expected: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it should arrive.")],
    tracking: Annotated[str, typer.Option(help="The carrier's number.")] = "",
) -> None:
    """Note that it is on its way."""
    shipment = Shipment(carrier, tracking, expected.date())
    _moved(_store(context).desk.ship(number, shipment, _now()), number)


@order_app.command()
def deliver(context: typer.Context, number: Number) -> None:
    """Note that it arrived or was picked up."""
    _moved(_store(context).desk.deliver(number, _now()), number)


@order_app.command()
def cancel(
    context: typer.Context,
    number: Number,
    line: Annotated[int | None, typer.Option(min=1, help="Only this line, as `show` counts them.")] = None,
    pieces: Annotated[int | None, typer.Option(min=1, help="Only so many pieces of that line.")] = None,
) -> None:
    """Call an order off, or a line of it, and pay it back; possible until it is shipped."""
    store = _store(context)
    order = store.order(number)
    if pieces is not None and line is None:
        raise UserMistake("--pieces needs --line")
    some = []
    if line is not None:
        if order is None or line > len(order.lines):
            raise UserMistake(f"order {number}: there is no line {line}; nothing was changed")
        some = [Pieces(line - 1, pieces or order.lines[line - 1].quantity)]
    _moved(store.aftercare.cancel_order(f"merchant:{uuid4().hex}", number, some, _now()), number)


@order_app.command("receive-return")
def receive_return(context: typer.Context, number: ReturnNumber) -> None:
    """Note that the parcel has come."""
    _decided(_store(context).desk.receive_return(number, _now()), number)


@order_app.command("accept-return")
def accept_return(
    context: typer.Context,
    number: ReturnNumber,
    restock: Annotated[bool, typer.Option(help="Whether the goods can be sold again.")] = True,
) -> None:
    """Take the goods back and pay them back."""
    _decided(_store(context).desk.accept_return(number, _now(), restock), number)


@order_app.command("refuse-return")
def refuse_return(
    context: typer.Context,
    number: ReturnNumber,
    because: Annotated[str, typer.Option(help="Told to the customer.")],
) -> None:
    """Take the goods not back."""
    _decided(_store(context).desk.refuse_return(number, because, _now()), number)


@order_app.command()
def refunds(
    context: typer.Context,
    paid: Annotated[str | None, typer.Option(help="Note that the refund of this key was paid.")] = None,
) -> None:
    """What you have to pay back by hand, because it was paid elsewhere or the provider refused."""
    desk = _store(context).desk
    if paid is not None and not desk.refund_paid(paid, _now()):
        raise UserMistake(f"there is no refund {paid}; without --paid the open ones are listed")
    for one in desk.refunds_to_pay():
        typer.echo(f"{one.key}  order {one.order_number}  {show_money(one.amount)}  since {one.asked_on}")


@order_app.command("voice-code")
def voice_code(
    context: typer.Context,
    customer: str,
    limit: Annotated[int | None, typer.Option(min=0, help="Minor units an order may cost without the code.")] = None,
    clear: Annotated[bool, typer.Option(help="Take code and limit away.")] = False,
) -> None:
    """Set what it takes to buy by voice: the code is asked for; without one, only the limit counts."""
    store = _store(context)
    must_be_known(store, customer)
    if clear:
        store.codes.set_code(customer, None)
        store.codes.set_limit(customer, None)
        typer.echo(f"{customer} buys by voice without a code.")
        return
    code = _read_code()
    weak = store.codes.set_code(customer, code) if code else store.codes.set_code(customer, None)
    if weak is not None:
        raise UserMistake(
            "a code has 4 to 8 digits that are not all the same and not in a row such as 1234; nothing was changed"
        )
    store.codes.set_limit(customer, None if limit is None else Money(limit, store.currency))
    typer.echo(f"{customer}: {'a code is set' if code else 'no code'}, {_limit(limit, store.currency)}.")


@order_app.command()
def addresses(context: typer.Context, customer: str) -> None:
    """A customer's addresses, the default first."""
    store = _store(context)
    must_be_known(store, customer)
    for address in store.addresses.of(customer):
        typer.echo(f"{address.label}: {_on_one_line(address)}")


def import_terms(context: typer.Context, file: Path) -> None:
    """Go by these terms of delivery, cancelling and returns (docs/terms-file.md); orders made before keep theirs."""
    with all_or_nothing():
        terms = read_terms(file)
        bootstrap.open_shop(context.obj.without_sample()).shop.set_terms(terms)
    typer.echo(f"{file}: taken over.")


# --- inside


def _store(context: typer.Context) -> Store:
    return bootstrap.open_shop(context.obj).shop


def _now() -> datetime:
    return datetime.now(UTC)


def _read_code() -> str:
    """A code never stands on the command line, where others see it."""
    if sys.stdin is not None and sys.stdin.isatty():
        return str(typer.prompt("Code (4 to 8 digits)", default="", hide_input=True, show_default=False))
    return sys.stdin.readline().strip() if sys.stdin else ""


def _limit(limit: int | None, currency: str) -> str:
    return "no limit" if limit is None else f"free up to {show_money(Money(limit, currency))}"


def _refuse(refusal: Refusal, what: str) -> UserMistake:
    if refusal.reason == "held" and refusal.until:
        return UserMistake(f"{what}: its customer can call it off until {refusal.until:%Y-%m-%d %H:%M} UTC")
    return UserMistake(f"{what}: {_WHY.get(refusal.reason, refusal.reason)}; nothing was changed")


def _moved(answer: Order | Refusal, number: str) -> None:
    if isinstance(answer, Refusal):
        raise _refuse(answer, f"order {number}")
    typer.echo(f"order {answer.number}: {answer.state.value}, {show_money(answer.total)}")


def _decided(answer: Return | Refusal, number: str) -> None:
    if isinstance(answer, Refusal):
        raise _refuse(answer, f"return {number}")
    waits = "; the refund is to be paid" if answer.decided_at and answer.state.value == "received" else ""
    typer.echo(f"return {answer.number}: {answer.state.value}, {show_money(answer.amount)}{waits}")


def _echo(order: Order, store: Store, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_report(order, store), ensure_ascii=False, default=_plain))
    else:
        for line in _lines(order, store):
            typer.echo(line)


def _report(order: Order, store: Store) -> dict[str, Any]:
    report = asdict(order)
    report["delayed"] = is_delayed(order, store.terms().today(_now()))
    report["returns"] = [asdict(one) for one in store.aftercare.returns(order.number)]
    report["refunds"] = [asdict(one) for one in store.aftercare.refunds(order.number)]
    return report


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"cannot be written as JSON: {value!r}")


def _lines(order: Order, store: Store) -> Iterator[str]:
    late = ", delayed" if is_delayed(order, store.terms().today(_now())) else ""
    yield f"order {order.number} of {order.customer_id}: {order.state.value}{late}, {show_money(order.total)}"
    yield f"  placed {order.placed_at:%Y-%m-%d %H:%M} UTC"
    for number, line in enumerate(order.lines, start=1):
        options = "".join(f", {option.amount or ''} {option.value}".replace("  ", " ") for option in line.options)
        yield f"  {number}. {line.quantity} × {line.title}{options} ({line.sku}), {show_money(line.total)}"
    for name, amount in order.discounts:
        yield f"  less {name}, {show_money(amount)}"
    if order.delivery:
        where = f" to {_on_one_line(order.delivery.address)}" if order.delivery.address else ""
        yield f"  {order.delivery.title}{where}, {show_money(order.delivery.price)}"
    if order.shipment:
        yield f"  with {order.shipment.carrier} {order.shipment.tracking}"
    if order.delivered_on:
        yield f"  delivered on {order.delivered_on}"
    elif order.expected:
        yield f"  expected on {order.expected}"
    for one in store.aftercare.returns(order.number):
        pieces = ", ".join(f"{each.quantity} of line {each.position + 1}" for each in one.pieces)
        yield f"  return {one.number}: {pieces}, {one.reason}, {one.state.value}, {show_money(one.amount)} {one.note}"
    for refund in store.aftercare.refunds(order.number):
        how = f"paid on {refund.paid_on}" if refund.paid_on else f"waits for the {refund.waits_for}"
        yield f"  refund of {show_money(refund.amount)} ({refund.cause}): {how}"


def _on_one_line(address: Address) -> str:
    return f"{address.name}, {address.street}, {address.postcode} {address.city}, {address.country}"
