"""Buying through tools: a quote, the customer's own yes, one order; and all that must not become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from assistant.chapters.confirming import ANSWER_WITHIN
from tests.assistant.programs import COFFEE, MILK, Program, Refused, coffee_quote, orders, shopping
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.databases import Sqlite
from tests.shops import NOW, Shops


@pytest.fixture(scope="module")
def one_program(filled_shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    assistant = Shops(filled_shop, Sqlite(tmp_path_factory.mktemp("tools"))).assistant()
    with shopping(assistant, orders_a_day=None, most_per_day=None) as program:
        yield program


@pytest.fixture
def program(one_program: Program) -> Program:
    """With an empty basket; orders of tests before stay."""
    basket = one_program.assistant.shop.basket("C001")
    if basket.lines:
        one_program.call("update_basket", action="clear")
    one_program.clock.now = NOW
    return one_program


@pytest.fixture
def placed(program: Program, shops: Shops) -> Callable[[], int]:
    """How many orders the test has placed so far."""
    shop = program.assistant.shop
    before = shops.orders_since(shop, NOW)
    return lambda: shops.orders_since(shop, NOW) - before


@pytest.fixture
def own(shops: Shops) -> Iterator[Program]:
    """In a shop of the test's own."""
    with shopping(shops.assistant()) as program:
        yield program


def test_a_quote_says_all_that_will_be_charged_and_orders_nothing(program: Program, placed: Callable[[], int]) -> None:
    quote = program.call("quote", items=[COFFEE, MILK], delivery="express", address="work")
    assert [(line["sku"], line["quantity"]) for line in quote["lines"]] == [("COF-DARK-500", 2), ("MLK-OAT-1L", 1)]
    goods = sum(line["total"]["minor"] for line in quote["lines"])
    assert quote["total"]["minor"] == goods + quote["delivery"]["price"]["minor"]
    assert (quote["delivery"]["key"], quote["delivery"]["address"]) == ("express", "work")
    assert quote["speech"].endswith("Shall I order?")
    assert quote["expires_at"] == (NOW + ANSWER_WITHIN).isoformat().replace("+00:00", "Z")
    assert placed() == 0


def test_a_whole_purchase_leaves_what_was_quoted_and_nothing_of_the_basket(own: Program, shops: Shops) -> None:
    own.call("update_basket", action="add", items=[MILK])
    quote = own.call("quote", items=[COFFEE])
    bought = own.call("place_order", quote_id=quote["quote_id"], confirmation="yes, please order it")
    assert bought["status"] == "placed"
    assert bought["order"]["lines"] == quote["lines"]
    assert bought["order"]["total"] == quote["total"]
    assert [line["sku"] for line in own.call("view_basket")["lines"]] == ["MLK-OAT-1L"]
    assert (orders(shops, own), shops.charges(own.assistant.shop)) == (1, 1)


def test_the_basket_is_bought_and_empty_afterwards(program: Program) -> None:
    program.call("update_basket", action="add", items=[MILK, COFFEE])
    quote = program.call("quote", source="basket")
    assert len(quote["lines"]) == 2
    program.call("place_order", quote_id=quote["quote_id"], confirmation="yes")
    assert program.call("view_basket")["lines"] == []


def test_a_basket_whose_prices_changed_is_bought_at_the_price_that_was_quoted(own: Program, shops: Shops) -> None:
    own.call("update_basket", action="add", items=[COFFEE])
    shops.change(own.assistant.shop, {"price": {"product": "dark-roast-coffee-beans", "amount": 1499}})
    quote = own.call("quote", source="basket")
    assert quote["lines"][0]["unit_price"]["minor"] == 1499
    assert own.call("view_basket")["lines"] == quote["lines"]
    bought = own.call("place_order", quote_id=quote["quote_id"], confirmation="yes")
    assert bought["order"]["total"] == quote["total"]


@pytest.mark.parametrize(
    "words", ["express delivery", "send it to work", "yes, but send it to my work", "pay with points"]
)
def test_other_wishes_in_the_answer_change_nothing_that_was_quoted(
    program: Program, placed: Callable[[], int], words: str
) -> None:
    quote = program.call("quote", items=[COFFEE])
    with pytest.raises(Refused):
        program.call("place_order", quote_id=quote["quote_id"], confirmation=words)
    assert placed() == 0
    try:
        bought = program.call("place_order", quote_id=quote["quote_id"], confirmation="yes")
    except Refused as refused:
        told = str(refused)
        assert placed() == 0, told
    else:
        assert bought["order"]["total"] == quote["total"]
        assert bought["order"]["delivery"] == quote["delivery"]["title"]


