"""The sample shop's terms, its customers' addresses, and returns at every stage, so that each can be tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.store import Store
from commerce.terms_file import read_terms
from commerce.types import Address, OrderState

TERMS = Path(__file__).parent / "terms.toml"
_ADDRESSES = (
    ("C001", Address("home", "Alex Moreno", "48 Lantern Lane", "04101", "Portland", "US")),
    ("C001", Address("work", "Alex Moreno", "900 Quarry Road, floor 3", "04106", "South Portland", "US")),
    ("C002", Address("home", "Freja Lindqvist", "7 Birch Court", "04103", "Portland", "US")),
    ("C003", Address("home", "Kwame Boateng", "215 Saltworks Street", "04102", "Portland", "US")),
    ("C004", Address("home", "Mei-Ling Chen", "31 Orchard Hill", "04105", "Falmouth", "US")),
    ("C007", Address("home", "Tomasz Wieczorek", "6 Mill Pond Road", "04072", "Saco", "US")),
    ("C008", Address("cabin", "Ingrid Solberg", "2 Shoreline Drive", "04009", "Bridgton", "US")),
    ("C008", Address("home", "Ingrid Solberg", "119 Foundry Street", "04101", "Portland", "US")),
    ("C025", Address("home", "Hiroshi Tanabe", "77 Cedar Row", "04092", "Westbrook", "US")),
)
"""Customer and address; a customer's first is the default."""
_RETURNS = (
    ("C025", "SLP-SUM", "changed my mind", "on its way"),
    ("C003", "BLS-SILK-CRM-L", "too large", "received"),
    ("C023", "SWT-CASH-BLK-M", "not as described", "accepted"),
    ("C008", "JNS-WIDE-M", "too small", "refunded"),
    ("C011", "SHR-FLAN-RED-M", "changed my mind", "refused"),
)
"""Customer, SKU, reason, and how far the return has come."""
_LATE = ("C004", "JKT-TRAIL-BLK-S")
"""Customer and SKU of the parcel that should have come two days ago."""


def fill_customers(store: Store) -> None:
    """Terms and addresses; the customers must be there."""
    store.set_terms(read_terms(TERMS))
    for customer_id, address in _ADDRESSES:
        store.addresses.put(customer_id, address)


def fill_returns(store: Store, today: datetime) -> None:
    """Returns, and a late parcel; the orders must be there."""
    for customer_id, sku, reason, stage in _RETURNS:
        for order in store.orders_of(customer_id, limit=20):
            at = next((at for at, line in enumerate(order.lines) if line.sku == sku), None)
            if at is not None and order.state is OrderState.DELIVERED:
                key = f"sample:{order.number}"
                one = store.aftercare.ask_return(key, order.number, [Pieces(at, 1)], reason, today)
                if isinstance(one, Return):
                    _advance(store, one, stage, today)
                break
    _delay(store, today)


def _advance(store: Store, one: Return, stage: str, today: datetime) -> None:
    match stage:
        case "received":
            store.desk.receive_return(one.number, today)
        case "accepted" | "refunded":
            store.desk.accept_return(one.number, today)
        case "refused":
            store.desk.refuse_return(one.number, "The label shows that it was washed.", today)
    if stage == "refunded":
        for refund in store.desk.refunds_to_pay():
            if refund.order_number == one.order_number:
                store.desk.refund_paid(refund.key, today)


def _delay(store: Store, today: datetime) -> None:
    customer_id, sku = _LATE
    for order in store.orders_of(customer_id, limit=20):
        if order.shipment and order.state is OrderState.SHIPPED and order.lines[0].sku == sku:
            late = replace(order.shipment, expected=(today - timedelta(days=2)).date())
            store.set_state(order.number, OrderState.SHIPPED, late)
