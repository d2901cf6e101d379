"""Orders called off and sent back, on a real database and with the sandbox's provider."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from commerce.aftercare import Change
from commerce.ports import Refund
from commerce.refunds import Pieces
from commerce.refused import ImportRefused
from commerce.returns import RefundStatus, Return, ReturnState
from commerce.store import Store
from commerce.types import Money, Order, OrderState, Refusal
from tests.commerce.goods import ANN, NOW, line, past_order, stock_of, usd
from tests.commerce.placed import (
    MUG,
    PARCEL,
    SOON,
    TEA,
    Shop,
    asked,
    brought,
    done,
    open_shop,
    place,
    proposed,
    reason,
    taken,
)
from tests.commerce.providers import PowerCut, Troubled
from tests.databases import Databases


class Silent(Troubled):
    """The sandbox that gives no money back until it is `awake`."""

    awake = False

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        return super().refund(key, charge_key, amount) if self.awake else Refund(key, charge_key, amount, "unknown")


# --- cancelled


def test_a_cancelled_order_is_paid_back_and_its_stock_freed(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea", 2), discount=100)
    cancelled = done(store.aftercare.cancel_order("c", order.number, [], NOW))
    assert cancelled.state is OrderState.CANCELLED
    assert cancelled.lines == order.lines
    assert store.aftercare.cancel_order("c", order.number, [], NOW) == cancelled
    assert reason(store.aftercare.cancel_order("c2", order.number, [], NOW)) == "cancelled"
    assert (taken(payments), stock_of(store, "tea")) == (0, 10)
    assert [one.amount for one in store.aftercare.refunds(order.number)] == [order.total]


def test_what_was_read_back_is_not_cancelled_where_the_order_has_changed_since(shop: Shop) -> None:
    store, _ = shop
    order = place(store, line(store, "tea", 2))
    changed = done(store.aftercare.cancel_order("a", order.number, [Pieces(0, 1)], NOW, order.version))
    assert reason(store.aftercare.cancel_order("b", order.number, [], NOW, order.version)) == "order_changed"
    assert store.order(order.number) == changed
    assert done(store.aftercare.cancel_order("c", order.number, [], NOW, changed.version)).state is OrderState.CANCELLED


def test_a_line_can_be_cancelled_after_packing_but_nothing_after_shipping(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea", 2), line(store, "mug"))
    store.desk.pack(order.number, SOON)
    less = done(store.aftercare.cancel_order("c", order.number, [Pieces(1, 1)], SOON))
    assert [one.title for one in less.lines] == ["Tea"]
    assert (less.state, taken(payments), stock_of(store, "mug")) == (OrderState.PACKED, 2490, 3)
    store.desk.ship(order.number, PARCEL, SOON)
    assert reason(store.aftercare.cancel_order("d", order.number, [], SOON)) == "shipped"
    assert reason(store.aftercare.cancel_order("d", "0000", [], SOON)) == "unknown_order"


def test_a_refund_comes_out_of_every_charge_of_the_order(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 2),)))
    store.aftercare.change_order("k", proposal, NOW)
    store.aftercare.cancel_order("c", order.number, [], NOW)
    assert taken(payments) == 0
    assert sorted(one.amount.minor for one in payments.refunded()) == [1000, 1490]


def test_a_key_of_one_order_cannot_be_used_for_another(shop: Shop) -> None:
    store, _ = shop
    first, second = place(store, line(store, "tea"), key="a"), place(store, line(store, "tea"), key="b")
    store.aftercare.cancel_order("c", first.number, [], NOW)
    with pytest.raises(ValueError, match="another order"):
        store.aftercare.cancel_order("c", second.number, [], NOW)


def test_a_refund_the_provider_does_not_answer_waits_and_is_paid_once(url: str) -> None:
    store, payments = open_shop(url)
    order = place(store, line(store, "tea"))
    silent = Silent(payments, lambda _: None)
    cut = Store(store._engine, silent)
    cut.aftercare.cancel_order("c", order.number, [], NOW)
    assert [(one.waits_for, one.paid_on) for one in cut.aftercare.refunds(order.number)] == [("provider", None)]
    silent.awake = True
    for _ in range(2):
        cut.reconcile(NOW + timedelta(days=1))
    assert [(one.waits_for, one.paid_on) for one in cut.aftercare.refunds(order.number)] == [("", date(2026, 3, 3))]
    assert taken(payments) == 0


# --- sent back


def test_a_return_goes_from_label_to_refund(shop: Shop) -> None:
    store, payments = shop
    order = brought(store, line(store, "tea", 2), line(store, "mug"))
    day = NOW + timedelta(days=3)
    one = asked(store.aftercare.ask_return("r", order.number, [Pieces(0, 1)], "faulty", day))
    assert (one.state, one.amount, one.label.carrier) == (ReturnState.REQUESTED, usd(1000), "Postbird")
    assert one.number == one.label.number == f"R{order.number}-1"
    assert one.label.valid_until == date(2026, 3, 19)
    assert store.aftercare.ask_return("r", order.number, [Pieces(0, 1)], "faulty", day) == one
    assert [status.waits_for for status in store.aftercare.refunds(order.number)] == ["parcel"]
    store.desk.receive_return(one.number, day)
    assert [status.waits_for for status in store.aftercare.refunds(order.number)] == ["check"]
    for _ in range(2):
        accepted = asked(store.desk.accept_return(one.number, day + timedelta(days=1)))
        assert accepted.state is ReturnState.REFUNDED
    assert store.aftercare.refunds(order.number) == [
        RefundStatus(order.number, usd(1000), "returned", "", date(2026, 3, 6), date(2026, 3, 6))
    ]
    assert (taken(payments), stock_of(store, "tea")) == (1000 + 900 + 490, 9)
    left = store.aftercare.returnable(order.number, day)
    assert [(each.line.title, each.pieces) for each in left] == [("Tea", 1), ("Mug", 1)]


def test_an_order_is_returned_once_all_of_it_is_back(shop: Shop) -> None:
    store, payments = shop
    order = brought(store, line(store, "tea", 2))
    for key in ("r1", "r2"):
        one = asked(store.aftercare.ask_return(key, order.number, [Pieces(0, 1)], "too small", SOON))
        store.desk.accept_return(one.number, SOON, restock=key == "r1")
    after = store.order(order.number)
    assert after is not None
    assert (after.state, taken(payments), stock_of(store, "tea")) == (OrderState.RETURNED, 490, 9)
    assert reason(store.aftercare.ask_return("r3", order.number, [Pieces(0, 1)], "faulty", SOON)) == "returned"


def test_a_return_that_cannot_be_is_refused_and_leaves_nothing(shop: Shop) -> None:
    store, _ = shop
    order = brought(store, line(store, "tea"), line(store, "plum", 2))
    ask = store.aftercare.ask_return
    assert reason(ask("r", order.number, [Pieces(1, 1)], "faulty", SOON)) == "not_returnable"
    assert reason(ask("r", order.number, [Pieces(0, 2)], "faulty", SOON)) == "too_many"
    assert reason(ask("r", order.number, [Pieces(0, 1)], "bored", SOON)) == "unknown_reason"
    assert reason(ask("r", order.number, [Pieces(0, 1)], "faulty", NOW + timedelta(days=33))) == "return_over"
    assert reason(ask("r", "0000", [Pieces(0, 1)], "faulty", SOON)) == "unknown_order"
    fresh = place(store, line(store, "tea"), key="fresh")
    assert reason(ask("r", fresh.number, [Pieces(0, 1)], "faulty", SOON)) == "not_delivered"
    assert store.aftercare.returns(order.number) == store.aftercare.returns(fresh.number) == []


def test_a_refused_return_is_told_why_and_paid_nothing(shop: Shop) -> None:
    store, payments = shop
    order = brought(store, line(store, "tea"))
    one = asked(store.aftercare.ask_return("r", order.number, [Pieces(0, 1)], "faulty", SOON))
    refused = asked(store.desk.refuse_return(one.number, "It was worn.", SOON))
    assert (refused.state, refused.note) == (ReturnState.REFUSED, "It was worn.")
    assert reason(store.desk.accept_return(one.number, SOON)) == "settled"
    assert (store.aftercare.refunds(order.number), taken(payments)) == ([], 1490)
    again = asked(store.aftercare.ask_return("r2", order.number, [Pieces(0, 1)], "faulty", SOON))
    store.desk.accept_return(again.number, SOON)
    assert reason(store.desk.refuse_return(again.number, "Too late.", SOON)) == "settled"
    assert reason(store.desk.accept_return("R0", SOON)) == "unknown_return"


def test_returns_of_the_same_pieces_at_once_are_one(shared: Databases) -> None:
    store, payments = open_shop(shared.new())
    order = brought(store, line(store, "tea"))
    with ThreadPoolExecutor(4) as pool:
        ask = store.aftercare.ask_return
        answers = list(pool.map(lambda n: ask(f"r{n}", order.number, [Pieces(0, 1)], "faulty", SOON), range(4)))
        made = [answer for answer in answers if isinstance(answer, Return)]
        assert len(made) == 1
        list(pool.map(lambda _: store.desk.accept_return(made[0].number, SOON), range(4)))
    assert (taken(payments), stock_of(store, "tea")) == (490, 10)


def test_what_was_paid_elsewhere_is_paid_back_by_the_merchant(shop: Shop) -> None:
    store, payments = shop
    store.import_orders([replace(past_order(3, (TEA, 2)), number="2041", delivered_on=date(2026, 3, 1))], [ANN])
    one = asked(store.aftercare.ask_return("r", "2041", [Pieces(0, 2)], "damaged", NOW))
    assert asked(store.desk.accept_return(one.number, NOW)).state is ReturnState.RECEIVED
    assert [status.waits_for for status in store.aftercare.refunds("2041")] == ["merchant"]
    (due,) = store.desk.refunds_to_pay()
    assert (due.order_number, due.amount) == ("2041", usd(2000))
    assert store.desk.refund_paid(due.key, NOW + timedelta(days=1))
    assert not store.desk.refund_paid("nothing", NOW)
    assert store.desk.refunds_to_pay() == []
    assert [(status.waits_for, status.paid_on) for status in store.aftercare.refunds("2041")] == [
        ("", date(2026, 3, 3))
    ]
    assert [each.state for each in store.aftercare.returns("2041")] == [ReturnState.REFUNDED]
    order = store.order("2041")
    assert order is not None
    assert (order.state, payments.refunded()) == (OrderState.RETURNED, [])


def test_an_order_that_something_was_done_about_is_not_imported_again(shop: Shop) -> None:
    store, _ = shop
    past = replace(past_order(3, (TEA, 2)), number="2041", delivered_on=date(2026, 3, 1))
    store.import_orders([past], [ANN])
    store.import_orders([past], [ANN])
    store.aftercare.ask_return("r", "2041", [Pieces(0, 1)], "damaged", NOW)
    with pytest.raises(ImportRefused, match="2041 was changed, cancelled or returned here"):
        store.import_orders([past], [ANN])
    assert len(store.aftercare.returns("2041")) == 1


# --- looking back


def test_what_was_bought_is_found_by_time_and_product(shop: Shop) -> None:
    store, _ = shop
    past = [
        replace(past_order(days, (item, 1)), number=number)
        for days, item, number in ((40, TEA, "2001"), (20, MUG, "2002"), (10, TEA, "2003"))
    ]
    store.import_orders([*past, replace(past[0], number="2004", state=OrderState.CANCELLED)], [ANN])
    find = store.aftercare.purchases
    assert [order.number for order in find(ANN.id)] == ["2003", "2002", "2001"]
    assert [order.number for order in find(ANN.id, of=["tea"])] == ["2003", "2001"]
    month = NOW - timedelta(days=30)
    assert [order.number for order in find(ANN.id, since=month)] == ["2003", "2002"]
    assert [order.number for order in find(ANN.id, until=month)] == ["2001"]
    assert find("nobody") == []


def test_what_was_spent_leaves_out_what_was_given_back(shop: Shop) -> None:
    store, _ = shop
    order = brought(store, line(store, "tea", 2))
    place(store, line(store, "mug"), key="later")
    assert store.aftercare.spent(ANN.id) == usd(2490 + 1390)
    one = asked(store.aftercare.ask_return("r", order.number, [Pieces(0, 1)], "faulty", SOON))
    store.desk.accept_return(one.number, SOON)
    assert store.aftercare.spent(ANN.id) == usd(1490 + 1390)
    assert store.aftercare.spent(ANN.id, since=SOON) == store.aftercare.spent("nobody") == usd(0)


# --- all at once


class Unplugged(Troubled):
    """The sandbox, cut off when it is asked to give money back."""

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        raise PowerCut(f"before giving back {amount} of {charge_key} for {key}")


def test_a_cancellation_cut_off_before_the_refund_is_paid_later_and_once(url: str) -> None:
    store, payments = open_shop(url)
    order = place(store, line(store, "tea", 2))
    cut = Store(store._engine, Unplugged(payments, lambda _: None))
    with pytest.raises(PowerCut):
        cut.aftercare.cancel_order("c", order.number, [], NOW)
    assert (taken(payments), stock_of(store, "tea")) == (order.total.minor, 10)
    for _ in range(2):
        assert done(store.aftercare.cancel_order("c", order.number, [], NOW)).state is OrderState.CANCELLED
        store.reconcile(NOW + timedelta(days=1))
    assert taken(payments) == 0
    assert len(payments.refunded()) == 1


def everything_at_once(store: Store, order: Order) -> list[object]:
    """What came of packing, cancelling and changing an order in five threads."""
    care, number = store.aftercare, order.number
    less = proposed(store, number, Change((line(store, "tea", 1), line(store, "plum", 1))))
    more = proposed(store, number, Change((line(store, "tea", 3),)))
    steps: list[Callable[[], object]] = [
        lambda: store.desk.pack(number, SOON),
        lambda: care.cancel_order(f"{number} all", number, [], SOON),
        lambda: care.cancel_order(f"{number} one", number, [Pieces(0, 1)], SOON),
        lambda: care.change_order(f"{number} less", less, SOON),
        lambda: care.change_order(f"{number} more", more, SOON),
    ]
    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(lambda step: step(), steps))


def test_packing_changing_and_cancelling_at_the_same_time_leave_one_truth(shared: Databases) -> None:
    store, payments = open_shop(shared.new())
    for number in range(4):
        answers = everything_at_once(store, place(store, line(store, "tea", 2), key=f"order {number}"))
        assert all(isinstance(answer, Order | Refusal) for answer in answers)
        assert any(isinstance(answer, Order) for answer in answers)
    store.reconcile(SOON + timedelta(hours=1))
    orders = [order for order in store.orders_placed() if order.state is not OrderState.CANCELLED]
    for name in ("tea", "plum"):
        held = sum(one.quantity for order in orders for one in order.lines if one.sku == name)
        assert stock_of(store, name) + held == 10
    assert taken(payments) == sum(order.total.minor for order in orders)
    assert payments.set_aside() == []
