"""Whatever is done with orders in whatever sequence: stock is conserved, money adds up, nothing happens twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce import delivery
from commerce.aftercare import Change, Proposal
from commerce.payments import SandboxPayments
from commerce.refunds import Pieces
from commerce.returns import Return, ReturnState, pieces_gone
from commerce.store import Store
from commerce.terms import DeliveryChoice, ReturnTerms, Terms
from commerce.types import Address, Order, OrderState, Quote, Refusal, Shipment
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of, usd
from tests.commerce.providers import NoAnswer, PowerCut, Troubled, once

GOODS = {"tea": 999, "mug": 2500, "pin": 1}
STOCK = 6
WAYS = (
    DeliveryChoice("post", "Post", 490, days=2, free_from=4000),
    DeliveryChoice("fast", "Fast", 1290, days=1),
    DeliveryChoice("pick-up", "Pick-up", 0, days=0, pick_up="12 Harbor Street"),
)
TERMS = Terms(WAYS, ReturnTerms(days=10), cancel_window=timedelta(minutes=30))
HOME = Address("home", "Ann", "1 Long Lane", "04101", "Portland", "US")
ACCIDENTS = (None, *((moment, kind) for moment in ("before capture", "after capture") for kind in (PowerCut, NoAnswer)))

Basket = st.dictionaries(st.sampled_from(sorted(GOODS)), st.integers(1, 3), min_size=1)
Which = st.integers(0, 1)
Place = st.tuples(st.just("place"), Basket, st.sampled_from([way.key for way in WAYS]), st.integers(0, 100))
Before = st.one_of(
    Place,
    st.tuples(st.just("change"), Which, Basket, st.sampled_from(ACCIDENTS)),
    st.tuples(st.just("change way"), Which, st.sampled_from([way.key for way in WAYS])),
    st.tuples(st.just("cancel"), Which, st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("reprice"), st.sampled_from(sorted(GOODS)), st.integers(0, 3000)),
    st.tuples(st.just("move"), Which, st.integers(1, 3)),
    st.tuples(st.just("wait"), st.integers(1, 4000)),
    st.tuples(st.just("reconcile")),
)
After = st.one_of(
    st.tuples(
        st.just("return"), Which, st.integers(0, 1), st.integers(1, 2), st.sampled_from([True, True, False, None])
    ),
    st.tuples(st.just("decide"), Which, st.booleans()),
    st.tuples(st.just("cancel"), Which, st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.integers(1, 4000)),
)
Life = st.tuples(
    Place, st.lists(Before, max_size=8), st.tuples(st.just("move"), Which, st.just(3)), st.lists(After, max_size=8)
).map(lambda parts: [parts[0], *parts[1], parts[2], *parts[3]])
"""An order is placed, things happen, it is delivered if it still can be, and more things happen."""


@dataclass
class World:
    """A shop and everything that happens to it; every effect is asked for twice."""

    store: Store
    payments: SandboxPayments
    now: datetime = NOW
    count: int = 0
    numbers: list[str] = field(default_factory=list)

    def do(self, step: tuple[Any, ...]) -> None:
        what, *rest = step
        getattr(self, what.replace(" ", "_"))(*rest)

    def place(self, basket: dict[str, int], way: str, percent: int) -> None:
        lines = [line(self.store, name, pieces) for name, pieces in basket.items()]
        quote = self.store.quote(lines, HOME, way, self.now)
        if isinstance(quote, Refusal):
            return
        goods = sum(one.total.minor for one in lines)
        quote = delivery.quote(quote.lines, quote.delivery, [("voucher", usd(goods * percent // 100))])
        answer = self.twice(lambda key: self.store.place_order(key, ANN.id, quote, self.now))
        if isinstance(answer, Order):
            self.numbers.append(answer.number)

    def change(self, at: int, basket: dict[str, int], accident: tuple[str, type[BaseException]] | None) -> None:
        lines = tuple(line(self.store, name, pieces) for name, pieces in basket.items())
        self._change(at, Change(lines), accident)

    def change_way(self, at: int, way: str) -> None:
        self._change(at, Change(address=HOME, delivery=way), None)

    def _change(self, at: int, change: Change, accident: tuple[str, type[BaseException]] | None) -> None:
        order = self.order(at)
        proposal = self.store.aftercare.propose_change(order.number, change, self.now) if order else None
        if not isinstance(proposal, Proposal):
            return
        if accident is not None:
            self.count += 1
            moment, kind = accident
            cut = Store(self.store._engine, Troubled(self.payments, once([moment], kind)))
            try:
                cut.aftercare.change_order(f"k{self.count}", proposal, self.now)
            except PowerCut:
                return
            return
        answer = self.twice(lambda key: self.store.aftercare.change_order(key, proposal, self.now))
        if isinstance(answer, Order):
            assert Quote(answer.lines, answer.total, answer.delivery, answer.discounts) == proposal.quote

    def cancel(self, at: int, position: int, pieces: int) -> None:
        order = self.order(at)
        if order and position < len(order.lines):
            some = [Pieces(position, pieces)] if pieces else []
            self.twice(lambda key: self.store.aftercare.cancel_order(key, order.number, some, self.now))

    def move(self, at: int, steps: int) -> None:
        order = self.order(at)
        if order is None:
            return
        self.now = max(self.now, order.placed_at + TERMS.cancel_window)
        parcel = Shipment("Postbird", "PB1", date(2026, 3, 4))
        desk = self.store.desk
        for step in (desk.pack, lambda number, now: desk.ship(number, parcel, now), desk.deliver)[:steps]:
            assert step(order.number, self.now) == step(order.number, self.now)

    def return_(self, at: int, position: int, pieces: int, accept: bool | None = None) -> None:
        order = self.order(at)
        if order and position < len(order.lines):
            some = [Pieces(position, pieces)]
            self.twice(lambda key: self.store.aftercare.ask_return(key, order.number, some, "faulty", self.now))
            if accept is not None:
                self.decide(at, accept)

    def decide(self, at: int, accept: bool) -> None:
        order = self.order(at)
        for one in self.store.aftercare.returns(order.number) if order else ():
            if one.decided_at is None:
                decide = self.store.desk.accept_return if accept else self.refuse
                assert decide(one.number, self.now) == decide(one.number, self.now)
                return

    def refuse(self, number: str, now: datetime) -> Return | Refusal:
        return self.store.desk.refuse_return(number, "worn", now)

    def reprice(self, name: str, price: int) -> None:
        self.store.set_price(name, price)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def reconcile(self) -> None:
        self.store.reconcile(self.now)

    def twice(self, effect: Any) -> Any:
        self.count += 1
        key = f"k{self.count}"
        answer = effect(key)
        assert effect(key) == answer
        return answer

    def order(self, at: int) -> Order | None:
        return self.store.order(self.numbers[at]) if at < len(self.numbers) else None

    # --- what must hold

    def check(self) -> None:
        """Valid at every moment, except that pieces and money of a change under way are on their way."""
        for name in GOODS:
            assert 0 <= stock_of(self.store, name) <= STOCK
        charged = sum(one.amount.minor for one in self.payments.captured())
        back = sum(one.amount.minor for one in self.payments.refunded())
        assert 0 <= back <= charged

    def check_settled(self) -> None:
        """Once every change is settled: nothing is lost, nothing is there twice."""
        orders = [order for number in self.numbers if (order := self.store.order(number))]
        made = {order.number: self.store.aftercare.returns(order.number) for order in orders}
        for name in GOODS:
            held = sum(kept_of(order, made[order.number], name) for order in orders)
            assert stock_of(self.store, name) + held == STOCK
        charged = sum(one.amount.minor for one in self.payments.captured())
        back = sum(one.amount.minor for one in self.payments.refunded())
        assert charged - back == sum(worth_of(order, made[order.number]) for order in orders)
        assert self.payments.set_aside() == []
        for order in orders:
            statuses = self.store.aftercare.refunds(order.number)
            assert all(one.waits_for in ("", "parcel") for one in statuses)
            less = sum(amount.minor for _, amount in order.discounts)
            sent = order.delivery.price.minor if order.delivery else 0
            assert order.total.minor == sum(one.total.minor for one in order.lines) + sent - less


def accepted(made: list[Return]) -> list[Return]:
    return [one for one in made if one.state is ReturnState.REFUNDED]


def kept_of(order: Order, made: list[Return], name: str) -> int:
    """Pieces of a product that are the customer's."""
    if order.state is OrderState.CANCELLED:
        return 0
    gone = pieces_gone(accepted(made))
    return sum(one.quantity - gone[at] for at, one in enumerate(order.lines) if one.sku == name)


