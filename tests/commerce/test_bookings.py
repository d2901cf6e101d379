"""Appointments kept in a database: once, never double, and moved whole or not at all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from commerce.booking import Booking, NotBooked, Wish, cells
from commerce.hours import DAY, Period
from commerce.store import open_engine
from commerce.store.bookings import Bookings, booking_cells
from commerce.store.engine import writing
from commerce.types import Customer
from tests.commerce.diaries import DIARY, MAJA, MONDAY, SAM, at, slot
from tests.commerce.goods import ANN, open_store
from tests.databases import Databases

BEN = Customer("C2", "Ben")
TEN = slot("2026-06-03 10:00")


CROWD = tuple(Customer(f"W{number}", f"Writer {number}") for number in range(8))


def workshop(url: str) -> Bookings:
    """The workshop of tests/commerce/diaries.py on that database, with ANN, BEN and CROWD for customers."""
    store, _ = open_store(url)
    for customer in (BEN, *CROWD):
        store.put_customer(customer)
    return Bookings(store._engine, lambda: DIARY)


@pytest.fixture
def bookings(shared: Databases) -> Iterator[Bookings]:
    made = workshop(shared.new())
    yield made
    made._engine.dispose()


def made(outcome: Booking | NotBooked) -> Booking:
    assert isinstance(outcome, Booking), outcome
    return outcome


def reason(outcome: Booking | NotBooked) -> str:
    assert isinstance(outcome, NotBooked), outcome
    return outcome.reason


# --- booked


def test_an_appointment_is_booked_and_found_again(bookings: Bookings) -> None:
    booking = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    assert (booking.customer_id, booking.visit, booking.staff_id) == (ANN.id, TEN.visit, "maja")
    assert booking.busy == Period(at("2026-06-03 10:00"), at("2026-06-03 11:00"))
    assert len(booking.number) == 4
    assert bookings.booking(booking.number) == booking
    assert bookings.bookings_of(ANN.id, MONDAY) == [booking]
    assert bookings.bookings_of(BEN.id, MONDAY) == bookings.bookings_of(ANN.id, at("2026-06-03 11:00")) == []


def test_the_same_key_books_once_and_is_nobody_elses(bookings: Bookings) -> None:
    booking = bookings.book("k1", ANN.id, TEN, MONDAY)
    assert bookings.book("k1", ANN.id, slot("2026-06-03 13:00"), MONDAY) == booking
    assert bookings.bookings_between(MONDAY) == [booking]
    with pytest.raises(ValueError, match="another customer"):
        bookings.book("k1", BEN.id, TEN, MONDAY)


def test_a_time_that_is_taken_is_refused_with_the_nearest_free_ones(bookings: Bookings) -> None:
    bookings.book("k1", ANN.id, TEN, MONDAY)
    # 10:30 begins while Maja is busy, 09:30 would not be cleared up by ten.
    for count, text in enumerate(["10:00", "10:30", "09:30"]):
        refused = bookings.book(f"again-{count}", BEN.id, slot(f"2026-06-03 {text}"), MONDAY)
        assert isinstance(refused, NotBooked)
        assert (refused.reason, len(refused.nearest)) == ("taken", 3)
        assert all(
            isinstance(bookings.book(f"try-{count}", BEN.id, one, MONDAY), Booking) for one in refused.nearest[:1]
        )
        bookings.cancel(f"undo-{count}", None, bookings.bookings_of(BEN.id, MONDAY)[0].number, MONDAY)


def test_who_is_refused_may_try_the_same_key_again(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    assert reason(bookings.book("k2", BEN.id, TEN, MONDAY)) == "taken"
    bookings.cancel("k3", ANN.id, first.number, MONDAY)
    assert made(bookings.book("k2", BEN.id, TEN, MONDAY)).customer_id == BEN.id


def test_refusals_of_the_rules_and_of_strangers(bookings: Bookings) -> None:
    assert reason(bookings.book("k1", "stranger", TEN, MONDAY)) == "unknown_customer"
    assert reason(bookings.book("k1", ANN.id, slot("2026-06-03 10:10"), MONDAY)) == "off_grid"
    closed = Bookings(bookings._engine, lambda: None)
    assert reason(closed.book("k1", ANN.id, TEN, MONDAY)) == "no_appointments"
    assert closed.free(Wish("fitting", (Period(MONDAY, MONDAY + DAY),)), MONDAY).slots == ()
    assert bookings.bookings_between(MONDAY) == []


# --- moved and cancelled


def test_an_appointment_is_moved_once_and_its_old_time_is_free(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    moved = made(bookings.move("m1", ANN.id, first.number, slot("2026-06-03 14:00"), MONDAY))
    assert (moved.number, moved.visit) == (first.number, slot("2026-06-03 14:00").visit)
    assert bookings.move("m1", ANN.id, first.number, slot("2026-06-03 15:00"), MONDAY) == moved
    assert made(bookings.book("k2", BEN.id, TEN, MONDAY))


def test_an_appointment_may_move_onto_a_part_of_its_own_time_and_to_somebody_else(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    assert made(bookings.move("m1", ANN.id, first.number, slot("2026-06-03 10:30"), MONDAY)).staff_id == "maja"
    assert made(bookings.move("m2", ANN.id, first.number, slot("2026-06-03 10:30", "sam"), MONDAY)).staff_id == "sam"
    assert made(bookings.book("k2", BEN.id, slot("2026-06-03 10:30"), MONDAY))


def test_a_move_to_a_taken_time_leaves_everything_as_it_was(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    other = made(bookings.book("k2", BEN.id, slot("2026-06-03 14:00"), MONDAY))
    assert reason(bookings.move("m1", ANN.id, first.number, slot("2026-06-03 14:30"), MONDAY)) == "taken"
    assert bookings.bookings_between(MONDAY) == [first, other]
    assert reason(bookings.book("k3", BEN.id, TEN, MONDAY)) == "taken"


def test_a_cancelled_appointment_frees_its_time_and_stays_cancelled(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    cancelled = made(bookings.cancel("c1", ANN.id, first.number, MONDAY))
    assert cancelled == replace(first, state="cancelled") == bookings.cancel("c1", ANN.id, first.number, MONDAY)
    assert reason(bookings.cancel("c2", ANN.id, first.number, MONDAY)) == "cancelled"
    assert reason(bookings.move("m1", ANN.id, first.number, TEN, MONDAY)) == "cancelled"
    assert (bookings.bookings_of(ANN.id, MONDAY), made(bookings.book("k2", BEN.id, TEN, MONDAY)).visit) == (
        [],
        TEN.visit,
    )


def test_with_too_little_notice_only_the_merchant_changes_an_appointment(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    evening = at("2026-06-02 18:00")
    refused = bookings.cancel("c1", ANN.id, first.number, evening)
    assert isinstance(refused, NotBooked)
    assert (refused.reason, refused.call_before) == ("too_late", at("2026-06-02 10:00"))
    assert reason(bookings.move("m1", ANN.id, first.number, slot("2026-06-05 10:00"), evening)) == "too_late"
    assert made(bookings.move("m2", None, first.number, slot("2026-06-03 13:00"), evening))
    assert made(bookings.cancel("c2", None, first.number, evening)).state == "cancelled"
    assert reason(bookings.cancel("c3", None, first.number, at("2026-06-03 15:00"))) == "cancelled"


def test_nobody_changes_what_is_another_customers_or_nobodys(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    assert reason(bookings.cancel("c1", BEN.id, first.number, MONDAY)) == "no_booking"
    assert reason(bookings.move("m1", BEN.id, first.number, slot("2026-06-03 13:00"), MONDAY)) == "no_booking"
    assert reason(bookings.cancel("c1", ANN.id, "0000", MONDAY)) == "no_booking"
    other = made(bookings.book("k2", ANN.id, slot("2026-06-03 13:00"), MONDAY))
    bookings.cancel("c1", ANN.id, first.number, MONDAY)
    with pytest.raises(ValueError, match="another appointment"):
        bookings.cancel("c1", ANN.id, other.number, MONDAY)


# --- reminders


def test_a_reminder_falls_to_one_caller_and_again_after_a_move(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    assert bookings.reminders_due(MONDAY) == []
    evening = at("2026-06-02 18:00")
    assert bookings.reminders_due(evening) == [first]
    assert [bookings.reminded(first.number, first.visit.starts) for _ in range(2)] == [True, False]
    assert bookings.reminders_due(evening) == []
    moved = made(bookings.move("m1", None, first.number, slot("2026-06-03 13:00"), evening))
    assert bookings.reminders_due(evening) == [moved]
    assert not bookings.reminded(first.number, first.visit.starts)
    bookings.cancel("c1", None, first.number, evening)
    assert (bookings.reminders_due(evening), bookings.reminded(first.number, moved.visit.starts)) == ([], False)


def test_after_a_change_of_the_file_the_appointments_that_no_longer_fit_are_named(bookings: Bookings) -> None:
    first = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    made(bookings.book("k2", ANN.id, slot("2026-06-03 10:00", "sam"), MONDAY))
    assert bookings.out_of_hours(MONDAY) == []
    assert Bookings(bookings._engine, lambda: replace(DIARY, staff=(SAM,))).out_of_hours(MONDAY) == [first]
    assert len(Bookings(bookings._engine, lambda: None).out_of_hours(MONDAY)) == 2
    assert Bookings(bookings._engine, lambda: replace(DIARY, staff=(MAJA, SAM))).out_of_hours(MONDAY) == []


# --- many at once


def nobody_is_in_two_places(bookings: Bookings) -> bool:
    """By the appointments themselves, not by the cells that are to keep them apart."""
    booked = bookings.bookings_between(MONDAY)
    return not any(
        one.busy.meets(other.busy) and one.staff_id == other.staff_id and one != other
        for one in booked
        for other in booked
    )


def test_eight_writers_at_once_never_book_anybody_twice(shared: Databases) -> None:
    url = shared.new()
    workshop(url)
    shops = [Bookings(open_engine(url), lambda: DIARY) for _ in range(8)]
    week = Period(at("2026-06-03 00:00"), at("2026-06-06 00:00"))
    wanted = shops[0].free(Wish("fitting", (week,)), MONDAY, limit=12).slots

    ready = Barrier(8)

    def customer(writer: int) -> list[Booking | NotBooked]:
        """Everybody wants the same few times, changes their mind, and gives some back."""
        rng, shop, who = random.Random(writer), shops[writer], CROWD[writer].id
        ready.wait()
        outcomes: list[Booking | NotBooked] = []
        for count in range(6):
            outcome = shop.book(f"book-{writer}-{count}", who, rng.choice(wanted), MONDAY)
            outcomes.append(outcome)
            if isinstance(outcome, Booking) and rng.random() < 0.7:
                outcomes.append(shop.move(f"move-{writer}-{count}", who, outcome.number, rng.choice(wanted), MONDAY))
            if isinstance(outcome, Booking) and rng.random() < 0.3:
                outcomes.append(shop.cancel(f"cancel-{writer}-{count}", who, outcome.number, MONDAY))
        return outcomes

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for found in pool.map(customer, range(8)) for outcome in found]
    assert {one.reason for one in outcomes if isinstance(one, NotBooked)} <= {"taken"}
    assert any(isinstance(one, NotBooked) for one in outcomes)
    assert nobody_is_in_two_places(shops[0])
    assert len(shops[0].bookings_between(MONDAY)) > 2
    for shop in shops:
        shop._engine.dispose()


def test_the_database_itself_refuses_a_second_appointment_at_a_time(bookings: Bookings) -> None:
    booking = made(bookings.book("k1", ANN.id, TEN, MONDAY))
    last = cells(booking.busy)[-1]
    with pytest.raises(IntegrityError), writing(bookings._engine).begin() as connection:
        connection.execute(booking_cells.insert().values(staff_id="maja", cell=last, booking_id=1))


def test_the_same_key_from_eight_writers_is_one_appointment(shared: Databases) -> None:
    url = shared.new()
    workshop(url)
    shops = [Bookings(open_engine(url), lambda: DIARY) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda shop: shop.book("k", ANN.id, TEN, MONDAY), shops))
    assert len({made(one).number for one in outcomes}) == 1
    assert len(shops[0].bookings_between(MONDAY)) == 1
    told = [shop.reminded(made(outcomes[0]).number, TEN.visit.starts) for shop in shops]
    assert sorted(told) == [False] * 7 + [True]
    for shop in shops:
        shop._engine.dispose()


STEPS = st.lists(
    st.tuples(st.sampled_from(["book", "move", "cancel"]), st.integers(0, 40), st.integers(0, 5)), max_size=14
)


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_whatever_is_booked_moved_and_cancelled_the_cells_are_those_of_the_appointments(
    steps: list[tuple[str, int, int]],
) -> None:
    bookings = workshop("sqlite://")
    day = Period(at("2026-06-03 00:00"), at("2026-06-05 00:00"))
    slots = bookings.free(Wish("fitting", (day,)), MONDAY, limit=40).slots
    numbers: list[str] = []
    for count, (what, place, which) in enumerate(steps):
        number = numbers[which % len(numbers)] if numbers else "0000"
        if what == "book":
            outcome = bookings.book(f"{count}", ANN.id, slots[place % len(slots)], MONDAY)
            numbers += [outcome.number] if isinstance(outcome, Booking) else []
        elif what == "move":
            bookings.move(f"{count}", ANN.id, number, slots[place % len(slots)], MONDAY)
        else:
            bookings.cancel(f"{count}", ANN.id, number, MONDAY)
    booked = bookings.bookings_between(MONDAY)
    with bookings._engine.connect() as connection:
        taken = connection.execute(booking_cells.select()).all()
    assert len(taken) == sum(int((one.busy.ends - one.busy.starts) / timedelta(minutes=5)) for one in booked)
    assert nobody_is_in_two_places(bookings)
    bookings._engine.dispose()
