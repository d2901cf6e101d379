"""Orders in rows: written, moved from state to state, read back as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Integer, Row, bindparam, case, delete, insert, select, update

from commerce.store.shelf import next_stock_version
from commerce.store.tables import order_lines, orders, shop, variants
from commerce.types import Delivery, Discount, Line, LineOption, Money, Order, OrderState, Shipment

PLACING, DECLINED, EXPIRED = "placing", "declined", "expired"
"""States of an attempt that is no order: payment pending, payment refused, given up."""
COUNTED = (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED)
"""States of an order that tell what a customer buys."""

_options = TypeAdapter(tuple[LineOption, ...])
_delivery = TypeAdapter(Delivery)
_discounts = TypeAdapter(tuple[Discount, ...])


class OutOfStock(Exception):
    """Fewer pieces are left than were to be reserved; the transaction must be given up."""


def add_attempt(connection: Connection, key: str, attempt: Order) -> None:
    """Write the attempt with its lines; its number counts not yet. Raises IntegrityError where the key is known."""
    _add(connection, attempt, key=key, number=None, state=PLACING)


def add_order(connection: Connection, order: Order) -> None:
    """Write an order that was placed elsewhere."""
    _add(connection, order, key=imported_key(order.number), number=order.number, state=order.state)


def imported_key(number: str) -> str:
    return f"import:{number}"


def _add(connection: Connection, order: Order, *, key: str, number: str | None, state: str) -> None:
    result = connection.execute(
        insert(orders)
        .values(
            key=key,
            number=number,
            customer_id=order.customer_id,
            currency=order.total.currency,
            total=order.total.minor,
            state=str(state),
            placed_at=order.placed_at,
            tried_at=order.placed_at,
            packed_at=order.packed_at,
            shipped_at=order.shipped_at,
            **agreed_values(order),
            **shipment_values(order.shipment, order.delivered_on),
        )
        .returning(orders.c.id)
    )
    write_lines(connection, result.scalar_one(), order.lines)


def write_lines(connection: Connection, order_id: int, lines: Sequence[Line]) -> None:
    rows = [_line_values(order_id, position, line) for position, line in enumerate(lines)]
    connection.execute(insert(order_lines), rows)


def agreed_values(order: Order) -> dict[str, Any]:
    return {
        "delivery": _delivery.dump_json(order.delivery).decode() if order.delivery else None,
        "discounts": _discounts.dump_json(order.discounts).decode(),
    }


def shipment_values(shipment: Shipment | None, delivered_on: date | None) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier if shipment else None,
        "tracking": shipment.tracking if shipment else None,
        "expected_on": shipment.expected if shipment else None,
        "delivered_on": delivered_on,
    }


def _line_values(order_id: int, position: int, line: Line) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": position,
        "sku": line.sku,
        "product_id": line.product_id,
        "title": line.title,
        "quantity": line.quantity,
        "unit_price": line.unit_price.minor,
        "options": _options.dump_json(line.options).decode(),
    }


# --- stock


def reserve(connection: Connection, lines: Iterable[Line]) -> None:
    """Take the pieces out of stock. Raises OutOfStock where too few are left."""
    take(connection, pieces_by_sku(lines))


def take(connection: Connection, pieces_by: Mapping[str, int]) -> None:
    """Take so many pieces of each SKU out of stock. Raises OutOfStock where too few are left."""
    changed = next_stock_version(connection)
    for sku, pieces in sorted(pieces_by.items()):
        result = connection.execute(
            update(variants)
            .where(variants.c.sku == sku, variants.c.stock >= pieces)
            .values(stock=variants.c.stock - pieces, changed=changed)
        )
        if result.rowcount != 1:
            raise OutOfStock(sku)


def release(connection: Connection, lines: Iterable[Line]) -> None:
    """Put reserved pieces back."""
    put_back(connection, pieces_by_sku(lines))


def put_back(connection: Connection, pieces_by: Mapping[str, int]) -> None:
    """Put so many pieces of each SKU back."""
    _shift(connection, pieces_by)


def take_what_is_left(connection: Connection, lines: Iterable[Line]) -> None:
    """Take the pieces, or as many as there are."""
    _shift(connection, {sku: -pieces for sku, pieces in pieces_by_sku(lines).items()})


def _shift(connection: Connection, pieces: Mapping[str, int]) -> None:
    changed = next_stock_version(connection)
    for sku, change in sorted(pieces.items()):
        after = variants.c.stock + change
        connection.execute(
            update(variants)
            .where(variants.c.sku == sku)
            .values(stock=case((after < 0, 0), else_=after), changed=changed)
        )


def pieces_by_sku(lines: Iterable[Line]) -> dict[str, int]:
    pieces: dict[str, int] = defaultdict(int)
    for line in lines:
        pieces[line.sku] += line.quantity
    return dict(pieces)


# --- states


def mark_placed(connection: Connection, attempt: Row[Any]) -> None:
    connection.execute(
        update(orders)
        .where(orders.c.id == attempt.id)
        .values(state=OrderState.PLACED.value, number=_free_number(connection, attempt.id))
    )
    count_order_change(connection)


def mark(connection: Connection, attempt: Row[Any], state: str) -> None:
    connection.execute(update(orders).where(orders.c.id == attempt.id).values(state=state))


def count_order_change(connection: Connection) -> None:
    connection.execute(update(shop).values(order_version=shop.c.order_version + 1))


def attempt_of(connection: Connection, key: str) -> Row[Any] | None:
    """The row of an order or attempt, locked until the transaction ends where the database locks rows."""
    return connection.execute(select(orders).where(orders.c.key == key).with_for_update()).first()


def placed(connection: Connection, number: str) -> tuple[int, Order] | None:
    """An order and its row's id, locked until the transaction ends where the database locks rows."""
    row = connection.execute(select(orders).where(orders.c.number == number).with_for_update()).first()
    return (row.id, _order(row, lines_of(connection, [row])[row.id])) if row else None