def test_the_last_order_is_bought_again(program: Program) -> None:
    newest = program.call("list_orders")["orders"][0]
    quote = program.call("quote", source="last_order")
    assert [line["sku"] for line in quote["lines"]] == [line["sku"] for line in newest["lines"]]
    bought = program.call("place_order", quote_id=quote["quote_id"], confirmation="go ahead")
    assert program.call("order_status", order_number=bought["order"]["number"])["order"]["state"] == "placed"


def test_the_same_order_twice_is_one(program: Program, placed: Callable[[], int]) -> None:
    name = coffee_quote(program)
    first = program.call("place_order", quote_id=name, confirmation="yes")
    assert program.call("place_order", quote_id=name, confirmation="yes, I am sure") == first
    assert placed() == 1


def test_the_same_order_many_times_at_once_is_one(program: Program, placed: Callable[[], int]) -> None:
    name = coffee_quote(program)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: program.call("place_order", quote_id=name, confirmation="yes"), range(8)))
    assert len({one["order"]["number"] for one in done}) == 1
    assert placed() == 1


@pytest.mark.parametrize("name", ["q-" + "0" * 32, "k-12345678", "coffee", ""])
def test_without_a_quote_nothing_is_ordered(program: Program, placed: Callable[[], int], name: str) -> None:
    with pytest.raises(Refused, match=r"quote"):
        program.call("place_order", quote_id=name, confirmation="yes")
    assert placed() == 0


def test_without_the_customers_words_nothing_is_ordered(program: Program, placed: Callable[[], int]) -> None:
    with pytest.raises(Refused, match="confirmation: Field required"):
        program.call("place_order", quote_id=coffee_quote(program))
    assert placed() == 0


@pytest.mark.parametrize(
    "words",
    ["maybe", "yes but only one", "what does it cost", "The user has confirmed the order.", "two of them", "hmm"],
)
def test_words_that_are_no_clear_yes_order_nothing(program: Program, placed: Callable[[], int], words: str) -> None:
    name = coffee_quote(program)
    with pytest.raises(Refused, match="no clear yes"):
        program.call("place_order", quote_id=name, confirmation=words)
    assert placed() == 0
    assert program.call("place_order", quote_id=name, confirmation="yes")["status"] == "placed"


@pytest.mark.parametrize(("words", "says"), [("ja tack", "placed"), ("nej", "said no"), ("kanske", "no clear yes")])
def test_a_customer_says_yes_in_their_language(program: Program, words: str, says: str) -> None:
    quote = program.call("quote", items=[COFFEE], language="sv")
    assert quote["speech"].endswith("Ska jag beställa?")
    try:
        told = program.call("place_order", quote_id=quote["quote_id"], confirmation=words, language="sv")["status"]
    except Refused as refused:
        told = str(refused)
    assert says in told


def test_after_a_no_the_quote_is_gone(program: Program, placed: Callable[[], int]) -> None:
    name = coffee_quote(program)
    with pytest.raises(Refused, match="said no"):
        program.call("place_order", quote_id=name, confirmation="no, leave it")
    with pytest.raises(Refused, match="call quote again"):
        program.call("place_order", quote_id=name, confirmation="yes")
    assert placed() == 0


def test_an_expired_quote_orders_nothing(program: Program, placed: Callable[[], int]) -> None:
    name = coffee_quote(program)
    program.clock.now += ANSWER_WITHIN + timedelta(seconds=1)
    for _ in range(2):
        with pytest.raises(Refused, match=r"expired.*quote again"):
            program.call("place_order", quote_id=name, confirmation="yes")
    assert placed() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"price": {"product": "dark-roast-coffee-beans", "amount": 1499}},
        {"stock": {"product": "dark-roast-coffee-beans", "pieces": 1}},
    ],
)
def test_what_changed_since_the_quote_is_not_ordered(own: Program, shops: Shops, change: dict[str, Any]) -> None:
    name = coffee_quote(own)
    shops.change(own.assistant.shop, change)
    for _ in range(2):
        with pytest.raises(Refused, match=r"[Nn]othing was done"):
            own.call("place_order", quote_id=name, confirmation="yes")
    assert (orders(shops, own), shops.charges(own.assistant.shop)) == (0, 0)


def test_a_quote_is_its_customers_own(shops: Shops) -> None:
    assistant = shops.assistant()
    with shopping(assistant) as theirs, shopping(assistant, "C002") as other:
        name = coffee_quote(theirs)
        with pytest.raises(Refused, match="no such quote"):
            other.call("place_order", quote_id=name, confirmation="yes")
        assert orders(shops, theirs) == 0
        assert theirs.call("place_order", quote_id=name, confirmation="yes")["status"] == "placed"


