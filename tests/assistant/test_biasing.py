from __future__ import annotations

from dataclasses import replace

from assistant.biasing import MOST_SENTENCES, MOST_WORDS, hints_for
from assistant.types import Draft, Session
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from commerce.types import Choice, Money, Option, Product, Variant
from tests.shops import Shops

SIZE = Option("size", (Choice("small"), Choice("large")))
MILK = Option("milk", (Choice("oat milk"), Choice("soy milk")), amounts=True)


def coffee_bar() -> Store:
    engine = open_engine()
    create_tables(engine)
    store = Store(engine, SandboxPayments(engine))
    price = Money(400, "USD")
    drinks = ("Latte", "Mocha")
    store.import_products(
        [Product(d.lower(), d, ("bar",), (Variant(d, d, price, 9),), options=(SIZE, MILK)) for d in drinks]
    )
    return store


def is_sentence(hint: str) -> bool:
    return hint.endswith((".", "?", "!"))


def test_a_small_catalogue_is_told_whole_in_sentences_and_in_words() -> None:
    hints = hints_for(Session("s1"), coffee_bar())
    sentences = [hint for hint in hints if is_sentence(hint)]
    assert len(sentences) == MOST_SENTENCES
    assert any("small latte with" in sentence and "oat milk" in sentence for sentence in sentences)
    assert {"latte", "mocha", "small", "large", "oat milk", "soy milk"} <= set(hints)
    assert not any(is_sentence(hint) for hint in hints[len(sentences) :])


def test_a_large_shop_tells_what_the_customer_buys_and_little_else(shops: Shops) -> None:
    hints = hints_for(Session("s1", customer_id="C001"), shops.assistant().shop)
    assert "dark roast coffee beans" in hints
    assert len(hints) <= MOST_WORDS
    assert hints_for(Session("s1"), shops.assistant().shop) == ()


def test_what_was_asked_comes_before_all_else(shops: Shops) -> None:
    shop = shops.assistant().shop
    session = Session("s1", asked="order", listed=())
    assert hints_for(session, shop)[:2] == ("Yes.", "No.")
    asked = replace(session, asked="option", drafts=(Draft(("fjord-winter-jacket",)),))
    assert {"s", "m", "l", "xl"} <= set(hints_for(asked, shop))
