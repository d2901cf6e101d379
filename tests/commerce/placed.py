"""A small shop that delivers, and orders placed in it: what tests of an order's life share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from commerce import delivery
from commerce.aftercare import Change, Proposal
from commerce.payments import SandboxPayments
from commerce.returns import Return
from commerce.store import Store
from commerce.terms import DeliveryChoice, ReturnTerms, Terms
from commerce.types import Address, Line, Order, Quote, Refusal, Shipment
from tests.commerce.goods import ANN, NOW, open_store, product, usd

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