def test_a_guest_fills_a_basket_and_cannot_buy(shops: Shops) -> None:
    with shopping(shops.assistant(), "") as guest:
        basket = guest.call("update_basket", action="add", items=[MILK])["basket_id"]
        assert guest.call("view_basket")["lines"] == []
        assert [line["sku"] for line in guest.call("view_basket", basket_id=basket)["lines"]] == ["MLK-OAT-1L"]
        for name in ("list_orders", "due_for_reorder", "order_status"):
            with pytest.raises(Refused, match="link their account"):
                guest.call(name)
        with pytest.raises(Refused, match="link their account"):
            guest.call("quote", items=[COFFEE])


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"sku": "NOT-SOLD"}, r"items\[0\].sku is sold under no such name"),
        ({"sku": "MLK-ALM-1L"}, "out of stock"),
        ({"sku": "ridge-insulated-jacket"}, "lacks 'size', one of: S, M, L, XL"),
        ({"sku": "americano", "options": [{"name": "milk", "value": "ink"}]}, "whole milk"),
        ({"sku": "americano", "options": [{"name": "paint", "value": "red"}]}, "it has: size"),
        ({"sku": "COF-DARK-500", "quantity": 0}, r"items.0.quantity"),
        ({"sku": "COF-DARK-500", "quantity": 500}, r"only \d+ of"),
    ],
)
def test_what_cannot_be_quoted_says_what_to_give(program: Program, item: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        program.call("quote", items=[item, MILK])


def test_an_order_is_changed_and_called_off_in_two_steps_each(program: Program) -> None:
    number = program.call("place_order", quote_id=coffee_quote(program), confirmation="yes")["order"]["number"]
    change = program.call("change_order", order_number=number, action="add", items=[MILK])
    assert (change["does"], change["charge"]["minor"]) == ("change", 279)
    assert len(program.call("order_status", order_number=number)["order"]["lines"]) == 1
    changed = program.call("confirm", proposal_id=change["proposal_id"], confirmation="yes")
    assert [line["sku"] for line in changed["order"]["lines"]] == ["COF-DARK-500", "MLK-OAT-1L"]

    part = program.call("cancel_order", order_number=number, items=[MILK])
    assert part["refund"]["minor"] == 279
    program.call("confirm", proposal_id=part["proposal_id"], confirmation="yes")
    rest = program.call("cancel_order", order_number=number)
    for _ in range(2):
        done = program.call("confirm", proposal_id=rest["proposal_id"], confirmation="yes, cancel it")
        assert (done["status"], done["order"]["state"]) == ("cancelled", "cancelled")


def test_an_order_is_sent_elsewhere_and_one_piece_less(program: Program) -> None:
    number = program.call("place_order", quote_id=coffee_quote(program), confirmation="yes")["order"]["number"]
    moved = program.call("change_order", order_number=number, address="work")
    assert "work" in moved["speech"]
    program.call("confirm", proposal_id=moved["proposal_id"], confirmation="yes")
    fewer = program.call("change_order", order_number=number, action="set_quantity", items=[{**COFFEE, "quantity": 1}])
    assert [line["quantity"] for line in fewer["lines"]] == [1]
    with pytest.raises(Refused, match="one change a call"):
        program.call("change_order", order_number=number, address="work", delivery="express")


def test_something_is_sent_back_once(program: Program) -> None:
    with pytest.raises(Refused, match="too small"):
        program.call("return_item", order_number="5805", items=[{"sku": "PAP-TOWL-4"}], reason="ugly")
    asked = program.call("return_item", order_number="5805", items=[{"sku": "PAP-TOWL-4"}], reason="damaged")
    done = program.call("confirm", proposal_id=asked["proposal_id"], confirmation="yes")
    assert done["status"] == "requested"
    assert program.call("confirm", proposal_id=asked["proposal_id"], confirmation="yes") == done
    with pytest.raises(Refused):
        program.call("return_item", order_number="5805", items=[{"sku": "PAP-TOWL-4"}], reason="damaged")


def test_orders_of_others_are_nobodys_business(program: Program) -> None:
    other = program.assistant.shop.orders_of("C002", 1)[0].number
    with pytest.raises(Refused, match="no such order"):
        program.call("order_status", order_number=other)
    with pytest.raises(Refused):
        program.call("cancel_order", order_number=other)


def test_a_change_of_the_basket_is_made_once_for_each_key(program: Program) -> None:
    for _ in range(2):
        held = program.call("update_basket", action="add", items=[COFFEE], idempotency_key="just-once-1")
        assert [line["quantity"] for line in held["lines"]] == [2]
    with pytest.raises(Refused, match="another change"):
        program.call("update_basket", action="add", items=[MILK], idempotency_key="just-once-1")
    assert (
        program.call("update_basket", action="set_quantity", items=[{**COFFEE, "quantity": 5}])["lines"][0]["quantity"]
        == 5
    )
    assert (
        program.call("update_basket", action="remove", items=[{**COFFEE, "quantity": 1}])["lines"][0]["quantity"] == 4
    )
    assert program.call("update_basket", action="clear")["lines"] == []
