"""A merchant's past orders from a CSV file: one row a line, rows with the same order_number are one order.

docs/catalogue.md describes the columns. Nothing is returned unless every row is right.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from commerce.lines import make_line
from commerce.ports import ReadOnlyShop
from commerce.refused import ImportRefused, nearest
from commerce.types import AMOUNTS, Customer, Line, LineOption, Money, Order, OrderState, Shipment

REQUIRED = ("order_number", "customer_id", "placed_at", "sku", "quantity", "state")
OPTIONAL = ("customer_name", "unit_price", "options", "carrier", "tracking", "expected_on", "delivered_on")
_OF_THE_ORDER = (
    "customer_id",
    "customer_name",
    "placed_at",
    "state",
    "carrier",
    "tracking",
    "expected_on",
    "delivered_on",
)
_MOST_PIECES = 100_000
_MOST_MONEY = 10**12

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PastOrders:
    orders: tuple[Order, ...]
    """In the order of the file."""
    customers: tuple[Customer, ...]
    """Who is new to the shop, or named in the file."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    """Line of the file, 1-based; the last one of a row that spans several."""
    cells: Mapping[str, str]


class _Wrong(ValueError):
    """A cell that cannot be taken; the message says why and what to give."""


def read_orders(path: Path | str, shop: ReadOnlyShop) -> PastOrders:
    """The orders of a CSV file; their products must be in the shop.

    Raises ImportRefused with every fault as a line: file, line, field and reason.
    """
    path = Path(path)
    groups: dict[str, list[_Row]] = {}
    for row in _rows(path):
        groups.setdefault(row.cells["order_number"].removeprefix("#"), []).append(row)
    faults: list[tuple[int, str]] = []
    orders = [_order(rows, shop, faults) for rows in groups.values()]
    if faults:
        raise ImportRefused([f"{path.name}: line {line}: {message}" for line, message in sorted(faults)])
    if not orders:
        raise ImportRefused([f"{path.name}: there are no orders below the header."])
    return PastOrders(tuple(order for order in orders if order), tuple(_customers(groups.values(), shop)))


# --- the file


def _rows(path: Path) -> Iterator[_Row]:
    text = _text(path)
    header, _, _ = text.partition("\n")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        _check_columns(path.name, columns)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                counts = f"{len(cells)} cells where the header has {len(columns)}"
                raise ImportRefused(
                    [f"{path.name}: line {reader.line_num}: {counts}; quote cells with commas in them."]
                )
            stripped = (cell.strip() for cell in cells)
            yield _Row(reader.line_num, {**dict.fromkeys(OPTIONAL, ""), **dict(zip(columns, stripped, strict=True))})
    except csv.Error as error:
        raise ImportRefused([f"{path.name}: line {reader.line_num}: not valid CSV: {error}."]) from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportRefused([f"{path}: cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError as error:
        raise ImportRefused([f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8."]) from None


def _check_columns(file: str, columns: list[str]) -> None:
    known = (*REQUIRED, *OPTIONAL)
    faults = []
    for name in columns:
        if name not in known:
            like = nearest(name, known)
            hint = f'did you mean "{like}"?' if like else f"known are: {', '.join(known)}."
            faults.append(f'{file}: line 1: column "{name}" is not known; {hint}')
    faults += [f'{file}: line 1: column "{name}" is missing.' for name in REQUIRED if name not in columns]
    faults += [f'{file}: line 1: column "{name}" is there twice.' for name in known if columns.count(name) > 1]
    if faults:
        raise ImportRefused(faults)


# --- one order


def _order(rows: list[_Row], shop: ReadOnlyShop, faults: list[tuple[int, str]]) -> Order | None:
    first = rows[0]
    before = len(faults)

    def read(row: _Row, field: str, parse: Callable[[Mapping[str, str]], T]) -> T | None:
        try:
            return parse(row.cells)
        except _Wrong as wrong:
            faults.append((row.number, f"{field} {wrong}".lstrip()))
            return None

    number = read(first, "order_number", _number)
    customer = read(first, "customer_id", _customer_id)
    placed = read(first, "placed_at", _placed_at)
    state = read(first, "state", _state)
    expected = read(first, "expected_on", lambda cells: _day(cells["expected_on"]))
    delivered = read(first, "delivered_on", lambda cells: _day(cells["delivered_on"]))
    read(first, "expected_on", _complete_shipment)
    for row in rows[1:]:
        faults.extend((row.number, message) for message in _disagreements(first, row))
    lines = [read(row, "", lambda cells: _line(cells, shop)) for row in rows]
    if placed and delivered and delivered < placed.date():
        faults.append((first.number, f"delivered_on is {delivered}, before placed_at {placed.date()}."))
    if len(faults) > before or not (number and customer and placed and state):
        return None
    bought = tuple(line for line in lines if line)
    total = Money.total((line.total for line in bought), shop.currency)
    cells = first.cells
    shipment = Shipment(cells["carrier"], cells["tracking"], expected) if expected else None
    return Order(number, customer, bought, total, state, placed, shipment, delivered)


def _disagreements(first: _Row, row: _Row) -> Iterator[str]:
    """Later rows of an order may leave out what its first row says, but not say something else."""
    for field in _OF_THE_ORDER:
        value, said = row.cells[field], first.cells[field]
        if value not in ("", said):
            number = row.cells["order_number"]
            yield f'{field} is "{value}", but order {number} has "{said}" in line {first.number}.'


def _number(cells: Mapping[str, str]) -> str:
    number = cells["order_number"].removeprefix("#")
    # Customers say it aloud, so digits only; shorter ones are taken for quantities.
    if not re.fullmatch(r"[0-9]{4,12}", number):
        raise _Wrong(f'is "{cells["order_number"]}"; give 4 to 12 digits, as customers say them.')
    return number


def _customer_id(cells: Mapping[str, str]) -> str:
    if not cells["customer_id"]:
        raise _Wrong("is empty; give the customer's id.")
    return cells["customer_id"]


def _placed_at(cells: Mapping[str, str]) -> datetime:
    try:
        moment = datetime.fromisoformat(cells["placed_at"])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Wrong(f'is "{cells["placed_at"]}"; give a date or a time such as 2025-03-14T09:30Z.') from None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong(f'is "{text}"; give a date such as 2025-03-14.') from None


def _state(cells: Mapping[str, str]) -> OrderState:
    try:
        return OrderState(cells["state"].lower())
    except ValueError:
        states = [state.value for state in OrderState]
        like = nearest(cells["state"], states)
        hint = f'did you mean "{like}"?' if like else f"give one of: {', '.join(states)}."
        raise _Wrong(f'is "{cells["state"]}"; {hint}') from None


def _complete_shipment(cells: Mapping[str, str]) -> None:
    if (cells["carrier"] or cells["tracking"]) and not cells["expected_on"]:
        raise _Wrong("is empty, but there is a carrier; give the day the parcel is expected.")


# --- one line


def _line(cells: Mapping[str, str], shop: ReadOnlyShop) -> Line:
    quantity = _whole(cells, "quantity", 1, _MOST_PIECES)
    product = shop.product_of(cells["sku"])
    if product is None:
        raise _Wrong(f'sku is "{cells["sku"]}", which is not in the catalogue; import the catalogue first.')
    line = make_line(product, cells["sku"], quantity, tuple(_options(cells["options"])))
    if line is None:
        names = ", ".join(option.name for option in product.options) or "none"
        raise _Wrong(f'options is "{cells["options"]}"; {product.title} has the options: {names}.')
    if not cells["unit_price"]:
        return line
    return replace(line, unit_price=Money(_whole(cells, "unit_price", 0, _MOST_MONEY), shop.currency))


def _options(text: str) -> Iterator[LineOption]:
    """`size=large; milk=oat (a little)`"""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        matched = re.fullmatch(r"([^=]+)=([^()]+?)\s*(?:\(([^()]+)\))?", part)
        if matched is None:
            raise _Wrong(f'options is "{text}"; give name=value pairs such as "size=large; milk=oat (a little)".')
        name, value, amount = matched.groups()
        if amount is not None and amount not in AMOUNTS:
            raise _Wrong(f'options is "{text}"; an amount is one of: {", ".join(AMOUNTS)}.')
        yield LineOption(name.strip(), value.strip(), amount)


def _whole(cells: Mapping[str, str], field: str, least: int, most: int) -> int:
    text = cells[field]
    if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
        unit = " of minor units (1495 for 14.95)" if field == "unit_price" else ""
        raise _Wrong(f'{field} is "{text}"; give a whole number{unit} from {least} to {most}.')
    return int(text)


def _customers(orders: Iterable[list[_Row]], shop: ReadOnlyShop) -> Iterator[Customer]:
    """Those to add or rename. Who is known and not named here stays as they are; the last name in the file counts."""
    names: dict[str, str] = {}
    for rows in orders:
        cells = rows[0].cells
        names[cells["customer_id"]] = cells["customer_name"] or names.get(cells["customer_id"], "")
    for customer_id, name in names.items():
        known = shop.customer(customer_id)
        if known is None:
            yield Customer(customer_id, name or customer_id)
        elif name and name != known.name:
            yield replace(known, name=name)
