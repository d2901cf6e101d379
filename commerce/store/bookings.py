"""Appointments in rows.

That nobody is booked twice is the database's to hold: each appointment takes the 5-minute cells of its person's time,
and a cell is a primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from commerce import booking
from commerce.booking import Booking, Diary, Free, NotBooked, Slot, Wish, cells
from commerce.hours import DAY, Period
from commerce.store.engine import in_transaction
from commerce.store.ledger import number_for
from commerce.store.tables import UtcDateTime, customers, metadata

bookings = Table(
    "bookings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(250), nullable=False, unique=True),
    Column("number", String(40), unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("service_id", String(200), nullable=False),
    Column("staff_id", String(200), nullable=False),
    Column("starts", UtcDateTime, nullable=False),
    Column("ends", UtcDateTime, nullable=False),
    Column("busy_from", UtcDateTime, nullable=False),
    Column("busy_until", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    # The beginning of which the customer was reminded: another one is reminded of again.
    Column("reminded_of", UtcDateTime),
    Index("bookings_by_time", "state", "starts"),
)
booking_cells = Table(
    "booking_cells",
    metadata,
    Column("staff_id", String(200), primary_key=True),
    # Counted from 1970: commerce.booking.cells.
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False, index=True),
)
"""What is taken of whose time."""
booking_changes = Table(
    "booking_changes",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False),
)
"""Keys of the changes made, so that none is made twice."""


class Bookings:
    """around_ports.Bookings by the diary of the merchant's file."""

    def __init__(self, engine: Engine, diary: Callable[[], Diary | None]) -> None:
        self._engine = engine
        self._diary = diary

    # --- questions

    def diary(self) -> Diary | None:
        return self._diary()

    def free(self, wish: Wish, now: datetime, limit: int = 10) -> Free:
        diary = self._diary()
        return booking.free(diary, wish, self._busy, now, limit) if diary else Free(())

    def booking(self, number: str) -> Booking | None:
        with self._engine.connect() as connection:
            return next(iter(_read(connection, bookings.c.number == number)), None)

    def bookings_of(self, customer_id: str, now: datetime) -> Sequence[Booking]:
        return self.bookings_between(now, None, bookings.c.customer_id == customer_id)

    def bookings_between(
        self, first: datetime, last: datetime | None = None, whose: ColumnElement[bool] | None = None
    ) -> Sequence[Booking]:
        """What is booked and ends after `first` and begins before `last`, in order of time."""
        # No visit is longer than a day: what began before that need not be looked at.
        wanted = (bookings.c.state == "booked") & (bookings.c.ends > first) & (bookings.c.starts >= first - DAY)
        wanted = wanted if last is None else wanted & (bookings.c.starts < last)
        with self._engine.connect() as connection:
            return _read(connection, wanted if whose is None else wanted & whose)

    def reminders_due(self, now: datetime) -> Sequence[Booking]:
        diary = self._diary()
        if diary is None:
            return []
        untold = bookings.c.reminded_of.is_distinct_from(bookings.c.starts)
        soon = self.bookings_between(now, now + diary.rules.reminder + DAY, untold)
        return [one for one in soon if booking.reminder_due(one, diary.rules, now)]

    def out_of_hours(self, now: datetime) -> Sequence[Booking]:
        """Appointments to come that the merchant's present file would not allow."""
        diary = self._diary()
        ahead = self.bookings_between(now)
        return booking.out_of_hours(diary, ahead) if diary else ahead

    # --- effects

    def book(self, key: str, customer_id: str, slot: Slot, now: datetime) -> Booking | NotBooked:
        diary = self._diary()

        def work(connection: Connection) -> Booking | NotBooked:
            # Locked before anything is read: the same key from elsewhere must not look like somebody else's time.
            there = connection.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
            is_customer = there.first() is not None
            known = _read(connection, bookings.c.key == key)
            if known:
                return _theirs(known[0], customer_id)
            if not is_customer:
                return NotBooked("unknown_customer")
            refused = booking.refusal(diary, slot, now) if diary else NotBooked("no_appointments")
            if refused or diary is None:
                return refused or NotBooked("no_appointments")
            return _insert(connection, key, customer_id, _times(diary, slot))

        return self._answer(work, slot, now)

    def move(self, key: str, customer_id: str | None, number: str, slot: Slot, now: datetime) -> Booking | NotBooked:
        diary = self._diary()

        def work(connection: Connection) -> Booking | NotBooked:
            row = _locked(connection, customer_id, number)
            if row is None or _done(connection, key, row.id):
                return _booking(row) if row else NotBooked("no_booking")
            if diary is None:
                return NotBooked("no_appointments")
            refused = _unchangeable(row, diary.rules, customer_id, now) or booking.refusal(diary, slot, now)
            if refused:
                return refused
            return _move(connection, key, row, _times(diary, slot))

        return self._answer(work, slot, now)

    def cancel(self, key: str, customer_id: str | None, number: str, now: datetime) -> Booking | NotBooked:
        diary = self._diary()
        rules = diary.rules if diary else booking.Rules()

        def work(connection: Connection) -> Booking | NotBooked:
            row = _locked(connection, customer_id, number)
            if row is None or _done(connection, key, row.id):
                return _booking(row) if row else NotBooked("no_booking")
            refused = _unchangeable(row, rules, customer_id, now)
            if refused:
                return refused
            connection.execute(update(bookings).where(bookings.c.id == row.id).values(state="cancelled"))
            connection.execute(delete(booking_cells).where(booking_cells.c.booking_id == row.id))
            connection.execute(insert(booking_changes).values(key=key, booking_id=row.id))
            return _read(connection, bookings.c.id == row.id)[0]

        return in_transaction(self._engine, work)

    def reminded(self, number: str, starts: datetime) -> bool:
        """Whether it falls to the caller to remind of this beginning: True for one caller only."""
        untold = bookings.c.reminded_of.is_distinct_from(starts)
        there = (bookings.c.number == number) & (bookings.c.starts == starts) & (bookings.c.state == "booked")
        tell = update(bookings).where(there, untold).values(reminded_of=starts)
        return in_transaction(self._engine, lambda connection: connection.execute(tell).rowcount == 1)

    # --- inside

    def _busy(self, within: Period) -> Sequence[Booking]:
        # What ends shortly before may still keep its person busy, and what begins shortly after may do so already.
        return self.bookings_between(within.starts - DAY, within.ends + DAY)

    def _answer(
        self, work: Callable[[Connection], Booking | NotBooked], slot: Slot, now: datetime
    ) -> Booking | NotBooked:
        """The outcome; with it, where it is a 'no' to a time, other times that are free."""
        outcome = in_transaction(self._engine, work)
        if not isinstance(outcome, NotBooked) or outcome.reason not in _ELSEWHEN:
            return outcome
        around = Wish(slot.service_id, (Period(slot.visit.starts, slot.visit.starts),))
        return NotBooked(outcome.reason, self.free(around, now, 3).nearest)


