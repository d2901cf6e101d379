"""What may be done with an order once it is placed, on a real database and with the sandbox's provider."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from commerce import delivery
from commerce.aftercare import Change, Proposal
from commerce.payments import SandboxPayments
from commerce.ports import Refund
from commerce.refunds import Pieces
from commerce.refused import ImportRefused
from commerce.returns import RefundStatus, Return, ReturnState
from commerce.store import Store
from commerce.terms import DeliveryChoice, ReturnTerms, Terms
from commerce.types import Address, Line, Money, Order, OrderState, Quote, Refusal, Shipment
from tests.commerce.goods import ANN, NOW, line, open_store, past_order, product, stock_of, usd
from tests.commerce.providers import NoAnswer, PowerCut, Troubled, once
from tests.databases import Databases, Memory, Postgres

TEA, MUG = product("Tea", 1000, categories=("kitchen",)), product("Mug", 900, stock=3)
FOOD = product("Plum", 100, categories=("groceries",))
POST = DeliveryChoice("post", "Post", 490, days=2, countries=("US",), free_from=4000)
FAST = DeliveryChoice("fast", "Fast", 1290, days=1)
PICK_UP = DeliveryChoice("pick-up", "Pick-up", 0, days=0, pick_up="12 Harbor Street")
TERMS = Terms((POST, FAST, PICK_UP), ReturnTerms(days_by_category={"groceries": 0}, carrier="Postbird"))
HOME = Address("home", "Ann", "1 Long Lane", "04101", "Portland", "US")
PARCEL = Shipment("Postbird", "PB1", date(2026, 3, 4))
Shop = tuple[Store, SandboxPayments]
SOON = NOW + timedelta(minutes=31)
"""Past the time in which packing is held back."""


class Silent(Troubled):
    """The sandbox that gives no money back until it is `awake`."""

    awake = False

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        return super().refund(key, charge_key, amount) if self.awake else Refund(key, charge_key, amount, "unknown")


@pytest.fixture(params=["memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return Memory().new()
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new()


@pytest.fixture
def shop(url: str) -> Shop:
    return open_shop(url)


def open_shop(url: str, **rules: Any) -> Shop:
    store, payments = open_store(url, [TEA, MUG, FOOD], **rules)
    store.set_terms(TERMS)
    return store, payments


def quoted(store: Store, *lines: Line, way: str = "post", discount: int = 0) -> Quote:
    quote = store.quote(lines, HOME, way, NOW)
    assert isinstance(quote, Quote)
    return delivery.quote(quote.lines, quote.delivery, [("voucher", usd(discount))] if discount else ())


def place(store: Store, *lines: Line, key: str = "order", way: str = "post", discount: int = 0) -> Order:
    order = store.place_order(key, ANN.id, quoted(store, *lines, way=way, discount=discount), NOW)
    assert isinstance(order, Order)
    return order


def brought(store: Store, *lines: Line, key: str = "order") -> Order:
    """An order that has arrived."""
    number = place(store, *lines, key=key).number
    store.desk.pack(number, SOON)
    store.desk.ship(number, PARCEL, SOON)
    return done(store.desk.deliver(number, NOW + timedelta(days=2)))


def done(answer: Order | Refusal) -> Order:
    assert isinstance(answer, Order), answer
    return answer


def asked(answer: Return | Refusal) -> Return:
    assert isinstance(answer, Return), answer
    return answer


def reason(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.reason


def proposed(store: Store, number: str, change: Change) -> Proposal:
    proposal = store.aftercare.propose_change(number, change, NOW)
    assert isinstance(proposal, Proposal), proposal
    return proposal


def taken(payments: SandboxPayments) -> int:
    """What the customer's bank shows in the end."""
    return sum(one.amount.minor for one in payments.captured()) - sum(one.amount.minor for one in payments.refunded())


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
