"""Points after the order: what settling writes of what orders led to."""

from __future__ import annotations

from dataclasses import replace

from commerce import delivery
from commerce.loyalty import (
    Redeemable,
)
from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.store.loyalty import STUCK, Loyalty
from commerce.types import Order, OrderState, Refusal
from tests.commerce.club import RULES, TEA, TENT, Club
from tests.commerce.goods import ANN, NOW, line, open_store, usd
from tests.databases import Databases

# --- settling what orders led to


def test_settling_writes_what_orders_earned_and_lost_since_and_then_nothing(club: Club) -> None:
    kept, returned = club.delivered("k1"), club.delivered("k2")
    open_order = club.store.place_order("k3", ANN.id, [line(club.store, "tea")], NOW)
    assert isinstance(open_order, Order)
    assert club.points.settle(NOW) == 2
    assert club.balance == 800
    club.set(returned, OrderState.RETURNED)
    assert [club.points.settle(NOW) for _ in range(2)] == [1, 0]
    assert club.balance == 400
    assert {entry.about for entry in club.points.entries(ANN.id)} == {kept.number, returned.number}


def test_settling_gives_back_what_was_reserved_for_orders_that_came_to_nothing(shared: Databases) -> None:
    store, _ = open_store(shared.new(), [TENT, TEA], decline_over=usd(30_000))
    club = Club(store, Loyalty(store._engine, lambda: RULES, store.product))
    club.points.adjust("gift", ANN.id, 400, NOW)
    for key in ("declined", "cancelled", "placed", "never"):
        assert isinstance(club.points.reserve(club.wish(50, key), NOW), Redeemable)
    assert not isinstance(store.place_order("declined", ANN.id, [line(store, "tent", 2)], NOW), Order)
    cancelled = store.place_order("cancelled", ANN.id, [line(store, "tea")], NOW)
    assert isinstance(cancelled, Order)
    club.set(cancelled, OrderState.CANCELLED)
    assert isinstance(store.place_order("placed", ANN.id, [line(store, "tea")], NOW), Order)
    assert (club.points.settle(NOW), club.balance) == (2, 300)
    # The fourth was never ordered, which time tells.
    assert (club.points.settle(NOW + STUCK), club.balance) == (1, 350)
    assert club.points.settle(NOW + 2 * STUCK) == 0
    store._engine.dispose()


def test_an_order_paid_partly_with_points_earns_for_the_rest(club: Club) -> None:
    club.points.adjust("gift", ANN.id, 5000, NOW)
    paid = club.points.reserve(club.wish(5000, "k1", 20_000), NOW)
    assert isinstance(paid, Redeemable)
    quote = delivery.quote([line(club.store, "tent")], None, [("points", paid.discount)])
    order = club.store.place_order("k1", ANN.id, quote, NOW)
    assert isinstance(order, Order)
    assert order.total == usd(10_000)
    assert club.points.earn(club.set(order, OrderState.DELIVERED), NOW) == 200
    assert club.points.settle(NOW + 2 * STUCK) == 0


def test_points_that_were_not_reserved_for_an_order_pay_nothing_of_it(club: Club) -> None:
    club.points.adjust("gift", ANN.id, 5000, NOW)
    quote = delivery.quote([line(club.store, "tent")], None, [("points", usd(200))])
    assert club.store.place_order("k1", ANN.id, quote, NOW) == Refusal("discount_changed", price=usd(0))
    club.points.reserve(club.wish(50, "k2", 20_000), NOW)
    assert club.store.place_order("k2", ANN.id, quote, NOW) == Refusal("discount_changed", price=usd(100))
    club.points.reserve(club.wish(100, "k3", 20_000), NOW)
    club.points.give_back("k3", NOW)
    assert club.store.place_order("k3", ANN.id, quote, NOW) == Refusal("discount_changed", price=usd(0))
    club.points.reserve(club.wish(100, "k4", 20_000), NOW)
    order = club.store.place_order("k4", ANN.id, quote, NOW)
    assert isinstance(order, Order)
    assert order.total == usd(19_800)


def test_points_paid_for_what_was_all_sent_back_come_back(club: Club) -> None:
    club.points.adjust("gift", ANN.id, 100, NOW)
    club.points.reserve(club.wish(100, "k1", 20_000), NOW)
    order = club.delivered("k1")
    assert (club.points.settle(NOW), club.balance) == (1, 400)
    club.set(order, OrderState.RETURNED)
    assert (club.points.settle(NOW), club.balance) == (2, 100)


def test_what_is_cancelled_or_sent_back_in_part_gives_back_its_share_of_the_points(club: Club) -> None:
    """Ten teas for 45.00, of which 500 points paid 10.00: each tea was paid with 50 of them."""
    club.points.adjust("gift", ANN.id, 500, NOW)
    club.points.reserve(club.wish(500, "k1", 4500), NOW)
    quote = delivery.quote([line(club.store, "tea", 10)], None, [("points", usd(1000))])
    order = club.store.place_order("k1", ANN.id, quote, NOW)
    assert isinstance(order, Order)
    assert club.points.settle(NOW) == 0
    smaller = club.store.aftercare.cancel_order("c1", order.number, [Pieces(0, 4)], NOW)
    assert isinstance(smaller, Order), smaller
    assert ([club.points.settle(NOW) for _ in range(2)], club.balance) == ([1, 0], 200)
    delivered = club.set(smaller, OrderState.DELIVERED)
    assert (club.points.settle(NOW), club.balance) == (1, 221)
    for pieces, left in ((2, 300 + 14), (4, 500)):
        asked = club.store.aftercare.ask_return(f"r{pieces}", delivered.number, [Pieces(0, pieces)], "damaged", NOW)
        assert isinstance(asked, Return), asked
        club.store.desk.receive_return(asked.number, NOW)
        club.store.desk.accept_return(asked.number, NOW)
        assert club.points.settle(NOW) == 2
        assert (club.points.settle(NOW), club.balance) == (0, left)


def test_settling_takes_back_what_a_returned_line_had_earned(club: Club) -> None:
    order = club.delivered("k1", "tea", 10)
    club.points.settle(NOW)
    for pieces, left in ((4, 27), (6, 0)):
        aftercare, desk = club.store.aftercare, club.store.desk
        asked = aftercare.ask_return(f"r{pieces}", order.number, [Pieces(0, pieces)], "damaged", NOW)
        assert isinstance(asked, Return), asked
        assert club.points.settle(NOW) == 0
        desk.receive_return(asked.number, NOW)
        desk.accept_return(asked.number, NOW)
        assert [club.points.settle(NOW) for _ in range(2)] == [1, 0]
        assert club.balance == left


def test_what_was_imported_earns_nothing_here(club: Club) -> None:
    order = club.delivered("k1")
    club.store.import_orders([replace(order, number="7777")])
    assert club.points.settle(NOW) == 1
    assert {entry.about for entry in club.points.entries(ANN.id)} == {order.number}
