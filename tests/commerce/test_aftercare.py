"""The rules alone: orders as plain values, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.aftercare import (
    Cancellation,
    Change,
    Proposal,
    cancel,
    is_delayed,
    is_ready,
    may_cancel,
    may_change,
    propose,
    same_again,
)
from commerce.lines import make_line
from commerce.refunds import Pieces, remainder, worth
from commerce.returns import Return, ReturnState, ask_return, is_all_back, label, returnable
from commerce.terms import DeliveryChoice, ReturnTerms, Terms
from commerce.types import (
    Address,
    Choice,
    Delivery,
    Line,
    LineOption,
    Money,
    Option,
    Order,
    OrderState,
    Product,
    Refusal,
)
from tests.commerce.goods import ANN, NOW, product, usd

MILK = Option("milk", (Choice("whole"), Choice("oat", extra=60)), default="whole")
TEA = product("Tea", 1000, categories=("groceries", "tea"))
MUG = product("Mug", 900, stock=3, categories=("kitchen",))
LATTE = product("Latte", 450, options=(MILK,), categories=("coffee bar",))
POST = DeliveryChoice("post", "Post", 490, days=2, free_from=4000, countries=("US",))
FAST = DeliveryChoice("fast", "Fast", 1290, days=1)
RETURNS = ReturnTerms(days=30, days_by_category={"groceries": 0, "tea": 5, "coffee bar": 0}, carrier="Postbird")
TERMS = Terms((POST, FAST), RETURNS)
HOME = Address("home", "Ann", "1 Long Lane", "04101", "Portland", "US")
SENT = Delivery("post", "Post", usd(490), date(2026, 3, 4), HOME)


def shelf(*products: Product) -> dict[str, Product]:
    return {variant.sku: one for one in products for variant in one.variants}


SHELF = shelf(TEA, MUG, LATTE)


def line(one: Product, quantity: int = 1, *options: LineOption) -> Line:
    made = make_line(one, one.variants[0].sku, quantity, options)
    assert made is not None
    return made


def ordered(*lines: Line, **more: Any) -> Order:
    sent: Delivery | None = more.pop("delivery", SENT)
    less = sum(amount.minor for _, amount in more.get("discounts", ()))
    total = sum(one.total.minor for one in lines) + (sent.price.minor if sent else 0) - less
    fields: dict[str, Any] = {"state": OrderState.PLACED, "placed_at": NOW, "delivery": sent, **more}
    return Order("2041", ANN.id, lines, usd(total), **fields)


def proposed(order: Order, change: Change, products: dict[str, Product] = SHELF) -> Proposal:
    answer = propose(order, change, TERMS, products.get, NOW)
    assert isinstance(answer, Proposal)
    return answer


def refused(answer: object) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


# --- how far an order has come


@pytest.mark.parametrize(
    ("state", "change", "call_off"),
    [
        (OrderState.PLACED, None, None),
        (OrderState.PACKED, "packed", None),
        (OrderState.SHIPPED, "shipped", "shipped"),
        (OrderState.DELIVERED, "delivered", "delivered"),
        (OrderState.RETURNED, "returned", "returned"),
        (OrderState.CANCELLED, "cancelled", "cancelled"),
    ],
)
def test_an_order_changes_until_packed_and_is_cancelled_until_shipped(
    state: OrderState, change: str | None, call_off: str | None
) -> None:
    order = ordered(line(TEA), state=state)
    assert getattr(may_change(order), "reason", None) == change
    assert getattr(may_cancel(order), "reason", None) == call_off


@pytest.mark.parametrize(
    ("state", "today", "delayed"),
    [
        (OrderState.SHIPPED, date(2026, 3, 4), False),
        (OrderState.SHIPPED, date(2026, 3, 5), True),
        (OrderState.PLACED, date(2026, 3, 5), True),
        (OrderState.DELIVERED, date(2026, 3, 5), False),
    ],
)
def test_an_order_is_delayed_once_its_day_has_passed(state: OrderState, today: date, delayed: bool) -> None:
    assert is_delayed(ordered(line(TEA), state=state), today) is delayed


def test_what_waits_to_be_picked_up_is_not_late() -> None:
    order = ordered(line(TEA), state=OrderState.PACKED, delivery=replace(SENT, address=None))
    assert is_ready(order)
    assert not is_delayed(order, date(2026, 3, 9))
    assert is_delayed(replace(order, state=OrderState.PLACED), date(2026, 3, 9))


# --- changing


def test_pieces_that_were_ordered_keep_their_price_and_others_cost_todays() -> None:
    order = ordered(line(TEA, 2), delivery=None)
    dearer = shelf(replace(TEA, variants=(replace(TEA.variants[0], price=usd(1100)),)))
    proposal = proposed(order, Change((line(TEA, 3),)), dearer)
    assert [(one.quantity, one.unit_price) for one in proposal.quote.lines] == [(2, usd(1000)), (1, usd(1100))]
    assert proposal.difference == usd(1100)
    fewer = proposed(order, Change((line(TEA, 1),)), dearer)
    assert (fewer.quote.total, fewer.difference) == (usd(1000), usd(-1000))


def test_a_line_can_be_taken_out_added_and_given_another_option() -> None:
    order = ordered(line(TEA), line(LATTE), delivery=None)
    other = line(LATTE, 1, LineOption("milk", "oat"))
    proposal = proposed(order, Change((other, line(MUG))))
    assert [one.title for one in proposal.quote.lines] == ["Latte", "Mug"]
    assert proposal.quote.lines[0].unit_price == usd(510)
    assert proposal.difference == usd(510 + 900 - 1000 - 450)


def test_the_price_written_on_a_wanted_line_does_not_count() -> None:
    order = ordered(line(TEA), delivery=None)
    assert proposed(order, Change((replace(line(TEA, 2), unit_price=usd(1)),))).quote.total == usd(2000)


def test_only_the_pieces_more_must_be_in_stock() -> None:
    order = ordered(line(MUG, 4))
    assert proposed(order, Change((line(MUG, 7),))).quote.lines[0].quantity == 7
    short = refused(propose(order, Change((line(MUG, 8),)), TERMS, SHELF.get, NOW))
    assert (short.reason, short.left) == ("out_of_stock", 7)


def test_what_was_ordered_can_be_kept_though_it_is_no_longer_sold() -> None:
    order = ordered(line(TEA), line(MUG), delivery=None)
    assert proposed(order, Change((line(TEA),)), {}).difference == usd(-900)
    assert refused(propose(order, Change((line(TEA, 2),)), TERMS, {}.get, NOW)).reason == "not_for_sale"


def test_nothing_at_all_is_no_change_but_a_cancellation() -> None:
    order = ordered(line(TEA))
    assert refused(propose(order, Change(()), TERMS, SHELF.get, NOW)).reason == "empty"
    assert refused(propose(order, Change(order.lines), TERMS, SHELF.get, NOW)).reason == "unchanged"
    with pytest.raises(ValueError, match="1 or more"):
        propose(order, Change((line(TEA, 0),)), TERMS, SHELF.get, NOW)


def test_delivery_becomes_free_and_costs_again_with_the_goods() -> None:
    order = ordered(line(TEA, 3))
    free = proposed(order, Change((line(TEA, 4),)))
    assert (free.quote.total, free.difference) == (usd(4000), usd(1000 - 490))
    big = ordered(line(TEA, 4), delivery=replace(SENT, price=usd(0)))
    assert proposed(big, Change((line(TEA, 3),))).difference == usd(-1000 + 490)


def test_the_agreed_price_and_day_stand_while_delivery_is_not_changed() -> None:
    order = ordered(line(TEA), delivery=replace(SENT, price=usd(290), expected=date(2026, 3, 3)))
    after = proposed(order, Change((line(TEA, 2),))).quote.delivery
    assert after == order.delivery
    moved = proposed(order, Change(address=replace(HOME, label="work", street="2 Mill Road"))).quote.delivery
    assert moved is not None
    assert (moved.price, moved.expected, moved.address and moved.address.label) == (usd(290), date(2026, 3, 3), "work")


def test_another_delivery_costs_and_arrives_as_it_does_today() -> None:
    proposal = proposed(ordered(line(TEA)), Change(delivery="fast"))
    assert proposal.difference == usd(1290 - 490)
    assert proposal.quote.delivery is not None
    assert proposal.quote.delivery.expected == date(2026, 3, 3)


def test_an_address_the_delivery_does_not_serve_is_refused() -> None:
    abroad = Change(address=replace(HOME, country="SE"))
    assert refused(propose(ordered(line(TEA)), abroad, TERMS, SHELF.get, NOW)).reason == "delivery_elsewhere"


def test_what_is_not_sent_that_way_cannot_be_added() -> None:
    picky = replace(TERMS, delivery=(replace(POST, not_for=("coffee bar",)), FAST))
    order = ordered(line(TEA))
    change = Change((line(TEA), line(LATTE)))
    assert refused(propose(order, change, picky, SHELF.get, NOW)).reason == "delivery_goods"
    answer = propose(order, replace(change, delivery="fast"), picky, SHELF.get, NOW)
    assert isinstance(answer, Proposal)


def test_a_delivery_the_merchant_has_given_up_stands_for_orders_that_have_it() -> None:
    order = ordered(line(TEA))
    gone = replace(TERMS, delivery=(FAST,))
    answer = propose(order, Change((line(TEA, 2),)), gone, SHELF.get, NOW)
    assert isinstance(answer, Proposal)
    assert answer.quote.delivery == SENT


def test_a_discount_is_never_more_than_the_goods_that_are_left() -> None:
    order = ordered(line(TEA, 2), discounts=(("points", usd(1500)),))
    proposal = proposed(order, Change((line(TEA),)))
    assert proposal.quote.discounts == (("points", usd(1000)),)
    assert proposal.quote.total == usd(490)


def test_a_proposal_holds_only_while_nothing_moved() -> None:
    order = ordered(line(TEA, 2), delivery=None)
    proposal = proposed(order, Change((line(TEA, 3),)))
    assert same_again(order, proposal, TERMS, SHELF.get, NOW) is None
    dearer = shelf(replace(TEA, variants=(replace(TEA.variants[0], price=usd(1100)),)))
    cases: list[tuple[Order, dict[str, Product], str]] = [
        (order, dearer, "price_changed"),
        (order, shelf(replace(TEA, variants=(replace(TEA.variants[0], stock=0),))), "out_of_stock"),
        (replace(order, state=OrderState.PACKED), SHELF, "packed"),
        (replace(order, version=1), SHELF, "order_changed"),
    ]
    for now_order, now_shelf, reason in cases:
        assert refused(same_again(now_order, proposal, TERMS, now_shelf.get, NOW)).reason == reason


def test_a_new_delivery_that_arrives_later_by_now_is_proposed_anew() -> None:
    order = ordered(line(TEA))
    proposal = proposed(order, Change(delivery="fast"))
    assert refused(same_again(order, proposal, TERMS, SHELF.get, NOW + timedelta(days=1))).reason == "delivery_changed"


# --- cancelling


def test_the_whole_order_gives_back_everything_with_delivery() -> None:
    order = ordered(line(TEA, 2), line(MUG))
    for pieces in ((), (Pieces(0, 2), Pieces(1, 1))):
        done = cancel(order, pieces)
        assert isinstance(done, Cancellation)
        assert (done.refund, done.order.state, done.released) == (order.total, OrderState.CANCELLED, order.lines)


def test_a_line_gives_back_what_was_paid_for_it() -> None:
    order = ordered(line(TEA, 2), line(MUG), discounts=(("points", usd(290)),))
    done = cancel(order, [Pieces(0, 1)])
    assert isinstance(done, Cancellation)
    assert done.refund == usd(1000 - 100)
    assert [one.quantity for one in done.order.lines] == [1, 1]
    assert done.order.discounts == (("points", usd(190)),)
    assert done.order.total == order.total + usd(-900)


def test_more_pieces_than_there_are_cannot_be_cancelled() -> None:
    short = refused(cancel(ordered(line(TEA, 2)), [Pieces(0, 2), Pieces(0, 1)]))
    assert (short.reason, short.left) == ("too_many", 2)
    for wrong in (Pieces(1, 1), Pieces(0, 0), Pieces(-1, 1)):
        with pytest.raises(ValueError, match="pieces of line"):
            cancel(ordered(line(TEA, 2)), [wrong])


LINES = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 4)), min_size=1, max_size=4)


@given(LINES, st.lists(st.integers(0, 100), max_size=2), st.randoms())
def test_given_back_piece_by_piece_in_any_order_it_adds_up_to_what_was_paid(
    rows: list[tuple[int, int]], percents: list[int], chance: Any
) -> None:
    lines = tuple(Line(f"s{n}", "p", "T", quantity, usd(price)) for n, (price, quantity) in enumerate(rows))
    goods = sum(one.total.minor for one in lines)
    discounts = tuple((f"d{n}", usd(goods * percent // 100 // 2)) for n, percent in enumerate(percents))
    order = ordered(*lines, discounts=discounts)
    paid = goods - sum(amount.minor for _, amount in discounts)

    each = [position for position, one in enumerate(lines) for _ in range(one.quantity)]
    chance.shuffle(each)
    gone: dict[int, int] = {}
    back = []
    for position in each:
        back.append(worth(order, {position: 1}, gone).minor)
        gone[position] = gone.get(position, 0) + 1
    assert sum(back) == paid
    assert all(0 <= amount <= lines[position].unit_price.minor for amount, position in zip(back, each, strict=True))

    left = order
    for position in each[: len(each) // 2]:
        first = next(n for n, one in enumerate(left.lines) if one.sku == lines[position].sku)
        before = left.total.minor
        refund = worth(left, {first: 1})
        kept, less = remainder(left, {first: 1})
        assert all(usd(0) <= now <= was for (_, now), (_, was) in zip(less, left.discounts, strict=True))
        left = ordered(*kept, discounts=less)
        assert left.total.minor == before - refund.minor


# --- returning

DELIVERED = ordered(line(TEA, 2), line(MUG, 2), line(LATTE), state=OrderState.DELIVERED, delivered_on=date(2026, 3, 1))
RULES = (TERMS, SHELF.get)


def returned(*pieces: Pieces, state: ReturnState = ReturnState.REQUESTED) -> Return:
    return Return("R1", "2041", pieces, "faulty", state, usd(0), NOW, label("R1", TERMS, NOW))


def test_each_line_can_go_back_within_the_days_of_its_narrowest_category() -> None:
    found = returnable(DELIVERED, [], TERMS, SHELF.get, NOW)
    assert [(one.line.title, one.pieces) for one in found] == [("Tea", 2), ("Mug", 2)]
    assert [one.until for one in found] == [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)]
    later = datetime(2026, 3, 7, tzinfo=UTC)
    assert [one.line.title for one in returnable(DELIVERED, [], TERMS, SHELF.get, later)] == ["Mug"]


def test_the_last_day_ends_at_the_merchants_midnight() -> None:
    west = replace(TERMS, time_zone="America/New_York")
    found = returnable(DELIVERED, [], west, SHELF.get, NOW)
    assert found[0].until == datetime(2026, 3, 7, 5, tzinfo=UTC)
    assert found[1].until == datetime(2026, 4, 1, 4, tzinfo=UTC)  # summer time by then


def test_what_was_asked_back_already_cannot_go_back_again_unless_it_was_refused() -> None:
    made = [returned(Pieces(1, 1))]
    assert [one.pieces for one in returnable(DELIVERED, made, TERMS, SHELF.get, NOW)] == [2, 1]
    short = refused(ask_return(DELIVERED, made, [Pieces(1, 2)], RULES, NOW))
    assert (short.reason, short.left) == ("too_many", 1)
    again = ask_return(DELIVERED, [returned(Pieces(1, 2), state=ReturnState.REFUSED)], [Pieces(1, 2)], RULES, NOW)
    assert again == usd(1800)


@pytest.mark.parametrize(
    ("order", "pieces", "days", "reason"),
    [
        (DELIVERED, [Pieces(2, 1)], 0, "not_returnable"),
        (DELIVERED, [Pieces(0, 1)], 6, "return_over"),
        (DELIVERED, [], 0, "empty"),
        (replace(DELIVERED, state=OrderState.SHIPPED), [Pieces(0, 1)], 0, "not_delivered"),
        (replace(DELIVERED, state=OrderState.CANCELLED), [Pieces(0, 1)], 0, "cancelled"),
        (replace(DELIVERED, state=OrderState.RETURNED), [Pieces(0, 1)], 0, "returned"),
    ],
)
def test_a_return_that_cannot_be_says_why(order: Order, pieces: list[Pieces], days: int, reason: str) -> None:
    answer = refused(ask_return(order, [], pieces, RULES, NOW + timedelta(days=days)))
    assert answer.reason == reason


def test_delivery_is_not_part_of_what_a_return_gives_back() -> None:
    assert ask_return(DELIVERED, [], [Pieces(0, 2), Pieces(1, 2)], RULES, NOW) == usd(2000 + 1800)


def test_an_order_is_all_back_only_when_every_piece_was_accepted() -> None:
    order = replace(DELIVERED, lines=DELIVERED.lines[:1])
    assert not is_all_back(order, [returned(Pieces(0, 2))])
    assert not is_all_back(order, [returned(Pieces(0, 1), state=ReturnState.REFUNDED)])
    assert is_all_back(order, [returned(Pieces(0, 1), state=ReturnState.REFUNDED)] * 2)


def test_a_label_says_where_it_goes_and_how_long_it_counts() -> None:
    made = label("R2041-1", TERMS, NOW)
    assert (made.number, made.carrier, made.valid_until) == ("R2041-1", "Postbird", date(2026, 3, 16))


def test_money_of_a_free_order_adds_up_too() -> None:
    free = ordered(replace(line(TEA, 2), unit_price=Money(0, "USD")), delivery=None)
    assert worth(free, {0: 1}) == usd(0)
