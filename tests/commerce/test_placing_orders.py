from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from signal import SIGKILL

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.payments import SandboxPayments, Silence
from commerce.ports import Charge
from commerce.store import Store
from commerce.store.ledger import number_for
from commerce.types import Money, Order, Refusal
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of, usd
from tests.commerce.providers import NoAnswer, PowerCut, Troubled, once
from tests.commerce.victims import (
    KEY,
    MOMENTS,
    PIECES,
    PROCESSES,
    STOCK,
    Scene,
    in_process,
    place,
    place_and_die,
    place_at_once,
    set_scene,
)
from tests.databases import Databases

TEA = product("Tea", 450, stock=STOCK)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def scene(shared: Databases) -> Scene:
    return set_scene(shared)


def interrupted(moment: str, url: str = "sqlite://", **rules: object) -> tuple[Store, SandboxPayments]:
    """A shop with one attempt that was cut off at a moment of the payment."""
    store, payments = open_store(url, [TEA], **rules)
    with pytest.raises(PowerCut):
        place(troubled(store, payments, moment, PowerCut))
    return store, payments


def troubled(store: Store, payments: SandboxPayments, moment: str, what: type[BaseException]) -> Store:
    """The same shop with a provider to whom `what` happens, once."""
    return Store(store._engine, Troubled(payments, once([moment], what)))


# --- once


def test_an_order_is_placed_charged_and_taken_from_stock(databases: Databases) -> None:
    store, payments = open_store(databases.new(), [TEA])
    order = place(store)
    assert isinstance(order, Order)
    assert (order.customer_id, order.total, order.placed_at) == (ANN.id, usd(1350), NOW)
    assert order == store.order(order.number)
    assert payments.captured() == [Charge("turn-17", usd(1350), "captured")]
    assert stock_of(store, "tea") == STOCK - PIECES


def test_the_same_key_gives_the_same_order_whatever_else_is_said(databases: Databases) -> None:
    store, payments = open_store(databases.new(), [TEA])
    order = place(store)
    assert place(store) == order
    assert store.place_order("turn-17", ANN.id, [], LATER) == order
    assert (len(store.orders_placed()), len(payments.captured()), stock_of(store, "tea")) == (1, 1, 7)


def test_two_keys_are_two_orders_with_numbers_of_four_digits(databases: Databases) -> None:
    store, _ = open_store(databases.new(), [TEA])
    numbers = [getattr(place(store, key, 1), "number") for key in ("a", "b", "c")]  # noqa: B009
    assert len(set(numbers)) == 3
    assert all(len(number) == 4 and number.isdigit() for number in numbers)


def test_no_number_is_given_twice_and_numbers_grow_longer_only_when_all_are_gone() -> None:
    numbers = [number_for(count) for count in range(1, 20_001)]
    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers[:9000]} == {4}
    assert {len(number) for number in numbers[9000:]} == {5}
    assert not any(number.startswith("0") for number in numbers)


# --- refused


@pytest.mark.parametrize("reason", ["empty", "unknown_customer", "out_of_stock", "price_changed", "not_for_sale"])
def test_a_refusal_changes_and_charges_nothing(databases: Databases, reason: str) -> None:
    store, payments = open_store(databases.new(), [TEA])
    lines = [line(store, "tea", STOCK + 1 if reason == "out_of_stock" else 1)]
    if reason == "price_changed":
        store.set_price("tea", 500)
    if reason == "not_for_sale":
        lines = [type(lines[0])("gone", "gone", "Gone", 1, usd(1))]
    who = "stranger" if reason == "unknown_customer" else ANN.id
    refusal = store.place_order("k", who, [] if reason == "empty" else lines, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert (store.orders_placed(), payments.lookup("k"), stock_of(store, "tea")) == ([], None, STOCK)


def test_after_a_refusal_without_a_charge_the_same_key_may_try_again(databases: Databases) -> None:
    store, _ = open_store(databases.new(), [TEA])
    store.set_stock("tea", 1)
    assert isinstance(place(store), Refusal)
    store.set_stock("tea", 5)
    assert isinstance(place(store), Order)


def test_a_declined_payment_gives_the_stock_back_and_stays_declined(databases: Databases) -> None:
    store, payments = open_store(databases.new(), [TEA], decline_over=usd(1000))
    first, again = place(store), place(store)
    assert first == again == Refusal("declined")
    assert (store.orders_placed(), payments.captured(), stock_of(store, "tea")) == ([], [], STOCK)
    assert isinstance(place(store, "another", 2), Order)


def test_a_declined_customer_is_told_so() -> None:
    store, _ = open_store(products=[TEA], declined={ANN.id})
    assert place(store) == Refusal("declined")


# --- killed


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_known_moment_and_asked_again_there_is_one_order_and_one_charge(scene: Scene, moment: str) -> None:
    victim = in_process(place_and_die, scene, moment)
    victim.join(30)
    assert victim.exitcode == -SIGKILL
    before = scene.facts
    store, _ = scene.open()
    order = place(store)
    assert isinstance(order, Order)
    assert scene.facts == (1, 1, STOCK - PIECES)
    expected = {
        "before the first commit": (0, 0, STOCK),
        "before authorise": (0, 0, STOCK - PIECES),
        "after authorise": (0, 0, STOCK - PIECES),
        "after capture": (0, 1, STOCK - PIECES),
        "before the second commit": (0, 1, STOCK - PIECES),
        "after the second commit": (1, 1, STOCK - PIECES),
    }
    assert before == expected[moment]


# --- at the same time


def test_threads_with_one_key_share_one_order(databases: Databases) -> None:
    store, payments = open_store(databases.new(), [TEA])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: place(store), range(16)))
    assert len({getattr(answer, "number", answer) for answer in answers}) == 1
    assert (len(store.orders_placed()), len(payments.captured()), stock_of(store, "tea")) == (1, 1, STOCK - PIECES)


