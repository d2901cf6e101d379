"""The coffee bar of the recorded orders as a shop, and the hints that Handla makes of it."""

from __future__ import annotations

from assistant.biasing import hints_for
from assistant.types import Session
from benchmarks._orders import coffee_bar
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from commerce.types import Choice, Money, Option, Product, Variant


def coffee_hints() -> tuple[str, ...]:
    """What `assistant.biasing` tells the recogniser at the beginning of a conversation in this shop."""
    engine = open_engine()
    create_tables(engine)
    shop = Store(engine, SandboxPayments(engine))
    shop.import_products(_products())
    return hints_for(Session("benchmark"), shop)


def _products() -> list[Product]:
    terms = coffee_bar().terms
    values: dict[tuple[str, bool], list[Choice]] = {}
    for term in terms:
        if term.kind == "option":
            values.setdefault((term.key, term.amounts), []).append(Choice(term.value))
    options = tuple(Option(name, tuple(choices), amounts=amounts) for (name, amounts), choices in values.items())
    price = Money(400, "USD")
    return [
        Product(
            term.value, term.value.title(), ("coffee",), (Variant(term.value, term.value, price, 99),), options=options
        )
        for term in terms
        if term.kind == "product"
    ]
