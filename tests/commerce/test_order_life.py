"""Orders from the quote to the door, and changed on the way, on a real database and with the sandbox's provider."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from commerce.aftercare import Change
from commerce.returns import RefundStatus
from commerce.store import Store
from commerce.terms import Terms
from commerce.types import Order, OrderState, Refusal
from tests.commerce.goods import ANN, NOW, line, stock_of, usd
from tests.commerce.placed import (
    HOME,
    PARCEL,
    POST,
    SOON,
    TERMS,
    Shop,
    done,
    open_shop,
    place,
    proposed,
    quoted,
    reason,
    taken,
)
from tests.commerce.providers import NoAnswer, PowerCut, Troubled, once
from tests.databases import Databases

# --- quoted and placed


def test_an_order_keeps_what_was_quoted(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea", 2), discount=250)
    assert order.delivery is not None
    assert (order.delivery.price, order.delivery.expected, order.delivery.address) == (usd(490), date(2026, 3, 4), HOME)
    assert order.discounts == (("voucher", usd(250)),)
    assert order.total == usd(2000 + 490 - 250) == payments.captured()[0].amount
    store.set_terms(Terms())
    store.set_price("tea", 1)
    assert store.order(order.number) == order


def test_a_quote_refuses_what_cannot_be_ordered_or_sent(shop: Shop) -> None:
    store, _ = shop
    assert reason(store.quote([line(store, "mug", 4)], HOME, "post", NOW)) == "out_of_stock"
    assert reason(store.quote([line(store, "mug")], replace(HOME, country="SE"), "post", NOW)) == "delivery_elsewhere"
    assert reason(store.quote([], HOME, None, NOW)) == "empty"


def test_a_quote_that_holds_no_longer_is_not_ordered(shop: Shop) -> None:
    store, payments = shop
    quote = quoted(store, line(store, "tea"))
    tomorrow = store.place_order("k", ANN.id, quote, NOW + timedelta(days=1))
    assert reason(tomorrow) == "delivery_changed"
    store.set_terms(replace(TERMS, delivery=(replace(POST, price=590),)))
    dearer = store.place_order("k", ANN.id, quote, NOW)
    assert isinstance(dearer, Refusal)
    assert (dearer.reason, dearer.price) == ("delivery_changed", usd(590))
    store.set_terms(replace(TERMS, delivery=()))
    assert reason(store.place_order("k", ANN.id, quote, NOW)) == "delivery_unknown"
    assert (payments.captured(), stock_of(store, "tea")) == ([], 10)


def test_lines_alone_are_ordered_without_delivery(shop: Shop) -> None:
    order = done(shop[0].place_order("k", ANN.id, [line(shop[0], "tea")], NOW))
    assert (order.total, order.delivery) == (usd(1000), None)


# --- from the shelf to the door


def test_an_order_is_packed_shipped_and_delivered_each_once_and_in_its_time(
    shop: Shop,
) -> None:
    store, _ = shop
    number = place(store, line(store, "tea")).number
    assert reason(store.desk.ship(number, PARCEL, SOON)) == "too_early"
    packed = done(store.desk.pack(number, SOON))
    assert (packed.state, packed.packed_at) == (OrderState.PACKED, SOON)
    assert store.desk.pack(number, SOON + timedelta(hours=1)) == packed
    assert reason(store.desk.deliver(number, SOON)) == "too_early"
    shipped = done(store.desk.ship(number, PARCEL, SOON))
    assert (shipped.shipment, shipped.shipped_at) == (PARCEL, SOON)
    assert store.desk.ship(number, replace(PARCEL, tracking="PB2"), SOON) == shipped
    delivered = done(store.desk.deliver(number, NOW + timedelta(days=2)))
    assert (delivered.state, delivered.delivered_on) == (OrderState.DELIVERED, date(2026, 3, 4))
    assert store.desk.deliver(number, NOW + timedelta(days=9)) == delivered == store.order(number)
    assert reason(store.desk.pack("0000", SOON)) == "unknown_order"


def test_packing_is_held_back_while_the_order_can_be_called_off(shop: Shop) -> None:
    store, _ = shop
    first, second = place(store, line(store, "tea"), key="a"), place(store, line(store, "mug"), key="b")
    assert store.desk.packable(NOW + timedelta(minutes=29)) == []
    early = store.desk.pack(first.number, NOW + timedelta(minutes=29))
    assert isinstance(early, Refusal)
    assert (early.reason, early.until) == ("held", NOW + timedelta(minutes=30))
    store.aftercare.cancel_order("c", second.number, [], NOW)
    assert [order.number for order in store.desk.packable(SOON)] == [first.number]


def test_what_is_picked_up_needs_no_carrier(shop: Shop) -> None:
    store, _ = shop
    number = place(store, line(store, "tea"), way="pick-up").number
    assert reason(store.desk.deliver(number, SOON)) == "too_early"
    store.desk.pack(number, SOON)
    assert done(store.desk.deliver(number, SOON)).state is OrderState.DELIVERED


# --- changed


def test_a_change_that_costs_more_is_charged_once_and_takes_its_stock(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 2), line(store, "mug"))))
    assert proposal.difference == usd(1900)
    changed = done(store.aftercare.change_order("k", proposal, NOW))
    assert [(one.title, one.quantity) for one in changed.lines] == [("Tea", 2), ("Mug", 1)]
    assert store.aftercare.change_order("k", proposal, NOW) == changed == store.order(order.number)
    assert taken(payments) == changed.total.minor == 2900 + 490
    assert (stock_of(store, "tea"), stock_of(store, "mug")) == (8, 2)


def test_a_change_that_costs_less_gives_the_difference_back_once(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea", 2), line(store, "mug"))
    proposal = proposed(store, order.number, Change((line(store, "tea"),)))
    changed = done(store.aftercare.change_order("k", proposal, NOW))
    assert store.aftercare.change_order("k", proposal, NOW) == changed
    assert taken(payments) == changed.total.minor == 1490
    assert (stock_of(store, "tea"), stock_of(store, "mug")) == (9, 3)
    assert store.aftercare.refunds(order.number) == [
        RefundStatus(order.number, usd(1900), "changed", "", date(2026, 3, 2), date(2026, 3, 2))
    ]


def test_another_address_and_a_faster_delivery_are_a_change_too(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea"))
    work = replace(HOME, label="work", street="2 Mill Road")
    proposal = proposed(store, order.number, Change(address=work, delivery="fast"))
    changed = done(store.aftercare.change_order("k", proposal, NOW))
    assert changed.delivery is not None
    assert (changed.delivery.address, changed.delivery.expected) == (work, date(2026, 3, 3))
    assert taken(payments) == 1000 + 1290


def test_exactly_what_was_proposed_is_done_or_nothing(shop: Shop) -> None:
    store, payments = shop
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 3),)))
    store.set_price("tea", 1100)
    assert reason(store.aftercare.change_order("k", proposal, NOW)) == "price_changed"
    store.set_price("tea", 1000)
    store.set_stock("tea", 1)
    assert reason(store.aftercare.change_order("k", proposal, NOW)) == "out_of_stock"
    store.set_stock("tea", 9)
    store.desk.pack(order.number, SOON)
    assert reason(store.aftercare.change_order("k", proposal, SOON)) == "packed"
    assert (store.order(order.number), taken(payments)) == (replace(order, **packed_fields(store, order)), 1490)
    assert stock_of(store, "tea") == 9


def packed_fields(store: Store, order: Order) -> dict[str, Any]:
    after = store.order(order.number)
    assert after is not None
    return {"state": OrderState.PACKED, "packed_at": SOON, "version": after.version}


def test_of_two_changes_of_one_order_only_one_is_made(shared: Databases) -> None:
    store, payments = open_shop(shared.new())
    order = place(store, line(store, "tea"))
    proposals = [proposed(store, order.number, Change((line(store, "tea", 1 + n),))) for n in (1, 2, 3, 4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: store.aftercare.change_order(f"k{n}", proposals[n], NOW), range(4)))
    made = [answer for answer in answers if isinstance(answer, Order)]
    assert len(made) == 1
    assert {reason(answer) for answer in answers if answer is not made[0]} <= {"order_changed", "busy"}
    assert taken(payments) == made[0].total.minor
    assert stock_of(store, "tea") == 10 - made[0].lines[0].quantity


def test_a_declined_difference_leaves_the_order_as_it_was(url: str) -> None:
    store, payments = open_shop(url, decline_over=usd(1500))
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 3),)))
    for _ in range(2):
        assert store.aftercare.change_order("k", proposal, NOW) == Refusal("declined")
    assert (store.order(order.number), taken(payments), stock_of(store, "tea")) == (order, 1490, 9)
    small = proposed(store, order.number, Change((line(store, "tea", 2),)))
    assert done(store.aftercare.change_order("k2", small, NOW)).lines[0].quantity == 2


@pytest.mark.parametrize("moment", ["before authorise", "before capture", "after capture"])
@pytest.mark.parametrize("accident", [PowerCut, NoAnswer])
def test_a_change_that_was_cut_off_is_taken_up_where_it_ended(
    moment: str, accident: type[BaseException], url: str
) -> None:
    store, payments = open_shop(url)
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 2),)))
    cut = Store(store._engine, Troubled(payments, once([moment], accident)))
    if accident is PowerCut:
        with pytest.raises(PowerCut):
            cut.aftercare.change_order("k", proposal, NOW)
    else:
        assert cut.aftercare.change_order("k", proposal, NOW) == Refusal("payment_unknown")
    assert store.order(order.number) == order
    assert reason(store.aftercare.cancel_order("c", order.number, [], NOW)) == "busy"
    assert reason(store.desk.pack(order.number, SOON)) == "busy"
    assert store.desk.packable(SOON) == []
    changed = done(store.aftercare.change_order("k", proposal, NOW))
    assert taken(payments) == changed.total.minor == 2490
    assert stock_of(store, "tea") == 8


@pytest.mark.parametrize(("moment", "made"), [("before capture", False), ("after capture", True)])
def test_a_change_that_nobody_asks_about_again_is_settled(moment: str, made: bool, url: str) -> None:
    store, payments = open_shop(url)
    order = place(store, line(store, "tea"))
    proposal = proposed(store, order.number, Change((line(store, "tea", 2),)))
    cut = Store(store._engine, Troubled(payments, once([moment], NoAnswer)))
    assert cut.aftercare.change_order("k", proposal, NOW) == Refusal("payment_unknown")
    store.reconcile(NOW + timedelta(hours=1))
    after = store.order(order.number)
    assert after is not None
    assert after.lines[0].quantity == (2 if made else 1)
    assert (taken(payments), stock_of(store, "tea")) == (after.total.minor, 8 if made else 9)
    answer = store.aftercare.settle_change("k")
    assert answer == after if made else answer == Refusal("expired")
    with pytest.raises(KeyError):
        store.aftercare.settle_change("another")