def test_processes_with_one_key_share_one_order(scene: Scene) -> None:
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(4)]
    processes = [in_process(place_at_once, scene, answers) for _, answers in pipes]
    answers = [here.recv() for here, _ in pipes]
    for process in processes:
        process.join(30)
    assert len({answer.number for answer in answers}) == 1
    assert scene.facts == (1, 1, STOCK - PIECES)


def test_threads_with_many_keys_never_sell_more_than_there_is(databases: Databases) -> None:
    store, payments = open_store(databases.new(), [TEA])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: place(store, f"k{n}", 1 + n % 3), range(16)))
    sold = sum(answer.lines[0].quantity for answer in answers if isinstance(answer, Order))
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert {refusal.reason for refusal in refused} == {"out_of_stock"}
    assert stock_of(store, "tea") == STOCK - sold >= 0
    assert len(payments.captured()) == len(store.orders_placed()) == 16 - len(refused)


# --- settled later


def test_an_attempt_whose_charge_was_captured_becomes_an_order(databases: Databases) -> None:
    store, _ = interrupted("after capture", databases.new())
    assert store.orders_placed() == []
    settled = store.reconcile(LATER)
    assert [order.total for order in settled] == [usd(1350)]
    assert place(store) == settled[0]
    assert store.reconcile(LATER) == []


@pytest.mark.parametrize("moment", ["before authorise", "after authorise", "before capture"])
def test_an_attempt_that_was_never_charged_expires_and_gives_the_stock_back(databases: Databases, moment: str) -> None:
    store, payments = interrupted(moment, databases.new())
    assert store.reconcile(LATER) == []
    assert (store.orders_placed(), payments.captured(), stock_of(store, "tea")) == ([], [], STOCK)
    assert payments.set_aside() == []
    assert place(store) == Refusal("expired")
    assert payments.captured() == payments.set_aside() == []


def test_an_attempt_whose_charge_was_declined_gives_the_stock_back() -> None:
    store, _ = interrupted("after authorise", decline_over=usd(1))
    assert store.reconcile(LATER) == []
    assert (place(store), stock_of(store, "tea")) == (Refusal("declined"), STOCK)


def test_an_attempt_under_way_is_left_alone() -> None:
    store, _ = interrupted("before authorise")
    store.reconcile(NOW + timedelta(minutes=5))
    assert isinstance(place(store), Order)


@pytest.mark.parametrize("moment", ["before authorise", "after authorise"])
def test_a_payment_that_goes_on_after_the_attempt_was_called_off_takes_no_money(moment: str) -> None:
    store, payments = open_store(products=[TEA])

    def accident(now: str) -> None:
        if now == moment:
            store.reconcile(LATER)

    assert place(Store(store._engine, Troubled(payments, accident))) == Refusal("expired")
    assert (payments.captured(), payments.set_aside(), stock_of(store, "tea")) == ([], [], STOCK)


def test_money_taken_after_the_attempt_was_called_off_is_an_order_all_the_same() -> None:
    """A provider that does not keep its word: void() came first, and it captured all the same."""
    store, payments = open_store(products=[TEA])

    class Wilful(Troubled):
        def void(self, key: str) -> Charge:
            return Charge(key, usd(0), "voided")

    def accident(now: str) -> None:
        if now == "before capture":
            wilful.reconcile(LATER)
            store.set_stock("tea", 1)

    wilful = Store(store._engine, Wilful(payments, accident))
    assert isinstance(place(wilful), Order)
    assert (len(payments.captured()), stock_of(store, "tea")) == (1, 0)


# --- no answer


UNANSWERED = ["before authorise", "after authorise", "before capture", "after capture"]