_ELSEWHEN = ("taken", "not_working", "off_grid", "too_soon", "too_far", "past")
"""Refusals of a time, not of a wish."""


def _times(diary: Diary, slot: Slot) -> dict[str, Any]:
    service = diary.service(slot.service_id)
    assert service is not None  # booking.refusal has looked
    busy = service.busy(slot.visit.starts)
    return {
        "service_id": slot.service_id,
        "staff_id": slot.staff_id,
        "starts": slot.visit.starts,
        "ends": slot.visit.ends,
        "busy_from": busy.starts,
        "busy_until": busy.ends,
        "state": "booked",
    }


def _insert(connection: Connection, key: str, customer_id: str, times: dict[str, Any]) -> Booking | NotBooked:
    if _is_taken(connection, times):
        return NotBooked("taken")
    new = insert(bookings).values(key=key, customer_id=customer_id, **times).returning(bookings.c.id)
    booking_id = connection.execute(new).scalar_one()
    connection.execute(update(bookings).where(bookings.c.id == booking_id).values(number=number_for(booking_id)))
    _take(connection, booking_id, times)
    return _read(connection, bookings.c.id == booking_id)[0]


def _move(connection: Connection, key: str, row: Row[Any], times: dict[str, Any]) -> Booking | NotBooked:
    connection.execute(delete(booking_cells).where(booking_cells.c.booking_id == row.id))
    if _is_taken(connection, times):
        _take(connection, row.id, dict(row._mapping))
        return NotBooked("taken")
    connection.execute(update(bookings).where(bookings.c.id == row.id).values(**times))
    _take(connection, row.id, times)
    connection.execute(insert(booking_changes).values(key=key, booking_id=row.id))
    return _read(connection, bookings.c.id == row.id)[0]


def _is_taken(connection: Connection, times: dict[str, Any]) -> bool:
    """Whether somebody was there first. Who comes at the same moment is stopped by the primary key of the cells."""
    wanted = cells(Period(times["busy_from"], times["busy_until"]))
    within = booking_cells.c.cell.between(wanted.start, wanted.stop - 1)
    found = select(booking_cells.c.cell).where(booking_cells.c.staff_id == times["staff_id"], within).limit(1)
    return connection.execute(found).first() is not None


def _take(connection: Connection, booking_id: int, times: dict[str, Any]) -> None:
    """Raises IntegrityError where a cell is taken."""
    wanted = cells(Period(times["busy_from"], times["busy_until"]))
    rows = [{"staff_id": times["staff_id"], "cell": cell, "booking_id": booking_id} for cell in wanted]
    connection.execute(insert(booking_cells), rows)


def _locked(connection: Connection, customer_id: str | None, number: str) -> Row[Any] | None:
    """The customer's appointment of that number, anybody's for None; locked where the database locks rows."""
    row = connection.execute(select(bookings).where(bookings.c.number == number).with_for_update()).first()
    return row if row is not None and customer_id in (None, row.customer_id) else None


def _unchangeable(row: Row[Any], rules: booking.Rules, customer_id: str | None, now: datetime) -> NotBooked | None:
    """The merchant, who is no customer, needs no notice."""
    return booking.change_refusal(_booking(row), rules if customer_id else replace(rules, change_notice=DAY * 0), now)


def _done(connection: Connection, key: str, booking_id: int) -> bool:
    known = connection.execute(select(booking_changes).where(booking_changes.c.key == key)).first()
    if known is not None and known.booking_id != booking_id:
        raise ValueError(f"key {key} is that of a change of another appointment")
    return known is not None


def _theirs(known: Booking, customer_id: str) -> Booking:
    if known.customer_id != customer_id:
        raise ValueError("the key is that of another customer's appointment")
    return known


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Booking]:
    rows = connection.execute(select(bookings).where(condition).order_by(bookings.c.starts, bookings.c.id))
    return [_booking(row) for row in rows]


def _booking(row: Row[Any]) -> Booking:
    return Booking(
        number=row.number,
        customer_id=row.customer_id,
        service_id=row.service_id,
        staff_id=row.staff_id,
        visit=Period(row.starts, row.ends),
        busy=Period(row.busy_from, row.busy_until),
        state=row.state,
    )
