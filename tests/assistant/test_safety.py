"""Whatever is said, in whatever order, nothing is bought without a yes to the read-back of exactly that."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.pipeline import Assistant
from assistant.scene import joined
from assistant.types import Turn
from commerce.types import Money, Order
from nlu.types import INTENTS, Candidate, HeardLine, Slot, Understanding
from tests.shops import NOW, Shops
from voice.types import Transcript

SAYINGS = (
    "reorder my coffee", "check out", "add oat milk to my basket", "the second one", "no", "say that again", "help",
    "show me waterproof winter jackets", "never mind", "medium", "what do you recommend", "where is my parcel", "hmm",
)  # fmt: skip

WORDS = (
    "words", "to my office", "home please", "pick it up", "with express delivery", "use my points", "without points",
    "change the address", "in my last order", "swap it", "add it", "take it off", "make it bigger", "not that one",
    "more", "my boot fitting", "the other one", "it does not matter", "make that two",
)  # fmt: skip
"""Words the dialogue itself listens for, whatever the rest is taken to mean."""
LIKELIER = ("affirm",) * 8 + (
    "reorder",
    "checkout",
    "change_order",
    "cancel_order",
    "correct",
    "cancel_appointment",
) * 2
"""What leads to a read-back, and to its yes, more often than chance would."""


@st.composite
def understandings(draw: st.DrawFn) -> Understanding:
    """Any intent with any plausible slots and lines: what a mistaken parser could come up with."""
    intent = draw(st.sampled_from((*INTENTS, *LIKELIER)))
    product = draw(st.sampled_from(("oat-milk", "caffe-latte", "fjord-winter-jacket", "no-such-thing")))
    line = HeardLine(product, (0, 1), (Candidate(product, draw(st.floats(0, 1))),), draw(st.integers(-3, 5_000)))
    slots = draw(
        st.lists(
            st.sampled_from(
                (
                    Slot("ordinal", 2, "second", (0, 1)),
                    Slot("ordinal", -1, "last", (0, 1)),
                    Slot("size", "M", "medium", (0, 1)),
                    Slot("query", "jacket", "jacket", (0, 1)),
                    Slot("price_max", 20_000, "200", (0, 1)),
                    Slot("order_number", "1234", "1234", (0, 1)),
                    Slot("quantity", 2, "two", (0, 1)),
                    Slot("reason", "broken", "broken", (0, 1)),
                    Slot("place", "office", "office", (0, 1)),
                    Slot("answer", "yes", "yes", (0, 1)),
                )
            ),
            max_size=3,
        )
    )
    lines = draw(st.sampled_from(((), (line,), (line, line))))
    confidence = draw(st.floats(0, 1))
    return Understanding(draw(st.sampled_from(WORDS)), intent, confidence, "en", tuple(slots), lines)


@pytest.fixture
def rounds(shops: Shops) -> Rounds:
    return Rounds(shops, shops.assistant())


@dataclass
class Rounds:
    """One shop for many conversations, each a session of its own."""

    shops: Shops
    assistant: Assistant
    started: int = 0

    def new(self) -> str:
        self.started += 1
        return f"s{self.started}"

    def orders(self) -> int:
        return self.shops.orders_since(self.assistant.shop, NOW)

    def fates(self) -> dict[str, tuple[object, ...]]:
        """What has become of the customer's newest orders: how far each is, its lines, cost and way, its returns."""
        aftercare = self.assistant.services.aftercare
        assert aftercare is not None
        orders = self.assistant.shop.orders_of("C001", 3)
        return {
            one.number: (one.state.value, one.lines, one.total, one.delivery, len(aftercare.returns(one.number)))
            for one in orders
        }

    def visits(self) -> set[str]:
        """Numbers of the customer's appointments."""
        bookings = self.assistant.services.bookings
        return {one.number for one in bookings.bookings_of("C001", NOW)} if bookings else set()

    def newest(self) -> Order:
        return self.assistant.shop.orders_of("C001", 1)[0]

    def points(self) -> int:
        loyalty = self.assistant.services.loyalty
        balance = loyalty.points("C001", NOW) if loyalty else None
        return balance.points if balance else 0


def amount(money: Money) -> str:
    return f"${money.minor / 100:,.2f}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.tuples(understandings(), st.booleans()), min_size=1, max_size=12))
def test_nothing_is_ordered_changed_cancelled_or_sent_back_without_a_yes_to_a_read_back_heard_to_its_end(
    rounds: Rounds, turns: list[tuple[Understanding, bool]]
) -> None:
    session = rounds.new()
    orders = rounds.orders()
    asked, told, points = "nothing", "", rounds.points()
    for number, (said, was_heard) in enumerate(turns):
        turn = Turn(f"t{number}", session, "C001", "text", "en", said, NOW + timedelta(seconds=number), was_heard)
        before, visits = rounds.fates(), rounds.visits()
        reply = rounds.assistant.handle(turn)
        placed = rounds.orders() - orders
        after = rounds.fates()  # an order placed just now pushes the oldest of the newest out
        if any(fate != before[number] for number, fate in after.items() if number in before):
            assert (said.intent, asked, was_heard) == ("affirm", "confirm", True)
            changed = [one for one, fate in rounds.fates().items() if one in before and fate != before[one]]
            assert all(number in told for number in changed)  # exactly what was read back
        orders += placed
        assert placed in (0, 1)
        if placed:
            assert said.intent == "affirm"
            assert asked == "order"
            assert was_heard
            assert amount(rounds.newest().total) in told  # exactly what was read back
        if visits - rounds.visits():
            assert (said.intent, asked, was_heard) == ("affirm", "confirm", True)
        assert placed or rounds.points() >= points  # points go with an order, and come back with one called off
        asked, told, points = reply.asks, reply.text, rounds.points()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sayings=st.lists(st.sampled_from(SAYINGS), min_size=1, max_size=10))