@pytest.mark.parametrize("moment", UNANSWERED)
def test_a_payment_without_an_answer_is_neither_an_order_nor_a_no_until_it_is_settled(
    databases: Databases, moment: str
) -> None:
    store, payments = open_store(databases.new(), [TEA])
    assert place(troubled(store, payments, moment, NoAnswer)) == Refusal("payment_unknown")
    assert (store.orders_placed(), stock_of(store, "tea")) == ([], STOCK - PIECES)
    assert store.reconcile(NOW) == []
    settled = store.settle(KEY)
    assert settled == store.settle(KEY) == place(store)
    taken = moment == "after capture"
    assert isinstance(settled, Order) if taken else settled == Refusal("expired")
    assert (len(payments.captured()), stock_of(store, "tea")) == ((1, STOCK - PIECES) if taken else (0, STOCK))
    assert payments.set_aside() == []


@pytest.mark.parametrize("moment", UNANSWERED)
def test_the_same_key_asked_again_after_no_answer_is_one_order_and_one_charge(moment: str) -> None:
    store, payments = open_store(products=[TEA])
    place(troubled(store, payments, moment, NoAnswer))
    assert isinstance(place(store), Order)
    assert (len(payments.captured()), len(store.orders_placed()), stock_of(store, "tea")) == (1, 1, STOCK - PIECES)


@pytest.mark.parametrize("moment", ["before void", "after void"])
def test_while_the_provider_stays_silent_nothing_is_settled(moment: str) -> None:
    store, payments = interrupted("after authorise")
    silent = troubled(store, payments, moment, NoAnswer)
    assert silent.settle(KEY) == Refusal("payment_unknown")
    assert stock_of(store, "tea") == STOCK - PIECES
    assert silent.reconcile(LATER) == []
    assert (silent.settle(KEY), stock_of(store, "tea")) == (Refusal("expired"), STOCK)


def test_the_sandbox_can_time_out_and_lose_its_answer() -> None:
    timing_out, _ = open_store(products=[TEA], silence=Silence(time_out_over=usd(1000)))
    assert place(timing_out) == Refusal("payment_unknown")
    assert timing_out.settle(KEY) == Refusal("expired")
    assert isinstance(place(timing_out, "small", 1), Order)
    losing, payments = open_store(products=[TEA], silence=Silence(lose_over=usd(1000)))
    assert place(losing) == Refusal("payment_unknown")
    assert [charge.key for charge in payments.captured()] == [KEY]
    assert isinstance(losing.settle(KEY), Order)


def test_only_what_was_asked_for_can_be_settled() -> None:
    store, _ = open_store(products=[TEA])
    with pytest.raises(KeyError):
        store.settle("never")


# --- adding up


MISHAPS = [
    f"{how} {when} {step}"
    for how in ("cut", "unanswered")
    for when in ("before", "after")
    for step in ("authorise", "capture")
]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["place", "reconcile", "settle", "restock", *MISHAPS]),
            st.sampled_from(["a", "b", "c", "d"]),
            st.integers(1, 5),
        ),
        max_size=10,
    )
)
def test_money_and_stock_add_up_after_any_run_of_orders_and_accidents(steps: list[tuple[str, str, int]]) -> None:
    store, payments = open_store(products=[TEA], decline_over=usd(4 * 450))
    answers: dict[str, object] = {}
    supplied = STOCK
    for what, key, pieces in steps:
        if what == "place":
            answer = place(store, key, pieces)
            settled = isinstance(answer, Order) or answer.reason in ("declined", "expired")
            assert answers.get(key, answer) == answer
            if settled:
                answers[key] = answer
        elif what == "reconcile":
            store.reconcile(LATER)
        elif what == "restock":
            supplied += pieces
            store.set_stock("tea", stock_of(store, "tea") + pieces)
        elif what == "settle":
            with suppress(KeyError):
                store.settle(key)
        elif key not in answers:
            how, moment = what.split(" ", 1)
            with suppress(PowerCut):
                place(troubled(store, payments, moment, PowerCut if how == "cut" else NoAnswer), key, pieces)
        assert stock_of(store, "tea") >= 0
    store.reconcile(LATER)
    assert payments.set_aside() == []
    orders = store.orders_placed()
    assert sum(charge.amount.minor for charge in payments.captured()) == sum(order.total.minor for order in orders)
    assert stock_of(store, "tea") + sum(one.quantity for order in orders for one in order.lines) == supplied
    assert all(order.total == Money.total((one.total for one in order.lines), "USD") for order in orders)


@given(amounts=st.lists(st.integers(-(10**9), 10**9)))
def test_a_total_is_the_sum_of_its_amounts(amounts: list[int]) -> None:
    assert Money.total(map(usd, amounts), "USD") == usd(sum(amounts))


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add SEK to USD"):
        Money.total([Money(1, "SEK")], "USD")
