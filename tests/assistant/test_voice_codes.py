"""Buying by voice where the customer has set a code or a limit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.pipeline import Assistant
from assistant.types import Reply, Turn
from commerce.store import Store, open_engine
from commerce.types import Money
from tests.databases import rows
from tests.shops import NOW, Shops
from voice.types import Transcript

CODE = "7302"


def shop_of(assistant: Assistant) -> Store:
    assert isinstance(assistant.shop, Store)
    return assistant.shop


class Talk:
    """One customer's conversation, a turn every five seconds."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.turns = assistant, 0

    def hears(self, text: str, minutes: int = 0) -> Reply:
        self.turns += 1
        at = NOW + timedelta(seconds=5 * self.turns, minutes=minutes)
        return self.assistant.handle(
            Turn(f"t{self.turns}", "s1", "C001", "text", "en", Transcript(text, "en", 1.0), at)
        )


@pytest.fixture
def assistant(shops: Shops) -> Assistant:
    return shops.assistant()


def test_an_order_waits_for_the_code_after_the_yes(shops: Shops, assistant: Assistant) -> None:
    shop_of(assistant).codes.set_code("C001", CODE)
    talk = Talk(assistant)
    talk.hears("reorder my coffee")

    assert talk.hears("yes").asks == "code"
    assert talk.hears("yes").asks == "code"
    assert shops.orders_since(assistant.shop, NOW) == 0
    assert talk.hears("seven three zero two").done is not None
    assert shops.orders_since(assistant.shop, NOW) == 1


def test_wrong_codes_order_nothing_and_lock(shops: Shops, assistant: Assistant) -> None:
    shop_of(assistant).codes.set_code("C001", CODE)
    talk = Talk(assistant)
    talk.hears("reorder my coffee")
    talk.hears("yes")

    assert "2 more tries" in talk.hears("1 8 4 6").text
    talk.hears("1 8 4 7")
    locked = talk.hears("1 8 4 8")
    assert locked.done is not None
    assert locked.done.outcome == "code_locked"
    talk.hears("reorder my coffee")
    talk.hears("yes")
    talk.hears(CODE)
    assert shops.orders_since(assistant.shop, NOW) == 0


def test_a_no_in_place_of_the_code_drops_the_order(shops: Shops, assistant: Assistant) -> None:
    shop_of(assistant).codes.set_code("C001", CODE)
    talk = Talk(assistant)
    talk.hears("reorder my coffee")
    talk.hears("yes")

    assert "nothing" in talk.hears("no").text
    talk.hears(CODE)
    assert shops.orders_since(assistant.shop, NOW) == 0


def test_a_code_that_comes_late_has_the_order_read_back_again(shops: Shops, assistant: Assistant) -> None:
    shop_of(assistant).codes.set_code("C001", CODE)
    talk = Talk(assistant)
    talk.hears("reorder my coffee")
    talk.hears("yes")

    assert talk.hears(CODE, minutes=10).asks == "order"
    assert shops.orders_since(assistant.shop, NOW) == 0


def test_what_is_above_the_limit_needs_the_code_and_without_one_cannot_be_bought(
    shops: Shops, assistant: Assistant
) -> None:
    codes = shop_of(assistant).codes
    codes.set_limit("C001", Money(2_000, "USD"))
    talk = Talk(assistant)
    talk.hears("reorder my coffee")
    assert "more than you allow" in talk.hears("yes").text
    talk.hears("reorder one bag of coffee")
    assert talk.hears("yes").done is not None
    assert shops.orders_since(assistant.shop, NOW) == 1

    codes.set_code("C001", CODE)
    talk.hears("reorder my coffee")
    assert talk.hears("yes").asks == "code"
    talk.hears(CODE)
    assert shops.orders_since(assistant.shop, NOW) == 2


def test_a_code_is_kept_nowhere_it_could_be_read(shops: Shops) -> None:
    url = shops.copy()
    assistant = shops.assistant(url)
    shop_of(assistant).codes.set_code("C001", CODE)
    talk = Talk(assistant)
    for text in ("reorder my coffee", "yes", "my code is 7 3 0 2"):
        talk.hears(text)

    kept = rows(open_engine(url))
    said = str([kept["turns"], kept["sessions"]])
    assert "7 3 0 2" not in said
    assert CODE not in said