def test_no_words_but_a_yes_place_an_order(rounds: Rounds, sayings: list[str]) -> None:
    session = rounds.new()
    for number, text in enumerate(sayings):
        at = NOW + timedelta(seconds=number)
        rounds.assistant.handle(Turn(f"t{number}", session, "C001", "text", "en", Transcript(text, "en", 1.0), at))
    assert rounds.orders() == 0


def test_killed_at_any_moment_of_the_yes_and_tried_again_leaves_one_order_and_one_charge(shops: Shops) -> None:
    chooser = random.Random(7)
    assistant = shops.assistant()
    for number in range(20):
        before = shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)
        session = f"s{number}"
        assistant.handle(_turn("ask", "reorder my coffee", session))
        moment = chooser.uniform(0.0, 0.03)
        shops.close(assistant)  # connections do not survive a fork
        child = os.fork()
        if child == 0:
            assistant.handle(_turn("yes", "yes", session))
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        reply = assistant.handle(_turn("yes" if number % 2 else "later", "yes", session))
        after = shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)
        assert after == (before[0] + 1, before[1] + 1), (moment, reply)


def test_an_order_left_by_a_crash_whose_price_changed_is_read_back_before_any_yes_counts(shops: Shops) -> None:
    assistant = shops.assistant()
    assistant.handle(_turn("ask", "reorder my coffee"))
    session = assistant.session("s1", "C001")
    assert session.pending is not None
    released = replace(session, pending=None, placing=session.pending, placing_turn="lost", concluded=False)
    assistant.sessions.save(released, _turn("lost", "yes"))  # as a process leaves it that dies before it asks the shop
    shops.change(assistant.shop, {"price": {"product": "dark-roast-coffee-beans", "amount": 13_990}})
    reply = assistant.handle(_turn("again", "yes"))
    assert shops.orders_since(assistant.shop, NOW) == 0
    assert reply.asks == "order"
    assert "$279.80" in reply.text
    assistant.handle(_turn("sure", "yes"))
    assert shops.orders_since(assistant.shop, NOW) == 1


def test_a_session_is_its_customers_own(shops: Shops) -> None:
    assistant = shops.assistant()
    mine = assistant.handle(_turn("t1", "reorder my coffee"))
    others = assistant.handle(replace(_turn("t1", "yes"), customer_id="C002"))
    assert "nothing waiting" in others.text
    assert others.text != mine.text
    assert assistant.handle(_turn("t2", "yes")).done is not None
    assert shops.orders_since(assistant.shop, NOW) == 1


def test_a_guest_reaches_no_customers_basket_whatever_the_session_is_called(shops: Shops) -> None:
    assistant = shops.assistant()
    assistant.handle(replace(_turn("t1", "add oat milk to my basket", "C002"), customer_id=None))
    assert assistant.shop.basket("C002").lines == ()


@given(st.lists(st.text(max_size=300), min_size=1, max_size=3), st.lists(st.text(max_size=300), min_size=1, max_size=3))
def test_no_two_turns_share_a_key(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)
    assert len(joined(*one)) <= 150


@pytest.mark.parametrize(
    "words", ["I'm okay", "yeah right", "right", "good", "fine", "go on", "cool", "please", "true"]
)
def test_what_is_no_plain_yes_orders_nothing(shops: Shops, words: str) -> None:
    assistant = shops.assistant()
    assistant.handle(_turn("ask", "reorder my coffee"))
    assistant.handle(_turn("answer", words))
    assert shops.orders_since(assistant.shop, NOW) == 0


def test_two_answers_at_once_are_taken_one_after_the_other(shops: Shops) -> None:
    url = shops.copy()
    assistant = shops.assistant(url)
    sayings = ["add oat milk to my basket", "add a sourdough bread to my basket", "add basmati rice to my basket"]
    turns = [_turn(f"t{number}", text) for number, text in enumerate(sayings)]
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(assistant.handle, turns))
    assert all("dded" in reply.text for reply in replies)
    basket = assistant.shop.basket("C001")
    assert sorted(line.product_id for line in basket.lines) == ["basmati-rice", "oat-milk", "sourdough-bread"]


def test_yes_and_no_at_once_leave_an_order_only_if_it_was_said_so(shops: Shops) -> None:
    for number in range(6):
        assistant = shops.assistant(shops.copy())
        assistant.handle(_turn("ask", "reorder my coffee"))
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(assistant.handle, [_turn("yes", "yes"), _turn("no", "no")]))
        said = any("placed" in reply.text or "ordered: number" in reply.text for reply in replies)
        assert shops.orders_since(assistant.shop, NOW) == (1 if said else 0), (number, replies)


def _turn(turn_id: str, text: str, session: str = "s1") -> Turn:
    return Turn(turn_id, session, "C001", "text", "en", Transcript(text, "en", 1.0), NOW + timedelta(seconds=1))