def rewrite(connection: Connection, order_id: int, order: Order) -> Order:
    """Put this in the place of what was stored of the order; it as it is now."""
    order = replace(order, version=order.version + 1)
    connection.execute(
        update(orders)
        .where(orders.c.id == order_id)
        .values(
            total=order.total.minor,
            state=order.state.value,
            packed_at=order.packed_at,
            shipped_at=order.shipped_at,
            version=order.version,
            **agreed_values(order),
            **shipment_values(order.shipment, order.delivered_on),
        )
    )
    connection.execute(delete(order_lines).where(order_lines.c.order_id == order_id))
    write_lines(connection, order_id, order.lines)
    count_order_change(connection)
    return order


def mark_returned(connection: Connection, order_id: int) -> None:
    values = {"state": OrderState.RETURNED.value, "version": orders.c.version + 1}
    connection.execute(update(orders).where(orders.c.id == order_id).values(**values))
    count_order_change(connection)


def _free_number(connection: Connection, order_id: int) -> str:
    candidate = order_id
    while connection.execute(select(orders.c.id).where(orders.c.number == number_for(candidate))).first():
        candidate += 1
    return number_for(candidate)


def number_for(count: int) -> str:
    """The number told to the customer of the count-th order: four digits, and longer only after 9,000 orders.

    A full cycle through the numbers of each length: 7919 is prime and shares no factor with 9 * 10^n.
    """
    first, span = 1000, 9000
    while count > span:
        count, first, span = count - span, first * 10, span * 10
    return str(first + count * 7919 % span)


# --- reading


_NEWEST_FIRST = (
    select(orders).where(orders.c.number.is_not(None)).order_by(orders.c.placed_at.desc(), orders.c.id.desc())
)
# Made once: most turns ask these, and making a statement takes longer than asking it.
_NUMBERED = _NEWEST_FIRST.where(orders.c.number == bindparam("number"))
_OF_CUSTOMER = _NEWEST_FIRST.where(orders.c.customer_id == bindparam("customer")).limit(
    bindparam("most", type_=Integer)
)
_LINES = (
    select(order_lines)
    .where(order_lines.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(order_lines.c.order_id, order_lines.c.position)
)


def read_orders(connection: Connection, condition: ColumnElement[bool]) -> list[Order]:
    """Orders, newest first; attempts are none."""
    return _read(connection, connection.execute(_NEWEST_FIRST.where(condition)).all())


def order_numbered(connection: Connection, number: str) -> Order | None:
    return next(iter(_read(connection, connection.execute(_NUMBERED, {"number": number}).all())), None)


def orders_of(connection: Connection, customer_id: str, most: int) -> list[Order]:
    """The customer's `most` newest orders, newest first."""
    return _read(connection, connection.execute(_OF_CUSTOMER, {"customer": customer_id, "most": most}).all())


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
    lines = lines_of(connection, rows)
    return [_order(row, lines[row.id]) for row in rows]


def lines_of(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, tuple[Line, ...]]:
    """Order id -> its lines in their order."""
    currency = {row.id: row.currency for row in rows}
    found: dict[int, list[Line]] = defaultdict(list)
    ids = list(currency)
    for start in range(0, len(ids), 500):
        for row in connection.execute(_LINES, {"ids": ids[start : start + 500]}):
            found[row.order_id].append(_line(row, currency[row.order_id]))
    return {order_id: tuple(found[order_id]) for order_id in ids}


def _line(row: Row[Any], currency: str) -> Line:
    return Line(
        sku=row.sku,
        product_id=row.product_id,
        title=row.title,
        quantity=row.quantity,
        unit_price=Money(row.unit_price, currency),
        options=_options.validate_json(row.options),
    )


def _order(row: Row[Any], lines: tuple[Line, ...]) -> Order:
    shipment = Shipment(row.carrier, row.tracking, row.expected_on) if row.expected_on else None
    return Order(
        number=row.number,
        customer_id=row.customer_id,
        lines=lines,
        total=Money(row.total, row.currency),
        state=OrderState(row.state),
        placed_at=row.placed_at.replace(tzinfo=UTC),
        shipment=shipment,
        delivered_on=row.delivered_on,
        delivery=_delivery.validate_json(row.delivery) if row.delivery else None,
        discounts=_discounts.validate_json(row.discounts),
        packed_at=row.packed_at,
        shipped_at=row.shipped_at,
        version=row.version,
    )