def worth_of(order: Order, made: list[Return]) -> int:
    """What the customer keeps is worth, with its delivery."""
    if order.state is OrderState.CANCELLED:
        return 0
    return order.total.minor - sum(one.amount.minor for one in accepted(made))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(Life)
def test_stock_and_money_add_up_whatever_is_done_in_whatever_order(steps: list[tuple[Any, ...]]) -> None:
    play(steps)


def play(steps: list[tuple[Any, ...]]) -> World:
    store, payments = open_store("sqlite://", [product(name.title(), price, STOCK) for name, price in GOODS.items()])
    store.set_terms(TERMS)
    world = World(store, payments)
    for step in steps:
        world.do(("return_", *step[1:]) if step[0] == "return" else step)
        world.check()
    world.wait(60)
    world.reconcile()
    world.check_settled()
    return world


def test_a_whole_life_of_an_order_adds_up_and_reaches_every_step() -> None:
    world = play(
        [
            ("place", {"tea": 3, "mug": 1}, "post", 10),
            ("change", 0, {"tea": 2, "mug": 2, "pin": 1}, None),
            ("change", 0, {"tea": 3, "mug": 2}, ("after capture", NoAnswer)),
            ("wait", 60),
            ("reconcile",),
            ("cancel", 0, 0, 1),
            ("move", 0, 3),
            ("return", 0, 0, 1),
            ("return", 0, 1, 2),
            ("decide", 0, True),
            ("decide", 0, False),
            ("return", 0, 1, 1),
            ("decide", 0, True),
        ]
    )
    order = world.order(0)
    assert order is not None
    assert order.state is OrderState.DELIVERED
    states = [one.state for one in world.store.aftercare.returns(order.number)]
    assert states == [ReturnState.REFUNDED, ReturnState.REFUSED, ReturnState.REFUNDED]
