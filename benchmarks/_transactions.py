"""Orders to measure on: a file of anybody's, the shared retail set, or the sample shop's year."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import numpy as np

from commerce.histories import Histories, histories
from commerce.refused import SHOWN, ImportRefused

ROOT = Path(__file__).parent.parent
RETAIL = ROOT / ".." / "shared" / "data" / "retail" / "online_retail.csv.gz"
SAMPLE = ROOT / "commerce" / "sample" / "orders.csv"
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Transactions:
    name: str
    past: Histories
    products: tuple[str, ...]
    """Ids, ascending; places in `past` are positions here."""


@dataclass(frozen=True, slots=True)
class _Line:
    customer: str
    order: str
    when: float
    """Days since 1970, or a sequence number."""
    product: str


Read = Callable[[Mapping[str, str]], _Line | None]
"""One row as a line; None to pass over it. Raises _Wrong."""


class _Wrong(ValueError):
    """A row that cannot be taken; the message says why and what to give."""


def transactions(file: Path | None) -> Transactions:
    """The file's; without one the retail set where it is, else the sample shop's. Raises ImportRefused."""
    if file is not None:
        return read_transactions(file)
    if RETAIL.exists():
        return read_retail()
    return _packed("sample shop", _lines(SAMPLE, ("customer_id", "placed_days_ago"), _of_sample), dated=True)


def read_transactions(file: Path) -> Transactions:
    """Columns customer_id, order_id, ordered_at or sequence, product_id and perhaps quantity; others are passed over.

    A basket is what one customer has under one order_id; its time is that of its first row. Raises ImportRefused with
    the line and the reason.
    """
    with _opened(file) as text:
        columns = [name.strip() for name in next(csv.reader(text), [])]
    missing = [name for name in ("customer_id", "order_id", "product_id") if name not in columns]
    if not {"ordered_at", "sequence"} & set(columns):
        missing.append("ordered_at or sequence")
    if missing:
        raise ImportRefused([f"{file.name}: line 1: there is no column {name}." for name in missing])
    dated = "ordered_at" in columns
    return _packed(file.name, _lines(file, columns, _of_file(dated)), dated)


def read_retail(file: Path = RETAIL) -> Transactions:
    """UCI Online Retail: an order is an invoice. Cancellations (C...) and rows without a customer are left out."""
    columns = ("CustomerID", "InvoiceNo", "InvoiceDate", "StockCode")
    return _packed("UCI Online Retail", _lines(file, columns, _of_retail), dated=True)


# --- rows


def _lines(file: Path, columns: tuple[str, ...] | list[str], read: Read) -> Iterator[_Line]:
    faults: list[str] = []
    with _opened(file) as text:
        reader = csv.DictReader(text, strict=True)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        try:
            for row in reader:
                line = _read(row, len(columns), read, f"{file.name}: line {reader.line_num}", faults)
                if line is not None:
                    yield line
                if len(faults) > SHOWN:
                    break
        except csv.Error as error:
            faults.append(f"{file.name}: line {reader.line_num}: not valid CSV: {error}.")
        except UnicodeDecodeError as error:
            faults.append(f"{file.name}: after line {reader.line_num}: not UTF-8 ({error.reason}).")
        except (EOFError, zlib.error):
            faults.append(f"{file.name}: after line {reader.line_num}: the compressed file ends or breaks here.")
    if faults:
        raise ImportRefused(faults)


def _read(row: dict[str, str], columns: int, read: Read, where: str, faults: list[str]) -> _Line | None:
    if None in row or None in row.values():
        faults.append(f"{where}: not {columns} cells as in the header; quote cells with commas in them.")
        return None
    try:
        return read(row)
    except _Wrong as wrong:
        faults.append(f"{where}: {wrong}")
        return None


def _of_file(dated: bool) -> Read:
    moments: dict[str, float] = {}
    when = "ordered_at" if dated else "sequence"

    def read(row: Mapping[str, str]) -> _Line:
        cells = {name: row[name].strip() for name in ("customer_id", "order_id", "product_id", when)}
        for name, cell in cells.items():
            if not cell:
                raise _Wrong(f"{name} is empty.")
        if cells[when] not in moments:
            moments[cells[when]] = _moment(cells[when]) if dated else _number("sequence", cells[when])
        if row.get("quantity", "1").strip() and _number("quantity", row.get("quantity", "1")) <= 0:
            raise _Wrong(f"quantity is {row['quantity']}; give what was bought, and leave out what was returned.")
        return _Line(cells["customer_id"], cells["order_id"], moments[cells[when]], cells["product_id"])

    return read


def _of_retail(row: Mapping[str, str]) -> _Line | None:
    if not row["CustomerID"] or row["InvoiceNo"].startswith("C"):
        return None
    return _Line(row["CustomerID"], row["InvoiceNo"], _moment(row["InvoiceDate"]), row["StockCode"])


def _of_sample(row: Mapping[str, str]) -> _Line:
    return _Line(row["customer_id"], row["order_number"], -float(row["placed_days_ago"]), row["sku"])


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / _DAY
    except (ValueError, OverflowError):
        raise _Wrong(f'ordered_at is "{text}"; give a date or a time such as 2025-03-14 or 2025-03-14T09:30.') from None


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _Wrong(f'{name} is "{text}"; give a number.')
    return number


def _opened(file: Path) -> TextIO:
    try:
        with file.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise ImportRefused([f"{file}: cannot be read: {error.strerror}."]) from None
    if zipped:
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


# --- columns


def _packed(name: str, lines: Iterator[_Line], dated: bool) -> Transactions:
    customers: dict[str, int] = {}
    products: dict[str, int] = {}
    orders: dict[tuple[int, str], tuple[int, float]] = {}
    rows = []
    for line in lines:
        customer = customers.setdefault(line.customer, len(customers))
        order, when = orders.setdefault((customer, line.order), (len(orders), line.when))
        rows.append((customer, when, order, products.setdefault(line.product, len(products))))
    if not rows:
        raise ImportRefused([f"{name}: there are no orders below the header."])
    customer, when, order, product = np.array(rows, np.float64).T
    kept = np.lexsort((np.arange(len(rows)), order, when, customer))
    names = sorted(products)
    place = np.empty(len(names), np.int64)
    place[[products[name] for name in names]] = np.arange(len(names))
    past = histories(
        customer[kept].astype(np.int64),
        order[kept].astype(np.int64),
        place[product[kept].astype(np.int64)],
        when[kept] if dated else np.full(len(rows), np.nan),
    )
    return Transactions(name, past, tuple(names))
