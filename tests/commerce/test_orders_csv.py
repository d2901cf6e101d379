from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commerce.orders_csv import PastOrders, read_orders
from commerce.refused import ImportRefused
from commerce.store import Store
from commerce.types import Customer, LineOption, OrderState, Shipment
from tests.commerce.goods import ANN, NOW, line, open_store, product, read_json, stock_of, usd

HEADER = "order_number,customer_id,customer_name,placed_at,sku,quantity,unit_price,state"
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def store() -> Store:
    return open_store(products=[product("Tea", 450), product("Mug", 900)])[0]


def read(folder: Path, store: Store, *rows: str, header: str = HEADER) -> PastOrders:
    file = folder / "orders.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_orders(file, store)


def refused(folder: Path, store: Store, *rows: str, header: str = HEADER) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read(folder, store, *rows, header=header)
    return list(caught.value.faults)


def test_rows_with_one_number_are_one_order(tmp_path: Path, store: Store) -> None:
    past = read(
        tmp_path,
        store,
        "2041,C7,Ada Berg,2025-03-01T23:30+02:00,tea,2,400,delivered",
        "2042,C1,,2025-03-02,tea,1,,cancelled",
        "2041,C7,,,mug,1,,",
    )
    first, second = past.orders
    assert [(one.sku, one.quantity, one.unit_price) for one in first.lines] == [
        ("tea", 2, usd(400)),
        ("mug", 1, usd(900)),
    ]
    assert (first.total, first.state) == (usd(1700), OrderState.DELIVERED)
    assert first.placed_at == datetime(2025, 3, 1, 21, 30, tzinfo=UTC)
    assert second.state == OrderState.CANCELLED
    assert past.customers == (Customer("C7", "Ada Berg"),)


def test_imported_orders_are_in_the_shop_once_however_often_they_are_imported(tmp_path: Path, store: Store) -> None:
    past = read(tmp_path, store, "2041,C7,Ada,2025-03-01,tea,2,400,delivered", "2042,C7,,2025-04-01,mug,1,,placed")
    first = store.import_orders(past.orders, past.customers)
    again = store.import_orders(past.orders, past.customers)
    assert (first.added, first.updated, again.added, again.updated) == (2, 0, 0, 2)
    assert [order.number for order in store.orders_of("C7")] == ["2042", "2041"]
    assert store.order("2041") == past.orders[0]
    assert stock_of(store, "tea") == 10


def test_the_example_of_the_documentation_is_taken(tmp_path: Path) -> None:
    text = (DOCS / "catalogue.md").read_text(encoding="utf-8")
    coffee_bar = re.findall(r"```json\n(.*?)```", text, re.DOTALL)[1]
    store, _ = open_store(products=read_json(tmp_path, coffee_bar))
    header, *rows = re.findall(r"```csv\n(.*?)\n```", text, re.DOTALL)[0].splitlines()
    past = read(tmp_path, store, *rows, header=header)
    store.import_orders(past.orders, past.customers)
    order = store.order("2041")
    assert order is not None
    assert order.lines[1].options == (
        LineOption("size", "large", None, 70),
        LineOption("milk", "oat milk", "a little", 60),
    )
    assert order.lines[1].unit_price == usd(580)
    assert order.delivered_on == date(2025, 3, 4)
    shipped = store.order("2058")
    assert shipped is not None
    assert shipped.shipment == Shipment("Postal", "PX123", date(2025, 3, 15))


def test_semicolons_and_a_byte_order_mark_are_taken(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "orders.csv"
    text = "order_number;customer_id;placed_at;sku;quantity;state\n#2041;C1;2025-03-01;tea;2;Delivered\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    (order,) = read_orders(file, store).orders
    assert (order.number, order.lines[0].quantity, order.state) == ("2041", 2, OrderState.DELIVERED)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("41,C1,,2025-03-01,tea,1,,placed", 'order_number is "41"; give 4 to 12 digits'),
        ("A-41,C1,,2025-03-01,tea,1,,placed", 'order_number is "A-41"'),
        ("2041,,,2025-03-01,tea,1,,placed", "customer_id is empty"),
        ("2041,C1,,01/03/2025,tea,1,,placed", 'placed_at is "01/03/2025"; give a date'),
        ("2041,C1,,2025-03-01,teapot,1,,placed", 'sku is "teapot", which is not in the catalogue'),
        ("2041,C1,,2025-03-01,tea,0,,placed", 'quantity is "0"; give a whole number from 1'),
        ("2041,C1,,2025-03-01,tea,two,,placed", 'quantity is "two"'),
        ("2041,C1,,2025-03-01,tea,1,4.50,placed", 'unit_price is "4.50"; give a whole number of minor units'),
        ("2041,C1,,2025-03-01,tea,1,,delivred", 'state is "delivred"; did you mean "delivered"?'),
        ("2041,C1,,2025-03-01,tea,1,placed", "7 cells where the header has 8"),
    ],
)
def test_a_faulty_row_is_refused_with_line_field_and_reason(tmp_path: Path, store: Store, row: str, fault: str) -> None:
    (message,) = refused(tmp_path, store, "2040,C1,,2025-02-01,tea,1,,placed", row)
    assert message.startswith("orders.csv: line 3: ")
    assert fault in message


def test_every_fault_is_told_in_the_order_of_lines(tmp_path: Path, store: Store) -> None:
    faults = refused(
        tmp_path, store, "2041,C1,,2025-03-01,tea,0,,lost", "2042,C1,,x,tea,1,,placed", "2041,C2,,,tea,1,,placed"
    )
    assert [fault.split(": ")[1] for fault in faults] == ["line 2", "line 2", "line 3", "line 4", "line 4"]
    assert 'customer_id is "C2", but order 2041 has "C1" in line 2.' in faults[3]


def test_unknown_and_missing_columns_are_named(tmp_path: Path, store: Store) -> None:
    faults = refused(tmp_path, store, header="order_number,customer_id,placed_at,skus,quantity,state")
    assert faults == [
        'orders.csv: line 1: column "skus" is not known; did you mean "sku"?',
        'orders.csv: line 1: column "sku" is missing.',
    ]


def test_a_file_without_orders_and_an_unclosed_quote_are_refused(tmp_path: Path, store: Store) -> None:
    assert "no orders below the header" in refused(tmp_path, store)[0]
    assert "not valid CSV" in refused(tmp_path, store, '2041,"C1,,2025-03-01,tea,1,,placed')[0]


def test_the_number_of_an_order_placed_here_is_refused_and_nothing_is_imported(tmp_path: Path, store: Store) -> None:
    placed = store.place_order("k", ANN.id, [line(store, "tea")], NOW)
    number = getattr(placed, "number")  # noqa: B009
    past = read(tmp_path, store, "2041,C7,Ada,2025-03-01,tea,2,,placed", f"{number},C7,,2025-03-01,tea,2,,placed")
    with pytest.raises(ImportRefused, match=f"Order {number} was placed here"):
        store.import_orders(past.orders, past.customers)
    assert store.orders_placed() == [placed]
    assert store.customer("C7") is None
